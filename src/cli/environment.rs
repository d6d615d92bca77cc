//! The process's environment: every variable that sealift reads, by name.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The settings file; `--config` goes before it.
pub const CONFIG: &str = "SEALIFT_CONFIG";
/// The folder of receipts, journals and what was installed last.
pub const STATE: &str = "SEALIFT_STATE";
/// The passphrase of a private key.
pub const KEY_PASSPHRASE: &str = "SEALIFT_KEY_PASSPHRASE";
/// A token for the publisher's API; goes before [`GITHUB_TOKEN`].
pub const SEALIFT_GITHUB_TOKEN: &str = "SEALIFT_GITHUB_TOKEN";
/// A token for the publisher's API, as other tools use it.
pub const GITHUB_TOKEN: &str = "GITHUB_TOKEN";
/// The password of a cluster's user.
pub const PASSWORD: &str = "SEALIFT_PASSWORD";
/// A cluster's API key, in the encoded form.
pub const API_KEY: &str = "SEALIFT_API_KEY";
/// The passphrase of the key of a client certificate.
pub const CLIENT_KEY_PASSPHRASE: &str = "SEALIFT_CLIENT_KEY_PASSPHRASE";
/// Seconds since 1970 that stand in for the clock, so that the same input gives
/// the same bytes (reproducible-builds.org, `SOURCE_DATE_EPOCH`).
pub const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";
/// Set to anything: no color (no-color.org).
pub const NO_COLOR: &str = "NO_COLOR";
/// The width of the terminal where it cannot be asked.
pub const COLUMNS: &str = "COLUMNS";

/// Every variable with what it is for, as the help and the manual list them.
pub const VARIABLES: [(&str, &str); 11] = [
    (CONFIG, "settings file; --config goes before it"),
    (
        STATE,
        "folder of receipts, journals and remembered sequences",
    ),
    (KEY_PASSPHRASE, "passphrase of a private key"),
    (SEALIFT_GITHUB_TOKEN, "token for the publisher's API"),
    (GITHUB_TOKEN, "the same, where the one above is not set"),
    (PASSWORD, "password of the cluster's user"),
    (API_KEY, "API key of the cluster, encoded form or ID:KEY"),
    (
        CLIENT_KEY_PASSPHRASE,
        "passphrase of the client certificate's key",
    ),
    (
        SOURCE_DATE_EPOCH,
        "seconds since 1970 instead of the clock, for pack",
    ),
    (NO_COLOR, "no color, whatever it is set to"),
    (COLUMNS, "width of the output where no terminal tells it"),
];

/// The variables as they were at start. An empty variable counts as unset.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process; those that are not UTF-8 are left out.
    #[must_use]
    pub fn of_process() -> Self {
        let utf8 = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(_, value)| !value.is_empty());
        Self(utf8.collect())
    }

    /// The value of `name`, unless unset or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same variables, but `name` is `value`.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut variables = self.0.clone();
        variables.insert(name.to_owned(), value.to_owned());
        Self(variables)
    }

    /// Where sealift's settings stand unless told otherwise.
    #[must_use]
    pub fn config_folder(&self) -> Option<PathBuf> {
        self.user_folder("XDG_CONFIG_HOME", ".config")
    }

    /// Where sealift's state stands unless told otherwise.
    #[must_use]
    pub fn state_folder(&self) -> Option<PathBuf> {
        match self.get(STATE) {
            Some(folder) => Some(PathBuf::from(folder)),
            None => self.user_folder("XDG_STATE_HOME", ".local/state"),
        }
    }

    /// `$XDG…/sealift`, else `$HOME/BELOW/sealift`, else below `%APPDATA%`
    /// (XDG base directory specification).
    fn user_folder(&self, xdg: &str, below_home: &str) -> Option<PathBuf> {
        let base = match (self.get(xdg), self.get("HOME")) {
            (Some(folder), _) => PathBuf::from(folder),
            (None, Some(home)) => PathBuf::from(home).join(below_home),
            (None, None) => PathBuf::from(self.get("APPDATA")?),
        };
        Some(base.join("sealift"))
    }
}
