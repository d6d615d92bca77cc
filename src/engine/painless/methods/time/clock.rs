//! `LocalTime` and `OffsetDateTime`.

use super::arithmetic::{moment, order, wrong, zone_of};
use super::civil::{DAY, Reader};
use super::moment::{Moment, Zone, unparsed};
use super::read::date;
use super::rows::TO_EPOCH_SECOND;
use super::scan::{Wanted, parse};
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::painless::methods::Row;
use crate::engine::painless::methods::arguments::{int, long, sequence};
use crate::engine::value::Value;

/// A part of a clock's time, if it is below its limit.
pub(super) fn part_of(name: &str, n: i64, limit: i64) -> Run<i64> {
    if (0..limit).contains(&n) {
        return Ok(n);
    }
    wrong(format!(
        "Invalid value for {name} (valid values 0 - {}): {n}",
        limit - 1
    ))
}

/// A time from hour, minute, second and nanoseconds, beginning with an argument.
pub(super) fn time_of(a: &[Value], first: usize, count: usize) -> Run<(i64, u32)> {
    let limits = [
        ("HourOfDay", 24),
        ("MinuteOfHour", 60),
        ("SecondOfMinute", 60),
        ("NanoOfSecond", 1_000_000_000),
    ];
    let mut parts = [0_i64; 4];
    for (index, (part, (name, limit))) in parts.iter_mut().zip(limits).enumerate().take(count) {
        *part = part_of(name, int(a, first + index).into(), limit)?;
    }
    let [hour, minute, second, nanos] = parts;
    let second = hour * 3_600 + minute * 60 + second;
    Ok((second, u32::try_from(nanos).unwrap_or_default()))
}

fn local_time(a: &[Value], count: usize) -> Run<Value> {
    let (second, nanos) = time_of(a, 0, count)?;
    Ok(Moment::Time(second, nanos).value())
}

fn parse_time(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    let mut reader = Reader::new(&text);
    match reader.time() {
        Some((second, nanos)) if reader.rest().is_empty() => {
            Ok(Moment::Time(second, nanos).value())
        }
        _ => unparsed(&text, reader.at),
    }
}

fn of_day(units: i64, per_second: i64) -> Run<Value> {
    let name = if per_second == 1 {
        "SecondOfDay"
    } else {
        "NanoOfDay"
    };
    let units = part_of(name, units, DAY * per_second)?;
    let nanos = units % per_second * (1_000_000_000 / per_second);
    let nanos = u32::try_from(nanos).unwrap_or_default();
    Ok(Moment::Time(units / per_second, nanos).value())
}

fn constant(second: i64, nanos: u32) -> Run<Value> {
    Ok(Moment::Time(second, nanos).value())
}

/// What `LocalTime` has beyond what clocks have in common.
pub(super) const TIME: &[Row] = &[
    ("const LocalTime MIDNIGHT", |_, _| constant(0, 0)),
    ("const LocalTime MIN", |_, _| constant(0, 0)),
    ("const LocalTime NOON", |_, _| constant(DAY / 2, 0)),
    ("const LocalTime MAX", |_, _| constant(DAY - 1, 999_999_999)),
    ("static LocalTime of(int,int)", |_, a| local_time(a, 2)),
    ("static LocalTime of(int,int,int)", |_, a| local_time(a, 3)),
    ("static LocalTime of(int,int,int,int)", |_, a| {
        local_time(a, 4)
    }),
    ("static LocalTime ofSecondOfDay(long)", |_, a| {
        of_day(long(a, 0), 1)
    }),
    ("static LocalTime ofNanoOfDay(long)", |_, a| {
        of_day(long(a, 0), 1_000_000_000)
    }),
    ("static LocalTime parse(CharSequence)", parse_time),
    (
        "static LocalTime parse(CharSequence,DateTimeFormatter)",
        |vm, a| parse(vm, a, Wanted::Time),
    ),
    ("LocalDateTime atDate(LocalDate)", |_, a| {
        let (second, nanos) = moment(a, 0)?.local();
        let (date, _) = moment(a, 1)?.local();
        Ok(Moment::DateTime(date + second, nanos).value())
    }),
    ("int toSecondOfDay()", |_, a| {
        Ok(super::arithmetic::whole(moment(a, 0)?.local().0))
    }),
    ("long toNanoOfDay()", |_, a| {
        let (second, nanos) = moment(a, 0)?.local();
        Ok(Value::Long(second * 1_000_000_000 + i64::from(nanos)))
    }),
];

fn parse_offset(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let zoned = super::read::parse_zoned(vm, a)?;
    let (local, nanos) = Moment::of(&zoned)?.local();
    let (instant, _) = Moment::of(&zoned)?.instant();
    Ok(Moment::Offset(local, nanos, local - instant).value())
}

/// The instant of a moment at an offset.
fn at_offset(moment: &Moment, offset: i64) -> Value {
    let (seconds, nanos) = moment.instant();
    Moment::Offset(seconds + offset, nanos, offset).value()
}

fn offset_of(a: &[Value], index: usize) -> Run<i64> {
    Ok(zone_of(a, index)?.offset_at(moment(a, 0)?.instant().0))
}

/// What `OffsetDateTime` has beyond what clocks have in common.
pub(super) const OFFSET: &[Row] = &[
    ("static OffsetDateTime parse(CharSequence)", parse_offset),
    (
        "static OffsetDateTime parse(CharSequence,DateTimeFormatter)",
        |vm, a| parse(vm, a, Wanted::Offset),
    ),
    ("static OffsetDateTime ofInstant(Instant,ZoneId)", |_, a| {
        Ok(at_offset(moment(a, 0)?, offset_of(a, 1)?))
    }),
    (
        "static OffsetDateTime of(LocalDateTime,ZoneOffset)",
        |_, a| {
            let (local, nanos) = moment(a, 0)?.local();
            Ok(Moment::Offset(local, nanos, offset_of(a, 1)?).value())
        },
    ),
    (
        "static OffsetDateTime of(LocalDate,LocalTime,ZoneOffset)",
        |_, a| {
            let ((date, _), (second, nanos)) = (moment(a, 0)?.local(), moment(a, 1)?.local());
            Ok(Moment::Offset(date + second, nanos, offset_of(a, 2)?).value())
        },
    ),
    (
        "static OffsetDateTime of(int,int,int,int,int,int,int,ZoneOffset)",
        |_, a| {
            let days = date(a)?;
            let (second, nanos) = time_of(a, 3, 4)?;
            let offset = zone_of(a, 7)?.offset_at(0);
            Ok(Moment::Offset(days * DAY + second, nanos, offset).value())
        },
    ),
    ("ZoneOffset getOffset()", |_, a| {
        Ok(Moment::Zone(Zone::Offset(own_offset(a)?)).value())
    }),
    ("boolean isEqual(OffsetDateTime)", |_, a| {
        Ok(Value::Bool(order(a)?.is_eq()))
    }),
    ("long toEpochSecond()", TO_EPOCH_SECOND),
    ("Instant toInstant()", |_, a| {
        let (seconds, nanos) = moment(a, 0)?.instant();
        Ok(Moment::Instant(seconds, nanos).value())
    }),
    ("LocalDateTime toLocalDateTime()", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(Moment::DateTime(local, nanos).value())
    }),
    ("ZonedDateTime toZonedDateTime()", |_, a| {
        let zone = Zone::Offset(own_offset(a)?);
        Ok(Moment::in_zone(moment(a, 0)?.instant(), &zone).value())
    }),
    ("ZonedDateTime atZoneSameInstant(ZoneId)", |_, a| {
        Ok(Moment::in_zone(moment(a, 0)?.instant(), &zone_of(a, 1)?).value())
    }),
    (
        "OffsetDateTime withOffsetSameInstant(ZoneOffset)",
        |_, a| Ok(at_offset(moment(a, 0)?, offset_of(a, 1)?)),
    ),
    ("OffsetDateTime withOffsetSameLocal(ZoneOffset)", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(Moment::Offset(local, nanos, offset_of(a, 1)?).value())
    }),
];

/// The offset that a moment has by itself.
pub(super) fn own_offset(a: &[Value]) -> Run<i64> {
    let own = moment(a, 0)?;
    Ok(own.local().0 - own.instant().0)
}
