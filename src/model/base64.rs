//! Base64 (RFC 4648 section 4), with padding.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;

use crate::error::{ErrorKind, OrErr, Result};

/// `bytes` as text.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that `text` stands for.
///
/// # Errors
/// [`ErrorKind::Malformed`] for other characters, wrong padding or set bits
/// after the end.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_err(ErrorKind::Malformed, || "not base64")
}

/// The bytes that `text` stands for, decoded as they are read; reading fails
/// where [`decode`] would.
#[must_use]
pub fn decoding(text: &str) -> impl Read + use<'_> {
    DecoderReader::new(text.as_bytes(), &STANDARD)
}
