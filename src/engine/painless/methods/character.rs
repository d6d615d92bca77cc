//! `Character`.

use super::arguments::{at, int, sequence, unit};
use super::number::{digit, is_digit};
use super::search::code_point;
use super::text::{beyond_text, of_unit};
use super::{Row, Table, class};
use crate::engine::painless::interpret::Run;
use crate::engine::value::{Array, Value};

fn point(a: &[Value]) -> Option<char> {
    u32::try_from(int(a, 0)).ok().and_then(char::from_u32)
}

fn asks(a: &[Value], question: impl Fn(char) -> bool) -> Run<Value> {
    Ok(Value::Bool(point(a).is_some_and(question)))
}

/// A letter: alphabetic, but no numeral and no mark that only counts as
/// alphabetic.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        && !c.is_numeric()
        && !('\u{2160}'..='\u{2188}').contains(&c)
        && !('\u{24b6}'..='\u{24e9}').contains(&c)
        && !('\u{345}'..='\u{345}').contains(&c)
}

fn is_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
        || c.is_whitespace() && c > '\u{1f}' && c != '\u{85}'
}

fn is_whitespace(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..='\u{1f}')
        || is_space(c) && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

fn mapped(a: &[Value], map: impl Fn(char) -> Option<char>) -> Run<Value> {
    let own = unit(a, 0);
    let changed = char::from_u32(own.into()).and_then(map);
    let changed = changed.and_then(|c| u16::try_from(u32::from(c)).ok());
    Ok(Value::Char(changed.unwrap_or(own)))
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_some() { None } else { first }
}

fn surrogate(a: &[Value], index: usize, range: std::ops::Range<u16>) -> bool {
    range.contains(&unit(a, index))
}

const CHARACTER: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(2))),
    ("const int SIZE", |_, _| Ok(Value::Int(16))),
    ("const int MAX_RADIX", |_, _| Ok(Value::Int(36))),
    ("const int MIN_RADIX", |_, _| Ok(Value::Int(2))),
    ("const char MAX_VALUE", |_, _| Ok(Value::Char(u16::MAX))),
    ("const char MIN_VALUE", |_, _| Ok(Value::Char(0))),
    ("const int MAX_CODE_POINT", |_, _| Ok(Value::Int(0x10_ffff))),
    ("const int MIN_CODE_POINT", |_, _| Ok(Value::Int(0))),
    ("const int MIN_SUPPLEMENTARY_CODE_POINT", |_, _| {
        Ok(Value::Int(0x1_0000))
    }),
    ("static int charCount(int)", |_, a| {
        Ok(Value::Int(if int(a, 0) >= 0x1_0000 { 2 } else { 1 }))
    }),
    ("char charValue()", |_, a| Ok(at(a, 0).clone())),
    ("static int codePointAt(CharSequence,int)", |vm, a| {
        let text = sequence(vm, a, 0)?;
        match usize::try_from(int(a, 1))
            .ok()
            .and_then(|index| code_point(&text, index))
        {
            Some(point) => Ok(Value::Int(point.cast_signed())),
            None => beyond_text(format!("index {}, length {}", int(a, 1), text.len())),
        }
    }),
    ("static int compare(char,char)", |_, a| {
        Ok(Value::Int(int(a, 0) - int(a, 1)))
    }),
    ("static int digit(int,int)", |_, a| {
        let found = point(a).and_then(digit).map(u32::cast_signed);
        Ok(Value::Int(
            found.filter(|digit| *digit < int(a, 1)).unwrap_or(-1),
        ))
    }),
    ("static char forDigit(int,int)", |_, a| {
        let radix = u32::try_from(int(a, 1))
            .ok()
            .filter(|radix| (2..=36).contains(radix));
        let digit = u32::try_from(int(a, 0)).ok();
        let c = radix.and_then(|radix| char::from_digit(digit?, radix));
        Ok(Value::Char(
            u16::try_from(u32::from(c.unwrap_or('\0'))).unwrap_or_default(),
        ))
    }),
    ("static int getNumericValue(int)", |_, a| {
        Ok(Value::Int(
            point(a).and_then(digit).map_or(-1, u32::cast_signed),
        ))
    }),
    ("static int hashCode(char)", |_, a| {
        Ok(Value::Int(int(a, 0)))
    }),
    ("static boolean isAlphabetic(int)", |_, a| {
        asks(a, char::is_alphabetic)
    }),
    ("static boolean isBmpCodePoint(int)", |_, a| {
        Ok(Value::Bool((0..0x1_0000).contains(&int(a, 0))))
    }),
    ("static boolean isDefined(int)", |_, a| asks(a, |_| true)),
    ("static boolean isDigit(int)", |_, a| asks(a, is_digit)),
    ("static boolean isHighSurrogate(char)", |_, a| {
        Ok(Value::Bool(surrogate(a, 0, 0xd800..0xdc00)))
    }),
    ("static boolean isISOControl(int)", |_, a| {
        asks(a, char::is_control)
    }),
    ("static boolean isJavaIdentifierPart(int)", |_, a| {
        asks(a, |c| is_letter(c) || is_digit(c) || c == '_' || c == '$')
    }),
    ("static boolean isJavaIdentifierStart(int)", |_, a| {
        asks(a, |c| is_letter(c) || c == '_' || c == '$')
    }),
    ("static boolean isLetter(int)", |_, a| asks(a, is_letter)),
    ("static boolean isLetterOrDigit(int)", |_, a| {
        asks(a, |c| is_letter(c) || is_digit(c))
    }),
    ("static boolean isLowSurrogate(char)", |_, a| {
        Ok(Value::Bool(surrogate(a, 0, 0xdc00..0xe000)))
    }),
    ("static boolean isLowerCase(int)", |_, a| {
        asks(a, char::is_lowercase)
    }),
    ("static boolean isSpaceChar(int)", |_, a| asks(a, is_space)),
    ("static boolean isSupplementaryCodePoint(int)", |_, a| {
        Ok(Value::Bool((0x1_0000..=0x10_ffff).contains(&int(a, 0))))
    }),
    ("static boolean isSurrogate(char)", |_, a| {
        Ok(Value::Bool(surrogate(a, 0, 0xd800..0xe000)))
    }),
    ("static boolean isSurrogatePair(char,char)", |_, a| {
        Ok(Value::Bool(
            surrogate(a, 0, 0xd800..0xdc00) && surrogate(a, 1, 0xdc00..0xe000),
        ))
    }),
    ("static boolean isUpperCase(int)", |_, a| {
        asks(a, char::is_uppercase)
    }),
    ("static boolean isValidCodePoint(int)", |_, a| {
        Ok(Value::Bool((0..=0x10_ffff).contains(&int(a, 0))))
    }),
    ("static boolean isWhitespace(int)", |_, a| {
        asks(a, is_whitespace)
    }),
    ("static char reverseBytes(char)", |_, a| {
        Ok(Value::Char(unit(a, 0).swap_bytes()))
    }),
    ("static char[] toChars(int)", |_, a| {
        let mut buffer = [0; 2];
        let c = point(a).unwrap_or('\u{fffd}');
        let units = c
            .encode_utf16(&mut buffer)
            .iter()
            .map(|&unit| Value::Char(unit));
        Ok(Value::Array(Array::new("[C", units.collect())))
    }),
    ("static int toCodePoint(char,char)", |_, a| {
        let pair = [unit(a, 0), unit(a, 1)];
        let point = char::decode_utf16(pair).next().and_then(Result::ok);
        Ok(Value::Int(point.map_or(0, |c| u32::from(c).cast_signed())))
    }),
    ("static char toLowerCase(char)", |_, a| {
        mapped(a, |c| single(c.to_lowercase()))
    }),
    ("static String toString(char)", |_, a| {
        Ok(Value::Str(of_unit(a, 0)))
    }),
    ("static char toUpperCase(char)", |_, a| {
        mapped(a, |c| single(c.to_uppercase()))
    }),
    ("static char toTitleCase(char)", |_, a| {
        mapped(a, |c| single(c.to_uppercase()))
    }),
    (
        "static Character valueOf(char)",
        |_, a| Ok(at(a, 0).clone()),
    ),
];

pub(super) static TABLES: &[Table] = &[class(
    "java.lang.Character",
    &["java.lang.Comparable"],
    CHARACTER,
)];
