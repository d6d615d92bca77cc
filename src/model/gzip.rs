//! Gzip within bounds (RFC 1952).

use std::fmt;
use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::{GzEncoder as Deflating, MultiGzDecoder};
use flate2::write::GzEncoder;

/// Why bytes could not be inflated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InflateError {
    /// They are not gzip, are cut off, or fail their checksum.
    Corrupt(String),
    /// They inflate to more than the limit.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(reason) => write!(f, "corrupt gzip data: {reason}"),
            Self::TooLong { limit } => write!(f, "gzip data inflates to more than {limit} bytes"),
        }
    }
}

impl std::error::Error for InflateError {}

/// Inflates a whole gzip file (all members) of at most `limit` bytes of content.
///
/// # Errors
/// [`InflateError`]: corrupt, or one byte past the limit.
pub fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    let mut out = Vec::new();
    let cap = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(compressed)
        .take(cap)
        .read_to_end(&mut out)
        .map_err(|error| InflateError::Corrupt(error.to_string()))?;
    if out.len() > limit {
        return Err(InflateError::TooLong { limit });
    }
    Ok(out)
}

/// Deflates `content` into one gzip member without name or time, so that the
/// same content gives the same bytes.
#[must_use]
pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a vector cannot fail.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// What `content` is as gzip, deflated as it is read: the bytes of [`deflate`],
/// without `content` in one piece.
pub fn deflating<R: Read>(content: R) -> impl Read {
    Deflating::new(content, Compression::default())
}

/// How many bytes `compressed`, a whole gzip file, inflates to; nothing is kept.
/// More than `limit` are not counted.
///
/// # Errors
/// [`InflateError`]: corrupt, or one byte past the limit.
pub fn inflated_length(compressed: impl Read, limit: u64) -> Result<u64, InflateError> {
    let mut content = MultiGzDecoder::new(compressed).take(limit.saturating_add(1));
    let length = io::copy(&mut content, &mut io::sink())
        .map_err(|error| InflateError::Corrupt(error.to_string()))?;
    if length > limit {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        return Err(InflateError::TooLong { limit });
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{InflateError, deflate, deflating, inflate, inflated_length};

    #[test]
    fn streams_are_the_same_bytes() {
        let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut streamed = Vec::new();
        let read = deflating(content.as_slice()).read_to_end(&mut streamed);
        assert_eq!(read.ok(), Some(streamed.len()));
        assert_eq!(streamed, deflate(&content));
        assert_eq!(inflated_length(streamed.as_slice(), 400_000), Ok(400_000));
        let long = inflated_length(streamed.as_slice(), 399_999);
        assert_eq!(long, Err(InflateError::TooLong { limit: 399_999 }));
    }

    #[test]
    fn inflates_up_to_the_limit_and_not_a_byte_further() {
        let packed = deflate(&[7; 1000]);
        assert_eq!(inflate(&packed, 1000), Ok(vec![7; 1000]));
        assert_eq!(
            inflate(&packed, 999),
            Err(InflateError::TooLong { limit: 999 })
        );
    }

    #[test]
    fn corrupt_data_is_refused() {
        let packed = deflate(b"content");
        for bad in [&packed[..packed.len() - 3], b"not gzip", b""] {
            assert!(matches!(inflate(bad, 100), Err(InflateError::Corrupt(_))));
        }
    }
}
