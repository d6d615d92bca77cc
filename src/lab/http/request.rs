//! A request as a service sees it: whole, bounded, body inflated.

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method as sent (`GET`, `PUT`, ...).
    pub method: String,
    /// The path as sent, still percent-encoded, without the query.
    pub path: String,
    /// The query as sent, without the question mark; empty when there is none.
    pub raw_query: String,
    /// The decoded query in the order sent; a key without `=` has an empty value.
    pub query: Vec<(String, String)>,
    /// What is wrong with the query's escapes, if anything.
    pub query_fault: Option<String>,
    /// Headers in the order sent; names lower-case, values as ISO 8859-1 text.
    pub headers: Vec<(String, String)>,
    /// The body, with `chunked` and `gzip` undone.
    pub body: Vec<u8>,
    /// The body claimed to be gzip and was not; `body` is empty.
    pub body_garbled: bool,
}

impl Request {
    /// The first header of this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The last value of this query parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Path and query as sent.
    #[must_use]
    pub fn target(&self) -> String {
        if self.raw_query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.raw_query)
        }
    }

    /// Splits `target` into path and query and decodes the query.
    pub(super) fn set_target(&mut self, target: &str) {
        let target = origin_form(target);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        path.clone_into(&mut self.path);
        query.clone_into(&mut self.raw_query);
        for pair in query.split(['&', ';']).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let mut decode = |text: &str| {
                decode_component(text, true).unwrap_or_else(|fault| {
                    self.query_fault.get_or_insert(fault);
                    text.to_owned()
                })
            };
            let pair = (decode(key), decode(value));
            self.query.push(pair);
        }
    }
}

/// The part of an absolute-form target (`http://host/path`) that follows the
/// authority; other targets as they are.
fn origin_form(target: &str) -> &str {
    let Some(rest) = target
        .strip_prefix("http://")
        .or_else(|| target.strip_prefix("https://"))
    else {
        return target;
    };
    rest.find(['/', '?']).map_or("/", |at| &rest[at..])
}

/// Undoes percent-encoding; with `plus`, `+` is a space as in a query.
///
/// # Errors
/// What is wrong, for an escape that is cut off or is not hexadecimal.
pub fn decode_component(text: &str, plus: bool) -> Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' if plus => b' ',
            b'%' => match (bytes.next(), bytes.next()) {
                (Some(high), Some(low)) => match (hex(high), hex(low)) {
                    (Some(high), Some(low)) => (high << 4) | low,
                    _ => {
                        return Err(format!(
                            "invalid escape sequence `%{}{}' at index of: {text}",
                            char::from(high),
                            char::from(low)
                        ));
                    }
                },
                (Some(_), None) => {
                    return Err(format!("partial escape sequence at end of string: {text}"));
                }
                _ => {
                    return Err(format!(
                        "unterminated escape sequence at end of string: {text}"
                    ));
                }
            },
            other => other,
        });
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{Request, decode_component};

    #[test]
    fn targets_split_into_path_and_query() {
        let cases = [
            ("/a/b", "/a/b", ""),
            ("/a?x=1&y", "/a", "x:1 y:"),
            ("/a?x=%2Fb+c", "/a", "x:/b c"),
            ("http://h:1/a?x=1", "/a", "x:1"),
            ("http://h:1", "/", ""),
        ];
        for (target, path, query) in cases {
            let mut request = Request::default();
            request.set_target(target);
            assert_eq!(request.path, path, "{target}");
            let seen: Vec<_> = request
                .query
                .iter()
                .map(|(key, value)| format!("{key}:{value}"))
                .collect();
            assert_eq!(seen.join(" "), query, "{target}");
        }
    }

    #[test]
    fn bad_escapes_are_named() {
        for text in ["%", "%4", "%zz"] {
            assert!(decode_component(text, false).is_err(), "{text}");
        }
        assert_eq!(decode_component("a%23b+", false).as_deref(), Ok("a#b+"));
    }
}
