//! Addresses of the web (RFC 3986), as far as a client needs them.

use std::fmt;

use ureq::http::Uri;

use crate::error::{Error, ErrorKind, OrErr, Result};

/// An absolute `http` or `https` address without user and fragment. Shown
/// without its query, which may hold a signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    uri: Uri,
    secure: bool,
}

impl Url {
    /// `text` as an address.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for another scheme, a missing host, a user or a
    /// fragment; the message does not repeat a user's password.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |fault: &str| {
            Error::new(ErrorKind::Usage, format!("unusable address: {fault}"))
                .hint("write it as https://HOST[:PORT][/PATH]")
        };
        let uri: Uri = text
            .parse()
            .or_err(ErrorKind::Usage, || "unusable address")?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad("it starts with neither https:// nor http://")),
        };
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        if authority.host().is_empty() {
            return Err(bad("it names no host"));
        }
        if authority.as_str().contains('@') {
            return Err(bad("it holds a user name"));
        }
        let after_host = authority
            .as_str()
            .strip_prefix(authority.host())
            .unwrap_or_default();
        if !after_host.is_empty() && authority.port_u16().is_none() {
            return Err(bad("its port is not a number from 0 to 65535"));
        }
        if text.contains('#') {
            return Err(bad("it holds a fragment"));
        }
        Ok(Self { uri, secure })
    }

    /// The same address with `path` (which starts with `/` and is already
    /// encoded, see [`encode_segment`]) after its own path.
    ///
    /// # Errors
    /// [`ErrorKind::Bug`] when `path` is not encoded.
    pub fn below(&self, path: &str) -> Result<Self> {
        let base = self.uri.path().trim_end_matches('/');
        let text = format!("{}{base}{path}", self.origin());
        Self::parse(&text).or_err(ErrorKind::Bug, || {
            format!("the path {path:?} is not encoded")
        })
    }

    /// Where `location`, taken from an answer to this address, leads: absolute,
    /// or relative to scheme, host or path (RFC 3986 section 5).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn join(&self, location: &str) -> Result<Self> {
        let location = location.split('#').next().unwrap_or_default();
        if location.contains("://") {
            return Self::parse(location);
        }
        if let Some(rest) = location.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme()));
        }
        if location.starts_with('/') {
            return Self::parse(&format!("{}{location}", self.origin()));
        }
        let path = self.uri.path();
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        Self::parse(&format!("{}{folder}{location}", self.origin()))
    }

    /// Scheme, host and port (RFC 6454): `https://host` or `https://host:port`.
    #[must_use]
    pub fn origin(&self) -> String {
        let port = if self.port() == self.default_port() {
            String::new()
        } else {
            format!(":{}", self.port())
        };
        let host = self.uri.host().unwrap_or_default().to_ascii_lowercase();
        format!("{}://{host}{port}", self.scheme())
    }

    /// Whether both addresses have the same scheme, host and port.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.origin() == other.origin()
    }

    /// Whether the exchange is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host's name or address; an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.uri.host().unwrap_or_default();
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port, written or implied.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(self.default_port())
    }

    /// The path, encoded; `/` where there is none.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The whole address with its query, for a place that keeps it to itself.
    #[must_use]
    pub fn expose(&self) -> String {
        self.uri.to_string()
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    fn default_port(&self) -> u16 {
        if self.secure { 443 } else { 80 }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = if self.uri.query().is_some() {
            "?…"
        } else {
            ""
        };
        write!(f, "{}{}{query}", self.origin(), self.uri.path())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// `text` as one segment of a path or one value of a query: every byte but the
/// unreserved ones (RFC 3986 section 2.3) as `%XX`.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Url, encode_segment};

    #[test]
    fn addresses_are_read_and_shown() {
        for (text, shown, port) in [
            ("https://api.github.com", "https://api.github.com/", 443),
            ("http://Localhost:9200/x", "http://localhost:9200/x", 9200),
            ("https://h:443/a?sig=s3cr3t", "https://h/a?…", 443),
            ("http://[::1]:9200", "http://[::1]:9200/", 9200),
        ] {
            let url = Url::parse(text).expect(text);
            assert_eq!(url.to_string(), shown);
            assert_eq!(url.port(), port);
        }
        assert_eq!(Url::parse("http://[::1]:1/").expect("IPv6").host(), "::1");
    }

    #[test]
    fn other_addresses_are_refused_without_repeating_secrets() {
        for text in [
            "ftp://h/",
            "h:9200",
            "/path",
            "",
            "https://",
            "https://u:hunter2@h/",
            "https://h/#f",
            "https://h/ space",
        ] {
            let error = Url::parse(text).expect_err(text);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn locations_are_joined() {
        let base = Url::parse("https://a.example:8443/one/two?q=1").expect("base");
        for (location, expected) in [
            ("https://b.example/x", "https://b.example/x"),
            ("//b.example/x", "https://b.example/x"),
            ("/x?y=1", "https://a.example:8443/x?y=1"),
            ("x", "https://a.example:8443/one/x"),
            ("x#f", "https://a.example:8443/one/x"),
        ] {
            assert_eq!(base.join(location).expect(location).expose(), expected);
        }
        assert!(base.join("ftp://b.example/").is_err());
        assert!(base.same_origin(&base.join("/x").expect("join")));
        assert!(!base.same_origin(&Url::parse("https://a.example/").expect("other port")));
    }

    #[test]
    fn paths_go_below_a_base() {
        let base = Url::parse("https://h/api/v3/").expect("base");
        let url = base.below("/repos?page=2").expect("below");
        assert_eq!(url.expose(), "https://h/api/v3/repos?page=2");
        assert_eq!(encode_segment("a b/ü?"), "a%20b%2F%C3%BC%3F");
    }
}
