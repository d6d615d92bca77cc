//! The methods of dates and times.

use super::arithmetic::{
    instant_of, millis, moment, order, part, plus, shift, shift_days, shift_months, truncate,
    whole, with, zone_of,
};
use super::civil::{DAY, month_length};
use super::clock::{own_offset, part_of, time_of};
use super::duration::moved_finely;
use super::field::with_field;
use super::moment::{Moment, Zone};
use super::print::format;
use super::read::{date, parse_instant, parse_local, parse_zoned};
use super::scan::{Wanted, parse};
use crate::engine::painless::interpret::Run;
use crate::engine::painless::methods::arguments::{at, int, long};
use crate::engine::painless::methods::{Native, Row};
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
            (concat!($name, " with(TemporalField,long)"), |_, a| with_field(a)),
            (concat!($name, " with(TemporalAdjuster)"), |vm, a| vm.call(at(a, 1), &[at(a, 0).clone()])),
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

/// Hours, minutes and so on.
macro_rules! hours {
    ($base:ident $name:literal $($more:tt)*) => {
        $base!($name
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
            (concat!($name, " plusNanos(long)"), |_, a| moved_finely(a, 1_000_000_000, 1)),
            (concat!($name, " minusHours(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_mul(-3_600), 0)),
            (concat!($name, " minusMinutes(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_mul(-60), 0)),
            (concat!($name, " minusSeconds(long)"), |_, a| shift(moment(a, 0)?, long(a, 1).saturating_neg(), 0)),
            (concat!($name, " minusNanos(long)"), |_, a| moved_finely(a, 1_000_000_000, -1)),
            (concat!($name, " truncatedTo(TemporalUnit)"), |_, a| truncate(a)),
            $($more)*
        )
    };
}

/// Date and clock together.
macro_rules! clock {
    ($name:literal $($more:tt)*) => {
        hours!(calendar $name
            ("LocalDate toLocalDate()", |_, a| Ok(Moment::Date(moment(a, 0)?.local().0.div_euclid(DAY)).value())),
            ("LocalTime toLocalTime()", |_, a| {
                let (local, nanos) = moment(a, 0)?.local();
                Ok(Moment::Time(local.rem_euclid(DAY), nanos).value())
            }),
            $($more)*
        )
    };
}

pub(super) const TO_EPOCH_SECOND: Native = |_, a| Ok(Value::Long(moment(a, 0)?.instant().0));

/// A local time on the clock of a zone.
fn in_local(local: i64, nanos: u32, zone: Zone) -> Value {
    let offset = zone.offset_of_local(local);
    Moment::Zoned(local, nanos, offset, zone).value()
}

pub(super) const TIME_ROWS: &[Row] = hours!(temporal
    "LocalTime"
    ("String format(DateTimeFormatter)", |vm, a| format(vm, moment(a, 0)?, moment(a, 1)?)),
);

pub(super) const OFFSET_ROWS: &[Row] = clock!("OffsetDateTime");

pub(super) const ZONED: &[Row] = clock!(
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
    (
        "static ZonedDateTime parse(CharSequence,DateTimeFormatter)",
        |vm, a| parse(vm, a, Wanted::Zoned)
    ),
    (
        "static ZonedDateTime of(LocalDate,LocalTime,ZoneId)",
        |_, a| {
            let ((date, _), (second, nanos)) = (moment(a, 0)?.local(), moment(a, 1)?.local());
            Ok(in_local(date + second, nanos, zone_of(a, 2)?))
        }
    ),
    (
        "static ZonedDateTime of(int,int,int,int,int,int,int,ZoneId)",
        |_, a| {
            let (days, (second, nanos)) = (date(a)?, time_of(a, 3, 4)?);
            Ok(in_local(days * DAY + second, nanos, zone_of(a, 7)?))
        }
    ),
    ("ZoneOffset getOffset()", |_, a| {
        Ok(Moment::Zone(Zone::Offset(own_offset(a)?)).value())
    }),
    ("OffsetDateTime toOffsetDateTime()", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(Moment::Offset(local, nanos, own_offset(a)?).value())
    }),
    ("ZonedDateTime withZoneSameLocal(ZoneId)", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(in_local(local, nanos, zone_of(a, 1)?))
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

pub(super) const INSTANT: &[Row] = temporal!(
    "Instant"("static Instant ofEpochMilli(long)", |_, a| Ok(instant_of(
        long(a, 0)
    )
    .value())),
    ("static Instant ofEpochSecond(long)", |_, a| shift(
        &Moment::Instant(0, 0),
        long(a, 0),
        0
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
    ("static Instant ofEpochSecond(long,long)", |_, a| {
        let sum = shift(&Moment::Instant(0, 0), long(a, 0), 0)?;
        shift(Moment::of(&sum)?, 0, long(a, 1))
    }),
    ("OffsetDateTime atOffset(ZoneOffset)", |_, a| {
        let (seconds, nanos) = moment(a, 0)?.instant();
        let offset = zone_of(a, 1)?.offset_at(seconds);
        Ok(Moment::Offset(seconds + offset, nanos, offset).value())
    }),
    ("Instant plusNanos(long)", |_, a| moved_finely(
        a,
        1_000_000_000,
        1
    )),
    ("Instant minusNanos(long)", |_, a| moved_finely(
        a,
        1_000_000_000,
        -1
    )),
    ("Instant minusMillis(long)", |_, a| moved_finely(
        a, 1_000, -1
    )),
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

fn at_time(a: &[Value], count: usize) -> Run<Value> {
    let (second, nanos) = time_of(a, 1, count)?;
    Ok(Moment::DateTime(moment(a, 0)?.local().0 + second, nanos).value())
}

fn date_time(a: &[Value], count: usize) -> Run<Value> {
    let (days, (second, nanos)) = (date(a)?, time_of(a, 3, count)?);
    Ok(Moment::DateTime(days * DAY + second, nanos).value())
}

pub(super) const DATE: &[Row] = calendar!(
    "LocalDate"("static LocalDate of(int,int,int)", |_, a| Ok(Moment::Date(
        date(a)?
    )
    .value())),
    ("static LocalDate ofEpochDay(long)", |_, a| shift_days(
        &Moment::Date(0),
        long(a, 0)
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
    (
        "static LocalDate parse(CharSequence,DateTimeFormatter)",
        |vm, a| parse(vm, a, Wanted::Date)
    ),
    ("static LocalDate ofYearDay(int,int)", |_, a| {
        super::calendar::day_of_year(int(a, 0).into(), int(a, 1).into())
    }),
    ("static LocalDate from(TemporalAccessor)", |_, a| {
        Ok(Moment::Date(moment(a, 0)?.local().0.div_euclid(DAY)).value())
    }),
    ("LocalDateTime atTime(LocalTime)", |_, a| {
        let (second, nanos) = moment(a, 1)?.local();
        Ok(Moment::DateTime(moment(a, 0)?.local().0 + second, nanos).value())
    }),
    ("LocalDateTime atTime(int,int)", |_, a| at_time(a, 2)),
    ("LocalDateTime atTime(int,int,int)", |_, a| at_time(a, 3)),
    ("ZonedDateTime atStartOfDay(ZoneId)", |_, a| {
        Ok(in_local(moment(a, 0)?.local().0, 0, zone_of(a, 1)?))
    }),
    ("boolean isEqual(LocalDate)", |_, a| Ok(Value::Bool(
        order(a)?.is_eq()
    ))),
    ("boolean isLeapYear()", |_, a| {
        Ok(Value::Bool(month_length(part(moment(a, 0)?, 'y'), 2) == 29))
    }),
    ("int lengthOfYear()", |_, a| {
        Ok(whole(super::calendar::year_length(part(
            moment(a, 0)?,
            'y',
        ))))
    }),
    ("Period until(LocalDate)", |_, a| {
        super::calendar::until(moment(a, 0)?, moment(a, 1)?)
    }),
    ("int lengthOfMonth()", |_, a| {
        let own = moment(a, 0)?;
        Ok(whole(month_length(part(own, 'y'), part(own, 'M'))))
    }),
);

pub(super) const DATE_TIME: &[Row] = clock!(
    "LocalDateTime"("static LocalDateTime parse(CharSequence)", |vm, a| {
        parse_local(vm, a, true)
    }),
    ("static LocalDateTime of(int,int,int,int,int)", |_, a| {
        date_time(a, 2)
    }),
    (
        "static LocalDateTime of(int,int,int,int,int,int)",
        |_, a| { date_time(a, 3) }
    ),
    (
        "static LocalDateTime of(int,int,int,int,int,int,int)",
        |_, a| date_time(a, 4)
    ),
    ("static LocalDateTime of(LocalDate,LocalTime)", |_, a| {
        let ((date, _), (second, nanos)) = (moment(a, 0)?.local(), moment(a, 1)?.local());
        Ok(Moment::DateTime(date + second, nanos).value())
    }),
    (
        "static LocalDateTime parse(CharSequence,DateTimeFormatter)",
        |vm, a| parse(vm, a, Wanted::DateTime)
    ),
    (
        "static LocalDateTime ofEpochSecond(long,int,ZoneOffset)",
        |_, a| {
            let nanos = part_of("NanoOfSecond", int(a, 1).into(), 1_000_000_000)?;
            let local = long(a, 0).saturating_add(zone_of(a, 2)?.offset_at(0));
            shift(&Moment::DateTime(0, 0), local, nanos)
        }
    ),
    ("long toEpochSecond(ZoneOffset)", |_, a| {
        Ok(Value::Long(
            moment(a, 0)?.local().0 - zone_of(a, 1)?.offset_at(0),
        ))
    }),
    ("Instant toInstant(ZoneOffset)", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(Moment::Instant(local - zone_of(a, 1)?.offset_at(0), nanos).value())
    }),
    ("OffsetDateTime atOffset(ZoneOffset)", |_, a| {
        let (local, nanos) = moment(a, 0)?.local();
        Ok(Moment::Offset(local, nanos, zone_of(a, 1)?.offset_at(0)).value())
    }),
    ("boolean isEqual(LocalDateTime)", |_, a| Ok(Value::Bool(
        order(a)?.is_eq()
    ))),
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
