//! `Random` and `UUID`.

use std::cell::Cell;

use super::arguments::{at, int, long, sequence};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, illegal_argument, null_pointer};
use crate::engine::value::{JavaObject, JavaString, Object, Value};

/// The linear congruential generator that `java.util.Random` is defined by.
struct Random {
    seed: Cell<u64>,
    /// The second of a pair of normal deviates.
    spare: Cell<Option<f64>>,
}

const MULTIPLIER: u64 = 0x5_deec_e66d;
const MASK: u64 = (1 << 48) - 1;

impl JavaObject for Random {
    fn class_name(&self) -> &'static str {
        "java.util.Random"
    }
}

impl Random {
    fn next(&self, bits: u32) -> i32 {
        let seed = self.seed.get().wrapping_mul(MULTIPLIER).wrapping_add(0xb) & MASK;
        self.seed.set(seed);
        let high = u32::try_from(seed >> 16).unwrap_or_default();
        high.cast_signed() >> (32 - bits)
    }

    fn long(&self) -> i64 {
        let high = i64::from(self.next(32)) << 32;
        high.wrapping_add(i64::from(self.next(32)))
    }

    fn below(&self, bound: i32) -> i32 {
        let mask = bound - 1;
        let mut bits = self.next(31);
        if bound & mask == 0 {
            return i32::try_from((i64::from(bound) * i64::from(bits)) >> 31).unwrap_or_default();
        }
        loop {
            let found = bits % bound;
            if bits.wrapping_sub(found).wrapping_add(mask) >= 0 {
                return found;
            }
            bits = self.next(31);
        }
    }

    fn double(&self) -> f64 {
        let bits = (i64::from(self.next(26)) << 27) + i64::from(self.next(27));
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = bits as f64;
        bits * f64::EPSILON / 2.0
    }

    fn gaussian(&self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let first = 2.0 * self.double() - 1.0;
            let second = 2.0 * self.double() - 1.0;
            let square = first * first + second * second;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare.set(Some(second * factor));
                return first * factor;
            }
        }
    }

    fn reseed(&self, seed: i64) {
        self.seed.set((seed.cast_unsigned() ^ MULTIPLIER) & MASK);
        self.spare.set(None);
    }
}

fn random(a: &[Value]) -> Run<&Random> {
    if let Value::Object(object) = at(a, 0)
        && let Some(random) = object.downcast::<Random>()
    {
        return Ok(random);
    }
    null_pointer("a random generator is null")
}

fn new(seed: i64) -> Run<Value> {
    let random = Random {
        seed: Cell::new(0),
        spare: Cell::new(None),
    };
    random.reseed(seed);
    Ok(Value::Object(Object::new(random)))
}

const RANDOM: &[Row] = &[
    ("new()", |vm, _| {
        let seed = vm.random();
        new(seed.cast_signed())
    }),
    ("new(long)", |_, a| new(long(a, 0))),
    ("boolean nextBoolean()", |_, a| {
        Ok(Value::Bool(random(a)?.next(1) != 0))
    }),
    ("void nextBytes(byte[])", |_, a| {
        let Value::Array(array) = at(a, 1) else {
            return null_pointer("an array is null");
        };
        let random = random(a)?;
        for four in array.borrow_mut().chunks_mut(4) {
            for (place, byte) in four.iter_mut().zip(random.next(32).to_le_bytes()) {
                *place = Value::Byte(byte.cast_signed());
            }
        }
        Ok(Value::Null)
    }),
    ("double nextDouble()", |_, a| {
        Ok(Value::Double(random(a)?.double()))
    }),
    ("float nextFloat()", |_, a| {
        let bits = random(a)?.next(24);
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
        let bits = bits as f32;
        Ok(Value::Float(bits / 16_777_216.0))
    }),
    ("double nextGaussian()", |_, a| {
        Ok(Value::Double(random(a)?.gaussian()))
    }),
    ("int nextInt()", |_, a| Ok(Value::Int(random(a)?.next(32)))),
    ("int nextInt(int)", |_, a| {
        if int(a, 1) <= 0 {
            return illegal_argument("bound must be positive");
        }
        Ok(Value::Int(random(a)?.below(int(a, 1))))
    }),
    ("long nextLong()", |_, a| Ok(Value::Long(random(a)?.long()))),
    ("void setSeed(long)", |_, a| {
        random(a)?.reseed(long(a, 1));
        Ok(Value::Null)
    }),
];

/// A UUID: its high and low half.
struct Uuid(u64, u64);

impl JavaObject for Uuid {
    fn class_name(&self) -> &'static str {
        "java.util.UUID"
    }

    fn to_java_string(&self) -> String {
        let (high, low) = (self.0, self.1);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    fn equals(&self, other: &Object) -> bool {
        other
            .downcast::<Self>()
            .is_some_and(|other| (self.0, self.1) == (other.0, other.1))
    }

    fn hash_code(&self) -> i32 {
        crate::engine::value::hash_code(&Value::Long((self.0 ^ self.1).cast_signed()))
    }

    fn compare(&self, other: &Object) -> Option<std::cmp::Ordering> {
        let other = other.downcast::<Self>()?;
        let key = |uuid: &Self| (uuid.0.cast_signed(), uuid.1.cast_signed());
        Some(key(self).cmp(&key(other)))
    }
}

fn uuid(a: &[Value]) -> Run<&Uuid> {
    if let Value::Object(object) = at(a, 0)
        && let Some(uuid) = object.downcast::<Uuid>()
    {
        return Ok(uuid);
    }
    null_pointer("a UUID is null")
}

fn parse(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    let parts: Vec<&str> = text.split('-').collect();
    if text.len() > 36 {
        return illegal_argument("UUID string too large");
    }
    let [one, two, three, four, five] = parts.as_slice() else {
        return illegal_argument(format!("Invalid UUID string: {text}"));
    };
    let part = |digits: &str, bits: u32| -> Run<u64> {
        let digits = JavaString::from(digits);
        let n = super::number::parse_long(Some(&digits), 16, i64::MIN, i64::MAX)?;
        Ok(n.cast_unsigned() & ((1 << bits) - 1))
    };
    let high = part(one, 32)? << 32 | part(two, 16)? << 16 | part(three, 16)?;
    let low = part(four, 16)? << 48 | part(five, 48)?;
    Ok(Value::Object(Object::new(Uuid(high, low))))
}

/// A field of a UUID of version 1.
fn of_time(a: &[Value], value: impl Fn(&Uuid) -> Value) -> Run<Value> {
    let uuid = uuid(a)?;
    if uuid.0 >> 12 & 15 != 1 {
        return crate::engine::painless::interpret::throw(
            "java.lang.UnsupportedOperationException",
            "Not a time-based UUID",
        );
    }
    Ok(value(uuid))
}

fn small(n: u64) -> Value {
    Value::Int(i32::try_from(n).unwrap_or_default())
}

const UUID: &[Row] = &[
    ("new(long,long)", |_, a| {
        let halves = (long(a, 0).cast_unsigned(), long(a, 1).cast_unsigned());
        Ok(Value::Object(Object::new(Uuid(halves.0, halves.1))))
    }),
    ("static UUID fromString(String)", parse),
    ("static UUID nameUUIDFromBytes(byte[])", |vm, a| {
        let bytes = super::coders::bytes_of(at(a, 0))?;
        vm.work(bytes.len())?;
        let digest = u128::from_be_bytes(crate::engine::md5::digest(&bytes));
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        let high = half(digest >> 64) & !0xf000 | 0x3000;
        let low = half(digest) & !(3 << 62) | 1 << 63;
        Ok(Value::Object(Object::new(Uuid(high, low))))
    }),
    ("static UUID randomUUID()", |vm, _| {
        let high = vm.random() & !0xf000 | 0x4000;
        let low = vm.random() & !(3 << 62) | 1 << 63;
        Ok(Value::Object(Object::new(Uuid(high, low))))
    }),
    ("long getLeastSignificantBits()", |_, a| {
        Ok(Value::Long(uuid(a)?.1.cast_signed()))
    }),
    ("long getMostSignificantBits()", |_, a| {
        Ok(Value::Long(uuid(a)?.0.cast_signed()))
    }),
    ("int version()", |_, a| Ok(small(uuid(a)?.0 >> 12 & 15))),
    ("int variant()", |_, a| {
        let low = uuid(a)?.1;
        Ok(small(match low >> 62 {
            0 | 1 => 0,
            2 => 2,
            _ => low >> 61,
        }))
    }),
    ("int clockSequence()", |_, a| {
        of_time(a, |uuid| small(uuid.1 >> 48 & 0x3fff))
    }),
    ("long node()", |_, a| {
        of_time(a, |uuid| {
            Value::Long((uuid.1 & 0xffff_ffff_ffff).cast_signed())
        })
    }),
    ("long timestamp()", |_, a| {
        of_time(a, |uuid| {
            let high = uuid.0;
            let time = (high & 0xfff) << 48 | (high >> 16 & 0xffff) << 32 | high >> 32;
            Value::Long(time.cast_signed())
        })
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Random", &[], RANDOM),
    class("java.util.UUID", &["java.lang.Comparable"], UUID),
];
