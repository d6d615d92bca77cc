//! `trust.toml`: the trust policy in words, beside the keys or in the settings.

use serde::Deserialize;

use crate::error::{ErrorKind, Result};
use crate::model::label::Label;
use crate::model::toml;
use crate::model::trust::RevokedKey;

/// What `trust.toml` may say. An unknown key is an error.
///
/// ```toml
/// threshold = 2
/// channels = ["prod"]
/// min_days_left = 14
/// [[revoked]]
/// id = "0123456789abcdef"
/// reason = "laptop lost in March"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustFile {
    /// How many distinct keys must have signed; 1 where absent.
    pub threshold: Option<u32>,
    /// The channels that are taken; all when empty.
    #[serde(default)]
    pub channels: Vec<Label>,
    /// How many days a bundle must still be good for.
    #[serde(default)]
    pub min_days_left: u32,
    /// Keys that do not count any more.
    #[serde(default)]
    pub revoked: Vec<RevokedKey>,
}

impl TrustFile {
    /// The policy in `text`; `label` names the file in errors.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a mistake, with its line.
    pub fn parse(text: &str, label: &str) -> Result<Self> {
        toml::parse(text, label, ErrorKind::Usage)
    }
}
