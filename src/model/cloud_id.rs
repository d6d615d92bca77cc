//! Cloud ids: one word that Elastic Cloud and ECE give for the addresses of a
//! deployment.
//!
//! The form is `NAME:BASE64`, where the base64 says `HOST$ELASTICSEARCH$KIBANA`
//! (Elastic's page "Cloud ID"). The two parts are labels below the host; each
//! may carry a port of its own, and so may the host. Kibana may be missing.

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::base64;

/// The longest cloud id that is read.
const MAX_LENGTH: usize = 4096;

/// The port where none is said.
const PORT: &str = "443";

/// The addresses that a cloud id stands for, always `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudId {
    /// Elasticsearch.
    pub elasticsearch: String,
    /// Kibana, where the deployment has one.
    pub kibana: Option<String>,
}

impl CloudId {
    /// The addresses in `text`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for what is not a cloud id; the message does not
    /// repeat it.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(unusable("it is too long"));
        }
        let encoded = text.rsplit_once(':').map_or(text, |(_, encoded)| encoded);
        let bytes = base64::decode(&padded(encoded))
            .or_err(ErrorKind::Usage, || unusable("").to_string())
            .map_err(|error| error.hint(HINT))?;
        let decoded = String::from_utf8(bytes).map_err(|_| unusable("it holds no text"))?;
        let mut parts = decoded.split('$');
        let host = parts.next().unwrap_or_default();
        let (host, port) = with_port(host, PORT)?;
        let address = |label: &str| -> Result<String> {
            let (label, port) = with_port(label, port)?;
            let port = if port == PORT {
                String::new()
            } else {
                format!(":{port}")
            };
            Ok(format!("https://{label}.{host}{port}"))
        };
        let elasticsearch = parts.next().unwrap_or_default();
        if host.is_empty() || elasticsearch.is_empty() {
            return Err(unusable("it names no Elasticsearch"));
        }
        let kibana = parts.next().filter(|label| !label.is_empty());
        Ok(Self {
            elasticsearch: address(elasticsearch)?,
            kibana: kibana.map(address).transpose()?,
        })
    }
}

const HINT: &str = "copy the Cloud ID from the deployment's page: NAME:LETTERS";

fn unusable(why: &str) -> Error {
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    };
    Error::new(
        ErrorKind::Usage,
        format!("the cloud id cannot be used{why}"),
    )
    .hint(HINT)
}

/// Base64 that lost its padding on the way, padded.
fn padded(encoded: &str) -> String {
    let mut text = encoded.trim_end_matches('=').to_owned();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// A label and its port, or `port` where it has none.
fn with_port<'a>(text: &'a str, port: &'a str) -> Result<(&'a str, &'a str)> {
    let (name, port) = text.rsplit_once(':').unwrap_or((text, port));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if !name.chars().all(plain) || port.parse::<u16>().is_err() {
        return Err(unusable("it holds characters that no host name has"));
    }
    Ok((name, port))
}

#[cfg(test)]
mod tests {
    use super::CloudId;
    use crate::error::ErrorKind;
    use crate::model::base64::encode;

    #[test]
    fn addresses_are_found() {
        let kibana = |url: &str| Some(url.to_owned());
        for (inside, elasticsearch, expected) in [
            (
                "example.com$abc$def",
                "https://abc.example.com",
                kibana("https://def.example.com"),
            ),
            (
                "example.com:9243$abc$def",
                "https://abc.example.com:9243",
                kibana("https://def.example.com:9243"),
            ),
            (
                "example.com:443$abc$def:9244",
                "https://abc.example.com",
                kibana("https://def.example.com:9244"),
            ),
            ("example.com$abc$", "https://abc.example.com", None),
            ("example.com$abc", "https://abc.example.com", None),
            (
                "example.com$abc:9243$",
                "https://abc.example.com:9243",
                None,
            ),
        ] {
            let encoded = encode(inside.as_bytes());
            for text in [
                format!("soc:{encoded}"),
                encoded.clone(),
                format!("a:b:{encoded}\n"),
                format!("soc:{}", encoded.trim_end_matches('=')),
            ] {
                let found = CloudId::parse(&text).expect(inside);
                assert_eq!(found.elasticsearch, elasticsearch, "{inside}");
                assert_eq!(found.kibana, expected, "{inside}");
            }
        }
    }

    #[test]
    fn what_is_none_is_refused_and_not_repeated() {
        for text in [
            "",
            "soc:",
            "soc:$$$",
            "soc:bm90aGluZw==",
            &format!("soc:{}", encode(b"h$")),
            &format!("soc:{}", encode(b"h/evil$a$b")),
            &format!("soc:{}", encode(b"h:99999$a$b")),
            &format!("soc:{}", encode(b"user@h$a$b")),
            &"A".repeat(5000),
        ] {
            let error = CloudId::parse(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(text.len() < 8 || !format!("{error:?}").contains(text));
        }
    }
}
