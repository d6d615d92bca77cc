//! Names that nobody can guess and that do not repeat.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::base64;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Sixteen bytes from the system's randomness, by way of the keyed hash that the
/// standard library seeds with it.
fn sixteen() -> [u8; 16] {
    let mut bytes = [0; 16];
    for half in bytes.chunks_mut(8) {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
        half.copy_from_slice(&hasher.finish().to_le_bytes());
    }
    bytes
}

/// A name of 22 letters, digits, `-` and `_`, as node and cluster ids look.
#[must_use]
pub(super) fn token() -> String {
    base64::encode(&sixteen())
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

/// A document id of 20 such characters.
#[must_use]
pub(super) fn document_id() -> String {
    token().chars().skip(2).collect()
}

/// A 64-bit seed.
#[must_use]
pub(super) fn seed() -> i64 {
    let bytes = sixteen();
    bytes
        .iter()
        .take(8)
        .fold(0, |seed: i64, byte| seed << 8 | i64::from(*byte))
}

/// A version 4 UUID.
#[must_use]
pub(super) fn uuid() -> String {
    let mut bytes = sixteen();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::{document_id, token, uuid};

    #[test]
    fn names_have_their_shape_and_differ() {
        assert_eq!(token().len(), 22);
        assert_eq!(document_id().len(), 20);
        assert_eq!(uuid().len(), 36);
        assert_eq!(uuid().chars().nth(14), Some('4'));
        assert_ne!(token(), token());
    }
}
