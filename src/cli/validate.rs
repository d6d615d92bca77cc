//! `sealift release validate`: is a folder fit to be published?

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::publisher::PublisherArgs;
use crate::error::{ErrorKind, Result};
use crate::flow::validate::{Options, Published, Rehearsal, Validated, validate};
use crate::io::files;
use crate::model::digest::Digest;
use crate::model::lint::Surroundings;
use crate::model::version::StackVersion;

/// Check a release folder before it is published.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift release validate ML-DGA-20260105-1 --out dga.zip")]
pub struct ValidateArgs {
    /// The folder and how to look at it.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// Write the release's zip to FILE
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Do not ask the publisher for its releases so far
    #[arg(long)]
    pub offline: bool,
    /// Where to.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Which folder, and how to look at it.
#[derive(Debug, clap::Args)]
pub struct FolderArgs {
    /// Folder of the release, named like its tag
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The version of the clusters that the release is for
    #[arg(long, value_name = "VERSION", default_value_t = Surroundings::NEWEST)]
    pub stack_version: StackVersion,
    /// Sort the keys of JSON files in the zip; the folder stays as it is
    #[arg(long)]
    pub canonicalize: bool,
    /// It is the first release of a family that nobody published before
    #[arg(long)]
    pub new_family: bool,
    /// Rehearse with these documents, one JSON object per line, instead of samples
    #[arg(long, value_name = "DOCS")]
    pub documents: Option<PathBuf>,
    /// Results that the documents must give
    #[arg(long, value_name = "FILE", requires = "documents")]
    pub expected: Option<PathBuf>,
}

impl FolderArgs {
    /// Looks at the folder.
    ///
    /// # Errors
    /// Those of [`validate`].
    pub fn validate(&self, published: Option<Published>, desk: &Desk) -> Result<Validated> {
        let date = match desk.source_date()? {
            Some(date) => date,
            None => desk.now()?,
        };
        validate(
            Path::new(&self.dir),
            &Options {
                published,
                version: self.stack_version.clone(),
                canonicalize: self.canonicalize,
                date,
                new_family: self.new_family,
                rehearsal: match &self.documents {
                    None => Rehearsal::Samples,
                    Some(documents) => Rehearsal::Documents {
                        documents: documents.clone(),
                        expected: self.expected.clone(),
                    },
                },
            },
            &desk.progress(),
        )
    }
}

/// Validates and tells; ends with 5 when something stands against publishing.
///
/// # Errors
/// Those of [`validate`], and of the publisher's API.
pub fn run(args: &ValidateArgs, desk: &Desk) -> Result<Answer> {
    let published = if args.offline {
        None
    } else {
        let github = args.publisher.github(desk)?;
        Some(Published::ask(&github, &desk.progress())?)
    };
    let validated = args.folder.validate(published, desk)?;
    if let Some(path) = &args.out {
        files::write_atomic(path, &validated.zip)?;
    }
    let answer = Answer::new(&document(&validated), text(&validated))?;
    Ok(if validated.is_fit() {
        answer
    } else {
        answer.ending(ErrorKind::Malformed)
    })
}

/// The validation as a document for machines.
#[must_use]
pub fn document(validated: &Validated) -> Value {
    let artifacts = validated.artifacts.iter().map(|item| {
        json!({
            "kind": item.artifact.kind.name(),
            "id": item.artifact.id,
            "file": item.place.file,
        })
    });
    json!({
        "tag": validated.tag.as_str(),
        "fit": validated.is_fit(),
        "zip": {"size": validated.zip.len(), "sha256": Digest::of(&validated.zip)},
        "files": validated.files,
        "artifacts": artifacts.collect::<Vec<_>>(),
        "remarks": validated.remarks,
        "rehearsals": validated.rehearsals,
        "description": validated.description,
    })
}

/// The validation for people.
#[must_use]
pub fn text(validated: &Validated) -> String {
    let mut lines: Vec<String> = validated
        .remarks
        .iter()
        .map(|remark| {
            let place = if remark.place.is_empty() {
                validated.tag.as_str()
            } else {
                &remark.place
            };
            let line = format!("{:<7}  {place}: {}", remark.severity, remark.message);
            escape::line(&line)
        })
        .collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!(
        "{}  {} files, {} artifacts, zip of {} bytes",
        validated.tag,
        validated.files.len(),
        validated.artifacts.len(),
        validated.zip.len()
    ));
    lines.push(format!("sha256  {}", Digest::of(&validated.zip)));
    for rehearsed in &validated.rehearsals {
        let line = format!("rehearsed {rehearsed}");
        lines.push(escape::line(&line));
    }
    lines.push(
        if validated.is_fit() {
            "fit to be published"
        } else {
            "not fit to be published"
        }
        .to_owned(),
    );
    lines.join("\n")
}
