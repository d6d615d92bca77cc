//! `String`, `CharSequence`, `Locale`.

use super::arguments::{at, boolean, int, position, sequence, size, text, unit};
use super::character::single;
use super::encoding::{decode_base64, encode_base64};
use super::points::{code_point_at, code_point_before, get_chars, offset_by_code_points};
use super::search::{find, find_last, map_case, replace, split};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer, throw, throw_bare};
use crate::engine::value::{Array, JavaString, Value};
use crate::model::digest::Digest;

/// A place beyond the ends of a string.
pub(super) fn beyond_text<T>(message: impl Into<JavaString>) -> Run<T> {
    throw("java.lang.StringIndexOutOfBoundsException", message)
}

/// `text.substring(begin, end)`.
pub(super) fn substring(text: &JavaString, begin: i32, end: i32) -> Run<JavaString> {
    let range = (usize::try_from(begin), usize::try_from(end));
    let part = match range {
        (Ok(begin), Ok(end)) if begin <= end => text.slice(begin, end),
        _ => None,
    };
    match part {
        Some(part) => Ok(part),
        None => beyond_text(format!("begin {begin}, end {end}, length {}", text.len())),
    }
}

/// An array of strings.
pub(super) fn strings(vm: &mut Vm<'_>, items: Vec<JavaString>) -> Run<Value> {
    vm.grow(items.len())?;
    vm.allocate(items.len())?;
    let items = items.into_iter().map(Value::Str).collect();
    Ok(Value::Array(Array::new("[Ljava.lang.String;", items)))
}

fn length_of(text: &JavaString) -> i32 {
    i32::try_from(text.len()).unwrap_or(i32::MAX)
}

fn from(n: i32) -> usize {
    usize::try_from(n).unwrap_or_default()
}

fn char_at(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let receiver = sequence(vm, a, 0)?;
    let index = int(a, 1);
    match usize::try_from(index)
        .ok()
        .and_then(|index| receiver.unit(index))
    {
        Some(unit) => Ok(Value::Char(unit)),
        None => beyond_text(format!("String index out of range: {index}")),
    }
}

fn lower(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    vm.new_text(map_case(text(a, 0)?, str::to_lowercase))
}

fn upper(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    vm.new_text(map_case(text(a, 0)?, str::to_uppercase))
}

/// Without blanks (all up to U+0020) at both ends.
pub(super) fn trim(text: &JavaString) -> JavaString {
    let blank = |unit: &u16| *unit <= 0x20;
    let start = text.units().take_while(blank).count();
    let end = text.len() - text.units().rev().take_while(blank).count();
    text.slice(start, end.max(start))
        .unwrap_or_else(|| text.clone())
}

fn starts_with(whole: &JavaString, prefix: &JavaString, offset: i32) -> bool {
    usize::try_from(offset).is_ok_and(|start| whole.has_at(start, prefix))
}

fn fold(text: &JavaString) -> Vec<u16> {
    let simple = |c: char| {
        let upper = single(c.to_uppercase()).unwrap_or(c);
        // the only one whose lower case is two characters
        if upper == '\u{130}' {
            return 'i';
        }
        single(upper.to_lowercase()).unwrap_or(upper)
    };
    text.to_str()
        .chars()
        .map(simple)
        .collect::<String>()
        .encode_utf16()
        .collect()
}

fn joined(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let separator = sequence(vm, a, 0)?;
    let items = vm.items(at(a, 1))?;
    super::collection::join(vm, &items, &separator)
}

fn replaced(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let old = sequence(vm, a, 1)?;
    let new = sequence(vm, a, 2)?;
    let whole = text(a, 0)?;
    let growth = new
        .len()
        .saturating_sub(old.len())
        .saturating_mul(whole.len() + 1);
    vm.allocate(whole.len().saturating_add(growth))?;
    vm.new_text(replace(whole, &old, &new))
}

fn region_matches(a: &[Value], ignore_case: bool, first: usize) -> Run<Value> {
    let (whole, other) = (text(a, 0)?, text(a, first + 1)?);
    let part = |text: &JavaString, start: i32| {
        let start = usize::try_from(start).ok()?;
        text.slice(
            start,
            start.checked_add(usize::try_from(int(a, first + 3)).ok()?)?,
        )
    };
    let parts = (part(whole, int(a, first)), part(other, int(a, first + 2)));
    Ok(Value::Bool(match parts {
        (Some(left), Some(right)) if ignore_case => fold(&left) == fold(&right),
        (Some(left), Some(right)) => left == right,
        _ => false,
    }))
}

fn compare_ignoring_case(a: &[Value]) -> Run<Value> {
    let (left, right) = (fold(text(a, 0)?), fold(text(a, 1)?));
    let unlike = left.iter().zip(&right).find(|(left, right)| left != right);
    Ok(Value::Int(match unlike {
        Some((left, right)) => i32::from(*left) - i32::from(*right),
        None => i32::try_from(left.len()).unwrap_or(0) - i32::try_from(right.len()).unwrap_or(0),
    }))
}

/// The characters of an array of `char`.
pub(super) fn units_of(value: &Value) -> Run<Vec<u16>> {
    let Value::Array(array) = value else {
        return null_pointer("an array is null");
    };
    let unit = |item: &Value| match item {
        Value::Char(unit) => *unit,
        _ => 0,
    };
    Ok(array.borrow().iter().map(unit).collect())
}

fn from_array(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let units = units_of(at(a, 0))?;
    let part = match a.len() {
        1 => Some(&units[..]),
        _ => units.get(from(int(a, 1))..from(int(a, 1)) + from(int(a, 2))),
    };
    match part {
        Some(part) => vm.new_text(JavaString::from_utf16(part)),
        None => beyond_text("a part of an array that does not exist"),
    }
}

/// A null token splits nothing.
fn pieces(a: &[Value], limit: i32) -> Run<Vec<JavaString>> {
    let whole = text(a, 0)?;
    Ok(match at(a, 1) {
        Value::Str(token) => split(whole, token, limit),
        _ => vec![whole.clone()],
    })
}

const STRING: &[Row] = &[
    ("new()", |_, _| Ok(Value::str(""))),
    ("int codePointAt(int)", |_, a| {
        code_point_at(text(a, 0)?, int(a, 1))
    }),
    ("int codePointBefore(int)", |_, a| {
        code_point_before(text(a, 0)?, int(a, 1))
    }),
    ("void getChars(int,int,char[],int)", |_, a| {
        get_chars(text(a, 0)?, a)
    }),
    ("int codePointCount(int,int)", |_, a| {
        let part = substring(text(a, 0)?, int(a, 1), int(a, 2))?;
        Ok(size(char::decode_utf16(part.units()).count()))
    }),
    ("int compareToIgnoreCase(String)", |_, a| {
        compare_ignoring_case(a)
    }),
    ("String concat(String)", |vm, a| {
        let joined = text(a, 0)?.concat(text(a, 1)?);
        vm.new_text(joined)
    }),
    ("boolean contains(CharSequence)", |vm, a| {
        let part = sequence(vm, a, 1)?;
        Ok(Value::Bool(find(text(a, 0)?, &part, 0).is_some()))
    }),
    ("boolean contentEquals(CharSequence)", |vm, a| {
        Ok(Value::Bool(sequence(vm, a, 1)? == *text(a, 0)?))
    }),
    ("static String copyValueOf(char[])", from_array),
    ("static String copyValueOf(char[],int,int)", from_array),
    ("String decodeBase64()", decode_base64),
    ("String encodeBase64()", encode_base64),
    ("String[] splitOnToken(String)", |vm, a| {
        let pieces = pieces(a, -1)?;
        strings(vm, pieces)
    }),
    ("String[] splitOnToken(String,int)", |vm, a| {
        let pieces = pieces(a, int(a, 2))?;
        strings(vm, pieces)
    }),
    ("boolean endsWith(String)", |_, a| {
        let (whole, end) = (text(a, 0)?, text(a, 1)?);
        Ok(Value::Bool(starts_with(
            whole,
            end,
            length_of(whole) - length_of(end),
        )))
    }),
    ("boolean equalsIgnoreCase(String)", |_, a| match at(a, 1) {
        Value::Str(other) => Ok(Value::Bool(fold(text(a, 0)?) == fold(other))),
        _ => Ok(Value::Bool(false)),
    }),
    ("static String format(String,def[])", |vm, a| {
        super::format::format(vm, at(a, 0), at(a, 1))
    }),
    ("static String format(Locale,String,def[])", |vm, a| {
        super::format::format(vm, at(a, 1), at(a, 2))
    }),
    ("int indexOf(String)", |_, a| {
        Ok(position(find(text(a, 0)?, text(a, 1)?, 0)))
    }),
    ("int indexOf(String,int)", |_, a| {
        Ok(position(find(text(a, 0)?, text(a, 1)?, from(int(a, 2)))))
    }),
    ("boolean isEmpty()", |_, a| {
        Ok(Value::Bool(text(a, 0)?.is_empty()))
    }),
    ("static String join(CharSequence,Iterable)", joined),
    ("int lastIndexOf(String)", |_, a| {
        Ok(position(find_last(text(a, 0)?, text(a, 1)?, usize::MAX)))
    }),
    (
        "int lastIndexOf(String,int)",
        |_, a| match usize::try_from(int(a, 2)) {
            Ok(from) => Ok(position(find_last(text(a, 0)?, text(a, 1)?, from))),
            Err(_) => Ok(Value::Int(-1)),
        },
    ),
    (
        "boolean regionMatches(boolean,int,String,int,int)",
        |_, a| region_matches(a, boolean(a, 1), 2),
    ),
    ("boolean regionMatches(int,String,int,int)", |_, a| {
        region_matches(a, false, 1)
    }),
    ("String replace(CharSequence,CharSequence)", replaced),
    ("boolean startsWith(String)", |_, a| {
        Ok(Value::Bool(starts_with(text(a, 0)?, text(a, 1)?, 0)))
    }),
    ("boolean startsWith(String,int)", |_, a| {
        Ok(Value::Bool(starts_with(
            text(a, 0)?,
            text(a, 1)?,
            int(a, 2),
        )))
    }),
    ("String substring(int)", |vm, a| {
        let whole = text(a, 0)?;
        let part = substring(whole, int(a, 1), length_of(whole))?;
        vm.new_text(part)
    }),
    ("String substring(int,int)", |vm, a| {
        let part = substring(text(a, 0)?, int(a, 1), int(a, 2))?;
        vm.new_text(part)
    }),
    ("char[] toCharArray()", |vm, a| {
        let whole = text(a, 0)?;
        vm.allocate(whole.len())?;
        Ok(Value::Array(Array::new(
            "[C",
            whole.units().map(Value::Char).collect(),
        )))
    }),
    ("String toLowerCase()", lower),
    ("String toLowerCase(Locale)", lower),
    ("String toUpperCase()", upper),
    ("String toUpperCase(Locale)", upper),
    ("String trim()", |_, a| Ok(Value::Str(trim(text(a, 0)?)))),
    ("static String valueOf(def)", |vm, a| {
        vm.string_of(at(a, 0)).map(Value::Str)
    }),
    ("int offsetByCodePoints(int,int)", |_, a| {
        offset_by_code_points(a)
    }),
    ("String sha1()", |vm, a| {
        let digest = crate::engine::sha1::hex(text(a, 0)?.to_str().as_bytes());
        vm.new_text(digest.into())
    }),
    ("String sha256()", |vm, a| {
        let digest = Digest::of(text(a, 0)?.to_str().as_bytes());
        vm.new_text(digest.to_string().into())
    }),
];

const SEQUENCE: &[Row] = &[
    ("char charAt(int)", char_at),
    ("IntStream chars()", |vm, a| {
        let whole = sequence(vm, a, 0)?;
        let units = whole.units().map(|unit| Value::Int(unit.into())).collect();
        super::stream::ints(vm, units)
    }),
    ("IntStream codePoints()", |vm, a| {
        let whole = sequence(vm, a, 0)?;
        let points = char::decode_utf16(whole.units()).map(|c| match c {
            Ok(c) => Value::Int(u32::from(c).cast_signed()),
            Err(lone) => Value::Int(lone.unpaired_surrogate().into()),
        });
        super::stream::ints(vm, points.collect())
    }),
    ("int length()", |vm, a| Ok(size(sequence(vm, a, 0)?.len()))),
    ("String replaceAll(Pattern,Function)", |vm, a| {
        super::matcher::replace_with(vm, a, false)
    }),
    ("String replaceFirst(Pattern,Function)", |vm, a| {
        super::matcher::replace_with(vm, a, true)
    }),
    ("CharSequence subSequence(int,int)", |vm, a| {
        let whole = sequence(vm, a, 0)?;
        let part = substring(&whole, int(a, 1), int(a, 2))?;
        vm.new_text(part)
    }),
];

/// One character as text; used by tables of other files.
pub(super) fn of_unit(a: &[Value], index: usize) -> JavaString {
    JavaString::from_unit(unit(a, index))
}

/// `NoSuchElementException` without a message.
pub(super) fn no_such_element<T>() -> Run<T> {
    throw_bare("java.util.NoSuchElementException")
}

pub(super) static TABLES: &[Table] = &[
    class("java.lang.CharSequence", &[], SEQUENCE),
    class(
        "java.lang.String",
        &["java.lang.CharSequence", "java.lang.Comparable"],
        STRING,
    ),
];
