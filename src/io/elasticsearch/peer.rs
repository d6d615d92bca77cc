//! A peer that speaks JSON over HTTP, Elasticsearch or Kibana: its addresses
//! tried in turn, its answers read, and what may be sent again sent again.

use std::fmt;
use std::io::Read;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::answer::Decision;
use super::bounded;
use super::called::{CallError, Called, read};
use super::patience::Patience;
use super::payload::Payload;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::http::{Authorization, Client, Method, Request, Response, Settings, Url};
use crate::model::gzip;
use crate::model::time::Timestamp;

/// Answers are read up to this length: a model's definition in base64 is at most
/// a few hundred megabytes.
const MAX_ANSWER: u64 = 512 << 20;

/// Bodies below this length are not worth compressing.
const WORTH: usize = 1024;

/// What nearly all bodies are.
const JSON: &str = "application/json";

/// The value of the clock that no answer has told.
const UNTOLD: i64 = i64::MIN;

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
    /// Whether bodies are sent as gzip, for slow lines.
    pub compress: bool,
}

/// A call on its way: everything but the address.
#[derive(Clone, Copy)]
struct Letter<'a> {
    method: Method,
    path: &'a str,
    content_type: &'a str,
    payload: &'a Payload<'a>,
    /// What goes over the wire where it is gzip.
    packed: Option<&'a [u8]>,
    /// Whether it may be sent again where it is unknown whether it arrived.
    safe: bool,
}

/// One try that failed, and how long the server asks to wait.
type Missed = (CallError, Option<Duration>);

/// A peer that speaks JSON over HTTP: Elasticsearch or Kibana.
pub struct Peer {
    client: Client,
    urls: Vec<Url>,
    /// The place of the address that answered last.
    current: AtomicUsize,
    /// The cluster that all addresses must lead to, once it is known.
    cluster: OnceLock<String>,
    /// The places of the addresses that were seen to lead there.
    proven: Mutex<Vec<usize>>,
    /// How many seconds the peer's clock is ahead, by its last `Date` header.
    ahead: AtomicI64,
    authorization: Option<Authorization>,
    patience: Patience,
    compress: bool,
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
            current: AtomicUsize::new(0),
            cluster: OnceLock::new(),
            proven: Mutex::new(Vec::new()),
            ahead: AtomicI64::new(UNTOLD),
            authorization: access.authorization,
            patience: access.patience,
            compress: access.compress,
            headers,
        })
    }

    /// All addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        self.urls.iter().map(Url::to_string).collect()
    }

    /// The address that answered last, at first the first one, for messages.
    #[must_use]
    pub fn address(&self) -> String {
        let current = self.current.load(Ordering::Relaxed);
        self.urls
            .get(current)
            .map(Url::to_string)
            .unwrap_or_default()
    }

    /// How many seconds the peer's clock is ahead of this machine's, as the
    /// `Date` of its last answer says; nothing where it sends none.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        Some(self.ahead.load(Ordering::Relaxed)).filter(|seconds| *seconds != UNTOLD)
    }

    /// Binds the peer to the cluster `uuid`, which the address that answered
    /// last leads to: another address is used only where it leads there too.
    pub(super) fn bind(&self, uuid: &str) {
        if self.cluster.set(uuid.to_owned()).is_ok() {
            self.prove(self.current.load(Ordering::Relaxed));
        }
    }

    fn prove(&self, place: usize) {
        self.proven
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(place);
    }

    /// Sends `body` (nothing for `Null`) to `path`, which is encoded and starts
    /// with `/`, and gives the answer's JSON; `Null` for an empty answer.
    ///
    /// # Errors
    /// A [`CallError`] that says what to do.
    pub fn call(&self, method: Method, path: &str, body: &Value) -> Called<Value> {
        let payload = Payload::json(body)?;
        self.deliver(method, path, JSON, &payload, method.is_safe())
    }

    /// `POST`s a question: a call that changes nothing, so that it may be repeated
    /// as one that reads.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn ask(&self, path: &str, body: &Value) -> Called<Value> {
        self.deliver(Method::Post, path, JSON, &Payload::json(body)?, true)
    }

    /// The same as [`call`](Self::call) with a body of any type.
    ///
    /// # Errors
    /// As there.
    pub fn call_bytes(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        bytes: &[u8],
    ) -> Called<Value> {
        let payload = Payload::bytes(bytes);
        self.deliver(method, path, content_type, &payload, method.is_safe())
    }

    /// Sends it, compressed before it goes where bodies are compressed, for its
    /// length has to be known.
    fn deliver(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        payload: &Payload<'_>,
        safe: bool,
    ) -> Called<Value> {
        let packed = (self.compress && payload.len() >= WORTH)
            .then(|| packed(payload))
            .transpose()?;
        self.repeated(Letter {
            method,
            path,
            content_type,
            payload,
            packed: packed.as_deref(),
            safe,
        })
    }

    fn repeated(&self, letter: Letter<'_>) -> Called<Value> {
        let mut pause = self.patience.pause;
        let mut left = self.patience.retries;
        loop {
            let (failed, after) = match self.once(letter) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let harmless = match failed.decision {
                Decision::Again => true,
                Decision::Unknown => letter.safe,
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

    /// One try at each address until one can be reached, the one that answered
    /// last first.
    fn once(&self, letter: Letter<'_>) -> Result<Value, Missed> {
        let mut unreached = None;
        let first = self.current.load(Ordering::Relaxed);
        let count = self.urls.len();
        for step in 0..count {
            let place = first.wrapping_add(step) % count;
            let Some(url) = self.urls.get(place) else {
                continue;
            };
            let tried = self
                .same_cluster(place, url)
                .and_then(|()| self.at(url, letter));
            match tried {
                Err(Miss::Unreached(failed)) => unreached = Some(failed),
                Err(Miss::Answered(failed)) => {
                    self.current.store(place, Ordering::Relaxed);
                    return Err(failed);
                }
                Ok(answer) => {
                    self.current.store(place, Ordering::Relaxed);
                    return Ok(answer);
                }
            }
        }
        Err(unreached.unwrap_or_else(|| {
            let none = Error::new(ErrorKind::Usage, "the cluster has no address");
            (none.into(), None)
        }))
    }

    /// Refuses an address that leads to another cluster than the others.
    fn same_cluster(&self, place: usize, url: &Url) -> Result<(), Miss> {
        let Some(uuid) = self.cluster.get() else {
            return Ok(());
        };
        let is_proven = || {
            let proven = self.proven.lock();
            proven
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&place)
        };
        if self.urls.len() < 2 || is_proven() {
            return Ok(());
        }
        let who = Letter {
            method: Method::Get,
            path: "/",
            content_type: "",
            payload: &Payload::bytes(&[]),
            packed: None,
            safe: true,
        };
        let root = self.at(url, who)?;
        if root.get("cluster_uuid").and_then(Value::as_str) == Some(uuid) {
            self.prove(place);
            return Ok(());
        }
        let other = Error::new(
            ErrorKind::Usage,
            format!("{url} leads to another cluster than the addresses before it"),
        )
        .hint("give only addresses of one and the same cluster");
        Err(Miss::Answered((other.into(), None)))
    }

    /// One try at one address.
    fn at(&self, url: &Url, letter: Letter<'_>) -> Result<Value, Miss> {
        let answered = |error: Error| Miss::Answered((error.into(), None));
        let address = url.below(letter.path).map_err(answered)?;
        let mut request =
            Request::new(letter.method, address).authorized(self.authorization.as_ref());
        for (name, value) in &self.headers {
            request = request.header(name, value.as_str());
        }
        if letter.packed.is_some() {
            request = request.header("content-encoding", "gzip");
        }
        let whole = letter.packed.or_else(|| letter.payload.whole());
        let length = whole.map_or(letter.payload.len(), <[u8]>::len) as u64;
        let sent = match whole {
            Some([]) => self.client.send(request),
            Some(bytes) => self.client.send(request.body(letter.content_type, bytes)),
            None => {
                let mut content = letter.payload.reader();
                self.client
                    .send(request.stream(letter.content_type, &mut content, length))
            }
        };
        match sent {
            Ok(response) => self.answer(letter, response, length),
            Err(failure) => {
                let decision = match (failure.may_have_arrived(), failure.is_transient()) {
                    (true, _) => Decision::Unknown,
                    (false, true) => Decision::Again,
                    (false, false) => Decision::Stop,
                };
                let arrived = failure.may_have_arrived();
                let error = Error::from(failure);
                let failed = (CallError { decision, error }, None);
                Err(if arrived {
                    Miss::Answered(failed)
                } else {
                    Miss::Unreached(failed)
                })
            }
        }
    }

    fn answer(&self, letter: Letter<'_>, response: Response, sent: u64) -> Result<Value, Miss> {
        self.look_at_clock(&response);
        let after = response.header("retry-after").and_then(seconds);
        let status = response.status();
        let shown = letter.path.split('?').next().unwrap_or(letter.path);
        let call = format!("{} {shown}", letter.method);
        let body = bounded::body(response, &call, MAX_ANSWER, letter.safe)
            .map_err(|failed| Miss::Answered((failed, None)))?;
        let sent = usize::try_from(sent).unwrap_or(usize::MAX);
        read(&call, status, &body, sent).map_err(|failed| Miss::Answered((failed, after)))
    }

    fn look_at_clock(&self, response: &Response) {
        let told = response.header("date").and_then(Timestamp::parse_http);
        let here = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let here = here.and_then(|since| i64::try_from(since.as_secs()).ok());
        if let (Some(told), Some(here)) = (told, here) {
            let ahead = told.seconds().saturating_sub(here);
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }
}

/// A try that gave no success.
enum Miss {
    /// The address could not be reached: nothing was sent.
    Unreached(Missed),
    /// Something came back, or may have arrived.
    Answered(Missed),
}

/// The body as gzip.
fn packed(payload: &Payload<'_>) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    gzip::deflating(payload.reader())
        .read_to_end(&mut packed)
        .or_err(ErrorKind::Bug, || "a body cannot be compressed")?;
    Ok(packed)
}

/// `Retry-After` in its form of seconds (RFC 9110 section 10.2.3).
fn seconds(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs)
}
