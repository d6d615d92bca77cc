//! Sealing for a cluster that is reachable from here: a release is packed and
//! signed with a key of this machine, so that it goes the one way that bundles go.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::flow::gather::{Gathered, gather_with};
use crate::flow::key::{self, KeyFacts, read_secret_text};
use crate::flow::lint::{self, source};
use crate::flow::pack::{PackInput, pack};
use crate::io::bundle::{Conditions, VerifiedBundle};
use crate::io::files;
use crate::io::medium::Medium;
use crate::model::finding::Severity;
use crate::model::key::SecretKey;
use crate::model::label::Label;
use crate::model::lint::Surroundings;
use crate::model::package::Choices;
use crate::model::release::ReleaseTag;
use crate::model::signed_list::ListHeader;
use crate::model::time::Timestamp;
use crate::model::trust::{TrustPolicy, TrustedKey};
use crate::progress::Progress;

/// What the key, its folder and its channels are called.
const NAME: &str = "local";
/// How long a local bundle is good for.
const DAYS: i64 = 365;

/// The key of this machine.
#[derive(Debug)]
pub struct LocalKey {
    secret: SecretKey,
    /// What there is to say about it.
    pub facts: KeyFacts,
    /// Where its private half stands.
    pub file: PathBuf,
    /// Whether it was made just now.
    pub made: bool,
}

/// The folder of the local key and of what it signs, in the state folder.
#[must_use]
pub fn folder(state: &Path) -> PathBuf {
    state.join(NAME)
}

/// The key of this machine in the state folder `state`; made at first use, its
/// private half readable by its owner only.
///
/// # Errors
/// [`ErrorKind::Usage`] when others may read it; [`ErrorKind::Io`] when it cannot
/// be read or written; [`ErrorKind::Malformed`] when it is no key.
pub fn key(state: &Path) -> Result<LocalKey> {
    let folder = folder(state);
    let file = folder.join(format!("{NAME}.key.pem"));
    let made = file.symlink_metadata().is_err();
    if made {
        key::create(&folder, NAME, None)?;
    }
    let secret = SecretKey::from_pem(&read_secret_text(&file)?, None)
        .map_err(|error| error.context(format!("cannot use the key {}", file.display())))?;
    Ok(LocalKey {
        facts: KeyFacts::of(&secret.public(), NAME),
        secret,
        file,
        made,
    })
}

/// Lints what is to be packed. What it refers to and does not hold is looked for in
/// the clusters later.
fn review(gathered: &Gathered, now: Timestamp, progress: &dyn Progress) -> Result<()> {
    let sources: Vec<_> = gathered.releases.iter().map(source::of_release).collect();
    let missing = gathered.catalog.missing().into_iter();
    let report = lint::lint(
        &sources,
        &lint::Options {
            version: Surroundings::NEWEST,
            known: missing.map(|missing| missing.wanted).collect(),
            now,
            allow_unknown: false,
            suffix: String::new(),
        },
    )?;
    for placed in report.of(Severity::Warning) {
        let what = &placed.finding.what;
        progress.note(&format!("warning: {}: {what}", placed.path()));
    }
    report.passed()
}

impl LocalKey {
    /// The policy that trusts this key and nobody else, whatever else is trusted
    /// on this machine.
    ///
    /// # Errors
    /// As [`TrustPolicy::any_of`].
    pub fn policy(&self) -> Result<TrustPolicy> {
        TrustPolicy::any_of(vec![TrustedKey {
            key: self.secret.public(),
            label: NAME.to_owned(),
        }])
    }

    /// Packs the release folder, zip or file at `path` into the local folder of
    /// `state`, signs it and verifies it under `conditions`, which trust this key.
    /// A bundle of an earlier run that holds the same files and is still good is
    /// taken as it is, so that the same release again is nothing new.
    ///
    /// # Errors
    /// As [`gather_with`], [`pack`] and [`VerifiedBundle::open`];
    /// [`ErrorKind::Malformed`] for content that a review refuses.
    pub fn seal(
        &self,
        path: &Path,
        state: &Path,
        conditions: &Conditions,
        progress: &dyn Progress,
    ) -> Result<VerifiedBundle> {
        let choices = Choices::default();
        let gathered = gather_with(&[path.to_owned()], false, &choices, progress)?;
        review(&gathered, conditions.now, progress)?;
        let release = gathered
            .releases
            .first()
            .map(|release| release.name.clone())
            .unwrap_or_default();
        let (name, channel) = labels(&release)?;
        let folder = folder(state);
        files::create_folder(&folder)?;
        let target = folder.join(format!("{name}.sealift"));
        let open = || VerifiedBundle::open(Medium::file(&target)?, conditions);
        if let Ok(earlier) = open()
            && holds(&earlier, &gathered)?
        {
            return Ok(earlier);
        }
        let now = conditions.now;
        let channels = conditions.memory.map(|memory| &memory.channels);
        let last = channels.and_then(|channels| channels.get(&channel));
        let after = last.map_or(0, |last| last.sequence.saturating_add(1));
        let header = ListHeader {
            sequence: by_time(now).max(after),
            created: now,
            expires: now.plus_days(DAYS)?,
            trust: 0,
            name,
            channel,
        };
        self.pack(header, gathered, &target, conditions.threads, progress)?;
        open()
    }

    fn pack(
        &self,
        header: ListHeader,
        gathered: Gathered,
        target: &Path,
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<()> {
        let input = PackInput {
            header,
            releases: gathered.releases,
            catalog: gathered.catalog,
            validation: Vec::new(),
            license: None,
            trust: Vec::new(),
        };
        let keys = std::slice::from_ref(&self.secret);
        pack(input, keys, target, threads, progress).map(drop)
    }
}

/// Whether `bundle` brings exactly the artifacts that were gathered.
fn holds(bundle: &VerifiedBundle, gathered: &Gathered) -> Result<bool> {
    let there = &bundle.manifest().artifacts;
    if there.len() != gathered.catalog.items.len() {
        return Ok(false);
    }
    for item in &gathered.catalog.items {
        let (_, digest) = gathered.content(&item.place)?.measure()?;
        let is_there = there.iter().any(|entry| {
            entry.artifact() == item.artifact
                && entry.sha256 == digest
                && entry.part == item.place.part
        });
        if !is_there {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the bundle of a release is called, and its channel: one per family, so
/// that the next release of the family follows this one.
fn labels(release: &str) -> Result<(Label, Label)> {
    let tag = ReleaseTag::parse(release).ok();
    let family = tag.as_ref().and_then(ReleaseTag::family).unwrap_or(release);
    let usable = |text: &str| {
        Label::parse(text).map_err(|error| {
            Error::new(
                ErrorKind::Usage,
                format!("{release:?} cannot be the name of a release"),
            )
            .because(error)
            .hint("give the folder or zip another name")
        })
    };
    let channel = format!("{NAME}-{}", family.to_ascii_lowercase());
    Ok((usable(release)?, usable(&channel)?))
}

/// `created` as a number of 14 digits, year to second: later bundles have higher
/// ones.
#[must_use]
pub fn by_time(created: Timestamp) -> u64 {
    let digits: String = created
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn releases_of_a_family_share_a_channel() {
        for (release, channel) in [
            ("ML-DGA-20260105-1", "local-ml-dga"),
            (
                "ML-experimental-detections-20260220-1",
                "local-ml-experimental-detections",
            ),
            ("files", "local-files"),
        ] {
            let (name, found) = labels(release).expect(release);
            assert_eq!((name.as_str(), found.as_str()), (release, channel));
        }
        assert!(labels("two words").is_err());
    }
}
