//! Elasticsearch over HTTP: one cluster, its addresses, one client.
//!
//! Nothing here knows of bundles. Every call is bounded by timeouts, follows no
//! redirect, and ends in a value or in a [`CallError`] that says whether the
//! cluster may have acted. What may be sent again without harm is sent again, a
//! few times and with growing pauses; nothing else ever is.

use std::fmt;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{Authorization, Client, Method, Request, Settings, Url};
use crate::model::observation::ClusterIdentity;
use crate::model::version::StackVersion;

pub mod answer;
pub mod facts;
pub mod lists;
pub mod memory;
pub mod objects;
mod patience;
mod payload;
mod place;

use answer::{Decision, Refusal};
pub use patience::Patience;
use payload::Payload;

/// Answers are read up to this length: a model's definition in base64 is at most
/// a few hundred megabytes.
const MAX_ANSWER: u64 = 512 << 20;

/// How to reach a cluster.
#[derive(Clone, Debug)]
pub struct Access {
    /// Its addresses; all lead to the same cluster and are tried in turn.
    pub urls: Vec<Url>,
    /// The credentials.
    pub authorization: Option<Authorization>,
    /// Trust, identity, proxy and times.
    pub http: Settings,
    /// How often and how slowly a call is repeated.
    pub patience: Patience,
}

/// A call that gave no success.
#[derive(Debug)]
pub struct CallError {
    /// What to do about it.
    pub decision: Decision,
    /// The error for people.
    pub error: Error,
}

impl From<CallError> for Error {
    fn from(failed: CallError) -> Self {
        failed.error
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self {
            decision: Decision::Stop,
            error,
        }
    }
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self {
            decision: refusal.decision,
            error: refusal.error,
        }
    }
}

/// What a call gives.
pub type Called<T> = Result<T, CallError>;

/// A peer that speaks JSON over HTTP: Elasticsearch or Kibana.
pub struct Peer {
    client: Client,
    urls: Vec<Url>,
    authorization: Option<Authorization>,
    patience: Patience,
    headers: Vec<(&'static str, String)>,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peer({:?})", self.urls)
    }
}

impl Peer {
    /// The peer of `access`; `headers` go with every request.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when certificates or key cannot be used, or there is
    /// no address.
    pub fn new(access: Access, headers: Vec<(&'static str, String)>) -> Result<Self> {
        if access.urls.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "the cluster has no address"));
        }
        Ok(Self {
            client: Client::new(access.http)?,
            urls: access.urls,
            authorization: access.authorization,
            patience: access.patience,
            headers,
        })
    }

    /// All addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        self.urls.iter().map(Url::to_string).collect()
    }

    /// The first address, for messages.
    #[must_use]
    pub fn address(&self) -> String {
        self.urls.first().map(Url::to_string).unwrap_or_default()
    }

    /// Sends `body` (nothing for `Null`) to `path`, which is encoded and starts
    /// with `/`, and gives the answer's JSON; `Null` for an empty answer.
    ///
    /// # Errors
    /// A [`CallError`] that says what to do.
    pub fn call(&self, method: Method, path: &str, body: &Value) -> Called<Value> {
        let payload = Payload::json(body)?;
        self.repeated(method, path, "application/json", &payload, method.is_safe())
    }

    /// `POST`s a question: a call that changes nothing, so that it may be repeated
    /// as one that reads.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn ask(&self, path: &str, body: &Value) -> Called<Value> {
        self.repeated(
            Method::Post,
            path,
            "application/json",
            &Payload::json(body)?,
            true,
        )
    }

    /// The same with a body of any type.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_bytes(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        bytes: &[u8],
    ) -> Called<Value> {
        let payload = Payload::bytes(bytes);
        self.repeated(method, path, content_type, &payload, method.is_safe())
    }

    fn repeated(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        payload: &Payload<'_>,
        safe: bool,
    ) -> Called<Value> {
        let mut pause = self.patience.pause;
        let mut left = self.patience.retries;
        loop {
            let (failed, after) = match self.once(method, path, content_type, payload) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let harmless = match failed.decision {
                Decision::Again => true,
                Decision::Unknown => safe,
                _ => false,
            };
            if !harmless || left == 0 {
                return Err(failed);
            }
            left -= 1;
            thread::sleep(after.unwrap_or(pause).min(self.patience.longest));
            pause = (pause * 2).min(self.patience.longest);
        }
    }

    /// One try at each address until one can be reached.
    fn once(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        payload: &Payload<'_>,
    ) -> Result<Value, (CallError, Option<Duration>)> {
        let mut unreached = None;
        for url in &self.urls {
            let address = url.below(path).map_err(|error| (error.into(), None))?;
            let mut reader;
            let mut request = Request::new(method, address).authorized(self.authorization.as_ref());
            for (name, value) in &self.headers {
                request = request.header(name, value.as_str());
            }
            match payload.whole() {
                Some([]) => {}
                Some(bytes) => request = request.body(content_type, bytes),
                None => {
                    reader = payload.reader();
                    request = request.stream(content_type, &mut reader, payload.len() as u64);
                }
            }
            match self.client.send(request) {
                Ok(response) => {
                    let after = response.header("retry-after").and_then(seconds);
                    let status = response.status();
                    // Once the head has come, the rest lost means: outcome unknown.
                    let body = response.bytes(MAX_ANSWER).map_err(|error| {
                        let decision = Decision::Unknown;
                        (CallError { decision, error }, None)
                    })?;
                    let shown = path.split('?').next().unwrap_or(path);
                    let call = format!("{method} {shown}");
                    return read(&call, status, &body, payload.len())
                        .map_err(|failed| (failed, after));
                }
                Err(failure) => {
                    let decision = match (failure.may_have_arrived(), failure.is_transient()) {
                        (true, _) => Decision::Unknown,
                        (false, true) => Decision::Again,
                        (false, false) => Decision::Stop,
                    };
                    let arrived = failure.may_have_arrived();
                    let error = Error::from(failure);
                    let failed = (CallError { decision, error }, None);
                    if arrived {
                        return Err(failed);
                    }
                    unreached = Some(failed);
                }
            }
        }
        Err(unreached.unwrap_or_else(|| {
            let none = Error::new(ErrorKind::Usage, "the cluster has no address");
            (none.into(), None)
        }))
    }
}

/// The JSON of a successful answer, or the refusal.
fn read(call: &str, status: u16, body: &[u8], sent: usize) -> Called<Value> {
    if !(200..300).contains(&status) {
        return Err(answer::refusal(call, status, body, sent).into());
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|source| CallError {
        decision: Decision::Unknown,
        error: Error::new(
            ErrorKind::Network,
            format!("the answer to {call} is not JSON, though its status is {status}"),
        )
        .because(source)
        .hint("check the address and what stands before the cluster"),
    })
}

/// `Retry-After` in its form of seconds (RFC 9110 section 10.2.3).
fn seconds(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs)
}

/// One Elasticsearch cluster that answered and is what it should be.
#[derive(Debug)]
pub struct Elasticsearch {
    peer: Peer,
    identity: ClusterIdentity,
    version: StackVersion,
}

impl Elasticsearch {
    /// Asks the cluster who it is.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it cannot be reached or is not Elasticsearch;
    /// [`ErrorKind::Cluster`] when it does not let us in.
    pub fn connect(access: Access) -> Result<Self> {
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
            .hint("give the address of Elasticsearch, by default port 9200"));
        };
        if text("/version/build_flavor").is_some_and(|flavor| flavor == "oss") {
            return Err(Error::new(
                ErrorKind::Policy,
                "this is a build of Elasticsearch without machine learning",
            )
            .hint("the default distribution has it"));
        }
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
