//! `compressed_definition`: JSON in gzip in base64.

use crate::engine::failure::Failure;
use crate::model::base64;
use crate::model::gzip::{InflateError, inflate};

/// The JSON of a compressed definition, of at most `limit` bytes.
///
/// # Errors
/// What the server answers: `illegal_argument_exception` for what is not base64
/// on one line; for what is not gzip or too long, the failure that it puts under
/// `Failed to parse definition for [ID]`.
pub fn decompress(text: &str, limit: usize) -> Result<Vec<u8>, Failure> {
    let packed = base64::decode(text).map_err(|error| not_base64(text, &error))?;
    inflate(&packed, limit).map_err(|error| match error {
        InflateError::TooLong { limit } => too_long(limit),
        InflateError::Corrupt(_) if !packed.starts_with(&[0x1f, 0x8b]) => {
            Failure::new(400, "zip_exception", "Not in GZIP format")
        }
        InflateError::Corrupt(reason) => Failure::new(400, "zip_exception", reason),
    })
}

/// Java's decoder names the first character that is none of its alphabet.
fn not_base64(text: &str, error: &crate::error::Error) -> Failure {
    let stray = text
        .bytes()
        .find(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'/' | b'='));
    Failure::illegal_argument(match stray {
        Some(byte) => format!("Illegal base64 character {byte:x}"),
        None => {
            std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
        }
    })
}

fn too_long(limit: usize) -> Failure {
    Failure::new(
        400,
        "status_exception",
        format!(
            "Cannot parse model definition as the content is larger than the maximum stream size of [{limit}] bytes. Max stream size is 10% of the JVM heap or 1GB whichever is smallest"
        ),
    )
}
