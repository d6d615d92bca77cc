//! `Duration`, `ZoneId`, `ChronoUnit`, `DayOfWeek`, `Month`, `DateTimeFormatter`.

use super::arithmetic::{between, instant_of, millis, moment, shift, whole, zone_of};
use super::civil::DAY;
use super::moment::{Moment, Zone};
use super::print::format;
use super::rows::TO_EPOCH_SECOND;
use crate::engine::painless::interpret::{Run, throw};
use crate::engine::painless::methods::arguments::{long, sequence};
use crate::engine::painless::methods::{Native, Row};
use crate::engine::value::Value;

fn duration(seconds: i64) -> Run<Value> {
    Ok(Moment::Duration(seconds, 0).value())
}

pub(super) const DURATION: &[Row] = &[
    ("const Duration ZERO", |_, _| duration(0)),
    ("static Duration between(Temporal,Temporal)", |_, a| {
        let (start, end) = (moment(a, 0)?, moment(a, 1)?.instant());
        let (seconds, nanos) = start.instant();
        let zero = Moment::Duration(end.0, end.1);
        shift(&zero, seconds.saturating_neg(), -i64::from(nanos))
    }),
    ("static Duration ofDays(long)", |_, a| {
        duration(long(a, 0).saturating_mul(DAY))
    }),
    ("static Duration ofHours(long)", |_, a| {
        duration(long(a, 0).saturating_mul(3_600))
    }),
    ("static Duration ofMinutes(long)", |_, a| {
        duration(long(a, 0).saturating_mul(60))
    }),
    ("static Duration ofSeconds(long)", |_, a| {
        duration(long(a, 0))
    }),
    ("static Duration ofMillis(long)", |_, a| {
        let (seconds, nanos) = instant_of(long(a, 0)).instant();
        Ok(Moment::Duration(seconds, nanos).value())
    }),
    ("long getSeconds()", TO_EPOCH_SECOND),
    ("int getNano()", |_, a| {
        Ok(whole(moment(a, 0)?.instant().1.into()))
    }),
    ("boolean isNegative()", |_, a| {
        Ok(Value::Bool(moment(a, 0)?.instant().0 < 0))
    }),
    ("boolean isZero()", |_, a| {
        Ok(Value::Bool(moment(a, 0)?.instant() == (0, 0)))
    }),
    ("long toDays()", |_, a| {
        Ok(Value::Long(moment(a, 0)?.instant().0 / DAY))
    }),
    ("long toHours()", |_, a| {
        Ok(Value::Long(moment(a, 0)?.instant().0 / 3_600))
    }),
    ("long toMinutes()", |_, a| {
        Ok(Value::Long(moment(a, 0)?.instant().0 / 60))
    }),
    ("long toMillis()", |_, a| {
        Ok(Value::Long(millis(moment(a, 0)?)))
    }),
];

pub(super) const ZONE: &[Row] = &[
    ("static ZoneId of(String)", |vm, a| {
        let name = sequence(vm, a, 0)?.to_string();
        match Zone::named(&name) {
            Some(zone) => Ok(Moment::Zone(zone).value()),
            None => throw(
                "java.time.zone.ZoneRulesException",
                format!("Unknown time-zone ID: {name}"),
            ),
        }
    }),
    ("String getId()", |_, a| Ok(Value::str(zone_of(a, 0)?.id()))),
];

fn unit(name: &'static str, seconds: i64) -> Run<Value> {
    Ok(Moment::Unit(name, seconds).value())
}

pub(super) const UNIT: &[Row] = &[
    ("const ChronoUnit NANOS", |_, _| unit("NANOS", 0)),
    ("const ChronoUnit MICROS", |_, _| unit("MICROS", 0)),
    ("const ChronoUnit MILLIS", |_, _| unit("MILLIS", 0)),
    ("const ChronoUnit SECONDS", |_, _| unit("SECONDS", 1)),
    ("const ChronoUnit MINUTES", |_, _| unit("MINUTES", 60)),
    ("const ChronoUnit HOURS", |_, _| unit("HOURS", 3_600)),
    ("const ChronoUnit HALF_DAYS", |_, _| {
        unit("HALF_DAYS", 43_200)
    }),
    ("const ChronoUnit DAYS", |_, _| unit("DAYS", DAY)),
    ("const ChronoUnit WEEKS", |_, _| unit("WEEKS", 7 * DAY)),
    ("const ChronoUnit MONTHS", |_, _| unit("MONTHS", 0)),
    ("const ChronoUnit YEARS", |_, _| unit("YEARS", 0)),
    ("const ChronoUnit DECADES", |_, _| unit("DECADES", 0)),
    ("long between(Temporal,Temporal)", |_, a| {
        between(moment(a, 0)?, moment(a, 1)?, moment(a, 2)?).map(Value::Long)
    }),
];

fn turn(a: &[Value], sign: i64) -> Run<Value> {
    let by = long(a, 1).saturating_mul(sign);
    Ok(match moment(a, 0)? {
        Moment::Weekday(n) => Moment::Weekday((n - 1 + by.rem_euclid(7)).rem_euclid(7) + 1),
        Moment::Month(n) => Moment::Month((n - 1 + by.rem_euclid(12)).rem_euclid(12) + 1),
        other => other.clone(),
    }
    .value())
}

const GET_VALUE: Native = |_, a| Ok(whole(moment(a, 0)?.instant().0));

pub(super) const WEEKDAY: &[Row] = &[
    ("const DayOfWeek MONDAY", |_, _| {
        Ok(Moment::Weekday(1).value())
    }),
    ("const DayOfWeek TUESDAY", |_, _| {
        Ok(Moment::Weekday(2).value())
    }),
    ("const DayOfWeek WEDNESDAY", |_, _| {
        Ok(Moment::Weekday(3).value())
    }),
    ("const DayOfWeek THURSDAY", |_, _| {
        Ok(Moment::Weekday(4).value())
    }),
    ("const DayOfWeek FRIDAY", |_, _| {
        Ok(Moment::Weekday(5).value())
    }),
    ("const DayOfWeek SATURDAY", |_, _| {
        Ok(Moment::Weekday(6).value())
    }),
    ("const DayOfWeek SUNDAY", |_, _| {
        Ok(Moment::Weekday(7).value())
    }),
    ("int getValue()", GET_VALUE),
    ("DayOfWeek plus(long)", |_, a| turn(a, 1)),
    ("DayOfWeek minus(long)", |_, a| turn(a, -1)),
];

pub(super) const MONTH: &[Row] = &[
    ("int getValue()", GET_VALUE),
    ("Month plus(long)", |_, a| turn(a, 1)),
    ("Month minus(long)", |_, a| turn(a, -1)),
];

fn pattern(text: &str) -> Run<Value> {
    Ok(Moment::Format(text.to_owned()).value())
}

pub(super) const FORMATTER: &[Row] = &[
    ("static DateTimeFormatter ofPattern(String)", |vm, a| {
        let text = sequence(vm, a, 0)?.to_string();
        pattern(&text)
    }),
    (
        "static DateTimeFormatter ofPattern(String,Locale)",
        |vm, a| {
            let text = sequence(vm, a, 0)?.to_string();
            pattern(&text)
        },
    ),
    ("const DateTimeFormatter ISO_LOCAL_DATE", |_, _| {
        pattern("yyyy-MM-dd")
    }),
    ("const DateTimeFormatter BASIC_ISO_DATE", |_, _| {
        pattern("yyyyMMdd")
    }),
    ("String format(TemporalAccessor)", |vm, a| {
        format(vm, moment(a, 1)?, moment(a, 0)?)
    }),
];
