//! Reading dates and times.

use super::arithmetic::wrong;
use super::civil::{DAY, Reader, days_of, month_length};
use super::moment::{Moment, Zone, unparsed};
use crate::engine::painless::interpret::{Run, Vm, throw};
use crate::engine::painless::methods::arguments::{int, sequence};
use crate::engine::value::Value;

pub(super) fn parse_zoned(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    let mut reader = Reader::new(&text);
    let local = reader
        .date()
        .filter(|_| reader.accept('T'))
        .and_then(|days| {
            let (second, nanos) = reader.time()?;
            Some((days * DAY + second, nanos))
        });
    let Some((local, nanos)) = local else {
        return unparsed(&text, reader.at);
    };
    let Some(offset) = reader.offset() else {
        return unparsed(&text, reader.at);
    };
    let zone = match reader
        .rest()
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(name) => match Zone::named(name) {
            Some(zone) => zone,
            None => return unparsed(&text, reader.at + 1),
        },
        None if reader.rest().is_empty() => Zone::Offset(offset),
        None => return unparsed(&text, reader.at),
    };
    Ok(Moment::in_zone((local - offset, nanos), &zone).value())
}

pub(super) fn parse_instant(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    match parse_zoned(vm, a)? {
        Value::Object(object) => {
            let instant = object.downcast::<Moment>().map(Moment::instant);
            let (seconds, nanos) = instant.unwrap_or_default();
            Ok(Moment::Instant(seconds, nanos).value())
        }
        other => Ok(other),
    }
}

pub(super) fn parse_local(vm: &mut Vm<'_>, a: &[Value], time: bool) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    let mut reader = Reader::new(&text);
    let Some(days) = reader.date() else {
        return unparsed(&text, reader.at);
    };
    let made = if time {
        let read = reader.accept('T').then(|| reader.time()).flatten();
        read.map(|(second, nanos)| Moment::DateTime(days * DAY + second, nanos))
    } else {
        Some(Moment::Date(days))
    };
    match made {
        Some(made) if reader.rest().is_empty() => Ok(made.value()),
        _ => unparsed(&text, reader.at),
    }
}

pub(super) fn date(a: &[Value]) -> Run<i64> {
    let (year, month, day) = (
        i64::from(int(a, 0)),
        i64::from(int(a, 1)),
        i64::from(int(a, 2)),
    );
    if !(1..=12).contains(&month) {
        return wrong(format!(
            "Invalid value for MonthOfYear (valid values 1 - 12): {month}"
        ));
    }
    if !(1..=month_length(year, month)).contains(&day) {
        return wrong(format!("Invalid date '{year}-{month}-{day}'"));
    }
    Ok(days_of(year, month, day))
}

/// `Duration.parse`: `PT1H30M`, `P2DT3.5S`.
pub(super) fn parse_duration(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    match duration(&text.to_uppercase()) {
        Some((seconds, nanos)) => Ok(Moment::Duration(seconds, nanos).value()),
        None => throw(
            "java.time.format.DateTimeParseException",
            "Text cannot be parsed to a Duration",
        ),
    }
}

fn duration(text: &str) -> Option<(i64, u32)> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let body = body.strip_prefix('P')?;
    let (days, times) = body.split_once('T').unwrap_or((body, ""));
    if body.is_empty() || body.ends_with('T') {
        return None;
    }
    let mut nanos = 0_i128;
    if !days.is_empty() {
        let days = days.strip_suffix('D')?.parse::<i64>().ok()?;
        nanos += i128::from(days) * 86_400_000_000_000;
    }
    let mut rest = times;
    for (unit, size) in [('H', 3_600_i128), ('M', 60), ('S', 1)] {
        if let Some((number, more)) = rest.split_once(unit) {
            nanos += fraction(number)? * size;
            rest = more;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let nanos = if negative { -nanos } else { nanos };
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    Some((
        seconds,
        u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?,
    ))
}

/// A number with up to nine digits behind the point, in billionths.
fn fraction(number: &str) -> Option<i128> {
    let (whole, digits) = number.split_once('.').unwrap_or((number, ""));
    if digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let behind = format!("{digits:0<9}").parse::<i128>().ok()?;
    let ahead = i128::from(whole.parse::<i64>().ok()?) * 1_000_000_000;
    Some(if whole.starts_with('-') {
        ahead - behind
    } else {
        ahead + behind
    })
}
