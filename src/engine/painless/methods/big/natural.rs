//! Natural numbers of any size, as words of 32 bits.

use std::cmp::Ordering;

/// A natural number: words from the lowest on, the last one not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Natural(Vec<u32>);

/// Decimal digits that fit a word.
const WORD_DIGITS: usize = 9;

/// The low half of a double word.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the high half is the carry"
)]
const fn low(double: u64) -> u32 {
    double as u32
}

impl Natural {
    pub(super) fn new(mut words: Vec<u32>) -> Self {
        while words.last() == Some(&0) {
            words.pop();
        }
        Self(words)
    }

    pub(super) fn from_u64(n: u64) -> Self {
        Self::new(vec![low(n), low(n >> 32)])
    }

    pub(super) fn words(&self) -> &[u32] {
        &self.0
    }

    pub(super) const fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bits it has, without leading zeros.
    pub(super) fn bits(&self) -> usize {
        let Some(last) = self.0.last() else { return 0 };
        self.0.len() * 32 - last.leading_zeros() as usize
    }

    pub(super) fn bit(&self, at: usize) -> bool {
        self.0
            .get(at / 32)
            .is_some_and(|word| word >> (at % 32) & 1 == 1)
    }

    /// Whether it is divisible by two.
    pub(super) fn is_even(&self) -> bool {
        !self.bit(0)
    }

    /// Reads digits of a radix from 2 to 36; `None` for other characters.
    pub(super) fn parse(digits: &str, radix: u32) -> Option<Self> {
        let mut whole = Self::default();
        // as many digits at once as surely fit a word
        let (mut factor, mut part) = (1_u32, 0);
        for c in digits.chars() {
            let digit = super::super::number::digit(c).filter(|n| *n < radix)?;
            part = part * radix + digit;
            factor *= radix;
            if factor > u32::MAX / (radix * radix) {
                whole.scale(factor, part);
                (factor, part) = (1, 0);
            }
        }
        whole.scale(factor, part);
        Some(whole)
    }

    /// `self * factor + more`.
    fn scale(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for word in &mut self.0 {
            let next = u64::from(*word) * u64::from(factor) + carry;
            *word = low(next);
            carry = next >> 32;
        }
        if carry > 0 {
            self.0.push(low(carry));
        }
    }

    /// Divides by a word and gives the rest.
    fn shrink(&mut self, by: u32) -> u32 {
        let mut rest = 0;
        for word in self.0.iter_mut().rev() {
            let whole = rest << 32 | u64::from(*word);
            *word = low(whole / u64::from(by));
            rest = whole % u64::from(by);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        low(rest)
    }

    /// Its digits in a radix from 2 to 36.
    pub(super) fn digits(&self, radix: u32) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        let mut rest = self.clone();
        let mut out = Vec::new();
        if radix == 10 {
            while !rest.is_zero() {
                let mut part = rest.shrink(1_000_000_000);
                for _ in 0..WORD_DIGITS {
                    out.push(char::from_digit(part % 10, 10).unwrap_or('0'));
                    part /= 10;
                }
            }
            while out.last() == Some(&'0') {
                out.pop();
            }
        } else {
            while !rest.is_zero() {
                out.push(char::from_digit(rest.shrink(radix), radix).unwrap_or('0'));
            }
        }
        out.into_iter().rev().collect()
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let mut carry = 0;
        let length = self.0.len().max(other.0.len());
        let word = |words: &[u32], at: usize| u64::from(words.get(at).copied().unwrap_or(0));
        let mut sum: Vec<u32> = (0..length)
            .map(|at| {
                let next = word(&self.0, at) + word(&other.0, at) + carry;
                carry = next >> 32;
                low(next)
            })
            .collect();
        sum.push(low(carry));
        Self::new(sum)
    }

    /// `self - other`, which must not be the larger one.
    pub(super) fn subtract(&self, other: &Self) -> Self {
        let mut borrow = false;
        let words = self.0.iter().enumerate().map(|(at, &word)| {
            let less = other.0.get(at).copied().unwrap_or(0);
            let (first, under) = word.overflowing_sub(less);
            let (second, again) = first.overflowing_sub(u32::from(borrow));
            borrow = under || again;
            second
        });
        Self::new(words.collect())
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        let mut product = vec![0_u32; self.0.len() + other.0.len()];
        for (start, &left) in self.0.iter().enumerate() {
            let mut carry = 0;
            let Some(places) = product.get_mut(start..) else {
                break;
            };
            let (own, rest) = places.split_at_mut(other.0.len());
            for (place, &right) in own.iter_mut().zip(&other.0) {
                let next = u64::from(left) * u64::from(right) + u64::from(*place) + carry;
                *place = low(next);
                carry = next >> 32;
            }
            if let Some(place) = rest.first_mut() {
                *place = low(carry);
            }
        }
        Self::new(product)
    }

    /// The quotient and the rest; `None` for a division by zero.
    ///
    /// Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D.
    pub(super) fn divide(&self, by: &Self) -> Option<(Self, Self)> {
        match by.0.as_slice() {
            [] => return None,
            [word] => {
                let mut quotient = self.clone();
                let rest = quotient.shrink(*word);
                return Some((quotient, Self::from_u64(rest.into())));
            }
            _ if *self < *by => return Some((Self::default(), self.clone())),
            _ => {}
        }
        let shift = by.0.last().map_or(0, |word| word.leading_zeros() as usize);
        let divisor = by.shift_left(shift).0;
        let mut rest = self.shift_left(shift).0;
        rest.resize(self.0.len() + 1, 0);
        let length = divisor.len();
        let top = |words: &[u32], below: usize| -> u64 {
            let at = words.len().checked_sub(1 + below);
            at.and_then(|at| words.get(at)).copied().unwrap_or(0).into()
        };
        let (first, second) = (top(&divisor, 0), top(&divisor, 1));
        let mut quotient = vec![0; rest.len() - length];
        for (at, place) in quotient.iter_mut().enumerate().rev() {
            let Some(part) = rest.get_mut(at..=at + length) else {
                break;
            };
            let head = top(part, 0) << 32 | top(part, 1);
            let (mut guess, mut over) = (head / first, head % first);
            while guess >> 32 > 0 || guess * second > (over << 32 | top(part, 2)) {
                guess -= 1;
                over += first;
                if over >> 32 > 0 {
                    break;
                }
            }
            if take(part, &divisor, guess) {
                guess -= 1;
                give_back(part, &divisor);
            }
            *place = low(guess);
        }
        Some((Self::new(quotient), Self::new(rest).shift_right(shift)))
    }

    pub(super) fn shift_left(&self, by: usize) -> Self {
        if self.is_zero() {
            return Self::default();
        }
        let mut words = vec![0; by / 32];
        let bits = by % 32;
        let mut carry = 0;
        for &word in &self.0 {
            let wide = u64::from(word) << bits | carry;
            words.push(low(wide));
            carry = wide >> 32;
        }
        words.push(low(carry));
        Self::new(words)
    }

    /// Drops the lowest bits.
    pub(super) fn shift_right(&self, by: usize) -> Self {
        let kept = self.0.get(by / 32..).unwrap_or_default();
        let bits = by % 32;
        let words = kept.iter().enumerate().map(|(at, &word)| {
            let above = u64::from(kept.get(at + 1).copied().unwrap_or(0));
            low((above << 32 | u64::from(word)) >> bits)
        });
        Self::new(words.collect())
    }

    /// The number to a power; the caller bounds its size.
    pub(super) fn power(&self, exponent: u32) -> Self {
        let mut result = Self::from_u64(1);
        for at in (0..32 - exponent.leading_zeros()).rev() {
            result = result.multiply(&result);
            if exponent >> at & 1 == 1 {
                result = result.multiply(self);
            }
        }
        result
    }

    /// Ten to a power; the caller bounds its size.
    pub(super) fn power_of_ten(exponent: u32) -> Self {
        Self::from_u64(10).power(exponent)
    }

    /// How many decimal digits it has; one for zero.
    pub(super) fn precision(&self) -> usize {
        self.digits(10).len()
    }
}

/// Takes `guess` times the divisor from a part of the dividend; whether that was
/// too much.
fn take(part: &mut [u32], divisor: &[u32], guess: u64) -> bool {
    let mut carry = 0;
    let mut borrow = false;
    let padded = divisor.iter().copied().chain(std::iter::once(0));
    for (place, word) in part.iter_mut().zip(padded) {
        let product = guess * u64::from(word) + carry;
        carry = product >> 32;
        let (first, under) = place.overflowing_sub(low(product));
        let (second, again) = first.overflowing_sub(u32::from(borrow));
        borrow = under || again;
        *place = second;
    }
    borrow
}

/// Adds the divisor to a part of the dividend.
fn give_back(part: &mut [u32], divisor: &[u32]) {
    let mut carry = 0;
    let padded = divisor.iter().copied().chain(std::iter::once(0));
    for (place, word) in part.iter_mut().zip(padded) {
        let sum = u64::from(*place) + u64::from(word) + carry;
        *place = low(sum);
        carry = sum >> 32;
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests;
