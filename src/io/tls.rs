//! TLS by rustls: for the servers of the lab, and a look at what a server
//! presents. Clients get theirs in `io/http/`.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, ServerConfig,
    ServerConnection, SignatureScheme, StreamOwned,
};

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
    /// From PEM text: the chain, leaf first, and the leaf's PKCS#8 key. With
    /// `callers`, the certificate of an authority, only callers that show a
    /// certificate of it are let in.
    ///
    /// # Errors
    /// Kind `Malformed` when one is not what it should be or they do not fit.
    pub fn new(chain_pem: &str, key_pem: &str, callers: Option<&str>) -> Result<Self> {
        let malformed = || "server certificate cannot be used".to_owned();
        let chain = CertificateDer::pem_slice_iter(chain_pem.as_bytes())
            .collect::<std::result::Result<Vec<_>, _>>()
            .or_err(ErrorKind::Malformed, malformed)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .or_err(ErrorKind::Malformed, || {
                "server key cannot be read".to_owned()
            })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .or_err(ErrorKind::Bug, malformed)?;
        let builder = match callers {
            None => builder.with_no_client_auth(),
            Some(pem) => builder.with_client_cert_verifier(verifier(pem, provider)?),
        };
        let config = builder
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

/// Believes callers whose certificate the authority in `pem` has signed.
fn verifier(
    pem: &str,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>> {
    let malformed = || "the callers' authority cannot be used";
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.or_err(ErrorKind::Malformed, malformed)?;
        roots
            .add(certificate)
            .or_err(ErrorKind::Malformed, malformed)?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .or_err(ErrorKind::Malformed, malformed)
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

/// The certificates (DER, its own first) that the server `host` presents over
/// `transport`. Nobody vouches for them: whoever asks has to recognise one.
///
/// # Errors
/// Kind `Usage` when `host` is neither a name nor an address; kind `Network`
/// when the handshake breaks off before the server has shown them.
pub fn presented_chain<S: Read + Write>(mut transport: S, host: &str) -> Result<Vec<Vec<u8>>> {
    let name = ServerName::try_from(host.to_owned()).or_err(ErrorKind::Usage, || {
        format!("{host:?} is not the name of a TLS server")
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let seen = Arc::new(Recorder::default());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .or_err(ErrorKind::Bug, || "TLS cannot be set up")?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&seen) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), name)
        .or_err(ErrorKind::Bug, || "TLS cannot be set up")?;
    while connection.is_handshaking() {
        if let Err(error) = connection.complete_io(&mut transport) {
            if seen.chain().is_empty() {
                return Err(error).or_err(ErrorKind::Network, || {
                    format!("{host} showed no certificate")
                });
            }
            break;
        }
    }
    Ok(seen.chain())
}

/// Notes what a server presents, and believes nothing: a connection made with it
/// is only good for looking at the certificates.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<Vec<u8>>>);

impl Recorder {
    fn chain(&self) -> Vec<Vec<u8>> {
        self.0
            .lock()
            .map_or_else(|_| Vec::new(), |chain| chain.clone())
    }
}

/// The end of every handshake that was begun to look at the certificates.
fn only_looking<T>() -> Result<T, rustls::Error> {
    Err(rustls::Error::General("only looking".to_owned()))
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Ok(mut chain) = self.0.lock() {
            chain.push(end_entity.to_vec());
            chain.extend(intermediates.iter().map(|certificate| certificate.to_vec()));
        }
        only_looking()
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        only_looking()
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        only_looking()
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
