//! How a practice cluster is to be.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

use super::certificate::Wants;
use super::fault::Fault;
use super::http::Limits;
use super::profile::Profile;
use super::shape::Shape;

/// Everything that can be chosen of a practice cluster.
#[derive(Clone)]
pub struct LabOptions {
    /// Where Elasticsearch's API listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where Kibana's API listens.
    pub kibana_listen: SocketAddr,
    /// The version that it answers as.
    pub version: Profile,
    /// The license; without one, that of the data folder, or a trial.
    pub license: Option<License>,
    /// Users and passwords, all superusers. With none, security is off.
    pub users: Vec<(String, String)>,
    /// Serve `https` with a certificate made for this run (kept in the data folder).
    pub tls: bool,
    /// How that certificate is to be, and whether callers must show one.
    pub certificate: Wants,
    /// Its machine and its settings.
    pub shape: Shape,
    /// Where to keep state; in memory only without it.
    pub data: Option<PathBuf>,
    /// Faults from the start.
    pub faults: Vec<Fault>,
    /// The cluster's name.
    pub cluster_name: String,
    /// Bounds of the HTTP servers.
    pub limits: Limits,
}

impl Default for LabOptions {
    /// Both doors on free loopback ports, a current 8.x, a trial license, no
    /// security, nothing on disk.
    fn default() -> Self {
        let free: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
        Self {
            listen: free,
            kibana_listen: free,
            version: Profile::default(),
            license: None,
            users: Vec::new(),
            tls: false,
            certificate: Wants::default(),
            shape: Shape::default(),
            data: None,
            faults: Vec::new(),
            cluster_name: "practice".to_owned(),
            limits: Limits::default(),
        }
    }
}

impl fmt::Debug for LabOptions {
    /// Without passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users: Vec<_> = self.users.iter().map(|(name, _)| name).collect();
        f.debug_struct("LabOptions")
            .field("listen", &self.listen)
            .field("kibana_listen", &self.kibana_listen)
            .field("version", &self.version)
            .field("license", &self.license)
            .field("users", &users)
            .field("tls", &self.tls)
            .field("shape", &self.shape)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

/// A kind of license.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are Elastic's own names")]
pub enum Grade {
    Basic,
    Standard,
    Gold,
    Platinum,
    Enterprise,
    #[default]
    Trial,
}

impl Grade {
    const ALL: [Self; 6] = [
        Self::Basic,
        Self::Standard,
        Self::Gold,
        Self::Platinum,
        Self::Enterprise,
        Self::Trial,
    ];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Standard => "standard",
            Self::Gold => "gold",
            Self::Platinum => "platinum",
            Self::Enterprise => "enterprise",
            Self::Trial => "trial",
        }
    }
}

impl FromStr for Grade {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|grade| grade.name() == text)
            .ok_or_else(|| {
                Error::new(ErrorKind::Usage, format!("no license of type {text:?}"))
                    .hint("choose basic, standard, gold, platinum, enterprise or trial")
            })
    }
}

/// A license.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct License {
    /// Its kind.
    pub grade: Grade,
    /// When it ends, in milliseconds since 1970; without it, in 30 days for a trial, in a
    /// year for others, never for basic.
    pub expires: Option<i64>,
}
