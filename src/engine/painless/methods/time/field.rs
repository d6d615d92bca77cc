//! `ChronoField`, `TextStyle`, `TemporalAdjusters`.

use super::arithmetic::{moment, part, with, wrong};
use super::civil::{DAY, days_of, month_length};
use super::moment::Moment;
use crate::engine::painless::interpret::{Function, Run, throw};
use crate::engine::painless::methods::Row;
use crate::engine::painless::methods::arguments::at;
use crate::engine::value::Value;

/// Constants of an enum whose objects only carry their name.
macro_rules! constants {
    ($class:literal $variant:ident $($name:literal)*) => {
        &[$((concat!("const ", $class, " ", $name), |_, _| Ok(Moment::$variant($name).value()))),*]
    };
}

pub(super) const FIELDS: &[Row] = constants!("ChronoField" Field
    "NANO_OF_SECOND" "NANO_OF_DAY" "MICRO_OF_SECOND" "MICRO_OF_DAY" "MILLI_OF_SECOND"
    "MILLI_OF_DAY" "SECOND_OF_MINUTE" "SECOND_OF_DAY" "MINUTE_OF_HOUR" "MINUTE_OF_DAY"
    "HOUR_OF_AMPM" "CLOCK_HOUR_OF_AMPM" "HOUR_OF_DAY" "CLOCK_HOUR_OF_DAY" "AMPM_OF_DAY"
    "DAY_OF_WEEK" "ALIGNED_DAY_OF_WEEK_IN_MONTH" "ALIGNED_DAY_OF_WEEK_IN_YEAR" "DAY_OF_MONTH"
    "DAY_OF_YEAR" "EPOCH_DAY" "ALIGNED_WEEK_OF_MONTH" "ALIGNED_WEEK_OF_YEAR" "MONTH_OF_YEAR"
    "PROLEPTIC_MONTH" "YEAR_OF_ERA" "YEAR" "ERA" "INSTANT_SECONDS" "OFFSET_SECONDS");

pub(super) const STYLES: &[Row] = constants!("TextStyle" Style
    "FULL" "FULL_STANDALONE" "SHORT" "SHORT_STANDALONE" "NARROW" "NARROW_STANDALONE");

/// The value of a field of a moment.
fn value_of(own: &Moment, field: &str) -> Run<i64> {
    let (local, nanos) = own.local();
    let (second, nanos) = (local.rem_euclid(DAY), i64::from(nanos));
    let hour = second / 3_600;
    let (of_date, of_time) = match own {
        Moment::Date(_) => (true, false),
        Moment::Time(..) => (false, true),
        Moment::DateTime(..) | Moment::Zoned(..) | Moment::Offset(..) => (true, true),
        Moment::Weekday(n) if field == "DAY_OF_WEEK" => return Ok(*n),
        Moment::Month(n) if field == "MONTH_OF_YEAR" => return Ok(*n),
        Moment::Year(n) if field == "YEAR" => return Ok(*n),
        Moment::YearMonth(n) if field == "YEAR" => return Ok(n.div_euclid(12)),
        Moment::YearMonth(n) if field == "MONTH_OF_YEAR" => return Ok(n.rem_euclid(12) + 1),
        _ => (false, false),
    };
    let instant = matches!(own, Moment::Instant(..));
    let date = |n: i64| of_date.then_some(n);
    let time = |n: i64| of_time.then_some(n);
    let found = match field {
        "NANO_OF_SECOND" if instant => Some(nanos),
        "MICRO_OF_SECOND" if instant => Some(nanos / 1_000),
        "MILLI_OF_SECOND" if instant => Some(nanos / 1_000_000),
        "NANO_OF_SECOND" => time(nanos),
        "MICRO_OF_SECOND" => time(nanos / 1_000),
        "MILLI_OF_SECOND" => time(nanos / 1_000_000),
        "NANO_OF_DAY" => time(second * 1_000_000_000 + nanos),
        "MICRO_OF_DAY" => time(second * 1_000_000 + nanos / 1_000),
        "MILLI_OF_DAY" => time(second * 1_000 + nanos / 1_000_000),
        "SECOND_OF_MINUTE" => time(second % 60),
        "SECOND_OF_DAY" => time(second),
        "MINUTE_OF_HOUR" => time(second / 60 % 60),
        "MINUTE_OF_DAY" => time(second / 60),
        "HOUR_OF_AMPM" => time(hour % 12),
        "CLOCK_HOUR_OF_AMPM" => time((hour + 11) % 12 + 1),
        "HOUR_OF_DAY" => time(hour),
        "CLOCK_HOUR_OF_DAY" => time((hour + 23) % 24 + 1),
        "AMPM_OF_DAY" => time(hour / 12),
        "DAY_OF_WEEK" => date(part(own, 'e')),
        "DAY_OF_MONTH" => date(part(own, 'd')),
        "DAY_OF_YEAR" => date(part(own, 'D')),
        "EPOCH_DAY" => date(local.div_euclid(DAY)),
        "ALIGNED_WEEK_OF_MONTH" => date((part(own, 'd') - 1) / 7 + 1),
        "ALIGNED_WEEK_OF_YEAR" => date((part(own, 'D') - 1) / 7 + 1),
        "MONTH_OF_YEAR" => date(part(own, 'M')),
        "PROLEPTIC_MONTH" => date(part(own, 'y') * 12 + part(own, 'M') - 1),
        "YEAR" | "YEAR_OF_ERA" => date(part(own, 'y')),
        "ERA" => date(1),
        "INSTANT_SECONDS" if instant || matches!(own, Moment::Zoned(..) | Moment::Offset(..)) => {
            Some(own.instant().0)
        }
        "OFFSET_SECONDS" if matches!(own, Moment::Zoned(..) | Moment::Offset(..)) => {
            Some(local - own.instant().0)
        }
        _ => None,
    };
    match found {
        Some(n) => Ok(n),
        None => throw(
            "java.time.temporal.UnsupportedTemporalTypeException",
            format!("Unsupported field: {}", shown(field)),
        ),
    }
}

/// `HOUR_OF_DAY` as `HourOfDay`.
pub(super) fn shown(field: &str) -> String {
    field
        .split('_')
        .map(|word| super::print::name_of(word, false))
        .collect()
}

fn field_of(a: &[Value]) -> Run<&'static str> {
    match moment(a, 1)? {
        Moment::Field(name) => Ok(name),
        _ => wrong("a field is needed"),
    }
}

/// Methods of all moments.
pub(super) const ACCESSOR: &[Row] = &[
    ("int get(TemporalField)", |_, a| {
        let field = field_of(a)?;
        let n = value_of(moment(a, 0)?, field)?;
        match i32::try_from(n) {
            Ok(n) => Ok(Value::Int(n)),
            Err(_) => throw(
                "java.time.temporal.UnsupportedTemporalTypeException",
                format!(
                    "Invalid field '{}' for get() method, use getLong() instead",
                    shown(field)
                ),
            ),
        }
    }),
    ("long getLong(TemporalField)", |_, a| {
        value_of(moment(a, 0)?, field_of(a)?).map(Value::Long)
    }),
    ("boolean isSupported(TemporalField)", |_, a| {
        match moment(a, 1)? {
            Moment::Field(name) => Ok(Value::Bool(value_of(moment(a, 0)?, name).is_ok())),
            Moment::Unit(..) => Ok(Value::Bool(true)),
            _ => Ok(Value::Bool(false)),
        }
    }),
];

/// `with(field, value)`.
pub(super) fn with_field(a: &[Value]) -> Run<Value> {
    let which = match field_of(a)? {
        "YEAR" | "YEAR_OF_ERA" => 'y',
        "MONTH_OF_YEAR" => 'M',
        "DAY_OF_MONTH" => 'd',
        "DAY_OF_YEAR" => 'D',
        "HOUR_OF_DAY" => 'H',
        "MINUTE_OF_HOUR" => 'm',
        "SECOND_OF_MINUTE" => 's',
        "NANO_OF_SECOND" => 'n',
        other => {
            return throw(
                "java.time.temporal.UnsupportedTemporalTypeException",
                format!("Unsupported field: {}", shown(other)),
            );
        }
    };
    let n = crate::engine::painless::methods::arguments::long(a, 2);
    let n = Value::Int(i32::try_from(n).unwrap_or(i32::MAX));
    with(&[at(a, 0).clone(), n], which)
}

/// An adjuster: what it does with the day of a date.
fn adjuster(change: fn(i64, i64, i64) -> i64) -> Run<Value> {
    Ok(Function::value(move |_, a| {
        let own = moment(a, 0)?;
        let (local, nanos) = own.local();
        let days = change(part(own, 'y'), part(own, 'M'), part(own, 'd'));
        let second = local.rem_euclid(DAY);
        Ok(own.at_local(days * DAY + second, nanos).value())
    }))
}

/// An adjuster to a day of the week: how far, in days, from where a week may begin.
fn weekday(a: &[Value], change: fn(i64, i64) -> i64) -> Run<Value> {
    let Moment::Weekday(wanted) = *moment(a, 0)? else {
        return wrong("a day of the week is needed");
    };
    Ok(Function::value(move |_, a| {
        let own = moment(a, 0)?;
        super::arithmetic::shift_days(own, change(part(own, 'e'), wanted))
    }))
}

pub(super) const ADJUSTERS: &[Row] = &[
    ("static TemporalAdjuster firstDayOfMonth()", |_, _| {
        adjuster(|year, month, _| days_of(year, month, 1))
    }),
    ("static TemporalAdjuster lastDayOfMonth()", |_, _| {
        adjuster(|year, month, _| days_of(year, month, month_length(year, month)))
    }),
    ("static TemporalAdjuster firstDayOfNextMonth()", |_, _| {
        adjuster(|year, month, _| days_of(year, month, month_length(year, month)) + 1)
    }),
    ("static TemporalAdjuster firstDayOfYear()", |_, _| {
        adjuster(|year, _, _| days_of(year, 1, 1))
    }),
    ("static TemporalAdjuster lastDayOfYear()", |_, _| {
        adjuster(|year, _, _| days_of(year, 12, 31))
    }),
    ("static TemporalAdjuster firstDayOfNextYear()", |_, _| {
        adjuster(|year, _, _| days_of(year + 1, 1, 1))
    }),
    ("static TemporalAdjuster next(DayOfWeek)", |_, a| {
        weekday(a, |from, to| (to - from + 6).rem_euclid(7) + 1)
    }),
    ("static TemporalAdjuster nextOrSame(DayOfWeek)", |_, a| {
        weekday(a, |from, to| (to - from).rem_euclid(7))
    }),
    ("static TemporalAdjuster previous(DayOfWeek)", |_, a| {
        weekday(a, |from, to| -((from - to + 6).rem_euclid(7) + 1))
    }),
    (
        "static TemporalAdjuster previousOrSame(DayOfWeek)",
        |_, a| weekday(a, |from, to| -(from - to).rem_euclid(7)),
    ),
];
