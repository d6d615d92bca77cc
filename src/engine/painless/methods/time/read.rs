//! Reading dates and times.

use super::arithmetic::wrong;
use super::civil::{DAY, Reader, days_of, month_length};
use super::moment::{Moment, Zone, unparsed};
use crate::engine::painless::interpret::{Run, Vm};
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
