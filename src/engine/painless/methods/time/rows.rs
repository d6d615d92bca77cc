//! The methods of dates and times.

use super::arithmetic::{
    instant_of, millis, moment, order, part, plus, shift, shift_days, shift_months, truncate,
    whole, with, zone_of,
};
use super::civil::{DAY, month_length};
use super::date;
use super::moment::{Moment, Zone};
use super::print::format;
use super::read::{date, parse_instant, parse_local, parse_zoned};
use super::units::{DURATION, FORMATTER, MONTH, UNIT, WEEKDAY, ZONE};
use crate::engine::painless::methods::arguments::{at, int, long};
use crate::engine::painless::methods::{Native, Row, Table, class, hidden};
use crate::engine::value::Value;

/// What dates and times have in common.
macro_rules! temporal {
    ($name:literal $($more:tt)*) => {
        &[
            ("String toString()", |_, a| Ok(Value::str(at(a, 0).to_java_string()))),
            (concat!("boolean isAfter(", $name, ")"), |_, a| Ok(Value::Bool(order(a)?.is_gt()))),
            (concat!("boolean isBefore(", $name, ")"), |_, a| Ok(Value::Bool(order(a)?.is_lt()))),
            (concat!($name, " plus(TemporalAmount)"), |_, a| plus(a, 1)),
            (concat!($name, " plus(long,TemporalUnit)"), |_, a| plus(a, 1)),
            (concat!($name, " minus(TemporalAmount)"), |_, a| plus(a, -1)),
            (concat!($name, " minus(long,TemporalUnit)"), |_, a| plus(a, -1)),
            $($more)*
        ]
    };
}

/// `plusDays` and its like for one class.
macro_rules! calendar {
    ($name:literal $($more:tt)*) => {
        temporal!($name
            ("int getYear()", |_, a| Ok(whole(part(moment(a, 0)?, 'y')))),
            ("int getMonthValue()", |_, a| Ok(whole(part(moment(a, 0)?, 'M')))),
            ("Month getMonth()", |_, a| Ok(Moment::Month(part(moment(a, 0)?, 'M')).value())),
            ("int getDayOfMonth()", |_, a| Ok(whole(part(moment(a, 0)?, 'd')))),
            ("int getDayOfYear()", |_, a| Ok(whole(part(moment(a, 0)?, 'D')))),
            ("DayOfWeek getDayOfWeek()", |_, a| Ok(Moment::Weekday(part(moment(a, 0)?, 'e')).value())),
            (concat!($name, " plusYears(long)"), |_, a| shift_months(moment(a, 0)?, long(a, 1).saturating_mul(12))),
            (concat!($name, " plusMonths(long)"), |_, a| shift_months(moment(a, 0)?, long(a, 1))),
            (concat!($name, " plusWeeks(long)"), |_, a| shift_days(moment(a, 0)?, long(a, 1).saturating_mul(7))),
            (concat!($name, " plusDays(long)"), |_, a| shift_days(moment(a, 0)?, long(a, 1))),
            (concat!($name, " minusYears(long)"), |_, a| shift_months(moment(a, 0)?, long(a, 1).saturating_mul(-12))),
            (concat!($name, " minusMonths(long)"), |_, a| shift_months(moment(a, 0)?, long(a, 1).saturating_neg())),
            (concat!($name, " minusWeeks(long)"), |_, a| shift_days(moment(a, 0)?, long(a, 1).saturating_mul(-7))),
            (concat!($name, " minusDays(long)"), |_, a| shift_days(moment(a, 0)?, long(a, 1).saturating_neg())),
            (concat!($name, " withYear(int)"), |_, a| with(a, 'y')),
            (concat!($name, " withMonth(int)"), |_, a| with(a, 'M')),
            (concat!($name, " withDayOfMonth(int)"), |_, a| with(a, 'd')),
            (concat!($name, " withDayOfYear(int)"), |_, a| with(a, 'D')),
            ("String format(DateTimeFormatter)", |vm, a| format(vm, moment(a, 0)?, moment(a, 1)?)),
            $($more)*
        )
    };
}

/// The clock, for classes that have one.
macro_rules! clock {
    ($name:literal $($more:tt)*) => {
        calendar!($name
            ("int getHour()", |_, a| Ok(whole(part(moment(a, 0)?, 'H')))),
            ("int getMinute()", |_, a| Ok(whole(part(moment(a, 0)?, 'm')))),
            ("int getSecond()", |_, a| Ok(whole(part(moment(a, 0)?, 's')))),
            ("int getNano()", |_, a| Ok(whole(part(moment(a, 0)?, 'n')))),
            (concat!($name, " withHour(int)"), |_, a| with(a, 'H')),
            (concat!($name, " withMinute(int)"), |_, a| with(a, 'm')),
            (concat!($name, " withSecond(int)"), |_, a| with(a, 's')),
            (concat!($name, " withNano(int)"), |_, a| with(a, 'n')),
            (concat!($name, " plusHours(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_mul(3_600), 0)),
            (concat!($name, " plusMinutes(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_mul(60), 0)),
            (concat!($name, " plusSeconds(long)"), |_, a| shift(moment(a, 0)?, long(a, 1), 0)),
            (concat!($name, " minusHours(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_mul(-3_600), 0)),
            (concat!($name, " minusMinutes(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_mul(-60), 0)),
            (concat!($name, " minusSeconds(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_neg(), 0)),
            (concat!($name, " truncatedTo(TemporalUnit)"), |_, a| truncate(a)),
            ("LocalDate toLocalDate()", |_, a| Ok(Moment::Date(moment(a, 0)?.local().0.div_euclid(DAY)).value())),
            $($more)*
        )
    };
}

pub(super) const TO_EPOCH_SECOND: Native = |_, a| Ok(Value::Long(moment(a, 0)?.instant().0));

const ZONED: &[Row] = clock!(
    "ZonedDateTime"("static ZonedDateTime parse(CharSequence)", parse_zoned),
    ("static ZonedDateTime ofInstant(Instant,ZoneId)", |_, a| {
        Ok(Moment::in_zone(moment(a, 0)?.instant(), &zone_of(a, 1)?).value())
    }),
    ("static ZonedDateTime of(LocalDateTime,ZoneId)", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        let zone = zone_of(a, 1)?;
        let offset = zone.offset_of_local(local);
        Ok(Moment::Zoned(local, nanos, offset, zone).value())
    }),
    ("boolean isEqual(ZonedDateTime)", |_, a| Ok(Value::Bool(
        order(a)?.is_eq()
    ))),
    ("Instant toInstant()", |_, a| {
        let (seconds, nanos) = moment(a, 0)?.instant();
        Ok(Moment::Instant(seconds, nanos).value())
    }),
    ("long toEpochSecond()", TO_EPOCH_SECOND),
    ("LocalDateTime toLocalDateTime()", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(Moment::DateTime(local, nanos).value())
    }),
    ("ZoneId getZone()", |_, a| Ok(
        Moment::Zone(zone_of(a, 0)?).value()
    )),
    ("ZonedDateTime withZoneSameInstant(ZoneId)", |_, a| {
        Ok(Moment::in_zone(moment(a, 0)?.instant(), &zone_of(a, 1)?).value())
    }),
);

const INSTANT: &[Row] = temporal!(
    "Instant"("static Instant ofEpochMilli(long)", |_, a| Ok(instant_of(
        long(a, 0)
    )
    .value())),
    ("static Instant ofEpochSecond(long)", |_, a| Ok(
        Moment::Instant(long(a, 0), 0).value()
    )),
    ("static Instant parse(CharSequence)", parse_instant),
    ("const Instant EPOCH", |_, _| Ok(
        Moment::Instant(0, 0).value()
    )),
    ("long toEpochMilli()", |_, a| Ok(Value::Long(millis(
        moment(a, 0)?
    )))),
    ("long getEpochSecond()", TO_EPOCH_SECOND),
    ("int getNano()", |_, a| Ok(whole(
        moment(a, 0)?.instant().1.into()
    ))),
    ("ZonedDateTime atZone(ZoneId)", |_, a| {
        Ok(Moment::in_zone(moment(a, 0)?.instant(), &zone_of(a, 1)?).value())
    }),
    ("Instant plusMillis(long)", |_, a| {
        let n = long(a, 1);
        shift(
            moment(a, 0)?,
            n.div_euclid(1_000),
            n.rem_euclid(1_000) * 1_000_000,
        )
    }),
    ("Instant plusSeconds(long)", |_, a| shift(
        moment(a, 0)?,
        long(a, 1),
        0
    )),
    ("Instant minusSeconds(long)", |_, a| shift(
        moment(a, 0)?,
        long(a, 1).saturating_neg(),
        0
    )),
    ("Instant truncatedTo(TemporalUnit)", |_, a| truncate(a)),
);

const DATE: &[Row] = calendar!(
    "LocalDate"("static LocalDate of(int,int,int)", |_, a| Ok(Moment::Date(
        date(a)?
    )
    .value())),
    ("static LocalDate ofEpochDay(long)", |_, a| Ok(
        Moment::Date(long(a, 0)).value()
    )),
    ("static LocalDate parse(CharSequence)", |vm, a| parse_local(
        vm, a, false
    )),
    ("long toEpochDay()", |_, a| Ok(Value::Long(
        moment(a, 0)?.local().0.div_euclid(DAY)
    ))),
    ("LocalDateTime atStartOfDay()", |_, a| Ok(Moment::DateTime(
        moment(a, 0)?.local().0,
        0
    )
    .value())),
    ("int lengthOfMonth()", |_, a| {
        let own = moment(a, 0)?;
        Ok(whole(month_length(part(own, 'y'), part(own, 'M'))))
    }),
);

const DATE_TIME: &[Row] = clock!(
    "LocalDateTime"("static LocalDateTime parse(CharSequence)", |vm, a| {
        parse_local(vm, a, true)
    }),
    ("static LocalDateTime of(int,int,int,int,int)", |_, a| {
        let second = i64::from(int(a, 3)) * 3_600 + i64::from(int(a, 4)) * 60;
        Ok(Moment::DateTime(date(a)? * DAY + second, 0).value())
    }),
    ("static LocalDateTime ofInstant(Instant,ZoneId)", |_, a| {
        let zoned = Moment::in_zone(moment(a, 0)?.instant(), &zone_of(a, 1)?);
        let (local, nanos) = zoned.local();
        Ok(Moment::DateTime(local, nanos).value())
    }),
    ("ZonedDateTime atZone(ZoneId)", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        let zone = zone_of(a, 1)?;
        let offset = zone.offset_of_local(local);
        Ok(Moment::Zoned(local, nanos, offset, zone).value())
    }),
);

const TEMPORAL: &[&str] = &["java.time.temporal.Temporal", "java.lang.Comparable"];

pub(in crate::engine::painless::methods) static TABLES: &[Table] = &[
    class("java.time.temporal.TemporalAccessor", &[], &[]),
    class(
        "java.time.temporal.Temporal",
        &["java.time.temporal.TemporalAccessor"],
        &[],
    ),
    class("java.time.temporal.TemporalAmount", &[], &[]),
    class("java.time.temporal.TemporalUnit", &[], &[]),
    class("java.time.Instant", TEMPORAL, INSTANT),
    class("java.time.ZonedDateTime", TEMPORAL, ZONED),
    class("java.time.LocalDate", TEMPORAL, DATE),
    class("java.time.LocalDateTime", TEMPORAL, DATE_TIME),
    class(
        "java.time.Duration",
        &["java.time.temporal.TemporalAmount", "java.lang.Comparable"],
        DURATION,
    ),
    class("java.time.ZoneId", &[], ZONE),
    class(
        "java.time.ZoneOffset",
        &["java.time.ZoneId"],
        &[("const ZoneOffset UTC", |_, _| {
            Ok(Moment::Zone(Zone::Offset(0)).value())
        })],
    ),
    hidden("java.time.ZoneRegion", &["java.time.ZoneId"]),
    class(
        "java.time.temporal.ChronoUnit",
        &["java.time.temporal.TemporalUnit"],
        UNIT,
    ),
    class(
        "java.time.DayOfWeek",
        &[
            "java.time.temporal.TemporalAccessor",
            "java.lang.Comparable",
        ],
        WEEKDAY,
    ),
    class(
        "java.time.Month",
        &[
            "java.time.temporal.TemporalAccessor",
            "java.lang.Comparable",
        ],
        MONTH,
    ),
    class("java.time.format.DateTimeFormatter", &[], FORMATTER),
    class("java.util.Date", &["java.lang.Comparable"], date::DATE),
];
