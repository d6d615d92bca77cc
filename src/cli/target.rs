//! Which clusters a command speaks to, and with which credentials: shared by
//! every command that opens a connection on the isolated side.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::desk::Desk;
use crate::cli::environment::{API_KEY, PASSWORD};
use crate::cli::settings::{Cluster, OneOrMany};
use crate::cli::{old_names, prompt};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::cluster::Address;
use crate::io::elasticsearch::{Access, Patience};
use crate::io::files;
use crate::io::http::{Authorization, Identity, Proxy, Roots, Settings, Timeouts, Url};
use crate::model::digest::Digest;
use crate::model::secret::Secret;

/// The longest secret and the longest certificate file.
const MAX_SECRET: u64 = 64 << 10;
const MAX_PEM: u64 = 4 << 20;

/// Which cluster, and how to get in.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Cluster")]
pub struct TargetArgs {
    /// Cluster of the settings; repeat for several
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    pub cluster: Vec<String>,
    /// Group of clusters of the settings; repeat for several
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    pub group: Vec<String>,
    /// Address of Elasticsearch; repeat for further addresses of the same cluster
    #[arg(long, value_name = "URL", alias = "elasticsearch-url")]
    pub url: Vec<String>,
    /// Address of Kibana, for detection rules
    #[arg(long, value_name = "URL")]
    pub kibana_url: Option<String>,
    /// Kibana space
    #[arg(long, value_name = "ID")]
    pub space: Option<String>,
    /// User; the password comes from a file, the environment or a prompt
    #[arg(long, value_name = "NAME", alias = "es-user")]
    pub user: Option<String>,
    /// File with the password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// File with an API key in its encoded form
    #[arg(long, value_name = "FILE", conflicts_with = "user")]
    pub api_key_file: Option<PathBuf>,
    /// File with a bearer or service-account token
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "api_key_file"])]
    pub token_file: Option<PathBuf>,
    /// Certificate authority of the cluster, PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// SHA-256 of that authority's certificate, as Elasticsearch prints it
    #[arg(long, value_name = "HEX", conflicts_with = "ca")]
    pub ca_fingerprint: Option<String>,
    /// Certificate of this client, PEM
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// Key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// Seconds to wait for the answer to a call [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: Option<u64>,
    /// Go through the proxy that the environment names
    #[arg(long)]
    pub use_proxy: bool,
}

/// The seconds that a call may take unless told otherwise: opening a job and
/// parsing a large model take long.
const TIMEOUT: u64 = 120;

impl TargetArgs {
    /// Every cluster that was named, each once, in order.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for names that are not in the settings, unusable
    /// addresses, certificates or keys, and where no cluster is named at all.
    pub fn addresses(&self, desk: &Desk) -> Result<Vec<Address>> {
        let mut names: Vec<&str> = self.cluster.iter().map(String::as_str).collect();
        for group in &self.group {
            let members = desk.settings.group.get(group).ok_or_else(|| {
                Error::new(
                    ErrorKind::Usage,
                    format!("no group named {group:?} in the settings"),
                )
                .hint("add it below [group] in sealift.toml")
            })?;
            names.extend(members.iter().map(String::as_str));
        }
        let mut seen: Vec<&str> = Vec::new();
        names.retain(|name| {
            let new = !seen.contains(name);
            seen.push(name);
            new
        });
        if names.is_empty() {
            let own = self.own().ok_or_else(|| {
                let hint = "add --url, or --cluster or --group with a name of the settings";
                let old = old_names::variables(&desk.environment);
                Error::new(ErrorKind::Usage, "no cluster is named").hint(match old {
                    Some(old) => format!("{hint}; {old}"),
                    None => hint.to_owned(),
                })
            })?;
            let label = own.url.all().first().cloned().unwrap_or_default();
            return Ok(vec![self.address(&label, own, desk)?]);
        }
        names
            .into_iter()
            .map(|name| {
                let cluster = self.over(desk.settings.cluster(name)?.clone());
                self.address(name, cluster, desk)
                    .map_err(|error| error.context(format!("cluster {name} cannot be used")))
            })
            .collect()
    }

    /// The one cluster that was named.
    ///
    /// # Errors
    /// As [`addresses`](Self::addresses), and for several.
    pub fn address_of_one(&self, desk: &Desk) -> Result<Address> {
        let mut all = self.addresses(desk)?;
        match (all.pop(), all.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(Error::new(
                ErrorKind::Usage,
                "this command works on one cluster at a time",
            )),
        }
    }

    /// The cluster of `--url`.
    fn own(&self) -> Option<Cluster> {
        if self.url.is_empty() {
            return None;
        }
        let bare = Cluster {
            url: OneOrMany::Many(self.url.clone()),
            kibana_url: None,
            space: None,
            user: None,
            password_file: None,
            api_key_file: None,
            token_file: None,
            ca: None,
            ca_fingerprint: None,
            client_cert: None,
            client_key: None,
            timeout: None,
        };
        Some(self.over(bare))
    }

    /// The settings of a cluster under the flags.
    fn over(&self, mut cluster: Cluster) -> Cluster {
        fn take<T: Clone>(flag: Option<&T>, setting: &mut Option<T>) {
            if let Some(flag) = flag {
                *setting = Some(flag.clone());
            }
        }
        // One way in replaces the others.
        if self.user.is_some() || self.api_key_file.is_some() || self.token_file.is_some() {
            cluster.user = None;
            cluster.password_file = None;
            cluster.api_key_file = None;
            cluster.token_file = None;
        }
        if self.ca.is_some() || self.ca_fingerprint.is_some() {
            cluster.ca = None;
            cluster.ca_fingerprint = None;
        }
        take(self.kibana_url.as_ref(), &mut cluster.kibana_url);
        take(self.space.as_ref(), &mut cluster.space);
        take(self.user.as_ref(), &mut cluster.user);
        take(self.password_file.as_ref(), &mut cluster.password_file);
        take(self.api_key_file.as_ref(), &mut cluster.api_key_file);
        take(self.token_file.as_ref(), &mut cluster.token_file);
        take(self.ca.as_ref(), &mut cluster.ca);
        take(self.ca_fingerprint.as_ref(), &mut cluster.ca_fingerprint);
        take(self.client_cert.as_ref(), &mut cluster.client_cert);
        take(self.client_key.as_ref(), &mut cluster.client_key);
        take(self.timeout.as_ref(), &mut cluster.timeout);
        cluster
    }

    fn address(&self, label: &str, cluster: Cluster, desk: &Desk) -> Result<Address> {
        let authorization = authorization(label, &cluster, desk)?;
        let urls = cluster.url.all().iter().map(|url| Url::parse(url));
        let urls: Vec<Url> = urls.collect::<Result<_>>()?;
        let kibana = cluster.kibana_url.as_deref().map(Url::parse).transpose()?;
        let clear = urls.iter().chain(&kibana).find(|url| !url.is_secure());
        if let Some(url) = clear
            && authorization.is_some()
            && !is_loopback(url)
        {
            desk.terminal
                .note(&format!("note: credentials go to {url} unencrypted"));
        }
        let http = self.http(&cluster)?;
        Ok(Address {
            label: label.to_owned(),
            elasticsearch: Access {
                urls,
                authorization: authorization.clone(),
                http: http.clone(),
                patience: Patience::default(),
            },
            kibana: kibana.map(|url| Access {
                urls: vec![url],
                authorization,
                http,
                patience: Patience::default(),
            }),
            space: cluster.space,
        })
    }

    fn http(&self, cluster: &Cluster) -> Result<Settings> {
        let roots = match (&cluster.ca, &cluster.ca_fingerprint) {
            (Some(path), _) => Roots::Pem(files::read_limited(path, MAX_PEM)?),
            (None, Some(hex)) => Roots::Fingerprint(fingerprint(hex)?),
            (None, None) => Roots::Platform,
        };
        let identity = match (&cluster.client_cert, &cluster.client_key) {
            (Some(chain), Some(key)) => Some(Identity {
                chain: files::read_limited(chain, MAX_PEM)?,
                key: secret(key)?,
            }),
            (None, None) => None,
            _ => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    "a client certificate needs its key, and a key its certificate",
                ));
            }
        };
        let whole = Duration::from_secs(cluster.timeout.unwrap_or(TIMEOUT));
        let timeouts = Timeouts {
            response: whole,
            idle: whole,
            connect: whole.min(Timeouts::default().connect),
            resolve: whole.min(Timeouts::default().resolve),
            ..Timeouts::default()
        };
        Ok(Settings {
            timeouts,
            roots,
            identity,
            proxy: if self.use_proxy {
                Proxy::Environment
            } else {
                Proxy::Direct
            },
        })
    }
}

/// The credentials of a cluster: an API key or a token where there is one, else
/// user and password, else none.
fn authorization(label: &str, cluster: &Cluster, desk: &Desk) -> Result<Option<Authorization>> {
    if let Some(path) = &cluster.api_key_file {
        return Ok(Some(Authorization::ApiKey(secret(path)?)));
    }
    if let Some(path) = &cluster.token_file {
        return Ok(Some(Authorization::Bearer(secret(path)?)));
    }
    if let Some(user) = &cluster.user {
        let password = match (&cluster.password_file, desk.environment.get(PASSWORD)) {
            (Some(path), _) => secret(path)?,
            (None, Some(password)) => Secret::new(password.to_owned()),
            (None, None) => Secret::new(prompt::secret(
                &format!("password of {user} on {label}"),
                "set SEALIFT_PASSWORD or use --password-file",
            )?),
        };
        return Ok(Some(Authorization::Basic {
            user: user.clone(),
            password,
        }));
    }
    let key = desk.environment.get(API_KEY);
    Ok(key.map(|key| Authorization::ApiKey(Secret::new(key.to_owned()))))
}

/// The secret in a file that only its owner may read, without its last newline.
fn secret(path: &Path) -> Result<Secret> {
    let bytes = files::read_private(path, MAX_SECRET)?;
    let text = std::str::from_utf8(&bytes).or_err(ErrorKind::Usage, || {
        format!("{} is not text", path.display())
    })?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{} is empty", path.display()),
        ));
    }
    Ok(Secret::new(text.to_owned()))
}

/// A SHA-256 with or without colons, in either case.
fn fingerprint(text: &str) -> Result<Digest> {
    let plain: String = text.chars().filter(|c| *c != ':').collect();
    Digest::parse(&plain.to_ascii_lowercase()).map_err(|error| {
        Error::new(
            ErrorKind::Usage,
            "the fingerprint of the certificate authority cannot be used",
        )
        .because(error)
        .hint("take the one that Elasticsearch printed on its first start, or openssl x509 -fingerprint -sha256")
    })
}

fn is_loopback(url: &Url) -> bool {
    url.host() == "localhost"
        || url
            .host()
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
