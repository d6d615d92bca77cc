//! Ids of machine-learning objects (`MlStrings` in Elasticsearch).

use super::failure::Failure;

/// How long an id of a job, datafeed, analytics or model may be. Filters have no limit.
pub const MAX_LENGTH: usize = 64;

/// Whether an id has the characters that the server asks for: `a-z 0-9 _ - .`,
/// first and last alphanumeric, and not `_all`.
#[must_use]
pub fn is_valid(id: &str) -> bool {
    let is_edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = id.as_bytes();
    bytes.first().is_some_and(is_edge)
        && bytes.last().is_some_and(is_edge)
        && bytes
            .iter()
            .all(|byte| is_edge(byte) || matches!(byte, b'_' | b'-' | b'.'))
}

/// What the server says of an id with other characters; `field` is the key that
/// holds it (`job_id`, `filter_id`, …).
#[must_use]
pub fn invalid(field: &str, id: &str) -> String {
    format!(
        "Invalid {field}; '{id}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; \
         must start and end with alphanumeric"
    )
}

/// The id under which an object is created: that of the URL, which a body may repeat.
///
/// # Errors
/// 400 when the body names another one.
pub fn agree(field: &str, in_body: Option<&str>, in_url: &str) -> Result<String, Failure> {
    match in_body {
        Some(other) if other != in_url => Err(Failure::illegal_argument(format!(
            "Inconsistent {field}; '{other}' specified in the body differs from '{in_url}' specified as a URL argument"
        ))),
        _ => Ok(in_url.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn ids_follow_the_pattern_of_the_server() {
        for id in ["a", "a.b", "safe_domains", "0-0", "x.y-z_9"] {
            assert!(is_valid(id), "{id}");
        }
        for id in [
            "",
            "_x",
            "x_",
            "Upper",
            "with space",
            "_all",
            "é",
            "-a",
            "a.",
        ] {
            assert!(!is_valid(id), "{id}");
        }
    }
}
