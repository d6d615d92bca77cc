//! Whole numbers of any size: the arithmetic of `java.math.BigInteger`.

use std::cmp::Ordering;

use super::natural::Natural;

/// A sign and a size; zero is not negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Whole {
    negative: bool,
    size: Natural,
}

impl Whole {
    pub(super) fn new(negative: bool, size: Natural) -> Self {
        Self {
            negative: negative && !size.is_zero(),
            size,
        }
    }

    pub(super) fn from_i64(n: i64) -> Self {
        Self::new(n < 0, Natural::from_u64(n.unsigned_abs()))
    }

    /// A number as canonical decimal text has it.
    pub(super) fn from_text(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let size = Natural::parse(digits, 10).unwrap_or_default();
        Self::new(text.starts_with('-'), size)
    }

    pub(super) const fn size(&self) -> &Natural {
        &self.size
    }

    pub(super) const fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) const fn is_zero(&self) -> bool {
        self.size.is_zero()
    }

    pub(super) const fn signum(&self) -> i32 {
        match (self.negative, self.size.is_zero()) {
            (_, true) => 0,
            (true, false) => -1,
            (false, false) => 1,
        }
    }

    pub(super) fn text(&self, radix: u32) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.size.digits(radix))
    }

    pub(super) fn negate(&self) -> Self {
        Self::new(!self.negative, self.size.clone())
    }

    pub(super) fn absolute(&self) -> Self {
        Self::new(false, self.size.clone())
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            return Self::new(self.negative, self.size.add(&other.size));
        }
        match self.size.cmp(&other.size) {
            Ordering::Less => Self::new(other.negative, other.size.subtract(&self.size)),
            _ => Self::new(self.negative, self.size.subtract(&other.size)),
        }
    }

    pub(super) fn subtract(&self, other: &Self) -> Self {
        self.add(&other.negate())
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        let size = self.size.multiply(&other.size);
        Self::new(self.negative != other.negative, size)
    }

    /// The quotient cut off towards zero and the rest, which has the sign of
    /// `self`; `None` for a division by zero.
    pub(super) fn divide(&self, by: &Self) -> Option<(Self, Self)> {
        let (quotient, rest) = self.size.divide(&by.size)?;
        Some((
            Self::new(self.negative != by.negative, quotient),
            Self::new(self.negative, rest),
        ))
    }

    /// The rest that is not negative; `None` unless `by` is positive.
    pub(super) fn modulo(&self, by: &Self) -> Option<Self> {
        if by.signum() <= 0 {
            return None;
        }
        let (_, rest) = self.divide(by)?;
        Some(if rest.negative { rest.add(by) } else { rest })
    }

    pub(super) fn greatest_divisor(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.size.clone(), other.size.clone());
        while let Some((_, rest)) = left.divide(&right) {
            left = right;
            right = rest;
        }
        Self::new(false, left)
    }

    /// `1 / self` modulo a positive number; `None` if there is none.
    pub(super) fn inverse(&self, modulus: &Self) -> Option<Self> {
        let (mut old, mut new) = (self.modulo(modulus)?, modulus.clone());
        let (mut old_factor, mut new_factor) = (Self::from_i64(1), Self::default());
        while let Some((quotient, rest)) = old.divide(&new) {
            let factor = old_factor.subtract(&quotient.multiply(&new_factor));
            (old, new) = (new, rest);
            (old_factor, new_factor) = (new_factor, factor);
        }
        (old == Self::from_i64(1)).then(|| old_factor.modulo(modulus))?
    }

    pub(super) fn shift_left(&self, by: usize) -> Self {
        Self::new(self.negative, self.size.shift_left(by))
    }

    /// Divides by a power of two and rounds down.
    pub(super) fn shift_right(&self, by: usize) -> Self {
        let size = self.size.shift_right(by);
        let cut = self.negative && size.shift_left(by) != self.size;
        let size = if cut {
            size.add(&Natural::from_u64(1))
        } else {
            size
        };
        Self::new(self.negative, size)
    }

    /// The word of two's complement at a place.
    fn word(&self, at: usize) -> u32 {
        let words = self.size.words();
        let own = words.get(at).copied().unwrap_or(0);
        if !self.negative {
            return own;
        }
        let below_is_zero = words.iter().take(at).all(|word| *word == 0);
        if below_is_zero {
            own.wrapping_neg()
        } else {
            !own
        }
    }

    /// The number that this many words of two's complement stand for.
    fn from_words(mut words: Vec<u32>) -> Self {
        let negative = words.last().is_some_and(|word| word.cast_signed() < 0);
        if negative {
            for word in &mut words {
                *word = !*word;
            }
        }
        let size = Natural::new(words);
        if negative {
            Self::new(true, size.add(&Natural::from_u64(1)))
        } else {
            Self::new(false, size)
        }
    }

    /// An operation on the bits of two's complement.
    pub(super) fn bitwise(&self, other: &Self, operation: impl Fn(u32, u32) -> u32) -> Self {
        let length = self.size.words().len().max(other.size.words().len()) + 1;
        let words = (0..length).map(|at| operation(self.word(at), other.word(at)));
        Self::from_words(words.collect())
    }

    pub(super) fn bit(&self, at: usize) -> bool {
        self.word(at / 32) >> (at % 32) & 1 == 1
    }

    /// How many bits two's complement takes, without the sign.
    pub(super) fn bit_length(&self) -> usize {
        let below = self.size.subtract(&Natural::from_u64(1));
        if self.negative {
            below.bits()
        } else {
            self.size.bits()
        }
    }

    /// How many bits differ from the sign.
    pub(super) fn bit_count(&self) -> u32 {
        let sign = if self.negative { u32::MAX } else { 0 };
        let words = 0..=self.size.words().len();
        words.map(|at| (self.word(at) ^ sign).count_ones()).sum()
    }

    /// The low 64 bits of two's complement.
    pub(super) fn low_bits(&self) -> i64 {
        (u64::from(self.word(1)) << 32 | u64::from(self.word(0))).cast_signed()
    }

    /// Two's complement, the highest byte first, as short as it may be.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let length = self.bit_length() / 8 + 1;
        let byte = |at: usize| self.word(at / 4).to_le_bytes().get(at % 4).copied();
        (0..length).rev().filter_map(byte).collect()
    }
}

impl PartialOrd for Whole {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Whole {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.size.cmp(&other.size),
            (true, true) => other.size.cmp(&self.size),
            (own, other) => other.cmp(&own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Whole;

    const SAMPLES: [i64; 17] = [
        0,
        1,
        -1,
        2,
        -2,
        7,
        -7,
        255,
        -256,
        1 << 31,
        -(1 << 31),
        1 << 32,
        -(1 << 32),
        (1 << 40) + 5,
        -(1 << 40) - 5,
        i64::MAX,
        i64::MIN,
    ];

    #[test]
    fn arithmetic_is_that_of_wide_integers() {
        let text = |n: i128| n.to_string();
        for left in SAMPLES {
            for right in SAMPLES {
                let (a, b) = (Whole::from_i64(left), Whole::from_i64(right));
                let (left, right) = (i128::from(left), i128::from(right));
                assert_eq!(a.cmp(&b), left.cmp(&right));
                assert_eq!(a.add(&b).text(10), text(left + right));
                assert_eq!(a.subtract(&b).text(10), text(left - right));
                assert_eq!(a.multiply(&b).text(10), text(left * right));
                assert_eq!(a.bitwise(&b, |a, b| a & b).text(10), text(left & right));
                assert_eq!(a.bitwise(&b, |a, b| a | b).text(10), text(left | right));
                assert_eq!(a.bitwise(&b, |a, b| a ^ b).text(10), text(left ^ right));
                assert_eq!(a.bitwise(&b, |a, _| !a).text(10), text(!left));
                let divided = a.divide(&b).map(|(a, b)| (a.text(10), b.text(10)));
                let expected = left.checked_div(right);
                assert_eq!(divided, expected.map(|n| (text(n), text(left % right))));
            }
            let own = Whole::from_i64(left);
            assert_eq!(own.low_bits(), left);
            assert_eq!(own.shift_right(3).low_bits(), left >> 3);
            assert_eq!(own.bit(5), left >> 5 & 1 == 1);
            let folded = if left < 0 { !left } else { left };
            assert_eq!(own.bit_length(), 64 - folded.leading_zeros() as usize);
            assert_eq!(own.bit_count(), folded.count_ones());
            assert_eq!(Whole::from_text(&left.to_string()), own);
        }
    }

    #[test]
    fn bytes_are_as_short_as_they_may_be() {
        for (n, bytes) in [
            (0, vec![0]),
            (127, vec![127]),
            (128, vec![0, 128]),
            (-128, vec![128]),
            (-129, vec![255, 127]),
            (256, vec![1, 0]),
        ] {
            assert_eq!(Whole::from_i64(n).bytes(), bytes, "{n}");
        }
    }

    #[test]
    fn residues() {
        let whole = Whole::from_i64;
        assert_eq!(whole(-7).modulo(&whole(3)), Some(whole(2)));
        assert_eq!(whole(7).modulo(&whole(-3)), None);
        assert_eq!(whole(48).greatest_divisor(&whole(-18)), whole(6));
        assert_eq!(whole(0).greatest_divisor(&whole(-5)), whole(5));
        assert_eq!(whole(3).inverse(&whole(11)), Some(whole(4)));
        assert_eq!(whole(4).inverse(&whole(8)), None);
        assert_eq!(whole(5).inverse(&whole(1)), Some(whole(0)));
    }
}
