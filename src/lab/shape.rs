//! What a practice cluster claims about its machine: heap, clock, and the
//! settings in its files.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::model::byte_size::ByteSize;

use super::profile::Profile;

/// The most inference processors of all pipelines together.
pub const MAX_INFERENCE_PROCESSORS: &str = "xpack.ml.max_inference_processors";
/// Whether machine learning is there at all.
pub const ML_ENABLED: &str = "xpack.ml.enabled";
/// Whether scripts may use regular expressions: `true`, `limited` or `false`.
pub const REGEX_ENABLED: &str = "script.painless.regex.enabled";

/// The names that a practice cluster knows.
const KNOWN: [&str; 3] = [MAX_INFERENCE_PROCESSORS, ML_ENABLED, REGEX_ENABLED];

/// The machine of a practice cluster and its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The heap of its only node, in bytes.
    pub heap: u64,
    /// How many seconds its clock is ahead of this machine's.
    pub clock_ahead: i64,
    settings: BTreeMap<String, String>,
}

impl Default for Shape {
    /// 4 GB of heap, the right time, and every setting as it is shipped.
    fn default() -> Self {
        Self {
            heap: 4 << 30,
            clock_ahead: 0,
            settings: BTreeMap::new(),
        }
    }
}

impl Shape {
    /// Takes the setting `NAME=VALUE`.
    ///
    /// # Errors
    /// Kind `Usage` for other text, a name that is not known here, or a value
    /// that the setting does not take.
    pub fn set(&mut self, assignment: &str) -> Result<()> {
        let refused = |what: &str| {
            Error::new(
                ErrorKind::Usage,
                format!("the setting {assignment:?} {what}"),
            )
            .hint(format!("the practice cluster knows {}", KNOWN.join(", ")))
        };
        let (name, value) = assignment
            .split_once('=')
            .ok_or_else(|| refused("is not NAME=VALUE"))?;
        let fits = match name {
            MAX_INFERENCE_PROCESSORS => value.parse::<u32>().is_ok_and(|count| count > 0),
            ML_ENABLED => matches!(value, "true" | "false"),
            REGEX_ENABLED => matches!(value, "true" | "false" | "limited"),
            _ => return Err(refused("is not known here")),
        };
        if !fits {
            return Err(refused("has a value that it does not take"));
        }
        self.settings.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// Takes a heap as `512mb`.
    ///
    /// # Errors
    /// Kind `Usage` for what is no size, or none that a heap could have.
    pub fn set_heap(&mut self, text: &str) -> Result<()> {
        let bytes = ByteSize::parse(text, "heap").map(ByteSize::bytes);
        let bytes = bytes.ok().and_then(|bytes| u64::try_from(bytes).ok());
        self.heap = bytes.filter(|bytes| *bytes > 0).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("{text:?} is no size of a heap"))
                .hint("write it as 512mb or 4gb")
        })?;
        Ok(())
    }

    /// The value of a setting, where it is set or shipped with `profile`.
    #[must_use]
    pub fn setting(&self, name: &str, profile: &Profile) -> &str {
        match (self.settings.get(name), name) {
            (Some(value), _) => value,
            (None, MAX_INFERENCE_PROCESSORS) => "50",
            (None, ML_ENABLED) => "true",
            // The limited form came with 7.15; before, they were off.
            (None, REGEX_ENABLED) if profile.since(7, 15) => "limited",
            (None, _) => "false",
        }
    }

    /// The most bytes that a model's definition may inflate to: a tenth of the
    /// heap, and 1 GB at most.
    #[must_use]
    pub fn largest_stream(&self) -> u64 {
        (self.heap / 10).min(1 << 30)
    }
}

#[cfg(test)]
mod tests {
    use super::{ML_ENABLED, REGEX_ENABLED, Shape};
    use crate::lab::profile::Profile;

    #[test]
    fn settings_are_taken_and_others_refused() {
        let mut shape = Shape::default();
        let old = Profile::parse("7.10").expect("a version");
        assert_eq!(shape.setting(REGEX_ENABLED, &old), "false");
        assert_eq!(shape.setting(REGEX_ENABLED, &Profile::default()), "limited");
        shape
            .set("script.painless.regex.enabled=true")
            .expect("known");
        assert_eq!(shape.setting(REGEX_ENABLED, &old), "true");
        assert_eq!(shape.setting(ML_ENABLED, &old), "true");
        shape.set_heap("512mb").expect("a size");
        assert_eq!(shape.largest_stream(), 53_687_091);
        for bad in [
            "x",
            "x=1",
            "xpack.ml.enabled=maybe",
            "xpack.ml.max_inference_processors=0",
        ] {
            assert!(shape.set(bad).is_err(), "{bad}");
        }
        assert!(shape.set_heap("much").is_err() && shape.set_heap("-1").is_err());
    }
}
