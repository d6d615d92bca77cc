//! Files as answers, whole or in one range (RFC 9110, section 14).

use std::path::Path;

use super::request::Request;
use super::response::{Body, Response};

/// What a `Range` header asks of `size` bytes.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// No range, or one that the server may ignore.
    Whole,
    /// Offset and length.
    Range(u64, u64),
    /// Nothing of the file is in the range.
    Unsatisfiable,
}

impl Response {
    /// The file at `path`, streamed; a single byte range asked for by `request`
    /// is honored (206, or 416 when it lies outside). 404 when it is not a
    /// readable file. `If-Range` is honored against the given `etag`.
    #[must_use]
    pub fn file(request: &Request, path: &Path, content_type: &str, etag: Option<&str>) -> Self {
        let size = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => return Self::text(404, "not found"),
        };
        Self::part(request, size, content_type, etag, |offset, length| {
            Body::File {
                path: path.to_owned(),
                offset,
                length,
            }
        })
    }

    /// The `content`, whole or in one range, as [`file`](Self::file) does it.
    #[must_use]
    pub fn content(request: &Request, content: &[u8], content_type: &str) -> Self {
        let size = content.len() as u64;
        Self::part(request, size, content_type, None, |offset, length| {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            let to = usize::try_from(offset + length).unwrap_or(usize::MAX);
            Body::Bytes(content.get(from..to).unwrap_or_default().to_vec())
        })
    }

    fn part(
        request: &Request,
        size: u64,
        content_type: &str,
        etag: Option<&str>,
        body: impl FnOnce(u64, u64) -> Body,
    ) -> Self {
        let current = request
            .header("if-range")
            .is_none_or(|wanted| Some(wanted) == etag);
        let part = match request.header("range") {
            Some(range) if current => part_of(range, size),
            _ => Part::Whole,
        };
        let (status, offset, length) = match part {
            Part::Whole => (200, 0, size),
            Part::Range(offset, length) => (206, offset, length),
            Part::Unsatisfiable => {
                return Self::empty(416).with_header("content-range", format!("bytes */{size}"));
            }
        };
        let mut response = Self::empty(status)
            .with_header("content-type", content_type)
            .with_header("accept-ranges", "bytes");
        if status == 206 {
            let last = offset + length.saturating_sub(1);
            response =
                response.with_header("content-range", format!("bytes {offset}-{last}/{size}"));
        }
        if let Some(etag) = etag {
            response = response.with_header("etag", etag);
        }
        response.body = body(offset, length);
        response
    }
}

fn part_of(range: &str, size: u64) -> Part {
    let Some((first, last)) = range
        .strip_prefix("bytes=")
        .filter(|spec| !spec.contains(','))
        .and_then(|spec| spec.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), _) if first >= size => Part::Unsatisfiable,
        (Ok(first), Ok(last)) if last >= first => {
            Part::Range(first, last.min(size - 1) - first + 1)
        }
        (Ok(first), Err(_)) if last.is_empty() => Part::Range(first, size - first),
        (Err(_), Ok(suffix)) if first.is_empty() => match suffix.min(size) {
            0 => Part::Unsatisfiable,
            length => Part::Range(size - length, length),
        },
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, part_of};

    #[test]
    fn ranges() {
        let cases = [
            ("bytes=0-3", Part::Range(0, 4)),
            ("bytes=4-", Part::Range(4, 6)),
            ("bytes=-3", Part::Range(7, 3)),
            ("bytes=-30", Part::Range(0, 10)),
            ("bytes=8-99", Part::Range(8, 2)),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=x-y", Part::Whole),
        ];
        for (range, part) in cases {
            assert_eq!(part_of(range, 10), part, "{range}");
        }
        assert_eq!(part_of("bytes=0-", 0), Part::Unsatisfiable);
    }
}
