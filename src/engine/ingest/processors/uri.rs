//! `uri_parts`: the parts of an address, as `java.net.URI` takes it apart, or
//! `java.net.URL` where that does not.

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::{JavaMap, Map, Value};

struct UriParts {
    field: Field,
    target: Field,
    /// The field goes once it has been read.
    remove: bool,
    keep_original: bool,
    ignore_missing: bool,
}

/// Creates a `uri_parts` processor.
pub(super) fn create(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let name = config.string("field")?;
    let target = config.optional_string("target_field")?;
    let target = target.unwrap_or_else(|| "url".to_owned());
    Ok(Box::new(UriParts {
        field: Field::fixed(&name),
        target: Field::fixed(&target),
        remove: config.boolean("remove_if_successful", false)? && name != target,
        keep_original: config.boolean("keep_original", true)?,
        ignore_missing: config.boolean("ignore_missing", false)?,
    }))
}

impl Processor for UriParts {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let Some(text) = self.field.nullable_text(document, self.ignore_missing)? else {
            if self.ignore_missing {
                return Ok(Flow::Continue);
            }
            return Err(Failure::null_pointer(
                "Cannot invoke \"String.length()\" because \"this.input\" is null",
            ));
        };
        let whole = text.to_str();
        let parts = uri(&whole)
            .or_else(|| url(&whole))
            .ok_or_else(|| Failure::illegal_argument(format!("unable to parse URI [{whole}]")))?;
        let map = parts.map();
        if self.keep_original {
            map.put("original", Value::Str(text.clone()));
        }
        if self.remove {
            document.remove(&*self.field.path(document)?)?;
        }
        self.target.set(document, Value::Map(map))?;
        Ok(Flow::Continue)
    }
}

/// What an address has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    scheme: Option<String>,
    domain: Option<String>,
    port: Option<i32>,
    user: Option<String>,
    path: Option<String>,
    query: Option<String>,
    fragment: Option<String>,
}

impl Parts {
    fn map(self) -> Map {
        let mut map = JavaMap::new();
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                map.put_str(key, value.into());
            }
        };
        let last = self.path.as_deref().and_then(|path| path.rsplit_once('/'));
        let extension = last.and_then(|(_, name)| name.rsplit_once('.'));
        put(
            "extension",
            extension.map(|(_, extension)| extension.to_owned()),
        );
        let login = self.user.as_deref().and_then(|user| user.split_once(':'));
        put("username", login.map(|(name, _)| name.to_owned()));
        put("password", login.map(|(_, word)| word.to_owned()));
        put("fragment", self.fragment);
        put("path", self.path);
        put("query", self.query);
        put("user_info", self.user);
        map.put_str("domain", self.domain.map_or(Value::Null, Value::from));
        map.put_str("scheme", self.scheme.map_or(Value::Null, Value::from));
        if let Some(port) = self.port {
            map.put_str("port", Value::Int(port));
        }
        Map::new(map)
    }
}

/// Characters that stand for themselves in every part.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "-_.!~*'();:&=+$,@".contains(c)
        || !c.is_ascii() && !c.is_whitespace() && !c.is_control()
}

/// The text without its escapes; `None` if it has others than plain characters,
/// complete escapes and those of `more`.
fn unescaped(text: &str, more: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            let (high, low) = (chars.next()?.to_digit(16)?, chars.next()?.to_digit(16)?);
            bytes.push(u8::try_from(high << 4 | low).ok()?);
        } else if is_plain(c) || more.contains(c) {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
        } else {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Cuts a text at the first character of `marks`, which the rest keeps.
fn cut<'a>(text: &'a str, marks: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(marks).unwrap_or(text.len()))
}

/// As `java.net.URI` reads it (RFC 2396 with addresses of version 6).
fn uri(text: &str) -> Option<Parts> {
    if text.is_empty() {
        return Some(Parts {
            path: Some(String::new()),
            ..Parts::default()
        });
    }
    let (scheme, rest) = match text.find([':', '/', '?', '#']) {
        Some(at) if text.get(at..).is_some_and(|rest| rest.starts_with(':')) => {
            (text.get(..at), text.get(at + 1..)?)
        }
        _ => (None, text),
    };
    if let Some(scheme) = scheme {
        let known = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(known) {
            return None;
        }
    }
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(unescaped(fragment, "/?[]")?)),
        None => (rest, None),
    };
    let scheme_name = scheme.map(str::to_owned);
    if scheme.is_some() && !rest.starts_with('/') {
        // what is not a hierarchy has no parts
        unescaped(rest, "/?[]").filter(|rest| !rest.is_empty())?;
        return Some(Parts {
            scheme: scheme_name,
            fragment,
            ..Parts::default()
        });
    }
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(unescaped(query, "/?[]")?)),
        None => (rest, None),
    };
    let mut parts = Parts {
        scheme: scheme_name,
        query,
        fragment,
        ..Parts::default()
    };
    let mut path = rest;
    if let Some(rest) = rest.strip_prefix("//") {
        let (authority, rest) = cut(rest, &['/']);
        if authority.is_empty() && rest.is_empty() {
            return None;
        }
        path = rest;
        parts.authority(authority)?;
    }
    parts.path = Some(unescaped(path, "/")?);
    Some(parts)
}

impl Parts {
    /// Reads user, host and port; an authority of another form has none of them.
    fn authority(&mut self, text: &str) -> Option<()> {
        let (user, host) = match text.split_once('@') {
            Some((user, host)) => (Some(unescaped(user, "")), host),
            None => (None, text),
        };
        let (name, port) = match (host.find(']'), host.rfind(':')) {
            (Some(end), Some(colon)) if colon < end => (host, None),
            (_, Some(colon)) => (host.get(..colon)?, host.get(colon + 1..)),
            (_, None) => (host, None),
        };
        let port = match port {
            None | Some("") => Some(None),
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok().map(Some)
            }
            Some(_) => None,
        };
        match (is_host(name), user, port) {
            (true, None, Some(port)) => (self.domain, self.port) = (Some(name.to_owned()), port),
            (true, Some(Some(user)), Some(port)) => {
                (self.domain, self.port) = (Some(name.to_owned()), port);
                self.user = Some(user);
            }
            _ => {
                unescaped(text, if text.starts_with('[') { "[]" } else { "" })?;
            }
        }
        Some(())
    }
}

/// Whether it is an address or the name of a host.
fn is_host(name: &str) -> bool {
    if let Some(address) = name.strip_prefix('[') {
        let address = address.strip_suffix(']').unwrap_or_default();
        let (address, _) = cut(address, &['%']);
        return address.parse::<core::net::Ipv6Addr>().is_ok();
    }
    if name.parse::<core::net::Ipv4Addr>().is_ok() {
        return true;
    }
    let labels: Vec<&str> = name.strip_suffix('.').unwrap_or(name).split('.').collect();
    let well_formed = |label: &&str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(inner)
    };
    let last = labels.last().copied().unwrap_or_default();
    labels.iter().all(well_formed)
        && (labels.len() == 1 || last.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// As `java.net.URL` reads it: few protocols, but any characters.
fn url(text: &str) -> Option<Parts> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let (scheme, rest) = text.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    if !["http", "https", "ftp", "file", "jar", "mailto"].contains(&scheme.as_str()) {
        return None;
    }
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment.to_owned())),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query.to_owned())),
        None => (rest, None),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => cut(rest, &['/']),
        None => ("", rest),
    };
    let (user, host) = match authority.split_once('@') {
        Some((user, host)) => (Some(user.to_owned()), host),
        None => (None, authority),
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((host, "")) => (host, None),
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse::<i32>().ok()?)),
        _ => (host, None),
    };
    if port.is_some_and(|port| port < -1) {
        return None;
    }
    Some(Parts {
        scheme: Some(scheme),
        domain: Some(host.to_owned()),
        port: port.filter(|port| *port != -1),
        user,
        path: Some(path.to_owned()),
        query,
        fragment,
    })
}

#[cfg(test)]
mod tests {
    use super::{uri, url};
    use crate::engine::value::{Value, json};

    fn shown(text: &str) -> String {
        let parts = uri(text).or_else(|| url(text));
        parts.map_or_else(String::new, |parts| json::write(&Value::Map(parts.map())))
    }

    #[test]
    fn takes_addresses_apart() {
        for (text, expected) in [
            (
                "http://myusername:mypassword@www.example.com:80/foo.gif?key1=val1&key2=val2#fragment",
                vec![
                    r#""domain":"www.example.com""#,
                    r#""extension":"gif""#,
                    r#""fragment":"fragment""#,
                    r#""password":"mypassword""#,
                    r#""path":"/foo.gif""#,
                    r#""port":80"#,
                    r#""query":"key1=val1&key2=val2""#,
                    r#""scheme":"http""#,
                    r#""user_info":"myusername:mypassword""#,
                    r#""username":"myusername""#,
                ],
            ),
            (
                "http://[::1]:9200/a%20b",
                vec![r#""domain":"[::1]""#, r#""path":"/a b""#],
            ),
            (
                "/only/path.d/x",
                vec![r#""domain":null"#, r#""path":"/only/path.d/x""#],
            ),
            (
                "mailto:a@b.example",
                vec![r#""domain":null"#, r#""scheme":"mailto""#],
            ),
            (
                "http://under_score/x",
                vec![r#""domain":null"#, r#""path":"/x""#],
            ),
            (
                "https://h.example/a b?q=|",
                vec![
                    r#""domain":"h.example""#,
                    r#""path":"/a b""#,
                    r#""query":"q=|""#,
                ],
            ),
            (
                "http://u@h.example:/",
                vec![r#""user_info":"u""#, r#""domain":"h.example""#],
            ),
        ] {
            let shown = shown(text);
            for part in expected {
                assert!(shown.contains(part), "{text}: {shown} has no {part}");
            }
        }
        assert!(!shown("/only/path.d/x").contains("extension"));
        assert!(shown("http://").contains(r#""domain":"""#));
        for text in ["a b", "1x://h/", "nope://h/a b"] {
            assert_eq!(shown(text), "", "{text}");
        }
    }
}
