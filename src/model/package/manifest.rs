//! What a package says of itself: `manifest.yml`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Files, MANIFEST, object, plain};
use crate::error::{Error, ErrorKind, Result};
use crate::model::content;
use crate::model::version::StackVersion;

/// The name, version and conditions of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageManifest {
    /// What it is called.
    pub name: String,
    /// Its version, in the manner of semver.org.
    pub version: String,
    /// What it asks of the stack.
    #[serde(default)]
    pub conditions: Conditions,
}

/// What a package asks of the stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// The versions of Kibana that it is for, as its publisher writes them:
    /// `^8.9.0 || ^9.0.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kibana: Option<String>,
    /// The subscription that it needs: `basic`, `gold`, `platinum`, `enterprise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
}

/// The subscriptions, each of which includes those before it.
const SUBSCRIPTIONS: [&str; 4] = ["basic", "gold", "platinum", "enterprise"];

/// Whether the text of a `manifest.yml` is that of a package, and not of something
/// else that is described in a file of this name.
#[must_use]
pub fn is_manifest(bytes: &[u8]) -> bool {
    let Ok(text) = content::text(MANIFEST, bytes) else {
        return false;
    };
    let begins = |key: &str| text.lines().any(|line| line.starts_with(key));
    begins("format_version:") && begins("name:") && begins("version:")
}

impl PackageManifest {
    /// The manifest in `files`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when it is not there, cannot be read, or its name,
    /// version or conditions cannot be used.
    pub(super) fn of(files: &Files) -> Result<Self> {
        let bytes = files
            .get(MANIFEST)
            .ok_or_else(|| malformed(format!("the package has no {MANIFEST}")))?;
        let value = object(MANIFEST, content::text(MANIFEST, bytes)?)?;
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let required = |key: &str| {
            let text = text(key).filter(|text| !text.is_empty());
            text.ok_or_else(|| malformed(format!("{MANIFEST} has no {key}")))
        };
        let (name, version) = (required("name")?, required("version")?);
        plain("a package", name)?;
        plain("a version", version)?;
        let kind = text("type").unwrap_or("integration");
        if !matches!(kind, "integration" | "content") {
            return Err(malformed(format!(
                "the package {name} is of type {kind:?}; integration and content packages can be packed"
            )));
        }
        // Older packages write `kibana.version` as one key.
        let conditions = value.get("conditions").unwrap_or(&Value::Null);
        let condition = |nested: &str, flat: &str| {
            let found = conditions.pointer(nested).or_else(|| conditions.get(flat));
            found.and_then(Value::as_str).map(str::to_owned)
        };
        let conditions = Conditions {
            kibana: condition("/kibana/version", "kibana.version"),
            subscription: condition("/elastic/subscription", "elastic.subscription")
                .or_else(|| text("license").map(str::to_owned)),
        };
        conditions.range()?;
        conditions.check_subscription()?;
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            conditions,
        })
    }
}

impl PackageManifest {
    /// Every text of it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.name, &self.version]
            .into_iter()
            .chain(&self.conditions.kibana)
            .chain(&self.conditions.subscription)
    }
}

impl Conditions {
    fn check_subscription(&self) -> Result<()> {
        match &self.subscription {
            Some(word) if !SUBSCRIPTIONS.contains(&word.as_str()) => Err(malformed(format!(
                "{MANIFEST} asks for the subscription {word:?}, which is none"
            ))),
            _ => Ok(()),
        }
    }

    /// The oldest and the newest stack that the package is for. Alternatives are
    /// taken together, gaps between them included.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for a range that cannot be read.
    pub fn range(&self) -> Result<(Option<StackVersion>, Option<StackVersion>)> {
        let Some(text) = &self.kibana else {
            return Ok((None, None));
        };
        let mut low: Option<StackVersion> = None;
        let mut high: Option<StackVersion> = None;
        let mut open = (false, false);
        for alternative in text.split("||") {
            let (from, to) = bounds(alternative).ok_or_else(|| {
                malformed(format!(
                    "{MANIFEST} asks for Kibana {text:?}, which is not a range of versions"
                ))
            })?;
            match from {
                Some(from) => low = Some(low.map_or(from.clone(), |low| low.min(from))),
                None => open.0 = true,
            }
            match to {
                Some(to) => high = Some(high.map_or(to.clone(), |high| high.max(to))),
                None => open.1 = true,
            }
        }
        Ok((low.filter(|_| !open.0), high.filter(|_| !open.1)))
    }
}

type Bounds = (Option<StackVersion>, Option<StackVersion>);

/// The ends of one alternative: comparisons separated by spaces that all hold.
/// The newest of a line is written as `.99`.
fn bounds(text: &str) -> Option<Bounds> {
    let mut found: Bounds = (None, None);
    let mut any = false;
    for part in text.split_whitespace() {
        any = true;
        let at = part.find(|c: char| c.is_ascii_digit() || c == '*')?;
        let (sign, number) = part.split_at_checked(at)?;
        if number == "*" {
            continue;
        }
        let numbers = numbers(number)?;
        let version = StackVersion::new(numbers[0], numbers[1], numbers[2]);
        let line = |minor: u32| StackVersion::new(numbers[0], minor, 99);
        match sign {
            "^" => found = (Some(version), Some(line(99))),
            "~" => found = (Some(version), Some(line(numbers[1]))),
            ">=" | ">" => found.0 = Some(version),
            "<=" => found.1 = Some(version),
            "<" => found.1 = Some(below(numbers)?),
            "" | "=" => found = (Some(version.clone()), Some(version)),
            _ => return None,
        }
    }
    any.then_some(found)
}

/// `8.9.0-SNAPSHOT`, `8.9` or `8` as three numbers.
fn numbers(text: &str) -> Option<[u32; 3]> {
    let text = text.split(['-', '+']).next()?;
    let mut numbers = [0; 3];
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 3 {
        return None;
    }
    for (number, part) in numbers.iter_mut().zip(parts) {
        *number = match part {
            "x" | "*" => 0,
            part => part.parse().ok()?,
        };
    }
    Some(numbers)
}

/// The newest version before this one.
fn below([major, minor, patch]: [u32; 3]) -> Option<StackVersion> {
    Some(match (minor, patch) {
        (0, 0) => StackVersion::new(major.checked_sub(1)?, 99, 99),
        (_, 0) => StackVersion::new(major, minor - 1, 99),
        _ => StackVersion::new(major, minor, patch - 1),
    })
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Conditions, PackageManifest};

    fn range(text: &str) -> Option<(String, String)> {
        let conditions = Conditions {
            kibana: Some(text.to_owned()),
            subscription: None,
        };
        let (low, high) = conditions.range().ok()?;
        let shown = |bound: Option<crate::model::version::StackVersion>| {
            bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string())
        };
        Some((shown(low), shown(high)))
    }

    #[test]
    fn ranges_become_two_ends() {
        for (text, low, high) in [
            ("^8.9.0", "8.9.0", "8.99.99"),
            ("^8.9.0 || ^9.0.0", "8.9.0", "9.99.99"),
            ("~8.4.1", "8.4.1", "8.4.99"),
            (">=7.16.0", "7.16.0", "any"),
            (">=8.0.0 <8.5.0", "8.0.0", "8.4.99"),
            (">=8.0.0 <9.0.0", "8.0.0", "8.99.99"),
            ("8.1.2", "8.1.2", "8.1.2"),
            ("*", "any", "any"),
            ("^8.10.0-SNAPSHOT", "8.10.0", "8.99.99"),
        ] {
            assert_eq!(
                range(text),
                Some((low.to_owned(), high.to_owned())),
                "{text}"
            );
        }
        for text in ["", "latest", "^8.x.y.z", "^^8.0.0", "<0.0.0", "^8.0.0 ||"] {
            assert_eq!(range(text), None, "{text}");
        }
    }

    #[test]
    fn a_manifest_says_what_it_must() {
        let read = |text: &str| {
            let files = [("manifest.yml".to_owned(), text.as_bytes().to_vec())];
            PackageManifest::of(&files.into_iter().collect())
        };
        let good = "format_version: 3.0.0\nname: dga\nversion: 2.3.0\ntype: integration\n\
                    conditions:\n  kibana:\n    version: ^8.9.0\n  elastic:\n    subscription: platinum\n";
        let manifest = read(good).unwrap();
        assert_eq!(
            (manifest.name.as_str(), manifest.version.as_str()),
            ("dga", "2.3.0")
        );
        assert_eq!(
            manifest.conditions.subscription.as_deref(),
            Some("platinum")
        );
        let older =
            "name: a\nversion: 1.0.0\nconditions:\n  kibana.version: ^7.16.0\nlicense: basic\n";
        assert_eq!(
            read(older).unwrap().conditions.kibana.as_deref(),
            Some("^7.16.0")
        );
        for (text, message) in [
            ("version: 1.0.0", "has no name"),
            ("name: a", "has no version"),
            (
                "name: ../a\nversion: 1.0.0",
                "is not usable as the name of a package",
            ),
            (
                "name: a\nversion: 1/2",
                "is not usable as the name of a version",
            ),
            ("name: a\nversion: 1.0.0\ntype: input", "is of type"),
            ("name: a\nname: b\nversion: 1.0.0", "is not usable YAML"),
            (
                "name: a\nversion: 1.0.0\nconditions: {elastic: {subscription: free}}",
                "which is none",
            ),
            ("- a", "does not hold an object"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.to_string().contains(message), "{text:?}: {error}");
        }
    }
}
