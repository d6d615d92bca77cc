//! Elasticsearch over HTTP: one cluster, its addresses, one client.
//!
//! Nothing here knows of bundles. Every call is bounded by timeouts, follows no
//! redirect, and ends in a value or in a [`CallError`] that says whether the
//! cluster may have acted. What may be sent again without harm is sent again, a
//! few times and with growing pauses; nothing else ever is.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::http::Method;
use crate::model::advice::WayIn;
use crate::model::observation::ClusterIdentity;
use crate::model::version::StackVersion;

mod aliases;
pub mod answer;
mod bounded;
mod called;
pub mod facts;
pub mod lists;
pub mod memory;
pub mod objects;
mod patience;
mod payload;
pub mod peer;
mod place;
pub mod usage;
mod way_in;

use answer::Decision;
pub use called::{CallError, Called};
pub(super) use objects::unsure;
pub use patience::Patience;
pub use peer::{Access, Peer};

/// One Elasticsearch cluster that answered and is what it should be.
#[derive(Debug)]
pub struct Elasticsearch {
    peer: Peer,
    identity: ClusterIdentity,
    version: StackVersion,
    way_in: WayIn,
}

impl Elasticsearch {
    /// Asks the cluster who it is.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it cannot be reached or is not Elasticsearch;
    /// [`ErrorKind::Cluster`] when it does not let us in.
    pub fn connect(access: Access) -> Result<Self> {
        let way_in = way_in::of(&access);
        let peer = Peer::new(access, Vec::new())?;
        let root = peer
            .call(Method::Get, "/", &Value::Null)
            .map_err(|failed| {
                let address = peer.address();
                failed
                    .error
                    .context(format!("cannot talk to the cluster at {address}"))
            })?;
        let text = |pointer: &str| root.pointer(pointer).and_then(Value::as_str);
        let product = text("/tagline") == Some("You Know, for Search");
        let (Some(uuid), Some(number), true) =
            (text("/cluster_uuid"), text("/version/number"), product)
        else {
            return Err(Error::new(
                ErrorKind::Network,
                format!("{} answers, but is not Elasticsearch", peer.address()),
            )
            .hint(answer::NOT_ELASTICSEARCH));
        };
        if text("/version/build_flavor").is_some_and(|flavor| flavor == "oss") {
            return Err(Error::new(
                ErrorKind::Policy,
                "this is a build of Elasticsearch without machine learning",
            )
            .hint("the default distribution has it"));
        }
        peer.bind(uuid);
        let version: StackVersion = number.parse().map_err(|error: Error| {
            Error::new(ErrorKind::Network, "the cluster states no usable version").because(error)
        })?;
        Ok(Self {
            identity: ClusterIdentity {
                uuid: uuid.to_owned(),
                name: text("/cluster_name").unwrap_or_default().to_owned(),
                version: number.to_owned(),
            },
            version,
            way_in,
            peer,
        })
    }

    /// Which cluster it is.
    #[must_use]
    pub fn identity(&self) -> &ClusterIdentity {
        &self.identity
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &StackVersion {
        &self.version
    }

    /// How it was got into.
    #[must_use]
    pub fn way_in(&self) -> &WayIn {
        &self.way_in
    }

    /// Its addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        self.peer.addresses()
    }

    /// One call; see [`Peer::call`].
    ///
    /// # Errors
    /// As there.
    pub fn call(&self, method: Method, path: &str, body: &Value) -> Called<Value> {
        self.peer.call(method, path, body)
    }

    /// One question; see [`Peer::ask`].
    ///
    /// # Errors
    /// As there.
    pub fn ask(&self, path: &str, body: &Value) -> Called<Value> {
        self.peer.ask(path, body)
    }

    /// The address that answered last.
    #[must_use]
    pub fn address(&self) -> String {
        self.peer.address()
    }

    /// How many seconds the cluster's clock is ahead of this machine's, where
    /// the heads of its answers tell.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        self.peer.clock_ahead()
    }

    /// `GET path`, where absence is an answer.
    ///
    /// # Errors
    /// As [`Peer::call`], without [`Decision::Absent`].
    pub fn find(&self, path: &str) -> Called<Option<Value>> {
        found(self.call(Method::Get, path, &Value::Null))
    }
}

/// An answer, or `None` where the object is not there.
pub(super) fn found(called: Called<Value>) -> Called<Option<Value>> {
    match called {
        Ok(answer) => Ok(Some(answer)),
        Err(failed) if failed.decision == Decision::Absent => Ok(None),
        Err(failed) => Err(failed),
    }
}
