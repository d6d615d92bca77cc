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
            return reader.rest().is_empty().then_some(Self::Offset(offset));
        }
        Region::named(name).map(|region| Self::Region(name.to_owned(), region))
    }

    pub(super) fn id(&self) -> String {
        match self {
            Self::Offset(seconds) => offset_text(*seconds),
            Self::Region(name, _) => name.clone(),
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
    /// A pattern.
    Format(String),
}

/// Names of weekdays.
const WEEKDAYS: [&str; 7] = [
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
];

/// Names of months.
const MONTHS: [&str; 12] = [
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
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
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
        text = format!("{text}{rest}{dot}{fraction}S");
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
            | Self::Duration(seconds, nanos) => (*seconds, *nanos),
            Self::Zoned(local, nanos, offset, _) => (local - offset, *nanos),
            Self::Date(days) => (days * DAY, 0),
            Self::Weekday(n) | Self::Month(n) => (*n, 0),
            Self::Zone(_) | Self::Unit(..) | Self::Format(_) => (0, 0),
        }
    }

    /// Local seconds and nanoseconds.
    pub(super) fn local(&self) -> (i64, u32) {
        match self {
            Self::Zoned(local, nanos, ..) => (*local, *nanos),
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
            Self::Format(_) => "java.time.format.DateTimeFormatter",
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
            Self::Format(pattern) => pattern.clone(),
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
