//! TLS for the servers of the lab (rustls; client side TLS is set up in `io/http.rs`).

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::error::{ErrorKind, OrErr, Result};

/// A certificate chain with its key, ready to accept connections.
#[derive(Clone)]
pub struct ServerTls(Arc<ServerConfig>);

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerTls")
    }
}

impl ServerTls {
    /// From PEM text: the chain, leaf first, and the leaf's PKCS#8 key.
    ///
    /// # Errors
    /// Kind `Malformed` when either is not what it should be or they do not fit.
    pub fn new(chain_pem: &str, key_pem: &str) -> Result<Self> {
        let malformed = || "server certificate cannot be used".to_owned();
        let chain = CertificateDer::pem_slice_iter(chain_pem.as_bytes())
            .collect::<std::result::Result<Vec<_>, _>>()
            .or_err(ErrorKind::Malformed, malformed)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .or_err(ErrorKind::Malformed, || {
                "server key cannot be read".to_owned()
            })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .or_err(ErrorKind::Bug, malformed)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .or_err(ErrorKind::Malformed, malformed)?;
        Ok(Self(Arc::new(config)))
    }

    /// An encrypted stream over `transport`; the handshake happens on first use.
    ///
    /// # Errors
    /// When the connection cannot be set up.
    pub fn accept<S: Read + Write>(&self, transport: S) -> io::Result<ServerStream<S>> {
        let connection = ServerConnection::new(Arc::clone(&self.0)).map_err(io::Error::other)?;
        Ok(ServerStream(StreamOwned::new(connection, transport)))
    }
}

/// The server's end of an encrypted connection.
pub struct ServerStream<S: Read + Write>(StreamOwned<ServerConnection, S>);

impl<S: Read + Write> ServerStream<S> {
    /// Tells the client that no more comes (`close_notify`).
    pub fn close(&mut self) {
        self.0.conn.send_close_notify();
        let _ = self.0.conn.complete_io(&mut self.0.sock);
    }
}

impl<S: Read + Write> Read for ServerStream<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<S: Read + Write> Write for ServerStream<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
