//! Names of keys: for machines and for two people on the telephone.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};
use crate::model::digest::Digest;

/// Who a key is: the first 16 hexadecimal digits of the SHA-256 of its SPKI DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The id of the key whose SPKI has the digest `fingerprint`.
    #[must_use]
    pub fn of(fingerprint: Digest) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&fingerprint.bytes()[..8]);
        Self(id)
    }

    /// A key id from exactly 16 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for any other text.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(
                ErrorKind::Malformed,
                format!("{text:?} is not a key id of 16 lower-case hexadecimal digits"),
            )
        };
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 16 || !text.bytes().all(digit) {
            return Err(malformed());
        }
        u64::from_str_radix(text, 16)
            .map(|number| Self(number.to_be_bytes()))
            .map_err(|_| malformed())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:016x}", u64::from_be_bytes(self.0)))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The first 128 bits of `fingerprint` as eight words that can be read aloud:
/// proquints (Wilkerson 2009), five letters for 16 bits.
#[must_use]
pub fn spoken(fingerprint: Digest) -> String {
    let words: Vec<String> = fingerprint.bytes()[..16]
        .chunks_exact(2)
        .map(|pair| proquint(u16::from_be_bytes([pair[0], pair[1]])))
        .collect();
    words.join("-")
}

fn proquint(bits: u16) -> String {
    const CONSONANTS: [char; 16] = [
        'b', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z',
    ];
    const VOWELS: [char; 4] = ['a', 'i', 'o', 'u'];
    let consonant = |shift: u16| CONSONANTS[usize::from(bits >> shift & 0xf)];
    let vowel = |shift: u16| VOWELS[usize::from(bits >> shift & 0x3)];
    [
        consonant(12),
        vowel(10),
        consonant(6),
        vowel(4),
        consonant(0),
    ]
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{KeyId, proquint, spoken};
    use crate::model::digest::Digest;

    #[test]
    fn an_id_is_the_start_of_the_fingerprint() {
        let fingerprint = Digest::of(b"key");
        let id = KeyId::of(fingerprint);
        assert_eq!(id.to_string(), fingerprint.to_string()[..16]);
        assert_eq!(KeyId::parse(&id.to_string()).unwrap(), id);
        for bad in [
            "",
            "0123456789ABCDEF",
            "0123456789abcde",
            "+123456789abcdef",
        ] {
            assert!(KeyId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn words_follow_the_proposal() {
        // Its first example: 127.0.0.1 is lusab-babad.
        assert_eq!(proquint(0x7f00), "lusab");
        assert_eq!(proquint(0x0001), "babad");
        assert_eq!(spoken(Digest::of(b"key")).split('-').count(), 8);
    }
}
