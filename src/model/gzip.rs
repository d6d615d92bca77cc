//! Gzip within bounds (RFC 1952).

use std::fmt;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
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

#[cfg(test)]
mod tests {
    use super::{InflateError, deflate, inflate};

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
