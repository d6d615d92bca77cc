//! What broke an exchange off, and when.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::error::{Error, ErrorKind};

use super::request::Method;
use super::url::Url;

/// The part of an exchange in which something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Before anything was sent: the request or the settings cannot be used.
    Prepare,
    /// Asking for the host's address.
    Resolve,
    /// Connecting, the handshakes with a proxy and for TLS included.
    Connect,
    /// Sending the head of the request.
    SendRequest,
    /// Sending its body.
    SendBody,
    /// Somewhere between the first byte sent and the head of the response.
    Exchange,
    /// Waiting for the head of the response.
    Response,
    /// Receiving its body.
    ReceiveBody,
}

impl Phase {
    /// The phase as a participle.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prepare => "preparing the request",
            Self::Resolve => "resolving the host name",
            Self::Connect => "connecting",
            Self::SendRequest => "sending the request",
            Self::SendBody => "sending the body",
            Self::Exchange => "exchanging request and response",
            Self::Response => "waiting for the response",
            Self::ReceiveBody => "receiving the body",
        }
    }
}

/// An exchange that gave no whole answer.
#[derive(Debug)]
pub struct Failure {
    what: String,
    phase: Phase,
    timed_out: bool,
    transient: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    pub(super) fn new(method: Method, url: &Url, at: Phase, error: ureq::Error) -> Self {
        let phase = phase(&error, at);
        let timed_out = matches!(error, ureq::Error::Timeout(_));
        let outcome = if timed_out { "timed out" } else { "failed" };
        Self {
            what: format!("{method} {url} {outcome} while {}", phase.name()),
            phase,
            timed_out,
            transient: is_transient(&error),
            source: (!timed_out).then(|| cause(error)),
        }
    }

    pub(super) fn prepare(
        method: Method,
        url: &Url,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            what: format!("{method} {url} cannot be sent"),
            phase: Phase::Prepare,
            timed_out: false,
            transient: false,
            source: Some(source.into()),
        }
    }

    /// Where the exchange broke off.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether it took too long.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.timed_out
    }

    /// Whether the peer may have acted on the request although we have no whole
    /// answer: whoever wants to know has to ask.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        self.phase > Phase::Connect
    }

    /// Whether trying again may help: refused, reset, timed out; not a wrong
    /// certificate or a broken protocol.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.transient
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        // What could not even be sent may know better what to do.
        let source = failure.source.as_deref();
        let inner = source.and_then(|source| source.downcast_ref::<Self>()?.next_step());
        let hint = inner.or_else(|| hint(&failure)).map(str::to_owned);
        let error = Self::new(ErrorKind::Network, failure.what);
        let error = match failure.source {
            Some(source) => error.because(source),
            None => error,
        };
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

fn phase(error: &ureq::Error, at: Phase) -> Phase {
    use ureq::Timeout;
    match error {
        ureq::Error::Timeout(timeout) => match timeout {
            Timeout::Resolve => Phase::Resolve,
            Timeout::Connect => Phase::Connect,
            Timeout::SendRequest => Phase::SendRequest,
            Timeout::SendBody => Phase::SendBody,
            Timeout::RecvResponse => Phase::Response,
            Timeout::RecvBody => Phase::ReceiveBody,
            _ => at,
        },
        ureq::Error::HostNotFound => Phase::Resolve,
        ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::Tls(_)
        | ureq::Error::Pem(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::TlsRequired => Phase::Connect,
        ureq::Error::Io(error) if is_resolve(error) => Phase::Resolve,
        ureq::Error::Io(error) if is_connect(error) => Phase::Connect,
        _ => at,
    }
}

/// Whether a host name stands for no address. The standard library says so in words
/// alone, and on Windows by the codes of its sockets (`WSAHOST_NOT_FOUND` and the three
/// after it).
fn is_resolve(error: &io::Error) -> bool {
    error.to_string().contains("failed to lookup address")
        || matches!(error.raw_os_error(), Some(11_001..=11_004))
}

fn is_connect(error: &io::Error) -> bool {
    let handshake = error
        .get_ref()
        .is_some_and(|inner| inner.to_string().contains("certificate"));
    handshake
        || matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
        )
}

fn is_transient(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BodyStalled => true,
        ureq::Error::Io(error) => !matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other
        ),
        _ => false,
    }
}

/// The innermost error that still says something.
fn cause(error: ureq::Error) -> Box<dyn StdError + Send + Sync> {
    match error {
        ureq::Error::Io(error) if error.get_ref().is_some() => error
            .into_inner()
            .unwrap_or_else(|| "the connection broke".into()),
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Rustls(error) => error.into(),
        other => other.into(),
    }
}

/// Parts of what TLS and HTTP say, and what to do about it; the first that is found
/// holds.
const HINTS: [(&str, &str); 8] = [
    (
        "not valid for name",
        "use a name or an address that the certificate is for",
    ),
    (
        "certificate expired",
        "check this machine's clock; if it is right, the peer's certificate has to be renewed",
    ),
    (
        "certificate not valid yet",
        "check the clocks of this machine and of the peer",
    ),
    (
        "invalid peer certificate",
        "check the address and the certificate authority to trust",
    ),
    (
        "CertificateRequired",
        "the peer asks for a client certificate; name one and its key",
    ),
    (
        "received fatal alert",
        "the peer does not take this client's certificate or its way of TLS; check which \
         authority it trusts",
    ),
    // What rustls says when it meets plain HTTP.
    (
        "InvalidContentType",
        "the peer may not speak TLS; check whether the address starts with https",
    ),
    // What an HTTP client reads of a TLS alert.
    (
        "http parse fail",
        "the peer may speak TLS; check whether the address should start with https",
    ),
];

fn hint(failure: &Failure) -> Option<&'static str> {
    let text = failure.source.as_ref().map(ToString::to_string);
    let known = text.and_then(|text| HINTS.iter().find(|(part, _)| text.contains(part)));
    match (failure.phase, known) {
        (Phase::Resolve, _) => Some("check the host name, and whether a proxy has to be set"),
        (_, Some((_, hint))) => Some(hint),
        (Phase::Connect, None) => Some("check that the address is right and the service runs"),
        (_, None) => failure.timed_out.then_some("try again, or allow more time"),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Failure, Phase};
    use crate::error::Error;
    use crate::io::http::{Method, Url};

    #[test]
    fn what_broke_off_names_a_next_step() -> crate::error::Result<()> {
        let url = Url::parse("https://soc.example:9200")?;
        let hint = |phase: Phase, timed_out: bool, source: &str| {
            let mut failure = Failure::prepare(Method::Get, &url, source);
            (failure.phase, failure.timed_out) = (phase, timed_out);
            Error::from(failure).next_step().map(str::to_owned)
        };
        for (phase, timed_out, source, part) in [
            (Phase::Resolve, false, "no such host", "host name"),
            (
                Phase::Connect,
                false,
                "invalid peer certificate: certificate not valid for name \"a\"",
                "the certificate is for",
            ),
            (
                Phase::Connect,
                false,
                "invalid peer certificate: certificate expired: verification time 2",
                "clock",
            ),
            (
                Phase::Connect,
                false,
                "invalid peer certificate: UnknownIssuer",
                "authority",
            ),
            (
                Phase::Exchange,
                false,
                "received fatal alert: CertificateRequired",
                "client certificate",
            ),
            (
                Phase::Exchange,
                false,
                "received fatal alert: UnknownCA",
                "authority it trusts",
            ),
            (Phase::Connect, false, "Connection refused", "service runs"),
            (Phase::Response, true, "", "more time"),
        ] {
            let found = hint(phase, timed_out, source).unwrap_or_default();
            assert!(found.contains(part), "{source}: {found}");
        }
        assert_eq!(hint(Phase::ReceiveBody, false, "Peer disconnected"), None);
        Ok(())
    }

    #[test]
    fn a_name_that_cannot_be_resolved_was_not_reached() -> crate::error::Result<()> {
        let url = Url::parse("https://soc.example:9200")?;
        let lookup = "failed to lookup address information: Name or service not known";
        let error = ureq::Error::Io(io::Error::other(lookup));
        let failure = Failure::new(Method::Get, &url, Phase::Exchange, error);
        assert!(!failure.may_have_arrived(), "{failure}");
        let hint = Error::from(failure).next_step().map(str::to_owned);
        assert!(hint.is_some_and(|hint| hint.contains("host name")));
        Ok(())
    }
}
