//! `java.lang.String`: immutable, counted in UTF-16 units.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

/// Texts up to this many ASCII characters need no allocation of their own.
const SMALL: usize = 22;

/// A Java string: cheap to clone, random access by UTF-16 unit, hash code
/// computed once. Equality is by content, [`JavaString::same`] by identity.
#[derive(Clone)]
pub struct JavaString(Rc<Inner>);

struct Inner {
    /// 0 until computed (a text that hashes to 0 is hashed again each time, as
    /// Java did for long).
    hash: Cell<i32>,
    text: Text,
}

enum Text {
    /// ASCII only, in place.
    Small(u8, [u8; SMALL]),
    /// ASCII only.
    Ascii(Box<str>),
    /// Anything else.
    Wide(Box<[u16]>),
}

impl JavaString {
    fn new(text: Text) -> Self {
        Self(Rc::new(Inner {
            hash: Cell::new(0),
            text,
        }))
    }

    fn from_ascii(text: &str) -> Self {
        debug_assert!(text.is_ascii());
        if text.len() <= SMALL {
            Self::of_short(text.as_bytes(), &[])
        } else {
            Self::new(Text::Ascii(text.into()))
        }
    }

    /// Two ASCII texts one after the other, together no longer than [`SMALL`].
    fn of_short(left: &[u8], right: &[u8]) -> Self {
        let mut small = [0; SMALL];
        let length = left.len() + right.len();
        small[..left.len()].copy_from_slice(left);
        if !right.is_empty() {
            small[left.len()..length].copy_from_slice(right);
        }
        let length = u8::try_from(length).unwrap_or_default();
        Self::new(Text::Small(length, small))
    }

    /// A string of these UTF-16 units; surrogates need not be paired.
    #[must_use]
    pub fn from_utf16(units: &[u16]) -> Self {
        if units.iter().all(|&unit| unit < 0x80) {
            let text: String = units
                .iter()
                .map(|&unit| char::from(u8::try_from(unit).unwrap_or(b'?')))
                .collect();
            Self::from_ascii(&text)
        } else {
            Self::new(Text::Wide(units.into()))
        }
    }

    /// A string of one UTF-16 unit.
    #[must_use]
    pub fn from_unit(unit: u16) -> Self {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => Self::of_short(&[byte], &[]),
            _ => Self::new(Text::Wide([unit].into())),
        }
    }

    /// The ASCII text, if there are no other characters in it.
    #[must_use]
    pub fn as_ascii(&self) -> Option<&str> {
        match &self.0.text {
            Text::Small(length, bytes) => bytes
                .get(..usize::from(*length))
                .and_then(|bytes| std::str::from_utf8(bytes).ok()),
            Text::Ascii(text) => Some(text),
            Text::Wide(_) => None,
        }
    }

    #[inline]
    fn ascii_bytes(&self) -> Option<&[u8]> {
        match &self.0.text {
            Text::Small(length, bytes) => bytes.get(..usize::from(*length)),
            Text::Ascii(text) => Some(text.as_bytes()),
            Text::Wide(_) => None,
        }
    }

    /// The UTF-16 units, if there is a character beyond ASCII.
    #[must_use]
    #[inline]
    pub fn as_wide(&self) -> Option<&[u16]> {
        match &self.0.text {
            Text::Wide(units) => Some(units),
            _ => None,
        }
    }

    /// The text as UTF-8, borrowed when it is ASCII; a lone surrogate becomes
    /// U+FFFD.
    #[must_use]
    pub fn to_str(&self) -> Cow<'_, str> {
        match &self.0.text {
            Text::Wide(units) => Cow::Owned(String::from_utf16_lossy(units)),
            _ => Cow::Borrowed(self.as_ascii().unwrap_or_default()),
        }
    }

    /// Its length in UTF-16 units.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0.text {
            Text::Small(length, _) => usize::from(*length),
            Text::Ascii(text) => text.len(),
            Text::Wide(units) => units.len(),
        }
    }

    /// Whether it is empty.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The UTF-16 unit at `index`.
    #[must_use]
    #[inline]
    pub fn unit(&self, index: usize) -> Option<u16> {
        match &self.0.text {
            Text::Wide(units) => units.get(index).copied(),
            _ => self.ascii_bytes()?.get(index).copied().map(u16::from),
        }
    }

    /// All UTF-16 units.
    #[must_use]
    pub fn units(&self) -> impl DoubleEndedIterator<Item = u16> + '_ {
        let (narrow, wide) = match &self.0.text {
            Text::Wide(units) => (&[][..], &units[..]),
            _ => (self.ascii_bytes().unwrap_or_default(), &[][..]),
        };
        narrow
            .iter()
            .map(|&byte| u16::from(byte))
            .chain(wide.iter().copied())
    }

    /// All UTF-16 units in a vector.
    #[must_use]
    pub fn to_utf16(&self) -> Vec<u16> {
        self.units().collect()
    }

    /// The units from `start` (inclusive) to `end` (exclusive), if both are
    /// within the text and in order.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Option<Self> {
        if start == 0 && end == self.len() {
            return Some(self.clone());
        }
        match &self.0.text {
            Text::Wide(units) => units.get(start..end).map(Self::from_utf16),
            Text::Ascii(text) => text.get(start..end).map(Self::from_ascii),
            Text::Small(length, bytes) => {
                let part = bytes.get(..usize::from(*length))?.get(start..end)?;
                Some(Self::of_short(part, &[]))
            }
        }
    }

    /// Whether `part` stands at the unit `start` of this text.
    #[must_use]
    pub fn has_at(&self, start: usize, part: &Self) -> bool {
        let Some(end) = start.checked_add(part.len()) else {
            return false;
        };
        if let (Some(whole), Some(part)) = (self.ascii_bytes(), part.ascii_bytes()) {
            return whole.get(start..end) == Some(part);
        }
        let units = self.units().skip(start).take(part.len());
        end <= self.len() && units.eq(part.units())
    }

    /// This text followed by `other`.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        let (Some(left), Some(right)) = (self.ascii_bytes(), other.ascii_bytes()) else {
            let mut units = Vec::with_capacity(self.len() + other.len());
            units.extend(self.units());
            units.extend(other.units());
            return Self::from_utf16(&units);
        };
        let length = left.len() + right.len();
        if length <= SMALL {
            return Self::of_short(left, right);
        }
        let mut text = String::with_capacity(length);
        text.push_str(self.as_ascii().unwrap_or_default());
        text.push_str(other.as_ascii().unwrap_or_default());
        Self::new(Text::Ascii(text.into()))
    }

    /// This text followed by a whole number in decimal.
    #[must_use]
    pub fn concat_number(&self, number: i64) -> Self {
        let mut buffer = [0; DIGITS];
        let digits = decimal(number, &mut buffer);
        match self.ascii_bytes() {
            Some(bytes) if bytes.len() + digits.len() <= SMALL => Self::of_short(bytes, digits),
            _ => self.concat(&Self::of_short(digits, &[])),
        }
    }

    /// `String.hashCode()`.
    #[must_use]
    #[inline]
    pub fn hash_code(&self) -> i32 {
        match self.0.hash.get() {
            0 => self.compute_hash_code(),
            known => known,
        }
    }

    fn compute_hash_code(&self) -> i32 {
        let hash = match self.ascii_bytes() {
            Some(bytes) => hash_of(bytes.iter().map(|&byte| u16::from(byte))),
            None => hash_of(self.units()),
        };
        self.0.hash.set(hash);
        hash
    }

    /// Whether both are the same object (`==` of Java).
    #[must_use]
    #[inline]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Whether the text equals `other`, a UTF-8 text.
    #[must_use]
    #[inline]
    pub fn eq_str(&self, other: &str) -> bool {
        match &self.0.text {
            Text::Wide(units) => other.encode_utf16().eq(units.iter().copied()),
            _ => self.ascii_bytes() == Some(other.as_bytes()),
        }
    }
}

/// The digits of the longest `long`, with its sign.
const DIGITS: usize = 20;

/// A whole number in decimal, at the end of the buffer.
fn decimal(number: i64, buffer: &mut [u8; DIGITS]) -> &[u8] {
    let mut rest = number.unsigned_abs();
    let mut start = DIGITS;
    loop {
        start -= 1;
        buffer[start] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    &buffer[start..]
}

/// `String.hashCode()` of a UTF-8 text.
#[must_use]
pub fn hash_code_of_str(text: &str) -> i32 {
    if text.is_ascii() {
        hash_of(text.bytes().map(u16::from))
    } else {
        hash_of(text.encode_utf16())
    }
}

fn hash_of(units: impl Iterator<Item = u16>) -> i32 {
    units.fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

impl From<i64> for JavaString {
    /// A whole number in decimal.
    fn from(number: i64) -> Self {
        Self::of_short(decimal(number, &mut [0; DIGITS]), &[])
    }
}

impl From<&str> for JavaString {
    fn from(text: &str) -> Self {
        if text.is_ascii() {
            Self::from_ascii(text)
        } else {
            Self::new(Text::Wide(text.encode_utf16().collect()))
        }
    }
}

impl From<String> for JavaString {
    fn from(text: String) -> Self {
        if text.len() > SMALL && text.is_ascii() {
            Self::new(Text::Ascii(text.into()))
        } else {
            Self::from(text.as_str())
        }
    }
}

impl PartialEq for JavaString {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
            || match (self.ascii_bytes(), other.ascii_bytes()) {
                (Some(left), Some(right)) => left == right,
                (None, None) => self.as_wide() == other.as_wide(),
                _ => false,
            }
    }
}

impl Eq for JavaString {}

/// `String.compareTo`: by UTF-16 unit.
impl Ord for JavaString {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.ascii_bytes(), other.ascii_bytes()) {
            (Some(left), Some(right)) => left.cmp(right),
            _ => self.units().cmp(other.units()),
        }
    }
}

impl PartialOrd for JavaString {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for JavaString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str())
    }
}

impl fmt::Debug for JavaString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_str(), f)
    }
}
