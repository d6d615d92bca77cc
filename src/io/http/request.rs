//! What is asked.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use ureq::http::HeaderValue;

use crate::error::{Error, ErrorKind, Result};
use crate::model::base64;
use crate::model::secret::Secret;

use super::url::Url;

/// What is done to the thing at the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named by RFC 9110 section 9")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request without a body says so by `content-length: 0`.
    pub(super) const fn expects_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }

    /// Whether the request changes nothing, so that it may be sent again.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The `Authorization` header. Shows nothing in `Debug`.
#[derive(Clone)]
pub enum Authorization {
    /// A user and a password (RFC 7617).
    Basic {
        /// The user's name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token (RFC 6750), as GitHub takes.
    Bearer(Secret),
    /// An API key of Elasticsearch, in its encoded form.
    ApiKey(Secret),
}

impl Authorization {
    /// The header's value, marked so that nobody logs it.
    pub(super) fn header(&self) -> Result<HeaderValue> {
        let text = Secret::new(match self {
            Self::Basic { user, password } => {
                let pair = Secret::new(format!("{user}:{}", password.expose()));
                format!("Basic {}", base64::encode(pair.expose().as_bytes()))
            }
            Self::Bearer(token) => format!("Bearer {}", token.expose()),
            Self::ApiKey(key) => format!("ApiKey {}", key.expose()),
        });
        let mut value = HeaderValue::from_str(text.expose())
            .map_err(|_| Error::new(ErrorKind::Usage, "the token has unusable characters"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(..)")
    }
}

/// The body of a request.
pub enum Body<'a> {
    /// None.
    Empty,
    /// These bytes.
    Bytes(&'a [u8]),
    /// Exactly `length` bytes from `reader`, never held in memory.
    Reader {
        /// Where they come from.
        reader: &'a mut dyn Read,
        /// How many there are.
        length: u64,
    },
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Reader { length, .. } => write!(f, "Reader({length})"),
        }
    }
}

/// One request.
#[derive(Debug)]
pub struct Request<'a> {
    /// What to do.
    pub method: Method,
    /// To what.
    pub url: Url,
    /// Headers other than those for the body's length and the credentials.
    pub headers: Vec<(&'static str, String)>,
    /// The credentials.
    pub authorization: Option<&'a Authorization>,
    /// The body.
    pub body: Body<'a>,
    /// How long to wait for the head of the response, where it differs from the
    /// client's setting.
    pub response_timeout: Option<Duration>,
}

impl<'a> Request<'a> {
    /// A request without headers, credentials and body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            authorization: None,
            body: Body::Empty,
            response_timeout: None,
        }
    }

    /// A request to read `url`.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::Get, url)
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same request with these credentials, if any.
    #[must_use]
    pub fn authorized(mut self, authorization: Option<&'a Authorization>) -> Self {
        self.authorization = authorization;
        self
    }

    /// The same request with `bytes` of `content_type` as its body.
    #[must_use]
    pub fn body(mut self, content_type: &str, bytes: &'a [u8]) -> Self {
        self.body = Body::Bytes(bytes);
        self.header("content-type", content_type)
    }

    /// The same request with exactly `length` bytes of `content_type` from
    /// `reader` as its body.
    #[must_use]
    pub fn stream(mut self, content_type: &str, reader: &'a mut dyn Read, length: u64) -> Self {
        self.body = Body::Reader { reader, length };
        self.header("content-type", content_type)
    }

    /// The same request, waiting this long for the head of the response.
    #[must_use]
    pub fn wait(mut self, timeout: Duration) -> Self {
        self.response_timeout = Some(timeout);
        self
    }
}

/// Gives exactly the promised number of bytes. A reader that ends early is an
/// error; otherwise the peer would wait for the rest until a timeout.
pub(super) struct Exact<'a> {
    inner: &'a mut dyn Read,
    left: u64,
}

impl<'a> Exact<'a> {
    pub(super) fn new(inner: &'a mut dyn Read, length: u64) -> Self {
        Self {
            inner,
            left: length,
        }
    }
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = self.inner.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the source ended {} bytes early", self.left),
            ));
        }
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::{Authorization, Exact, Request};
    use crate::io::http::url::Url;
    use crate::model::secret::Secret;
    use std::io::Read;

    #[test]
    fn a_short_source_is_an_error() {
        let mut out = Vec::new();
        let mut source: &[u8] = b"abc";
        Exact::new(&mut source, 3)
            .read_to_end(&mut out)
            .expect("right");
        assert_eq!(out, b"abc");
        let mut source: &[u8] = b"abc";
        let error = Exact::new(&mut source, 5).read_to_end(&mut out);
        assert!(
            error
                .expect_err("short")
                .to_string()
                .contains("2 bytes early")
        );
        let mut source: &[u8] = b"abc";
        out.clear();
        Exact::new(&mut source, 2)
            .read_to_end(&mut out)
            .expect("cut");
        assert_eq!(out, b"ab");
    }

    #[test]
    fn credentials_are_not_shown() {
        let authorization = Authorization::Basic {
            user: "elastic".to_owned(),
            password: Secret::new("hunter2".to_owned()),
        };
        assert_eq!(
            authorization.header().expect("header"),
            "Basic ZWxhc3RpYzpodW50ZXIy"
        );
        let url = Url::parse("https://h/?signature=hunter2").expect("url");
        let request = Request::get(url).authorized(Some(&authorization));
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains("elastic"),
            "{shown}"
        );
    }
}
