//! A practice cluster that runs: both doors, their stop, and a look inside.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::error::{ErrorKind, OrErr, Result};
use crate::io::tls::ServerTls;

use super::certificate::Authority;
use super::cluster::Cluster;
use super::es::Elasticsearch;
use super::fault::{Fault, Faults};
use super::http::{Limits, Server, ServerOptions, exchange};
use super::kibana::Kibana;
use super::options::LabOptions;

/// A running practice cluster; dropping it stops it.
///
/// ```
/// use sealift::lab::{Lab, LabOptions};
///
/// let lab = Lab::start(&LabOptions::default())?;
/// assert!(lab.elasticsearch_url().starts_with("http://127.0.0.1:"));
/// lab.stop();
/// # Ok::<(), sealift::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Lab {
    elasticsearch: Server,
    kibana: Server,
    cluster: Arc<Cluster>,
    faults: Arc<Faults>,
    authority: Option<Authority>,
}

impl Lab {
    /// Starts a practice cluster.
    ///
    /// # Errors
    /// Kind `Io` when an address or the data folder cannot be used, `Malformed`
    /// when the data folder is damaged.
    pub fn start(options: &LabOptions) -> Result<Self> {
        let authority = options
            .tls
            .then(|| {
                Authority::of(
                    options.data.as_deref(),
                    &[options.listen.ip(), options.kibana_listen.ip()],
                    &options.certificate,
                )
            })
            .transpose()?;
        let tls = authority
            .as_ref()
            .map(|authority| {
                let callers = authority.caller().map(|_| authority.certificate());
                ServerTls::new(authority.chain(), authority.key(), callers)
            })
            .transpose()?;
        let cluster = Arc::new(Cluster::new(options)?);
        let faults = Arc::new(Faults::new(options.faults.clone()));
        let server = |listen| ServerOptions {
            listen,
            limits: options.limits.clone(),
            tls: tls.clone(),
        };
        let elasticsearch = Server::start(
            server(options.listen),
            Elasticsearch::new(Arc::clone(&cluster), Arc::clone(&faults)),
        )?;
        let kibana = Server::start(
            server(options.kibana_listen),
            Kibana::new(Arc::clone(&cluster), Arc::clone(&faults)),
        )?;
        Ok(Self {
            elasticsearch,
            kibana,
            cluster,
            faults,
            authority,
        })
    }

    /// Where Elasticsearch's API is.
    #[must_use]
    pub fn elasticsearch_url(&self) -> String {
        self.elasticsearch.url()
    }

    /// Where Kibana's API is.
    #[must_use]
    pub fn kibana_url(&self) -> String {
        self.kibana.url()
    }

    /// The certificate authority, when TLS is on.
    #[must_use]
    pub fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// Whether callers must log in.
    #[must_use]
    pub fn secured(&self) -> bool {
        self.cluster.secured()
    }

    /// The cluster's uuid.
    #[must_use]
    pub fn uuid(&self) -> String {
        self.cluster.identity("cluster_uuid")
    }

    /// Everything that the cluster holds: collection, id, document.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        self.cluster.read().snapshot()
    }

    /// What Elasticsearch's door answers to the bytes of one connection, without a
    /// socket: the whole request path, for tests and fuzz targets.
    #[must_use]
    pub fn exchange(&self, bytes: &[u8]) -> Vec<u8> {
        let door = Elasticsearch::new(Arc::clone(&self.cluster), Arc::clone(&self.faults));
        exchange(bytes, &door, &Limits::default())
    }

    /// Lets a fault meet calls from now on.
    pub fn inject(&self, fault: Fault) {
        self.faults.add(fault);
    }

    /// How many faults have something left to do.
    #[must_use]
    pub fn faults_waiting(&self) -> usize {
        self.faults.waiting()
    }

    /// Takes all faults out.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Stops both doors and waits for their threads.
    pub fn stop(self) {
        self.elasticsearch.stop();
        self.kibana.stop();
    }
}

/// Reads a file of the data folder, if it is there.
pub(super) fn read_if_there(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).or_err(ErrorKind::Io, || format!("cannot read {}", path.display()))
        }
    }
}
