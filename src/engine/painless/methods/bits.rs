//! `BitSet`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::arguments::{at, boolean, int, position, size};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer, throw};
use crate::engine::value::{Array, JavaObject, Object, Value};

/// Bits that are set; where the last stands does not matter for their memory.
struct Bits(RefCell<BTreeSet<u32>>);

/// Bits of a word, by which Java sizes a set.
const WORD: u32 = 64;

impl JavaObject for Bits {
    fn class_name(&self) -> &'static str {
        "java.util.BitSet"
    }

    fn to_java_string(&self) -> String {
        let bits: Vec<String> = self.0.borrow().iter().map(ToString::to_string).collect();
        format!("{{{}}}", bits.join(", "))
    }

    fn equals(&self, other: &Object) -> bool {
        other
            .downcast::<Self>()
            .is_some_and(|other| other.0 == self.0)
    }

    fn hash_code(&self) -> i32 {
        let words = self.words();
        let mixed = (1_u64..).zip(&words).fold(1234, |hash, (n, word)| {
            hash ^ word.cast_unsigned().wrapping_mul(n)
        });
        let folded = (mixed >> 32 ^ mixed) & 0xffff_ffff;
        u32::try_from(folded).unwrap_or_default().cast_signed()
    }
}

impl Bits {
    fn value(bits: BTreeSet<u32>) -> Value {
        Value::Object(Object::new(Self(RefCell::new(bits))))
    }

    fn length(&self) -> u32 {
        self.0.borrow().last().map_or(0, |last| last + 1)
    }

    /// The bits as words; only for sets whose length was checked.
    fn words(&self) -> Vec<i64> {
        let bits = self.0.borrow();
        let count = bits.last().map_or(0, |last| last / WORD + 1);
        let mut words = vec![0_u64; count as usize];
        for bit in bits.iter() {
            if let Some(word) = words.get_mut((bit / WORD) as usize) {
                *word |= 1 << (bit % WORD);
            }
        }
        words.into_iter().map(u64::cast_signed).collect()
    }
}

fn bits(a: &[Value], index: usize) -> Run<&Bits> {
    if let Value::Object(object) = at(a, index)
        && let Some(bits) = object.downcast::<Bits>()
    {
        return Ok(bits);
    }
    null_pointer("a bit set is null")
}

/// A place that is not negative.
fn place(a: &[Value], index: usize, name: &str) -> Run<u32> {
    let given = int(a, index);
    match u32::try_from(given) {
        Ok(place) => Ok(place),
        Err(_) => throw(
            "java.lang.IndexOutOfBoundsException",
            format!("{name} < 0: {given}"),
        ),
    }
}

fn span(a: &[Value]) -> Run<std::ops::Range<u32>> {
    let (from, to) = (place(a, 1, "fromIndex")?, place(a, 2, "toIndex")?);
    if from > to {
        return throw(
            "java.lang.IndexOutOfBoundsException",
            format!("fromIndex: {from} > toIndex: {to}"),
        );
    }
    Ok(from..to)
}

/// Sets, clears or turns the bits of a span.
fn change(
    vm: &mut Vm<'_>,
    a: &[Value],
    span: std::ops::Range<u32>,
    to: Option<bool>,
) -> Run<Value> {
    let own = bits(a, 0)?;
    let count = (span.end - span.start) as usize;
    if to == Some(false) {
        let mut kept = own.0.borrow_mut();
        let mut above = kept.split_off(&span.start);
        kept.append(&mut above.split_off(&span.end));
        return Ok(Value::Null);
    }
    vm.work(count)?;
    vm.grow(own.0.borrow().len().saturating_add(count))?;
    vm.allocate(count.saturating_mul(4))?;
    let mut kept = own.0.borrow_mut();
    for bit in span {
        if !kept.insert(bit) && to.is_none() {
            kept.remove(&bit);
        }
    }
    Ok(Value::Null)
}

fn single(vm: &mut Vm<'_>, a: &[Value], to: Option<bool>) -> Run<Value> {
    let bit = place(a, 1, "bitIndex")?;
    change(vm, a, bit..bit + 1, to)
}

type Combine = fn(&BTreeSet<u32>, &BTreeSet<u32>) -> BTreeSet<u32>;

fn combine(vm: &mut Vm<'_>, a: &[Value], f: Combine) -> Run<Value> {
    let combined = {
        let (own, other) = (bits(a, 0)?.0.borrow(), bits(a, 1)?.0.borrow());
        vm.work(own.len() + other.len())?;
        vm.allocate(own.len() + other.len())?;
        f(&own, &other)
    };
    bits(a, 0)?.0.replace(combined);
    Ok(Value::Null)
}

/// The words of a set that is not too long to be written out.
fn words(vm: &mut Vm<'_>, a: &[Value]) -> Run<Vec<i64>> {
    let own = bits(a, 0)?;
    let length = own.length() as usize;
    vm.grow(length / 64)?;
    vm.allocate(length / 8)?;
    Ok(own.words())
}

const BIT_SET: &[Row] = &[
    ("new()", |_, _| Ok(Bits::value(BTreeSet::new()))),
    ("new(int)", |_, a| match int(a, 0) {
        ..0 => throw(
            "java.lang.NegativeArraySizeException",
            format!("nbits < 0: {}", int(a, 0)),
        ),
        _ => Ok(Bits::value(BTreeSet::new())),
    }),
    ("static BitSet valueOf(long[])", |vm, a| {
        let Value::Array(array) = at(a, 0) else {
            return null_pointer("an array is null");
        };
        let items = array.borrow();
        vm.work(items.len() * 64)?;
        vm.allocate(items.len() * 64)?;
        let all = (0_u32..).zip(items.iter()).flat_map(|(at, item)| {
            let word = item.as_i64().unwrap_or(0);
            (0..WORD)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| at * WORD + bit)
        });
        Ok(Bits::value(all.collect()))
    }),
    ("void and(BitSet)", |vm, a| {
        combine(vm, a, |own, other| own & other)
    }),
    ("void andNot(BitSet)", |vm, a| {
        combine(vm, a, |own, other| own - other)
    }),
    ("void or(BitSet)", |vm, a| {
        combine(vm, a, |own, other| own | other)
    }),
    ("void xor(BitSet)", |vm, a| {
        combine(vm, a, |own, other| own ^ other)
    }),
    ("boolean intersects(BitSet)", |_, a| {
        let (own, other) = (bits(a, 0)?.0.borrow(), bits(a, 1)?.0.borrow());
        Ok(Value::Bool(!own.is_disjoint(&other)))
    }),
    ("boolean get(int)", |_, a| {
        let bit = place(a, 1, "bitIndex")?;
        Ok(Value::Bool(bits(a, 0)?.0.borrow().contains(&bit)))
    }),
    ("void set(int)", |vm, a| single(vm, a, Some(true))),
    ("void set(int,int)", |vm, a| {
        change(vm, a, span(a)?, Some(true))
    }),
    ("void set(int,int,boolean)", |vm, a| {
        change(vm, a, span(a)?, Some(boolean(a, 3)))
    }),
    ("void flip(int)", |vm, a| single(vm, a, None)),
    ("void flip(int,int)", |vm, a| change(vm, a, span(a)?, None)),
    ("void clear()", |_, a| {
        bits(a, 0)?.0.borrow_mut().clear();
        Ok(Value::Null)
    }),
    ("void clear(int)", |vm, a| single(vm, a, Some(false))),
    ("void clear(int,int)", |vm, a| {
        change(vm, a, span(a)?, Some(false))
    }),
    ("def clone()", |vm, a| {
        let copy = bits(a, 0)?.0.borrow().clone();
        vm.allocate(copy.len() * 4)?;
        Ok(Bits::value(copy))
    }),
    ("boolean isEmpty()", |_, a| {
        Ok(Value::Bool(bits(a, 0)?.0.borrow().is_empty()))
    }),
    ("int cardinality()", |_, a| {
        Ok(size(bits(a, 0)?.0.borrow().len()))
    }),
    ("int length()", |_, a| {
        Ok(size(bits(a, 0)?.length() as usize))
    }),
    ("int size()", |_, a| {
        let words = bits(a, 0)?.length().div_ceil(WORD).max(1);
        Ok(size(words as usize * 64))
    }),
    ("int nextSetBit(int)", |_, a| {
        let from = place(a, 1, "fromIndex")?;
        let next = bits(a, 0)?.0.borrow().range(from..).next().copied();
        Ok(position(next.map(|bit| bit as usize)))
    }),
    ("int nextClearBit(int)", |vm, a| {
        let from = place(a, 1, "fromIndex")?;
        let set = bits(a, 0)?.0.borrow();
        vm.work(set.len())?;
        let next = (from..=u32::MAX).find(|bit| !set.contains(bit));
        Ok(position(next.map(|bit| bit as usize)))
    }),
    ("int previousSetBit(int)", |_, a| {
        let Ok(from) = u32::try_from(int(a, 1)) else {
            return Ok(Value::Int(-1));
        };
        let previous = bits(a, 0)?.0.borrow().range(..=from).next_back().copied();
        Ok(position(previous.map(|bit| bit as usize)))
    }),
    ("int previousClearBit(int)", |vm, a| {
        let Ok(from) = u32::try_from(int(a, 1)) else {
            return Ok(Value::Int(-1));
        };
        let set = bits(a, 0)?.0.borrow();
        vm.work(set.len())?;
        let previous = (0..=from).rev().find(|bit| !set.contains(bit));
        Ok(position(previous.map(|bit| bit as usize)))
    }),
    ("long[] toLongArray()", |vm, a| {
        let words = words(vm, a)?.into_iter().map(Value::Long).collect();
        Ok(Value::Array(Array::new("[J", words)))
    }),
    ("byte[] toByteArray()", |vm, a| {
        let words = words(vm, a)?;
        let mut found: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        while found.last() == Some(&0) {
            found.pop();
        }
        super::coders::bytes(vm, &found)
    }),
];

pub(super) static TABLES: &[Table] = &[class("java.util.BitSet", &[], BIT_SET)];
