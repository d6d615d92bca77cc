//! How a client connects: times, trust, identity, proxy.

use std::fmt;
use std::time::Duration;

use crate::model::digest::Digest;
use crate::model::secret::Secret;

/// Everything a client needs to know before its first request.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How long each phase may take.
    pub timeouts: Timeouts,
    /// Whom to believe that the peer is who it says.
    pub roots: Roots,
    /// Who we are, where the peer asks for a certificate.
    pub identity: Option<Identity>,
    /// The way out.
    pub proxy: Proxy,
}

/// The longest time of each phase of an exchange.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Asking for the host's address.
    pub resolve: Duration,
    /// Connecting, the handshakes with a proxy and for TLS included.
    pub connect: Duration,
    /// Sending the head of the request.
    pub send_request: Duration,
    /// Sending the whole body.
    pub send_body: Duration,
    /// Waiting for the head of the response.
    pub response: Duration,
    /// Receiving the whole body.
    pub receive_body: Duration,
    /// Without a single byte, in either direction.
    pub idle: Duration,
    /// The whole exchange, from the host's address to the last byte of the answer.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(10),
            connect: Duration::from_secs(15),
            send_request: Duration::from_secs(30),
            send_body: Duration::from_secs(60 * 60),
            response: Duration::from_secs(60),
            receive_body: Duration::from_secs(4 * 60 * 60),
            idle: Duration::from_secs(60),
            whole: Duration::from_secs(6 * 60 * 60),
        }
    }
}

/// Which certificates vouch for a peer. Its name is checked always.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// What this machine trusts.
    #[default]
    Platform,
    /// These certificates only, as PEM.
    Pem(Vec<u8>),
    /// The one certificate of the peer's chain that has this SHA-256, such as
    /// Elasticsearch prints for its own authority on its first start.
    Fingerprint(Digest),
}

/// A client certificate.
#[derive(Clone)]
pub struct Identity {
    /// The chain as PEM, own certificate first.
    pub chain: Vec<u8>,
    /// Its key as PEM: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: Secret,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// The way to the peer.
#[derive(Clone, Default)]
pub enum Proxy {
    /// Straight.
    #[default]
    Direct,
    /// As `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` (the first that is set) and
    /// `NO_PROXY` say. The proxy is asked to `CONNECT`, for `http` too.
    Environment,
    /// Through this one: `http://[USER:PASSWORD@]HOST:PORT`.
    Through(Secret),
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "Direct",
            Self::Environment => "Environment",
            Self::Through(_) => "Through(..)",
        })
    }
}
