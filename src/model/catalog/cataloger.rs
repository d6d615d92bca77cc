//! File by file to a catalog.

use std::collections::BTreeMap;

use super::classify::{Class, Found, classify};
use super::naming::{self, Naming};
use super::{Catalog, Finding, Item, Place, Severity};
use crate::error::Result;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::package::Conditions;
use crate::model::version::StackVersion;

/// Takes the files of releases one by one; each is looked at once and not kept.
///
/// ```
/// use sealift::model::catalog::Cataloger;
///
/// let file = br#"{"filter_id": "safe_domains", "items": ["*.example.com"]}"#;
/// let mut cataloger = Cataloger::new();
/// cataloger.begin("my-filters", ["safe.json"]);
/// cataloger.file("safe.json", file);
/// let catalog = cataloger.finish().usable()?;
/// assert_eq!(catalog.items[0].artifact.to_string(), "filter safe_domains");
/// # Ok::<(), sealift::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Cataloger {
    carry_unknown: bool,
    suffix: String,
    release: String,
    naming: Naming,
    /// The oldest and the newest stack that the release is for, where it says so.
    range: (Option<StackVersion>, Option<StackVersion>),
    catalog: Catalog,
}

impl Default for Cataloger {
    fn default() -> Self {
        Self::new()
    }
}

impl Cataloger {
    /// A cataloger that refuses unknown files.
    #[must_use]
    pub fn new() -> Self {
        Self {
            carry_unknown: false,
            suffix: String::new(),
            release: String::new(),
            naming: Naming::Later,
            range: (None, None),
            catalog: Catalog::default(),
        }
    }

    /// The same cataloger, which carries unknown files along instead.
    #[must_use]
    pub fn carry_unknown(mut self, carry: bool) -> Self {
        self.carry_unknown = carry;
        self
    }

    /// The same cataloger, which adds `suffix` to the ids that the names of files in
    /// the later naming give to scripts, pipelines and transforms.
    #[must_use]
    pub fn suffix(mut self, suffix: &str) -> Self {
        suffix.clone_into(&mut self.suffix);
        self
    }

    /// The files from here on are those of `release`: a tag, or the name of the
    /// folder or file that was given. `names` are all of its files.
    pub fn begin<'a>(&mut self, release: &str, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<&str> = names.into_iter().collect();
        release.clone_into(&mut self.release);
        self.naming = naming::of_release(names.iter().copied());
        self.range = (None, None);
        if self.naming == Naming::First {
            for pattern in naming::FIRST {
                let matching = names.iter().filter(|name| pattern.matches(name)).count();
                if matching != 1 {
                    let message =
                        format!("a release has exactly one such file, this one has {matching}");
                    self.finding(Severity::Error, self.place(&pattern.glob()), message);
                }
            }
        }
    }

    /// The files from here on are those of the integration package `release`, which
    /// asks for `conditions`; those that were made of it are among them.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Malformed`] for conditions that cannot be read.
    pub fn begin_package(&mut self, release: &str, conditions: &Conditions) -> Result<()> {
        release.clone_into(&mut self.release);
        self.naming = Naming::Package;
        self.range = conditions.range()?;
        Ok(())
    }

    /// The next file: its name within the release, and its content. The result is
    /// what it holds.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> &[Item] {
        let place = self.place(name);
        let before = self.catalog.items.len();
        match classify(self.naming, name, bytes) {
            Ok(Class::Artifacts(found)) => {
                for found in found {
                    self.add(&place, found);
                }
            }
            Ok(Class::Document) => self.catalog.others.push(place),
            Ok(Class::Program) => {
                let message = "a program of the publisher's; it goes along and is never run";
                self.finding(Severity::Warning, place.clone(), message.to_owned());
                self.catalog.others.push(place);
            }
            Ok(Class::Unknown(_)) if self.carry_unknown => self.catalog.others.push(place),
            Ok(Class::Unknown(why)) => {
                self.finding(
                    Severity::Error,
                    place,
                    format!("cannot be classified: {why}"),
                );
            }
            Err(error) => self.finding(Severity::Error, place, chain(&error)),
        }
        self.catalog.items.get(before..).unwrap_or_default()
    }

    /// The catalog of everything seen.
    #[must_use]
    pub fn finish(mut self) -> Catalog {
        self.drop_repeated();
        let mut catalog = self.catalog;
        catalog.items.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        catalog.others.sort();
        catalog.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.place.clone(), finding.message.clone());
            key(a).cmp(&key(b))
        });
        catalog
    }

    fn place(&self, file: &str) -> Place {
        Place {
            release: self.release.clone(),
            file: file.to_owned(),
            part: None,
        }
    }

    fn finding(&mut self, severity: Severity, place: Place, message: String) {
        self.catalog.findings.push(Finding {
            severity,
            place,
            message,
        });
    }

    fn add(&mut self, file: &Place, mut found: Found) {
        let by_name = matches!(
            found.artifact.kind,
            ArtifactKind::Script | ArtifactKind::Pipeline | ArtifactKind::Transform
        );
        if by_name
            && self.naming == Naming::Later
            && naming::stem(&file.file) == Some(found.artifact.id.as_str())
        {
            found.artifact.id.push_str(&self.suffix);
        }
        let place = Place {
            part: found.part,
            ..file.clone()
        };
        for warning in found.warnings {
            self.finding(Severity::Warning, place.clone(), warning);
        }
        if found.references.contains(&found.artifact) {
            let message = format!("{} refers to itself", found.artifact);
            self.finding(Severity::Error, place.clone(), message);
        }
        self.catalog.items.push(Item {
            artifact: found.artifact,
            place,
            references: found.references,
            title: found.title,
            license: found.license,
            min_stack_version: found.min_stack_version.or_else(|| self.range.0.clone()),
            max_stack_version: self.range.1.clone(),
        });
        if let Some(datafeed) = found.datafeed {
            self.add(file, *datafeed);
        }
    }

    /// The same artifact in two places is ambiguous: which one is meant?
    fn drop_repeated(&mut self) {
        let mut first: BTreeMap<ArtifactId, Place> = BTreeMap::new();
        let mut repeated = Vec::new();
        self.catalog
            .items
            .retain(|item| match first.get(&item.artifact) {
                None => {
                    first.insert(item.artifact.clone(), item.place.clone());
                    true
                }
                Some(place) => {
                    let message = format!("{} is already in {place}", item.artifact);
                    repeated.push((item.place.clone(), message));
                    false
                }
            });
        for (place, message) in repeated {
            self.finding(Severity::Error, place, message);
        }
    }
}

/// An error with its causes as one line.
fn chain(error: &crate::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
