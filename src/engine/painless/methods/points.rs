//! Code points and characters of strings.

use super::arguments::{at, int, text};
use super::search::code_point;
use super::text::{beyond_text, substring};
use crate::engine::painless::interpret::{Run, null_pointer, throw, throw_bare};
use crate::engine::value::{JavaString, Value};

/// The code point that ends right before a place.
pub(super) fn code_point_before(text: &JavaString, index: i32) -> Run<Value> {
    let last = index.wrapping_sub(1);
    let pair = usize::try_from(last).ok().and_then(|last| {
        let point = code_point(text, last.checked_sub(1)?)?;
        (point > 0xffff && last < text.len()).then_some(point)
    });
    match pair {
        Some(point) => Ok(Value::Int(point.cast_signed())),
        None => code_point_at(text, last),
    }
}

pub(super) fn code_point_at(text: &JavaString, index: i32) -> Run<Value> {
    match usize::try_from(index)
        .ok()
        .and_then(|index| code_point(text, index))
    {
        Some(point) => Ok(Value::Int(point.cast_signed())),
        None => beyond_text(format!("index {index}, length {}", text.len())),
    }
}

/// `getChars(begin, end, target, start)`.
pub(super) fn get_chars(text: &JavaString, a: &[Value]) -> Run<Value> {
    let part = substring(text, int(a, 1), int(a, 2))?;
    let Value::Array(target) = at(a, 3) else {
        return null_pointer("an array is null");
    };
    let start = usize::try_from(int(a, 4)).ok();
    let mut items = target.borrow_mut();
    let places = start.and_then(|start| items.get_mut(start..start.checked_add(part.len())?));
    let Some(places) = places else {
        return throw(
            "java.lang.ArrayIndexOutOfBoundsException",
            format!(
                "offset {}, count {}, length {}",
                int(a, 4),
                part.len(),
                target.len()
            ),
        );
    };
    for (place, unit) in places.iter_mut().zip(part.units()) {
        *place = Value::Char(unit);
    }
    Ok(Value::Null)
}

pub(super) fn offset_by_code_points(a: &[Value]) -> Run<Value> {
    let whole = text(a, 0)?;
    let (mut index, mut left) = (int(a, 1), int(a, 2));
    let pair = |at: i32| {
        let at = usize::try_from(at).ok()?;
        code_point(whole, at).map(|point| i32::from(point > 0xffff) + 1)
    };
    while left > 0 {
        let Some(width) = pair(index) else {
            return throw_bare("java.lang.IndexOutOfBoundsException");
        };
        index += width;
        left -= 1;
    }
    while left < 0 {
        let wide = index >= 2 && pair(index - 2) == Some(2);
        index -= if wide { 2 } else { 1 };
        if index < 0 {
            return throw_bare("java.lang.IndexOutOfBoundsException");
        }
        left += 1;
    }
    Ok(Value::Int(index))
}
