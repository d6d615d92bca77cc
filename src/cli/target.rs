//! Which clusters a command speaks to, and with which credentials: shared by
//! every command that opens a connection on the isolated side.

use std::path::PathBuf;

use crate::cli::desk::Desk;
use crate::cli::old_names;
use crate::cli::settings::{Cluster, OneOrMany};
use crate::error::{Error, ErrorKind, Result};
use crate::io::cluster::Address;

mod access;

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
    /// Cloud ID of a deployment, instead of its addresses
    #[arg(long, value_name = "ID", conflicts_with_all = ["url", "cluster", "group"])]
    pub cloud_id: Option<String>,
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
    /// File with an API key in its encoded form, or as ID:KEY
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
    /// File with the passphrase of that key, where it is encrypted
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_key_passphrase_file: Option<PathBuf>,
    /// Seconds until a connection stands [default: 15]
    #[arg(long, value_name = "SECONDS", value_parser = seconds())]
    pub connect_timeout: Option<u64>,
    /// Seconds to wait for an answer, or for its next byte [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = seconds())]
    pub timeout: Option<u64>,
    /// Seconds for one whole call, sending included [default: 3600]
    #[arg(long, value_name = "SECONDS", value_parser = seconds())]
    pub call_timeout: Option<u64>,
    /// Send bodies as gzip, for slow lines
    #[arg(long)]
    pub compress: bool,
    /// Proxy to go through, http://HOST:PORT; without it, none is
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// User of the proxy
    #[arg(long, value_name = "NAME", requires = "proxy_password_file")]
    pub proxy_user: Option<String>,
    /// File with the password of the proxy's user
    #[arg(long, value_name = "FILE", requires = "proxy_user")]
    pub proxy_password_file: Option<PathBuf>,
    /// Go through the proxy that the environment names
    #[arg(long, conflicts_with = "proxy")]
    pub use_proxy: bool,
}

/// What a number of seconds may be.
fn seconds() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=86_400)
}

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
                let hint =
                    "add --url or --cloud-id, or --cluster or --group with a name of the settings";
                let old = old_names::variables(&desk.environment);
                Error::new(ErrorKind::Usage, "no cluster is named").hint(match old {
                    Some(old) => format!("{hint}; {old}"),
                    None => hint.to_owned(),
                })
            })?;
            let label = label(&own);
            return Ok(vec![access::address(&label, &own, self.use_proxy, desk)?]);
        }
        names
            .into_iter()
            .map(|name| {
                let cluster = self.over(desk.settings.cluster(name)?.clone());
                access::address(name, &cluster, self.use_proxy, desk)
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

    /// The cluster of `--url` or `--cloud-id`.
    fn own(&self) -> Option<Cluster> {
        if self.url.is_empty() && self.cloud_id.is_none() {
            return None;
        }
        let urls = OneOrMany::Many(self.url.clone());
        let bare = Cluster {
            url: (!self.url.is_empty()).then_some(urls),
            cloud_id: self.cloud_id.clone(),
            ..Cluster::default()
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
        take(
            self.client_key_passphrase_file.as_ref(),
            &mut cluster.client_key_passphrase_file,
        );
        take(self.connect_timeout.as_ref(), &mut cluster.connect_timeout);
        take(self.timeout.as_ref(), &mut cluster.timeout);
        take(self.call_timeout.as_ref(), &mut cluster.call_timeout);
        if self.proxy.is_some() {
            cluster.proxy_user = None;
            cluster.proxy_password_file = None;
        }
        take(self.proxy.as_ref(), &mut cluster.proxy);
        take(self.proxy_user.as_ref(), &mut cluster.proxy_user);
        take(
            self.proxy_password_file.as_ref(),
            &mut cluster.proxy_password_file,
        );
        cluster.compress |= self.compress;
        cluster
    }
}

/// What a cluster without a name is called: its address; of several, which may be
/// dead, the first and how many more there are.
fn label(cluster: &Cluster) -> String {
    let urls = cluster.url.as_ref().map_or(&[][..], OneOrMany::all);
    let first = urls.first().map(|first| match urls.len() {
        1 => first.clone(),
        many => format!("{first} (1 of {many})"),
    });
    let cloud = || {
        let id = cluster.cloud_id.as_deref().unwrap_or_default();
        id.rsplit_once(':')
            .map_or("cloud", |(name, _)| name)
            .to_owned()
    };
    first.unwrap_or_else(cloud)
}
