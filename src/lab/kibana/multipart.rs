//! The file in a `multipart/form-data` body (RFC 7578).

use super::Visit;
use super::error::{Fault, platform};

/// A file that was uploaded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Upload<'a> {
    pub(super) name: String,
    pub(super) content: &'a [u8],
}

impl Upload<'_> {
    /// What follows the last dot of its name; empty where there is none.
    pub(super) fn extension(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(_, end)| end)
    }
}

/// The file that `visit` brings, of at most `max` bytes.
pub(super) fn upload<'v>(visit: &'v Visit<'v>, max: usize) -> Result<Upload<'v>, Fault> {
    let body = &visit.request.body;
    if body.len() > max {
        return Err(platform(
            413,
            format!("Payload content length greater than maximum allowed: {max}"),
        ));
    }
    let kind = visit.request.header("content-type").unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Err(platform(415, "Unsupported Media Type"));
    }
    file(kind, body, "file").ok_or_else(|| {
        platform(
            400,
            "[request body.file]: expected value of type [Stream] but got [undefined]",
        )
    })
}

/// The part named `field` of a body of this content type; nothing when there is none.
fn file<'a>(content_type: &str, body: &'a [u8], field: &str) -> Option<Upload<'a>> {
    let boundary = parameter(content_type, "boundary")?;
    let delimiter = format!("--{boundary}");
    let mut parts = parts(body, delimiter.as_bytes());
    parts.find_map(|part| {
        let at = find(part, b"\r\n\r\n")?;
        let (head, content) = (part.get(..at)?, part.get(at + 4..)?);
        let head = String::from_utf8_lossy(head);
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("content-disposition")
                .then(|| value.to_owned())
        })?;
        (parameter(&disposition, "name")? == field).then(|| Upload {
            name: parameter(&disposition, "filename").unwrap_or_default(),
            content,
        })
    })
}

/// The bytes between one delimiter and the next.
fn parts<'a, 'd>(
    body: &'a [u8],
    delimiter: &'d [u8],
) -> impl Iterator<Item = &'a [u8]> + use<'a, 'd> {
    let mut rest: Option<&'a [u8]> =
        find(body, delimiter).and_then(|at| body.get(at + delimiter.len()..));
    std::iter::from_fn(move || {
        let here = rest?;
        if here.starts_with(b"--") {
            return None;
        }
        let end = find(here, delimiter)?;
        rest = here.get(end + delimiter.len()..);
        let part = here.get(..end)?;
        let part = part.strip_prefix(b"\r\n").unwrap_or(part);
        Some(part.strip_suffix(b"\r\n").unwrap_or(part))
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len().max(1))
        .position(|window| window == wanted)
}

/// `name=value` or `name="value"` after a semicolon of a header.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{Upload, file};

    #[test]
    fn the_file_is_found_whole() {
        let body = b"preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nno\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rules.ndjson\"\r\nContent-Type: application/ndjson\r\n\r\n{\"a\":1}\n{\"b\":2}\r\n--XX--\r\n";
        let found = file("multipart/form-data; boundary=XX", body, "file");
        let expected = Upload {
            name: "rules.ndjson".to_owned(),
            content: b"{\"a\":1}\n{\"b\":2}",
        };
        assert_eq!(found, Some(expected));
        assert_eq!(file("multipart/form-data; boundary=YY", body, "file"), None);
        assert_eq!(file("multipart/form-data", body, "file"), None);
        assert_eq!(
            file("multipart/form-data; boundary=XX", b"--XX\r\n", "file"),
            None
        );
    }
}
