//! `ZoneId`, `ChronoUnit`, `DayOfWeek`, `Month`, `DateTimeFormatter`.

use super::arithmetic::{between, moment, whole, zone_of};
use super::civil::DAY;
use super::moment::{MONTHS, Moment, WEEKDAYS, Zone};
use super::print::format;
use crate::engine::painless::interpret::{Run, Vm, illegal_argument, throw};
use crate::engine::painless::methods::arguments::{at, boolean, int, long, sequence};
use crate::engine::painless::methods::{Native, Row};
use crate::engine::value::{Array, Value};

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
    ("static ZoneId systemDefault()", |_, _| {
        Ok(Moment::Zone(Zone::Offset(0)).value())
    }),
    ("static ZoneId from(TemporalAccessor)", |_, a| {
        Ok(Moment::Zone(zone_of(a, 0)?).value())
    }),
    ("ZoneId normalized()", |_, a| Ok(at(a, 0).clone())),
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
    ("const ChronoUnit CENTURIES", |_, _| unit("CENTURIES", 0)),
    ("const ChronoUnit MILLENNIA", |_, _| unit("MILLENNIA", 0)),
    ("boolean isDateBased()", |_, a| {
        Ok(Value::Bool(matches!(moment(a, 0)?, Moment::Unit(name, n)
                if *n >= DAY || super::arithmetic::months_of(name).is_some())))
    }),
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
    ("static DayOfWeek of(int)", |_, a| match int(a, 0) {
        n @ 1..=7 => Ok(Moment::Weekday(n.into()).value()),
        n => super::arithmetic::wrong(format!("Invalid value for DayOfWeek: {n}")),
    }),
    ("static DayOfWeek from(TemporalAccessor)", |_, a| {
        Ok(Moment::Weekday(super::arithmetic::part(moment(a, 0)?, 'e')).value())
    }),
    ("static DayOfWeek valueOf(String)", |vm, a| {
        let n = number_of(vm, a, "DayOfWeek", &WEEKDAYS)?;
        Ok(Moment::Weekday(n).value())
    }),
    ("static DayOfWeek[] values()", |_, _| {
        let items = (1..=7).map(|n| Moment::Weekday(n).value()).collect();
        Ok(Value::Array(Array::new("[Ljava.time.DayOfWeek;", items)))
    }),
    ("String getDisplayName(TextStyle,Locale)", display),
    ("int getValue()", GET_VALUE),
    ("DayOfWeek plus(long)", |_, a| turn(a, 1)),
    ("DayOfWeek minus(long)", |_, a| turn(a, -1)),
];

/// `valueOf`: the number of a name.
fn number_of(vm: &mut Vm<'_>, a: &[Value], class: &str, names: &[&str]) -> Run<i64> {
    let name = sequence(vm, a, 0)?.to_string();
    match names.iter().position(|known| *known == name) {
        Some(index) => Ok(i64::try_from(index + 1).unwrap_or_default()),
        None => illegal_argument(format!("No enum constant java.time.{class}.{name}")),
    }
}

/// The English name in a style.
fn display(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let name = at(a, 0).to_java_string();
    let style = at(a, 1).to_java_string();
    let mut shown = super::print::name_of(&name, style.starts_with("SHORT"));
    if style.starts_with("NARROW") {
        shown.truncate(1);
    }
    vm.new_text(shown.into())
}

/// How many days a month has.
fn month_days(month: i64, leap: bool) -> Value {
    whole(super::civil::month_length(
        if leap { 2000 } else { 2001 },
        month,
    ))
}

fn month(a: &[Value]) -> Run<i64> {
    Ok(moment(a, 0)?.instant().0)
}

/// Methods of all enums.
pub(super) const ENUM: &[Row] = &[
    ("String name()", |vm, a| {
        let name = match moment(a, 0)? {
            Moment::Unit(name, _) | Moment::Field(name) | Moment::Style(name) => (*name).to_owned(),
            other => other.clone().value().to_java_string(),
        };
        vm.new_text(name.into())
    }),
    ("int ordinal()", |_, a| match moment(a, 0)? {
        Moment::Weekday(n) | Moment::Month(n) => Ok(whole(n - 1)),
        _ => illegal_argument("not supported offline: the ordinal of this enum"),
    }),
];

pub(super) const MONTH: &[Row] = &[
    ("const Month JANUARY", |_, _| Ok(Moment::Month(1).value())),
    ("const Month FEBRUARY", |_, _| Ok(Moment::Month(2).value())),
    ("const Month MARCH", |_, _| Ok(Moment::Month(3).value())),
    ("const Month APRIL", |_, _| Ok(Moment::Month(4).value())),
    ("const Month MAY", |_, _| Ok(Moment::Month(5).value())),
    ("const Month JUNE", |_, _| Ok(Moment::Month(6).value())),
    ("const Month JULY", |_, _| Ok(Moment::Month(7).value())),
    ("const Month AUGUST", |_, _| Ok(Moment::Month(8).value())),
    ("const Month SEPTEMBER", |_, _| Ok(Moment::Month(9).value())),
    ("const Month OCTOBER", |_, _| Ok(Moment::Month(10).value())),
    ("const Month NOVEMBER", |_, _| Ok(Moment::Month(11).value())),
    ("const Month DECEMBER", |_, _| Ok(Moment::Month(12).value())),
    ("static Month of(int)", |_, a| match int(a, 0) {
        n @ 1..=12 => Ok(Moment::Month(n.into()).value()),
        n => super::arithmetic::wrong(format!("Invalid value for MonthOfYear: {n}")),
    }),
    ("static Month from(TemporalAccessor)", |_, a| {
        Ok(Moment::Month(super::arithmetic::part(moment(a, 0)?, 'M')).value())
    }),
    ("static Month valueOf(String)", |vm, a| {
        Ok(Moment::Month(number_of(vm, a, "Month", &MONTHS)?).value())
    }),
    ("static Month[] values()", |_, _| {
        let items = (1..=12).map(|n| Moment::Month(n).value()).collect();
        Ok(Value::Array(Array::new("[Ljava.time.Month;", items)))
    }),
    ("String getDisplayName(TextStyle,Locale)", display),
    ("int length(boolean)", |_, a| {
        Ok(month_days(month(a)?, boolean(a, 1)))
    }),
    ("int maxLength()", |_, a| Ok(month_days(month(a)?, true))),
    ("int minLength()", |_, a| Ok(month_days(month(a)?, false))),
    ("Month firstMonthOfQuarter()", |_, a| {
        Ok(Moment::Month((month(a)? - 1) / 3 * 3 + 1).value())
    }),
    ("int getValue()", GET_VALUE),
    ("Month plus(long)", |_, a| turn(a, 1)),
    ("Month minus(long)", |_, a| turn(a, -1)),
];

fn constant(name: &str) -> Run<Value> {
    Ok(Moment::Format(name.to_owned(), None).value())
}

/// A formatter by a pattern.
fn pattern(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    vm.work(text.len())?;
    super::letters::check(&text)?;
    Ok(Moment::Format(text, None).value())
}

/// As mail writes it.
const RFC_1123: &str = "[EEE, ]d MMM yyyy HH:mm:ss #";

/// `DateTimeFormatter.ISO_...`
macro_rules! iso {
    ($($name:literal)*) => {
        &[$((concat!("const DateTimeFormatter ", $name), |_, _| constant($name))),*]
    };
}

/// Constants that are no patterns.
pub(super) const ISO: &[Row] = iso!("ISO_LOCAL_DATE" "ISO_DATE" "ISO_LOCAL_TIME" "ISO_TIME"
    "ISO_LOCAL_DATE_TIME" "ISO_DATE_TIME" "ISO_OFFSET_DATE_TIME" "ISO_ZONED_DATE_TIME" "ISO_INSTANT");

pub(super) const FORMATTER: &[Row] = &[
    ("static DateTimeFormatter ofPattern(String)", pattern),
    ("static DateTimeFormatter ofPattern(String,Locale)", pattern),
    ("const DateTimeFormatter BASIC_ISO_DATE", |_, _| {
        constant("yyyyMMdd")
    }),
    ("const DateTimeFormatter ISO_ORDINAL_DATE", |_, _| {
        constant("yyyy-DDD[XXX]")
    }),
    ("const DateTimeFormatter ISO_OFFSET_DATE", |_, _| {
        constant("yyyy-MM-ddXXX")
    }),
    ("const DateTimeFormatter RFC_1123_DATE_TIME", |_, _| {
        constant(RFC_1123)
    }),
    ("DateTimeFormatter withZone(ZoneId)", |_, a| {
        let Moment::Format(pattern, _) = moment(a, 0)? else {
            return super::arithmetic::wrong("a formatter is needed");
        };
        Ok(Moment::Format(pattern.clone(), Some(zone_of(a, 1)?)).value())
    }),
    ("DateTimeFormatter withLocale(Locale)", |_, a| {
        Ok(at(a, 0).clone())
    }),
    ("String format(TemporalAccessor)", |vm, a| {
        format(vm, moment(a, 1)?, moment(a, 0)?)
    }),
];

fn offset(seconds: i64) -> Run<Value> {
    if seconds.abs() > 18 * 3_600 {
        return super::arithmetic::wrong("Zone offset not in valid range: -18:00 to +18:00");
    }
    Ok(Moment::Zone(Zone::Offset(seconds)).value())
}

pub(super) const OFFSETS: &[Row] = &[
    ("const ZoneOffset UTC", |_, _| offset(0)),
    ("const ZoneOffset MIN", |_, _| offset(-18 * 3_600)),
    ("const ZoneOffset MAX", |_, _| offset(18 * 3_600)),
    ("static ZoneOffset of(String)", |vm, a| {
        let name = sequence(vm, a, 0)?.to_string();
        match Zone::named(&name) {
            Some(Zone::Offset(seconds)) => offset(seconds),
            _ => super::arithmetic::wrong(format!(
                "Invalid ID for ZoneOffset, invalid format: {name}"
            )),
        }
    }),
    ("static ZoneOffset ofHours(int)", |_, a| {
        offset(i64::from(int(a, 0)) * 3_600)
    }),
    ("static ZoneOffset ofHoursMinutes(int,int)", |_, a| {
        offset(i64::from(int(a, 0)) * 3_600 + i64::from(int(a, 1)) * 60)
    }),
    ("static ZoneOffset ofTotalSeconds(int)", |_, a| {
        offset(int(a, 0).into())
    }),
    ("int getTotalSeconds()", |_, a| {
        Ok(whole(zone_of(a, 0)?.offset_at(0)))
    }),
];
