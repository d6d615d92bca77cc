//! Looking for text within text.

use crate::engine::value::JavaString;

/// The first place of `needle` at or after `from`.
pub(super) fn find(text: &JavaString, needle: &JavaString, from: usize) -> Option<usize> {
    if let (Some(text), Some(needle)) = (text.as_ascii(), needle.as_ascii()) {
        let from = from.min(text.len());
        return text.get(from..)?.find(needle).map(|at| at + from);
    }
    let (text, needle) = (text.to_utf16(), needle.to_utf16());
    let last = text.len().checked_sub(needle.len())?;
    (from..=last)
        .find(|&at| text.get(at..at + needle.len()) == Some(&needle[..]))
        .or_else(|| (needle.is_empty() && from > last).then_some(text.len()))
}

/// The last place of `needle` at or before `from`.
pub(super) fn find_last(text: &JavaString, needle: &JavaString, from: usize) -> Option<usize> {
    if let (Some(text), Some(needle)) = (text.as_ascii(), needle.as_ascii()) {
        let end = from.saturating_add(needle.len()).min(text.len());
        return text.get(..end)?.rfind(needle);
    }
    let (text, needle) = (text.to_utf16(), needle.to_utf16());
    let last = text.len().checked_sub(needle.len())?.min(from);
    (0..=last)
        .rev()
        .find(|&at| text.get(at..at + needle.len()) == Some(&needle[..]))
}

/// All of `text` with each `old` replaced by `new`.
pub(super) fn replace(text: &JavaString, old: &JavaString, new: &JavaString) -> JavaString {
    if let (Some(text), Some(old), Some(new)) = (text.as_ascii(), old.as_ascii(), new.as_ascii()) {
        return JavaString::from(text.replace(old, new));
    }
    let (units, old, new) = (text.to_utf16(), old.to_utf16(), new.to_utf16());
    let mut out = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        if !old.is_empty() && units.get(at..at + old.len()) == Some(&old[..]) {
            out.extend_from_slice(&new);
            at += old.len();
        } else {
            if old.is_empty() {
                out.extend_from_slice(&new);
            }
            out.extend(units.get(at));
            at += 1;
        }
    }
    if old.is_empty() {
        out.extend_from_slice(&new);
    }
    JavaString::from_utf16(&out)
}

/// The pieces between tokens, as `splitOnToken` gives them.
pub(super) fn split(text: &JavaString, token: &JavaString, limit: i32) -> Vec<JavaString> {
    if token.is_empty() || text.len() < token.len() {
        return vec![text.clone()];
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut left = limit;
    while left != 1 {
        let Some(found) = find(text, token, at) else {
            break;
        };
        pieces.extend(text.slice(at, found));
        at = found + token.len();
        left = left.wrapping_sub(1);
    }
    pieces.extend(text.slice(at, text.len()));
    pieces
}

/// The code point at a place, pairing surrogates.
pub(super) fn code_point(text: &JavaString, at: usize) -> Option<u32> {
    let high = text.unit(at)?;
    if (0xd800..0xdc00).contains(&high)
        && let Some(low @ 0xdc00..0xe000) = text.unit(at + 1)
    {
        let bits = (u32::from(high) - 0xd800) << 10 | (u32::from(low) - 0xdc00);
        return Some(bits + 0x1_0000);
    }
    Some(high.into())
}

/// A text mapped character by character; lone surrogates stay.
pub(super) fn map_case(text: &JavaString, map: impl Fn(&str) -> String) -> JavaString {
    if let Some(ascii) = text.as_ascii() {
        return JavaString::from(map(ascii));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut run = String::new();
    for unit in char::decode_utf16(text.units()) {
        match unit {
            Ok(c) => run.push(c),
            Err(lone) => {
                out.extend(map(&run).encode_utf16());
                run.clear();
                out.push(lone.unpaired_surrogate());
            }
        }
    }
    out.extend(map(&run).encode_utf16());
    JavaString::from_utf16(&out)
}
