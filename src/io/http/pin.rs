//! Trusting the one certificate of a chain that has a known fingerprint.

use std::net::{TcpStream, ToSocketAddrs};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::tls;
use crate::model::digest::Digest;

use super::settings::Timeouts;
use super::url::Url;

/// The certificate (DER) whose SHA-256 is `pin` among those that the server at
/// `url` presents. It is found by a handshake of its own, in which nothing else
/// is sent; the caller then trusts it and nothing else, as Elasticsearch's
/// clients do with `ca_fingerprint`.
pub(super) fn find(url: &Url, pin: Digest, timeouts: &Timeouts) -> Result<Vec<u8>> {
    let chain = tls::presented_chain(connect(url, timeouts)?, url.host())?;
    let shown: Vec<Digest> = chain.iter().map(|der| Digest::of(der)).collect();
    chain
        .into_iter()
        .find(|der| Digest::of(der) == pin)
        .ok_or_else(|| mismatch(url, &shown))
}

fn mismatch(url: &Url, shown: &[Digest]) -> Error {
    let shown: Vec<String> = shown.iter().map(ToString::to_string).collect();
    Error::new(
        ErrorKind::Network,
        format!(
            "no certificate of {} has the pinned fingerprint; it presents {}",
            url.origin(),
            shown.join(", ")
        ),
    )
    .hint("compare with the fingerprint that the cluster's administrator gives")
}

fn connect(url: &Url, timeouts: &Timeouts) -> Result<TcpStream> {
    let what = || format!("cannot connect to {}", url.origin());
    let addresses = (url.host(), url.port())
        .to_socket_addrs()
        .or_err(ErrorKind::Network, what)?;
    let mut last = None;
    for address in addresses {
        match TcpStream::connect_timeout(&address, timeouts.connect) {
            Ok(stream) => {
                stream
                    .set_read_timeout(Some(timeouts.connect))
                    .and_then(|()| stream.set_write_timeout(Some(timeouts.connect)))
                    .or_err(ErrorKind::Network, what)?;
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    let error = Error::new(ErrorKind::Network, what());
    Err(match last {
        Some(last) => error.because(last),
        None => error,
    })
}
