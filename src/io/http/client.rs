//! One peer's client: connections, trust and times in one place.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use ureq::http;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, AsSendBody, SendBody};

use crate::error::{Error, ErrorKind, OrErr, Result};

use super::failure::{Failure, Phase};
use super::pin;
use super::request::{Body, Exact, Request};
use super::response::Response;
use super::settings::{Identity, Proxy, Roots, Settings};
use super::url::Url;

/// Sends requests and keeps connections for the next ones. Usable from several
/// threads.
pub struct Client {
    settings: Settings,
    proxy: Option<ureq::Proxy>,
    identity: Option<ClientCert>,
    agent: OnceLock<Agent>,
    /// For addresses without TLS, where the other one waits for a fingerprint.
    plain: OnceLock<Agent>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({:?})", self.settings)
    }
}

impl Client {
    /// A client as `settings` say. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when certificates, key or proxy cannot be used.
    pub fn new(settings: Settings) -> Result<Self> {
        let client = Self {
            proxy: proxy(&settings.proxy)?,
            identity: settings.identity.as_ref().map(identity).transpose()?,
            agent: OnceLock::new(),
            plain: OnceLock::new(),
            settings,
        };
        match &client.settings.roots {
            Roots::Platform => client.start(RootCerts::PlatformVerifier),
            Roots::Pem(pem) => client.start(RootCerts::from(certificates(pem)?)),
            // Found on the first request, when the peer is known.
            Roots::Fingerprint(_) => {}
        }
        Ok(client)
    }

    /// Sends `request` and gives the answer, whatever its status; its body is
    /// still to be read. Redirects are answers too.
    ///
    /// # Errors
    /// A [`Failure`] that says how far the exchange came.
    pub fn send(&self, request: Request<'_>) -> Result<Response, Failure> {
        let prepare = |error: Error| Failure::prepare(request.method, &request.url, error);
        let agent = self.agent(&request.url).map_err(prepare)?;
        let (method, url) = (request.method, request.url.clone());
        let timeout = request.response_timeout;

        let head = head(&request).map_err(prepare)?;
        let result = match request.body {
            Body::Empty if !method.expects_body() => self.run(agent, head, (), timeout),
            Body::Empty => self.run(agent, head, &[][..], timeout),
            Body::Bytes(bytes) => self.run(agent, head, bytes, timeout),
            Body::Reader { reader, length } => {
                let mut exact = Exact::new(reader, length);
                self.run(agent, head, SendBody::from_reader(&mut exact), timeout)
            }
        };
        let (head, body) = result
            .map_err(|error| Failure::new(method, &url, Phase::Exchange, error))?
            .into_parts();
        Ok(Response {
            method,
            url,
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }

    fn run(
        &self,
        agent: &Agent,
        head: http::Request<()>,
        body: impl AsSendBody,
        timeout: Option<Duration>,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let (parts, ()) = head.into_parts();
        let request = http::Request::from_parts(parts, body);
        match timeout {
            None => agent.run(request),
            Some(timeout) => agent.run(
                agent
                    .configure_request(request)
                    .timeout_recv_response(Some(timeout))
                    .timeout_per_read(Some(timeout.max(self.settings.timeouts.idle)))
                    .build(),
            ),
        }
    }

    fn agent(&self, url: &Url) -> Result<&Agent> {
        if let Some(agent) = self.agent.get() {
            return Ok(agent);
        }
        if let Roots::Fingerprint(pin) = &self.settings.roots {
            if !url.is_secure() {
                let none = || self.made(RootCerts::from(Vec::new()));
                return Ok(self.plain.get_or_init(none));
            }
            if self
                .proxy
                .as_ref()
                .is_some_and(|proxy| !proxy.is_no_proxy(url.uri()))
            {
                return Err(Error::new(
                    ErrorKind::Usage,
                    "a fingerprint cannot be looked up through a proxy",
                )
                .hint("give the certificate authority as a file"));
            }
            let der = pin::find(url, *pin, &self.settings.timeouts)?;
            let certificate = Certificate::from_der(&der).to_owned();
            self.start(RootCerts::from(vec![certificate]));
        } else {
            self.start(RootCerts::PlatformVerifier);
        }
        self.agent
            .get()
            .ok_or_else(|| Error::new(ErrorKind::Bug, "no agent"))
    }

    fn start(&self, roots: RootCerts) {
        self.agent.get_or_init(|| self.made(roots));
    }

    fn made(&self, roots: RootCerts) -> Agent {
        let times = &self.settings.timeouts;
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .client_cert(self.identity.clone())
            .build();
        Agent::config_builder()
            .user_agent(concat!("sealift/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .proxy(self.proxy.clone())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(times.whole))
            .timeout_resolve(Some(times.resolve))
            .timeout_connect(Some(times.connect))
            .timeout_send_request(Some(times.send_request))
            .timeout_send_body(Some(times.send_body))
            .timeout_recv_response(Some(times.response))
            .timeout_recv_body(Some(times.receive_body))
            .timeout_per_read(Some(times.idle))
            .timeout_per_write(Some(times.idle))
            .build()
            .new_agent()
    }
}

/// The head of `request`: method, address, headers, credentials and the length
/// of a body that is streamed (`ureq` adds that of other bodies).
fn head(request: &Request<'_>) -> Result<http::Request<()>> {
    let mut head = http::Request::builder()
        .method(request.method.name())
        .uri(request.url.uri().clone());
    for (name, value) in &request.headers {
        head = head.header(*name, value);
    }
    if let Body::Reader { length, .. } = request.body {
        head = head.header("content-length", length);
    }
    if let Some(authorization) = request.authorization {
        head = head.header("authorization", authorization.header()?);
    }
    head.body(()).or_err(
        ErrorKind::Usage,
        || "a header has characters that it must not have",
    )
}

fn proxy(choice: &Proxy) -> Result<Option<ureq::Proxy>> {
    match choice {
        Proxy::Direct => Ok(None),
        Proxy::Environment => Ok(ureq::Proxy::try_from_env()),
        Proxy::Through(address) => ureq::Proxy::new(address.expose())
            .map(Some)
            .or_err(ErrorKind::Usage, || "the proxy's address cannot be used"),
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        let item = item.or_err(ErrorKind::Usage, || "the certificates are not usable PEM")?;
        if let PemItem::Certificate(certificate) = item {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            "the certificate file holds no certificate",
        )
        .hint("it has to be PEM: -----BEGIN CERTIFICATE-----"));
    }
    Ok(found)
}

fn identity(identity: &Identity) -> Result<ClientCert> {
    let chain = certificates(&identity.chain)?;
    let key = PrivateKey::from_pem(identity.key.expose().as_bytes())
        .or_err(ErrorKind::Usage, || "the client's key is not usable PEM")?;
    Ok(ClientCert::new_with_certs(&chain, key))
}
