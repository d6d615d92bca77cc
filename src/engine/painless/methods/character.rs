//! `Character`.

use super::arguments::{at, int, sequence, unit};
use super::kind::kind;
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

pub(super) fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_some() { None } else { first }
}

fn surrogate(a: &[Value], index: usize, range: std::ops::Range<u16>) -> bool {
    range.contains(&unit(a, index))
}

fn is_ignorable(point: i32) -> bool {
    matches!(point, 0..=8 | 0xe..=0x1b | 0x7f..=0x9f) || kind(point) == 16
}

/// The high or low half of the pair of surrogates for a code point.
fn half(point: i32, high: bool) -> u16 {
    let unit = if high {
        (point >> 10) + 0xd800 - (0x1_0000 >> 10)
    } else {
        (point & 0x3ff) + 0xdc00
    };
    u16::try_from(unit & 0xffff).unwrap_or_default()
}

/// The constants for general categories, and surrogates.
macro_rules! categories {
    ($($name:literal $number:literal,)*) => {
        &[$((concat!("const byte ", $name), |_, _| Ok(Value::Byte($number)))),*]
    };
}

const CATEGORIES: &[Row] = categories! {
    "UNASSIGNED" 0, "UPPERCASE_LETTER" 1, "LOWERCASE_LETTER" 2, "TITLECASE_LETTER" 3,
    "MODIFIER_LETTER" 4, "OTHER_LETTER" 5, "NON_SPACING_MARK" 6, "ENCLOSING_MARK" 7,
    "COMBINING_SPACING_MARK" 8, "DECIMAL_DIGIT_NUMBER" 9, "LETTER_NUMBER" 10,
    "OTHER_NUMBER" 11, "SPACE_SEPARATOR" 12, "LINE_SEPARATOR" 13,
    "PARAGRAPH_SEPARATOR" 14, "CONTROL" 15, "FORMAT" 16, "PRIVATE_USE" 18,
    "SURROGATE" 19, "DASH_PUNCTUATION" 20, "START_PUNCTUATION" 21,
    "END_PUNCTUATION" 22, "CONNECTOR_PUNCTUATION" 23, "OTHER_PUNCTUATION" 24,
    "MATH_SYMBOL" 25, "CURRENCY_SYMBOL" 26, "MODIFIER_SYMBOL" 27, "OTHER_SYMBOL" 28,
    "INITIAL_QUOTE_PUNCTUATION" 29, "FINAL_QUOTE_PUNCTUATION" 30,
};

const CHARACTER: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(2))),
    ("const int SIZE", |_, _| Ok(Value::Int(16))),
    ("const int MAX_RADIX", |_, _| Ok(Value::Int(36))),
    ("const int MIN_RADIX", |_, _| Ok(Value::Int(2))),
    ("const char MAX_VALUE", |_, _| Ok(Value::Char(u16::MAX))),
    ("const char MIN_VALUE", |_, _| Ok(Value::Char(0))),
    ("const char MIN_SURROGATE", |_, _| Ok(Value::Char(0xd800))),
    ("const char MAX_SURROGATE", |_, _| Ok(Value::Char(0xdfff))),
    ("const char MIN_HIGH_SURROGATE", |_, _| {
        Ok(Value::Char(0xd800))
    }),
    ("const char MAX_HIGH_SURROGATE", |_, _| {
        Ok(Value::Char(0xdbff))
    }),
    ("const char MIN_LOW_SURROGATE", |_, _| {
        Ok(Value::Char(0xdc00))
    }),
    ("const char MAX_LOW_SURROGATE", |_, _| {
        Ok(Value::Char(0xdfff))
    }),
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
    ("static boolean isDefined(int)", |_, a| {
        Ok(Value::Bool(kind(int(a, 0)) != 0))
    }),
    ("static int getType(int)", |_, a| {
        Ok(Value::Int(kind(int(a, 0)).into()))
    }),
    ("static boolean isTitleCase(int)", |_, a| {
        Ok(Value::Bool(kind(int(a, 0)) == 3))
    }),
    ("static boolean isIdentifierIgnorable(int)", |_, a| {
        Ok(Value::Bool(is_ignorable(int(a, 0))))
    }),
    ("static boolean isIdeographic(int)", |_, a| {
        let ranges = [
            0x3006..=0x3007,
            0x3021..=0x3029,
            0x3038..=0x303a,
            0x3400..=0x4dbf,
        ];
        let more = [
            0x4e00..=0x9ffc,
            0xf900..=0xfad9,
            0x1_7000..=0x1_8cd5,
            0x2_0000..=0x3_134a,
        ];
        let point = int(a, 0);
        Ok(Value::Bool(
            ranges
                .iter()
                .chain(&more)
                .any(|range| range.contains(&point)),
        ))
    }),
    ("static boolean isMirrored(int)", |_, a| {
        asks(a, |c| {
            "()<>[]{}\u{ab}\u{bb}".contains(c) || matches!(kind(int(a, 0)), 21 | 22 | 29 | 30) && !"\u{2018}\u{2019}\u{201a}\u{201b}\u{201c}\u{201d}\u{201e}\u{201f}\u{301d}\u{301e}\u{301f}".contains(c)
        })
    }),
    ("static boolean isUnicodeIdentifierStart(int)", |_, a| {
        Ok(Value::Bool(matches!(kind(int(a, 0)), 1..=5 | 10)))
    }),
    ("static boolean isUnicodeIdentifierPart(int)", |_, a| {
        let named = matches!(kind(int(a, 0)), 1..=6 | 8..=10 | 23);
        Ok(Value::Bool(named || is_ignorable(int(a, 0))))
    }),
    ("static char highSurrogate(int)", |_, a| {
        Ok(Value::Char(half(int(a, 0), true)))
    }),
    ("static char lowSurrogate(int)", |_, a| {
        Ok(Value::Char(half(int(a, 0), false)))
    }),
    ("static int codePointBefore(CharSequence,int)", |vm, a| {
        let text = sequence(vm, a, 0)?;
        super::points::code_point_before(&text, int(a, 1))
    }),
    (
        "static int codePointCount(CharSequence,int,int)",
        |vm, a| {
            let text = sequence(vm, a, 0)?;
            let part = super::text::substring(&text, int(a, 1), int(a, 2))?;
            Ok(super::arguments::size(
                char::decode_utf16(part.units()).count(),
            ))
        },
    ),
    (
        "static int offsetByCodePoints(CharSequence,int,int)",
        |vm, a| {
            let text = Value::Str(sequence(vm, a, 0)?);
            super::points::offset_by_code_points(&[text, at(a, 1).clone(), at(a, 2).clone()])
        },
    ),
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

pub(super) static TABLES: &[Table] = &[
    class("java.lang.Character", &["java.lang.Comparable"], CHARACTER),
    // the same class once more: a table of its constants
    class("java.lang.Character", &["java.lang.Comparable"], CATEGORIES),
];
