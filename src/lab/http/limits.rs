//! What a client may send, and what it is told when it sends more.

use std::time::Duration;

/// Bounds on one connection and on the server as a whole.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest request line, bytes.
    pub line: usize,
    /// Longest request head (line and headers), bytes.
    pub head: usize,
    /// Most headers of one request; also most trailers.
    pub headers: usize,
    /// Longest body, bytes, before and after inflation.
    pub body: usize,
    /// Most bytes of bodies held at a time over all connections.
    pub in_flight: usize,
    /// Most connections at a time; further ones get one clear answer and are closed.
    pub connections: usize,
    /// How long a connection may be idle between requests.
    pub idle: Duration,
    /// How long a request head may take from its first byte.
    pub head_time: Duration,
    /// How long a client may stay silent inside a body, or refuse to read its answer.
    pub stall: Duration,
    /// How long a body may take altogether.
    pub body_time: Duration,
}

impl Default for Limits {
    /// Elasticsearch's own defaults where it has them: 4 kB line, 16 kB head, 100 MB body.
    fn default() -> Self {
        Self {
            line: 4096,
            head: 16 << 10,
            headers: 128,
            body: 100 << 20,
            in_flight: 512 << 20,
            connections: 1024,
            idle: Duration::from_secs(120),
            head_time: Duration::from_secs(10),
            stall: Duration::from_secs(20),
            body_time: Duration::from_secs(300),
        }
    }
}

/// Why a request was not even shown to the service. The connection is closed
/// after the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The bytes do not follow RFC 9112; the text says where.
    Malformed(&'static str),
    /// The request line is longer than this many bytes.
    LineTooLong(usize),
    /// The head is longer than this many bytes, or has too many headers.
    HeadTooLong(usize),
    /// The body, as sent or inflated, is longer than this many bytes.
    BodyTooLong(usize),
    /// The head or body did not arrive in time.
    TooSlow,
    /// A transfer coding other than `chunked`.
    UnknownCoding,
    /// An expectation other than `100-continue`.
    UnknownExpectation,
    /// Bodies of other requests fill the memory set aside for them: wanted and
    /// limit, bytes.
    NoRoom {
        /// Bytes that this request needs.
        wanted: usize,
        /// Bytes that all requests together may hold.
        limit: usize,
    },
    /// More connections than the server serves at a time.
    TooManyConnections(usize),
    /// The service failed (a bug); the answer is an internal error.
    ServiceFailed,
}

impl Refusal {
    /// The status code that says so.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::LineTooLong(_) => 414,
            Self::HeadTooLong(_) => 431,
            Self::BodyTooLong(_) => 413,
            Self::TooSlow => 408,
            Self::UnknownCoding => 501,
            Self::UnknownExpectation => 417,
            Self::NoRoom { .. } => 429,
            Self::TooManyConnections(_) => 503,
            Self::ServiceFailed => 500,
        }
    }

    /// One line for the client.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Malformed(place) => format!("malformed request: {place}"),
            Self::LineTooLong(limit) => format!("request line is longer than {limit} bytes"),
            Self::HeadTooLong(limit) => format!("request head is longer than {limit} bytes"),
            Self::BodyTooLong(limit) => format!("request body is longer than {limit} bytes"),
            Self::TooSlow => "request did not arrive in time".to_owned(),
            Self::UnknownCoding => "only the chunked transfer coding is understood".to_owned(),
            Self::UnknownExpectation => {
                "only the expectation 100-continue is understood".to_owned()
            }
            Self::NoRoom { wanted, limit } => {
                format!("no room for {wanted} more bytes; all requests may hold {limit}")
            }
            Self::TooManyConnections(limit) => format!("more than {limit} connections"),
            Self::ServiceFailed => "the service failed".to_owned(),
        }
    }
}
