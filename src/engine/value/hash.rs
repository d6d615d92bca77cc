//! Hash codes as the Java class library defines them; they decide the order in
//! which a `HashMap` gives its keys.

use super::copy::is_container;
use super::map::JavaMap;
use super::walk::{Walk, visit};
use super::{MAX_DEPTH, Value};

/// `Object.hashCode()` of a value. Containers below [`MAX_DEPTH`] count as 0
/// (Java would overflow its stack on a container that holds itself), and so does
/// what comes after very many elements.
#[must_use]
#[inline]
pub fn hash_code(value: &Value) -> i32 {
    if let Value::Str(text) = value {
        return text.hash_code();
    }
    hash_code_of_any(value)
}

fn hash_code_of_any(value: &Value) -> i32 {
    if !is_container(value) && !matches!(value, Value::Object(_)) {
        return hash_at(value, 0);
    }
    Walk::begin().map_or(0, |_walk| hash_at(value, 0))
}

/// How `java.util.HashMap` spreads a hash code before it picks a bucket.
#[must_use]
pub const fn spread(hash: i32) -> u32 {
    let hash = hash.cast_unsigned();
    hash ^ (hash >> 16)
}

fn hash_at(value: &Value, depth: usize) -> i32 {
    if depth > MAX_DEPTH || depth > 0 && !visit() {
        return 0;
    }
    match value {
        Value::Null => 0,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Byte(n) => i32::from(*n),
        Value::Short(n) => i32::from(*n),
        Value::Char(unit) => i32::from(*unit),
        Value::Int(n) => *n,
        Value::Long(n) => fold(n.cast_unsigned()),
        Value::Float(n) => (if n.is_nan() { f32::NAN } else { *n })
            .to_bits()
            .cast_signed(),
        Value::Double(n) => fold(if n.is_nan() {
            0x7ff8_0000_0000_0000
        } else {
            n.to_bits()
        }),
        Value::BigInt(text) => big_integer(&text.to_str()),
        Value::Str(text) => text.hash_code(),
        Value::List(list) | Value::FrozenList(list) => {
            list.borrow().iter().fold(1_i32, |hash, item| {
                hash.wrapping_mul(31).wrapping_add(hash_at(item, depth + 1))
            })
        }
        Value::Map(map) | Value::FrozenMap(map) => hash_of_map(&map.borrow(), depth),
        Value::Set(set) => set.borrow().iter().fold(0_i32, |hash, (item, _)| {
            hash.wrapping_add(hash_at(item, depth + 1))
        }),
        Value::Array(array) => array.identity_hash(),
        Value::Object(object) => object.hash_code(),
    }
}

fn hash_of_map(map: &JavaMap, depth: usize) -> i32 {
    map.iter().fold(0_i32, |hash, (key, value)| {
        hash.wrapping_add(hash_at(key, depth + 1) ^ hash_at(value, depth + 1))
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "Long.hashCode keeps the low half"
)]
const fn fold(bits: u64) -> i32 {
    ((bits ^ (bits >> 32)) as u32).cast_signed()
}

/// `BigInteger.hashCode()`: over the 32-bit words of the magnitude, times the sign.
fn big_integer(decimal: &str) -> i32 {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, decimal),
    };
    let mut words: Vec<u32> = Vec::new();
    for digit in digits.bytes().filter(u8::is_ascii_digit) {
        let mut carry = u64::from(digit - b'0');
        for word in &mut words {
            let next = u64::from(*word) * 10 + carry;
            *word = u32::try_from(next & 0xffff_ffff).unwrap_or_default();
            carry = next >> 32;
        }
        if carry > 0 {
            words.push(u32::try_from(carry).unwrap_or_default());
        }
    }
    let hash = words.iter().rev().fold(0_u32, |hash, &word| {
        hash.wrapping_mul(31).wrapping_add(word)
    });
    hash.cast_signed().wrapping_mul(sign)
}
