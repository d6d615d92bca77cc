//! `sealift.toml`: what the operator sets once. A flag goes before the
//! environment, the environment before this file, this file before the default.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::environment::{CONFIG, Environment};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::label::Label;
use crate::model::toml;
use crate::model::trust::RevokedKey;

/// The whole file. An unknown key anywhere is an error. Relative paths count
/// from the folder of the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `[fetch]`: where releases come from.
    #[serde(default)]
    pub fetch: Fetch,
    /// `[trust]`: whose bundles are believed.
    #[serde(default)]
    pub trust: Trust,
    /// `[cluster.NAME]`: the clusters that can be named.
    #[serde(default)]
    pub cluster: BTreeMap<String, Cluster>,
    /// `[group]`: `NAME = ["CLUSTER", ...]`.
    #[serde(default)]
    pub group: BTreeMap<String, Vec<String>>,
    /// `[state]`: where receipts and journals go.
    #[serde(default)]
    pub state: State,
}

/// The publisher.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// `OWNER/NAME`.
    pub repository: Option<String>,
    /// The API's base address.
    pub api_url: Option<String>,
    /// A file that holds the token.
    pub token_file: Option<PathBuf>,
}

/// The trust store.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// Public keys, or folders of them.
    #[serde(default)]
    pub keys: Vec<PathBuf>,
    /// How many distinct keys must have signed.
    pub threshold: Option<u32>,
    /// The channels that are taken; all when empty.
    #[serde(default)]
    pub channels: Vec<Label>,
    /// How many days a bundle must still be good for.
    #[serde(default)]
    pub min_days_left: u32,
    /// Keys that do not count any more, whatever else is trusted.
    #[serde(default)]
    pub revoked: Vec<RevokedKey>,
}

/// One cluster and how to reach it. Secrets stand in files of their own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Elasticsearch; several addresses of one cluster are tried in turn.
    pub url: Option<OneOrMany>,
    /// The Cloud ID of the deployment, instead of its addresses.
    pub cloud_id: Option<String>,
    /// Kibana, needed for detection rules.
    pub kibana_url: Option<String>,
    /// The Kibana space; the default one where absent.
    pub space: Option<String>,
    /// The user of basic authentication.
    pub user: Option<String>,
    /// A file that holds the user's password.
    pub password_file: Option<PathBuf>,
    /// A file that holds an API key in the encoded form.
    pub api_key_file: Option<PathBuf>,
    /// A file that holds a bearer or service-account token.
    pub token_file: Option<PathBuf>,
    /// The authority that signed the server's certificate, PEM.
    pub ca: Option<PathBuf>,
    /// SHA-256 of that authority's certificate, as Elasticsearch prints it.
    pub ca_fingerprint: Option<String>,
    /// The certificate that this client shows, PEM.
    pub client_cert: Option<PathBuf>,
    /// The private key of it, PEM.
    pub client_key: Option<PathBuf>,
    /// A file that holds the passphrase of that key.
    pub client_key_passphrase_file: Option<PathBuf>,
    /// Seconds until a connection stands.
    pub connect_timeout: Option<u64>,
    /// Seconds without an answer, or without a byte of it.
    pub timeout: Option<u64>,
    /// Seconds for one whole call.
    pub call_timeout: Option<u64>,
    /// Whether bodies are sent as gzip, for slow lines.
    #[serde(default)]
    pub compress: bool,
    /// The proxy to go through, `http://HOST:PORT`; none where absent.
    pub proxy: Option<String>,
    /// The user of the proxy.
    pub proxy_user: Option<String>,
    /// A file that holds the password of the proxy's user.
    pub proxy_password_file: Option<PathBuf>,
}

/// Where state stands.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The folder.
    pub dir: Option<PathBuf>,
}

/// A text or a list of texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, in order.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them, in order.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl Settings {
    /// The settings of `flag`, of `SEALIFT_CONFIG`, or of the user's folder; the
    /// defaults where the last has none. The working directory is never looked at.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a file that was named is missing, or a file has a
    /// mistake (with its line).
    pub fn load(flag: Option<&Path>, environment: &Environment) -> Result<Self> {
        let named = flag
            .map(Path::to_owned)
            .or_else(|| environment.get(CONFIG).map(PathBuf::from));
        let must_exist = named.is_some();
        let Some(path) = named.or_else(|| Some(environment.config_folder()?.join("sealift.toml")))
        else {
            return Ok(Self::default());
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !must_exist => {
                return Ok(Self::default());
            }
            read => read.or_err(ErrorKind::Usage, || {
                format!("cannot read settings {}", path.display())
            })?,
        };
        let mut settings: Self = toml::parse(&text, &path.display().to_string(), ErrorKind::Usage)?;
        settings.anchor(path.parent().unwrap_or(Path::new("")));
        Ok(settings)
    }

    /// The cluster called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] that lists the names there are.
    pub fn cluster(&self, name: &str) -> Result<&Cluster> {
        self.cluster.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.cluster.keys().map(String::as_str).collect();
            Error::new(
                ErrorKind::Usage,
                format!("no cluster named {name:?} in the settings"),
            )
            .hint(if known.is_empty() {
                "add a [cluster.NAME] section to sealift.toml, or use --url".to_owned()
            } else {
                format!("the settings name: {}", known.join(", "))
            })
        })
    }

    /// Makes relative paths count from `folder`.
    fn anchor(&mut self, folder: &Path) {
        let anchor = |path: &mut PathBuf| *path = folder.join(&*path);
        self.fetch.token_file.iter_mut().for_each(anchor);
        self.trust.keys.iter_mut().for_each(anchor);
        self.state.dir.iter_mut().for_each(anchor);
        for cluster in self.cluster.values_mut() {
            let files = [
                &mut cluster.password_file,
                &mut cluster.api_key_file,
                &mut cluster.token_file,
                &mut cluster.ca,
                &mut cluster.client_cert,
                &mut cluster.client_key,
                &mut cluster.client_key_passphrase_file,
                &mut cluster.proxy_password_file,
            ];
            files.into_iter().flatten().for_each(anchor);
        }
    }
}
