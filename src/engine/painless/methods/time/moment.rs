//! Instants, dates, times, durations.

use std::cmp::Ordering;

use super::civil::{DAY, date_text, fraction_text, offset_text, time_text};
use crate::engine::painless::interpret::{Run, cannot_be_cast, null_pointer, throw};
use crate::engine::value::{JavaObject, JavaString, Object, Value};
use crate::model::time::Region;

/// Where a clock hangs.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Offset(i64),
    Region(String, Region),
}

impl Zone {
    pub(super) fn named(name: &str) -> Option<Self> {
        if name == "Z" {
            return Some(Self::Offset(0));
        }
        if name.starts_with(['+', '-']) {
            let mut reader = super::civil::Reader::new(name);
            let offset = reader.offset()?;
            let fits = reader.rest().is_empty() && offset.abs() <= 18 * 3_600;
            return fits.then_some(Self::Offset(offset));
        }
        Region::named(name).map(|region| Self::Region(name.to_owned(), region))
    }

    pub(super) fn id(&self) -> String {
        match self {
            Self::Offset(seconds) => offset_text(*seconds),
            Self::Region(name, _) => name.clone(),
        }
    }

    /// The short name of the time that clocks show.
    pub(super) fn short_name(&self, instant: i64) -> String {
        match self {
            Self::Offset(_) => self.id(),
            Self::Region(_, region) => region.abbreviation_at(instant),
        }
    }

    pub(super) fn offset_at(&self, instant: i64) -> i64 {
        match self {
            Self::Offset(seconds) => *seconds,
            Self::Region(_, region) => region.offset_at(instant),
        }
    }

    pub(super) fn offset_of_local(&self, local: i64) -> i64 {
        match self {
            Self::Offset(seconds) => *seconds,
            Self::Region(_, region) => region.offset_of_local(local),
        }
    }
}

/// A value of `java.time`. Seconds are since 1970.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    Instant(i64, u32),
    /// Local seconds, nanoseconds, offset, zone.
    Zoned(i64, u32, i64, Zone),
    DateTime(i64, u32),
    Date(i64),
    Duration(i64, u32),
    Zone(Zone),
    /// A unit: its name and seconds; months count as 0.
    Unit(&'static str, i64),
    /// Monday is 1.
    Weekday(i64),
    Month(i64),
    /// Second of the day and nanoseconds.
    Time(i64, u32),
    /// Local seconds, nanoseconds, offset.
    Offset(i64, u32, i64),
    /// Years, months and days.
    Period(i64, i64, i64),
    Year(i64),
    /// Months since the year 0.
    YearMonth(i64),
    /// A constant of `ChronoField`.
    Field(&'static str),
    /// A constant of `TextStyle`.
    Style(&'static str),
    /// A pattern or the name of a constant, and the zone that dates are put into.
    Format(String, Option<Zone>),
}

/// Names of weekdays.
pub(super) const WEEKDAYS: [&str; 7] = [
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
];

/// Names of months.
pub(super) const MONTHS: [&str; 12] = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
];

fn nth(names: &[&'static str], number: i64) -> String {
    let index = usize::try_from(number - 1).unwrap_or_default();
    names.get(index).copied().unwrap_or_default().to_owned()
}

fn local_text(local: i64, nanos: u32) -> String {
    let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    format!("{}T{}", date_text(days), time_text(second, nanos))
}

fn duration_text(seconds: i64, nanos: u32) -> String {
    if seconds == 0 && nanos == 0 {
        return "PT0S".to_owned();
    }
    // below zero the fraction counts downwards
    let (whole, nanos) = if seconds < 0 && nanos > 0 {
        (seconds + 1, 1_000_000_000 - nanos)
    } else {
        (seconds, nanos)
    };
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60);
    let mut text = "PT".to_owned();
    for (n, unit) in [(hours, 'H'), (minutes, 'M')] {
        if n != 0 {
            text = format!("{text}{n}{unit}");
        }
    }
    if rest != 0 || nanos != 0 {
        let fraction = format!("{nanos:09}");
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        let sign = if seconds < 0 && rest == 0 { "-" } else { "" };
        text = format!("{text}{sign}{rest}{dot}{fraction}S");
    }
    text
}

impl Moment {
    pub(super) fn value(self) -> Value {
        Value::Object(Object::new(self))
    }

    /// The value, as a moment.
    pub(super) fn of(value: &Value) -> Run<&Self> {
        match value {
            Value::Object(object) => match object.downcast::<Self>() {
                Some(moment) => Ok(moment),
                None => cannot_be_cast(value, "java.time.temporal.TemporalAccessor"),
            },
            Value::Null => null_pointer("a date is null"),
            other => cannot_be_cast(other, "java.time.temporal.TemporalAccessor"),
        }
    }

    /// Seconds since 1970 UTC (or of the local clock) and nanoseconds.
    pub(super) fn instant(&self) -> (i64, u32) {
        match self {
            Self::Instant(seconds, nanos)
            | Self::DateTime(seconds, nanos)
            | Self::Time(seconds, nanos)
            | Self::Duration(seconds, nanos) => (*seconds, *nanos),
            Self::Zoned(local, nanos, offset, _) | Self::Offset(local, nanos, offset) => {
                (local - offset, *nanos)
            }
            Self::Date(days) => (days * DAY, 0),
            Self::Weekday(n) | Self::Month(n) | Self::Year(n) | Self::YearMonth(n) => (*n, 0),
            Self::Zone(Zone::Offset(seconds)) => (-seconds, 0),
            Self::Zone(_)
            | Self::Unit(..)
            | Self::Period(..)
            | Self::Field(_)
            | Self::Style(_)
            | Self::Format(..) => (0, 0),
        }
    }

    /// Local seconds and nanoseconds.
    pub(super) fn local(&self) -> (i64, u32) {
        match self {
            Self::Zoned(local, nanos, ..) | Self::Offset(local, nanos, _) => (*local, *nanos),
            other => other.instant(),
        }
    }

    /// The same kind of moment at another local time.
    pub(super) fn at_local(&self, local: i64, nanos: u32) -> Self {
        match self {
            Self::Zoned(_, _, _, zone) => {
                let offset = zone.offset_of_local(local);
                Self::Zoned(local, nanos, offset, zone.clone())
            }
            Self::Date(_) => Self::Date(local.div_euclid(DAY)),
            Self::DateTime(..) => Self::DateTime(local, nanos),
            Self::Time(..) => Self::Time(local.rem_euclid(DAY), nanos),
            Self::Offset(_, _, offset) => Self::Offset(local, nanos, *offset),
            Self::Duration(..) => Self::Duration(local, nanos),
            _ => Self::Instant(local, nanos),
        }
    }

    /// An instant on the clock of a zone.
    pub(super) fn in_zone(instant: (i64, u32), zone: &Zone) -> Self {
        let offset = zone.offset_at(instant.0);
        Self::Zoned(instant.0 + offset, instant.1, offset, zone.clone())
    }
}

impl JavaObject for Moment {
    fn class_name(&self) -> &'static str {
        match self {
            Self::Instant(..) => "java.time.Instant",
            Self::Zoned(..) => "java.time.ZonedDateTime",
            Self::DateTime(..) => "java.time.LocalDateTime",
            Self::Date(_) => "java.time.LocalDate",
            Self::Duration(..) => "java.time.Duration",
            Self::Zone(Zone::Offset(_)) => "java.time.ZoneOffset",
            Self::Zone(_) => "java.time.ZoneRegion",
            Self::Unit(..) => "java.time.temporal.ChronoUnit",
            Self::Weekday(_) => "java.time.DayOfWeek",
            Self::Month(_) => "java.time.Month",
            Self::Time(..) => "java.time.LocalTime",
            Self::Offset(..) => "java.time.OffsetDateTime",
            Self::Period(..) => "java.time.Period",
            Self::Year(_) => "java.time.Year",
            Self::YearMonth(_) => "java.time.YearMonth",
            Self::Field(_) => "java.time.temporal.ChronoField",
            Self::Style(_) => "java.time.format.TextStyle",
            Self::Format(..) => "java.time.format.DateTimeFormatter",
        }
    }

    fn to_java_string(&self) -> String {
        match self {
            Self::Instant(seconds, nanos) => {
                let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
                let (hour, minute) = (second / 3_600, second / 60 % 60);
                let fraction = fraction_text(*nanos);
                let second = second % 60;
                format!(
                    "{}T{hour:02}:{minute:02}:{second:02}{fraction}Z",
                    date_text(days)
                )
            }
            Self::Zoned(local, nanos, offset, zone) => {
                let text = local_text(*local, *nanos) + &offset_text(*offset);
                match zone {
                    Zone::Offset(_) => text,
                    Zone::Region(name, _) => format!("{text}[{name}]"),
                }
            }
            Self::DateTime(local, nanos) => local_text(*local, *nanos),
            Self::Date(days) => date_text(*days),
            Self::Duration(seconds, nanos) => duration_text(*seconds, *nanos),
            Self::Zone(zone) => zone.id(),
            Self::Unit(name, _) => {
                let (first, rest) = name.split_at(1);
                format!("{first}{}", rest.to_lowercase())
            }
            Self::Weekday(n) => nth(&WEEKDAYS, *n),
            Self::Month(n) => nth(&MONTHS, *n),
            Self::Time(second, nanos) => time_text(*second, *nanos),
            Self::Offset(local, nanos, offset) => {
                local_text(*local, *nanos) + &offset_text(*offset)
            }
            Self::Period(0, 0, 0) => "P0D".to_owned(),
            Self::Period(years, months, days) => [(years, 'Y'), (months, 'M'), (days, 'D')]
                .into_iter()
                .filter(|(n, _)| **n != 0)
                .fold("P".to_owned(), |text, (n, unit)| format!("{text}{n}{unit}")),
            Self::Year(year) => year.to_string(),
            Self::YearMonth(months) => {
                format!(
                    "{:04}-{:02}",
                    months.div_euclid(12),
                    months.rem_euclid(12) + 1
                )
            }
            Self::Field(name) => super::field::shown(name),
            Self::Style(name) => (*name).to_owned(),
            Self::Format(pattern, _) => pattern.clone(),
        }
    }

    fn equals(&self, other: &Object) -> bool {
        other.downcast::<Self>().is_some_and(|other| {
            self.class_name() == other.class_name()
                && self.to_java_string() == other.to_java_string()
        })
    }

    fn hash_code(&self) -> i32 {
        JavaString::from(self.to_java_string()).hash_code()
    }

    fn compare(&self, other: &Object) -> Option<Ordering> {
        let other = other.downcast::<Self>()?;
        Some(self.instant().cmp(&other.instant()))
    }

    /// A date with a zone may stand in a document.
    fn json(&self) -> Option<JavaString> {
        let Self::Zoned(local, nanos, offset, _) = self else {
            return None;
        };
        let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let fraction = match fraction_text(*nanos) {
            none if none.is_empty() => ".000".to_owned(),
            fraction => fraction,
        };
        let text = format!(
            "{}T{hour:02}:{minute:02}:{second:02}{fraction}",
            date_text(days)
        );
        Some((text + &offset_text(*offset)).into())
    }
}

/// `DateTimeParseException` at a place.
pub(super) fn unparsed<T>(text: &str, at: usize) -> Run<T> {
    let what = if at < text.len() && at > 0 {
        format!("Text '{text}' could not be parsed, unparsed text found at index {at}")
    } else {
        format!("Text '{text}' could not be parsed at index {at}")
    };
    throw("java.time.format.DateTimeParseException", what)
}
