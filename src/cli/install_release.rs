//! `sealift install --release`: a release that is fetched, or is here, goes into
//! connected clusters in one step, sealed on the way like every other.

use std::path::{Path, PathBuf};

use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::{OpeningArgs, threads};
use crate::cli::publisher::RepositoryArgs;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::{fetch, local};
use crate::io::bundle::{Conditions, VerifiedBundle};
use crate::io::state;
use crate::model::release::ReleaseTag;

/// Which release.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Release")]
pub struct ReleaseArgs {
    /// Instead of a bundle: a release's tag, or its folder or zip here. It is packed
    /// and signed with a key of this machine
    #[arg(long, value_name = "TAG-OR-PATH", conflicts_with = "trust")]
    pub release: Option<String>,
    /// Where from.
    #[command(flatten)]
    pub publisher: RepositoryArgs,
}

/// The verified bundle of the release that `args` name, or of `file`.
///
/// # Errors
/// As fetching, packing and opening; [`ErrorKind::Usage`] for neither.
pub fn open(
    args: &ReleaseArgs,
    file: Option<&Path>,
    opening: &OpeningArgs,
    desk: &Desk,
) -> Result<VerifiedBundle> {
    match (&args.release, file) {
        (Some(release), _) => sealed(release, args, opening, desk),
        (None, Some(file)) => opening.open(file, desk),
        (None, None) => Err(Error::new(ErrorKind::Usage, "no bundle is named")),
    }
}

fn sealed(
    release: &str,
    args: &ReleaseArgs,
    opening: &OpeningArgs,
    desk: &Desk,
) -> Result<VerifiedBundle> {
    let state = desk.state_folder()?;
    let path = source(release, args, &state, desk)?;
    let key = local::key(&state)?;
    let policy = key.policy()?;
    let memory = state::recall(&state)?;
    let progress = desk.progress();
    let bundle = key.seal(
        &path,
        &state,
        &Conditions {
            policy: &policy,
            now: desk.now()?,
            memory: Some(&memory),
            overrides: &[],
            threads: threads(opening.threads),
            progress: &progress,
        },
        &progress,
    )?;
    let notes = [
        format!(
            "{} is sealed as {}",
            escape::line(&path.display().to_string()),
            escape::line(&bundle.medium().path().display().to_string())
        ),
        format!(
            "signed with the key {} of this machine{}, which is trusted here and now and \
             nowhere else",
            key.facts.key_id,
            if key.made { " (made just now)" } else { "" }
        ),
    ];
    for note in notes {
        desk.terminal.note(&note);
    }
    Ok(bundle)
}

/// What is here under that name, else what the publisher has under that tag.
fn source(release: &str, args: &ReleaseArgs, state: &Path, desk: &Desk) -> Result<PathBuf> {
    let here = Path::new(release);
    if here.exists() {
        return Ok(here.to_owned());
    }
    let tag = ReleaseTag::parse(release).map_err(|error| {
        error.hint("name a folder or zip that is here, or the tag of a release")
    })?;
    let into = local::folder(state).join("releases");
    let fetched = fetch::fetch(&args.publisher.github(desk)?, &tag, &into, &desk.progress())?;
    Ok(fetched.path)
}
