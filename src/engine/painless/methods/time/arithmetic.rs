//! Reckoning with dates and times.

use super::civil::{DAY, date_of, days_of, month_length, plus_months};
use super::moment::{Moment, Zone};
use crate::engine::painless::interpret::{Run, throw};
use crate::engine::painless::methods::arguments::{at, int, long};
use crate::engine::value::Value;

pub(super) fn moment(a: &[Value], index: usize) -> Run<&Moment> {
    Moment::of(at(a, index))
}

pub(super) fn whole(n: i64) -> Value {
    Value::Int(i32::try_from(n).unwrap_or_default())
}

pub(super) fn wrong<T>(reason: impl Into<String>) -> Run<T> {
    throw("java.time.DateTimeException", reason.into())
}

/// Shifts by seconds and nanoseconds on the line of time; dates by days.
pub(super) fn shift(moment: &Moment, seconds: i64, nanos: i64) -> Run<Value> {
    let (start, fraction) = match moment {
        Moment::Zoned(..) => moment.instant(),
        other => other.local(),
    };
    let total = i64::from(fraction) + nanos;
    let moved = start
        .checked_add(seconds)
        .and_then(|sum| sum.checked_add(total.div_euclid(1_000_000_000)));
    let rest = u32::try_from(total.rem_euclid(1_000_000_000)).unwrap_or_default();
    let Some(moved) = moved.filter(|moved| moved.abs() < 31_556_889_864_403_199) else {
        return wrong("Instant exceeds minimum or maximum instant");
    };
    Ok(match moment {
        Moment::Zoned(_, _, _, zone) => Moment::in_zone((moved, rest), zone).value(),
        other => other.at_local(moved, rest).value(),
    })
}

pub(super) fn shift_months(moment: &Moment, months: i64) -> Run<Value> {
    let (local, nanos) = moment.local();
    if months.unsigned_abs() > 12_000_000 {
        return wrong("Invalid value for Year");
    }
    let days = plus_months(local.div_euclid(DAY), months);
    shift_days(&moment.at_local(local.rem_euclid(DAY), nanos), days)
}

pub(super) fn shift_days(moment: &Moment, days: i64) -> Run<Value> {
    let (local, nanos) = moment.local();
    let seconds = days
        .checked_mul(DAY)
        .and_then(|seconds| local.checked_add(seconds));
    match seconds.filter(|local| local.abs() < 31_556_889_864_403_199) {
        Some(local) => Ok(moment.at_local(local, nanos).value()),
        None => wrong("Invalid value for EpochDay"),
    }
}

/// How many months a unit has, if it is made of months.
pub(super) fn months_of(unit: &str) -> Option<i64> {
    match unit {
        "MONTHS" => Some(1),
        "YEARS" => Some(12),
        "DECADES" => Some(120),
        "CENTURIES" => Some(1_200),
        "MILLENNIA" => Some(12_000),
        _ => None,
    }
}

/// Moves by an amount of a unit.
pub(super) fn plus_unit(moment: &Moment, amount: i64, unit: &Moment) -> Run<Value> {
    let Moment::Unit(name, seconds) = unit else {
        return wrong("a unit of time is needed");
    };
    match *name {
        "NANOS" => shift(
            moment,
            amount.div_euclid(1_000_000_000),
            amount.rem_euclid(1_000_000_000),
        ),
        "MICROS" => shift(
            moment,
            amount.div_euclid(1_000_000),
            amount.rem_euclid(1_000_000) * 1_000,
        ),
        "MILLIS" => shift(
            moment,
            amount.div_euclid(1_000),
            amount.rem_euclid(1_000) * 1_000_000,
        ),
        "DAYS" => shift_days(moment, amount),
        "WEEKS" => shift_days(moment, amount.saturating_mul(7)),
        name => match months_of(name) {
            Some(months) => shift_months(moment, amount.saturating_mul(months)),
            None => shift(moment, amount.saturating_mul(*seconds), 0),
        },
    }
}

pub(super) fn plus(a: &[Value], sign: i64) -> Run<Value> {
    let own = moment(a, 0)?;
    if a.len() > 2 {
        return plus_unit(own, long(a, 1).saturating_mul(sign), moment(a, 2)?);
    }
    if let Moment::Period(years, months, days) = moment(a, 1)? {
        let months = years.saturating_mul(12).saturating_add(*months);
        let moved = shift_months(own, months.saturating_mul(sign))?;
        return shift_days(Moment::of(&moved)?, days.saturating_mul(sign));
    }
    let (seconds, nanos) = moment(a, 1)?.instant();
    shift(own, seconds.saturating_mul(sign), i64::from(nanos) * sign)
}

/// Whole units between two moments.
pub(super) fn between(unit: &Moment, from: &Moment, to: &Moment) -> Run<i64> {
    let Moment::Unit(name, seconds) = unit else {
        return wrong("a unit of time is needed");
    };
    let of_months = months_of(name);
    let calendar = matches!(*name, "DAYS" | "WEEKS") || of_months.is_some();
    let ((start, first), (end, last)) = if calendar {
        (from.local(), to.local())
    } else {
        (from.instant(), to.instant())
    };
    let nanos = (i128::from(end) - i128::from(start)) * 1_000_000_000 + i128::from(last)
        - i128::from(first);
    let count = match (*name, of_months) {
        ("NANOS", _) => nanos,
        ("MICROS", _) => nanos / 1_000,
        ("MILLIS", _) => nanos / 1_000_000,
        (_, Some(of_months)) => {
            let key = |local: i64, nanos: u32| {
                let (year, month, day) = date_of(local.div_euclid(DAY));
                (year * 12 + month, (day, local.rem_euclid(DAY), nanos))
            };
            let ((a, low), (b, high)) = (key(start, first), key(end, last));
            let mut months = b - a;
            if months > 0 && high < low {
                months -= 1;
            } else if months < 0 && high > low {
                months += 1;
            }
            i128::from(months / of_months)
        }
        _ => nanos / (i128::from(*seconds) * 1_000_000_000),
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) fn truncate(a: &[Value]) -> Run<Value> {
    let own = moment(a, 0)?;
    let Moment::Unit(name, seconds) = moment(a, 1)? else {
        return wrong("a unit of time is needed");
    };
    let (local, nanos) = own.local();
    let unit = i64::from(nanos);
    let (local, nanos) = match *name {
        "NANOS" => (local, unit),
        "MICROS" => (local, unit / 1_000 * 1_000),
        "MILLIS" => (local, unit / 1_000_000 * 1_000_000),
        _ if *seconds > 0 && *seconds <= DAY => (local - local.rem_euclid(*seconds), 0),
        _ => {
            return throw(
                "java.time.temporal.UnsupportedTemporalTypeException",
                "Unit is too large to be used for truncation",
            );
        }
    };
    Ok(own
        .at_local(local, u32::try_from(nanos).unwrap_or_default())
        .value())
}

/// Part of a moment: `y`ear, `M`onth, `d`ay, `H`our, `m`inute, `s`econd, `n`anos,
/// day of year `D`, weekday `e`.
pub(super) fn part(moment: &Moment, which: char) -> i64 {
    let (local, nanos) = moment.local();
    let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let (year, month, day) = date_of(days);
    match which {
        'y' => year,
        'M' => month,
        'd' => day,
        'H' => second / 3_600,
        'm' => second / 60 % 60,
        's' => second % 60,
        'n' => nanos.into(),
        'D' => days - days_of(year, 1, 1) + 1,
        _ => (days + 3).rem_euclid(7) + 1,
    }
}

pub(super) fn with(a: &[Value], which: char) -> Run<Value> {
    let own = moment(a, 0)?;
    let n = i64::from(int(a, 1));
    let (local, nanos) = own.local();
    let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let (year, month, day) = date_of(days);
    let range = match which {
        'M' => 1..=12,
        'd' => 1..=month_length(year, month),
        'H' => 0..=23,
        'm' | 's' => 0..=59,
        'n' => 0..=999_999_999,
        'D' => 1..=365 + i64::from(month_length(year, 2) == 29),
        _ => -999_999..=999_999,
    };
    if !range.contains(&n) {
        let name = match which {
            'y' => "Year",
            'M' => "MonthOfYear",
            'd' => "DayOfMonth",
            'D' => "DayOfYear",
            'H' => "HourOfDay",
            'm' => "MinuteOfHour",
            's' => "SecondOfMinute",
            _ => "NanoOfSecond",
        };
        return wrong(format!(
            "Invalid value for {name} (valid values {} - {}): {n}",
            range.start(),
            range.end()
        ));
    }
    let date = |year: i64, month: i64| days_of(year, month, day.min(month_length(year, month)));
    let days = match which {
        'y' => date(n, month),
        'M' => date(year, n),
        'd' => days_of(year, month, n),
        'D' => days_of(year, 1, 1) + n - 1,
        _ => days,
    };
    let second = match which {
        'H' => n * 3_600 + second % 3_600,
        'm' => second / 3_600 * 3_600 + n * 60 + second % 60,
        's' => second / 60 * 60 + n,
        _ => second,
    };
    let nanos = if which == 'n' {
        u32::try_from(n).unwrap_or_default()
    } else {
        nanos
    };
    Ok(own.at_local(days * DAY + second, nanos).value())
}

pub(super) fn order(a: &[Value]) -> Run<std::cmp::Ordering> {
    Ok(moment(a, 0)?.instant().cmp(&moment(a, 1)?.instant()))
}

pub(super) fn zone_of(a: &[Value], index: usize) -> Run<Zone> {
    match moment(a, index)? {
        Moment::Zone(zone) | Moment::Zoned(_, _, _, zone) => Ok(zone.clone()),
        _ => wrong("a zone is needed"),
    }
}

pub(super) fn millis(moment: &Moment) -> i64 {
    let (seconds, nanos) = moment.instant();
    seconds
        .saturating_mul(1_000)
        .saturating_add(i64::from(nanos / 1_000_000))
}

pub(super) fn instant_of(millis: i64) -> Moment {
    let nanos = u32::try_from(millis.rem_euclid(1_000) * 1_000_000).unwrap_or_default();
    Moment::Instant(millis.div_euclid(1_000), nanos)
}
