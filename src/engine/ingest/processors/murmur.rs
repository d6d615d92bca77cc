//! `MurmurHash3` in its form for 128 bits on 64-bit machines, with the seed 0.

const FIRST: u64 = 0x87c3_7b91_1142_53d5;
const SECOND: u64 = 0x4cf5_ad43_2745_937f;

/// The hash of `bytes`, its halves one after the other with the highest byte first.
pub(super) fn hash(bytes: &[u8]) -> [u8; 16] {
    let (mut low, mut high) = (0_u64, 0_u64);
    let blocks = bytes.chunks_exact(16);
    let tail = blocks.remainder();
    for block in blocks {
        let (first, second) = halves(block);
        low ^= mix(first, FIRST, 31, SECOND);
        low = low.rotate_left(27).wrapping_add(high);
        low = low.wrapping_mul(5).wrapping_add(0x52dc_e729);
        high ^= mix(second, SECOND, 33, FIRST);
        high = high.rotate_left(31).wrapping_add(low);
        high = high.wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let (first, second) = halves(tail);
    low ^= mix(first, FIRST, 31, SECOND);
    high ^= mix(second, SECOND, 33, FIRST);
    low ^= bytes.len() as u64;
    high ^= bytes.len() as u64;
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    low = finish(low);
    high = finish(high);
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    let mut hash = [0; 16];
    let (left, right) = hash.split_at_mut(8);
    left.copy_from_slice(&low.to_be_bytes());
    right.copy_from_slice(&high.to_be_bytes());
    hash
}

/// Up to sixteen bytes as two words, the lowest byte first.
fn halves(bytes: &[u8]) -> (u64, u64) {
    let word = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    let (first, second) = bytes.split_at(bytes.len().min(8));
    (word(first), word(second))
}

fn mix(word: u64, before: u64, turn: u32, after: u64) -> u64 {
    word.wrapping_mul(before)
        .rotate_left(turn)
        .wrapping_mul(after)
}

fn finish(mut word: u64) -> u64 {
    word ^= word >> 33;
    word = word.wrapping_mul(0xff51_afd7_ed55_8ccd);
    word ^= word >> 33;
    word = word.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ word >> 33
}

#[cfg(test)]
mod tests {
    use super::hash;

    /// Answers of the reference implementation for the seed 0.
    #[test]
    fn known_answers() {
        for (text, expected) in [
            ("", 0),
            ("hello", 0xcbd8_a7b3_41bd_9b02_5b1e_906a_48ae_1d19_u128),
            (
                "The quick brown fox jumps over the lazy dog",
                0xe34b_bc7b_bc07_1b6c_7a43_3ca9_c49a_9347,
            ),
        ] {
            assert_eq!(
                u128::from_be_bytes(hash(text.as_bytes())),
                expected,
                "{text}"
            );
        }
    }
}
