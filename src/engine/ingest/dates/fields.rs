//! What a text said about a date, and what follows from it: the strict
//! resolution of `java.time.format.Parsed`, and the defaults which Elasticsearch
//! fills in for what was not said.

use super::zone::Zone;
use crate::engine::civil::{Date, is_leap, month_length};

/// A field of a date or time (`java.time.temporal.ChronoField`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Year,
    YearOfEra,
    Era,
    WeekYear,
    Week,
    Quarter,
    Month,
    WeekOfMonth,
    Day,
    DayOfYear,
    DayOfWeek,
    HalfDay,
    Hour,
    /// 1 to 24
    ClockHour,
    /// 0 to 11
    HalfDayHour,
    /// 1 to 12
    ClockHalfDayHour,
    Minute,
    Second,
    Nano,
    MilliOfDay,
    NanoOfDay,
    Offset,
    /// Seconds since 1970-01-01T00:00:00Z
    Instant,
}

const FIELDS: usize = Field::Instant as usize + 1;

impl Field {
    /// The field of a letter that stands for one number.
    pub(super) fn of_letter(letter: char) -> Self {
        match letter {
            'd' => Self::Day,
            'h' => Self::ClockHalfDayHour,
            'H' => Self::Hour,
            'k' => Self::ClockHour,
            'K' => Self::HalfDayHour,
            'm' => Self::Minute,
            's' => Self::Second,
            'A' => Self::MilliOfDay,
            'N' => Self::NanoOfDay,
            _ => Self::Nano,
        }
    }

    /// Its name in Java's messages, and the range of its values.
    fn range(self) -> (&'static str, i64, i64) {
        match self {
            Self::Year => ("Year", -999_999_999, 999_999_999),
            Self::YearOfEra => ("YearOfEra", 1, 999_999_999),
            Self::Era => ("Era", 0, 1),
            Self::WeekYear => (
                "WeekBasedYear[WeekFields[MONDAY,4]]",
                -999_999_999,
                999_999_999,
            ),
            Self::Week => ("WeekOfWeekBasedYear[WeekFields[MONDAY,4]]", 1, 53),
            Self::Quarter => ("QuarterOfYear", 1, 4),
            Self::Month => ("MonthOfYear", 1, 12),
            Self::WeekOfMonth => ("WeekOfMonth[WeekFields[MONDAY,4]]", 0, 6),
            Self::Day => ("DayOfMonth", 1, 31),
            Self::DayOfYear => ("DayOfYear", 1, 366),
            Self::DayOfWeek => ("DayOfWeek", 1, 7),
            Self::HalfDay => ("AmPmOfDay", 0, 1),
            Self::Hour => ("HourOfDay", 0, 23),
            Self::ClockHour => ("ClockHourOfDay", 1, 24),
            Self::HalfDayHour => ("HourOfAmPm", 0, 11),
            Self::ClockHalfDayHour => ("ClockHourOfAmPm", 1, 12),
            Self::Minute => ("MinuteOfHour", 0, 59),
            Self::Second => ("SecondOfMinute", 0, 59),
            Self::Nano => ("NanoOfSecond", 0, 999_999_999),
            Self::MilliOfDay => ("MilliOfDay", 0, 86_399_999),
            Self::NanoOfDay => ("NanoOfDay", 0, 86_399_999_999_999),
            Self::Offset => ("OffsetSeconds", -64_800, 64_800),
            Self::Instant => ("InstantSeconds", i64::MIN, i64::MAX),
        }
    }
}

/// The fields that a text gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    values: [Option<i64>; FIELDS],
    /// A zone that the text named.
    pub(super) zone: Option<Zone>,
}

impl Fields {
    pub(super) fn get(&self, field: Field) -> Option<i64> {
        self.values[field as usize]
    }

    /// Whether the field could be set: not when it already has another value.
    pub(super) fn set(&mut self, field: Field, value: i64) -> bool {
        let place = &mut self.values[field as usize];
        *place.get_or_insert(value) == value
    }

    fn put(&mut self, field: Field, value: i64) {
        self.values[field as usize] = Some(value);
    }

    fn take(&mut self, field: Field) -> Option<i64> {
        self.values[field as usize].take()
    }

    fn check(&self, field: Field) -> Result<(), String> {
        self.get(field).map_or(Ok(()), |value| check(field, value))
    }

    /// Combines the fields of the time of day, and checks what strict parsing
    /// checks.
    ///
    /// # Errors
    /// Java's message (`Invalid value for …`, `Conflict found: …`).
    pub(super) fn resolve(&mut self) -> Result<(), String> {
        for field in [Field::ClockHour, Field::ClockHalfDayHour] {
            self.check(field)?;
        }
        if let Some(hour) = self.take(Field::ClockHour) {
            self.put(Field::Hour, hour % 24);
        }
        if let Some(hour) = self.take(Field::ClockHalfDayHour) {
            self.put(Field::HalfDayHour, hour % 12);
        }
        self.check(Field::HalfDayHour)?;
        if let (Some(half), Some(hour)) = (self.get(Field::HalfDay), self.get(Field::HalfDayHour)) {
            self.put(Field::Hour, half * 12 + hour);
        }
        for (field, unit) in [(Field::MilliOfDay, 1_000_000), (Field::NanoOfDay, 1)] {
            self.check(field)?;
            if let Some(count) = self.take(field) {
                let nanos = count * unit;
                self.put(Field::Nano, nanos % 1_000_000_000);
                let seconds = nanos / 1_000_000_000;
                self.put(Field::Hour, seconds / 3600);
                self.put(Field::Minute, seconds / 60 % 60);
                self.put(Field::Second, seconds % 60);
            }
        }
        for field in [Field::Hour, Field::Minute, Field::Second, Field::Nano] {
            self.check(field)?;
        }
        self.check(Field::YearOfEra)?;
        self.check(Field::Era)?;
        if let (Some(era), Some(year)) = (self.get(Field::Era), self.get(Field::YearOfEra)) {
            self.put(Field::Year, if era == 1 { year } else { 1 - year });
        }
        self.resolve_date()
    }

    /// Strict Java resolves a date when the proleptic year (`u`) is there.
    fn resolve_date(&self) -> Result<(), String> {
        let Some(year) = self.get(Field::Year) else {
            return Ok(());
        };
        check(Field::Year, year)?;
        for field in [Field::Month, Field::Day, Field::DayOfYear, Field::DayOfWeek] {
            self.check(field)?;
        }
        if let (Some(date), Some(weekday)) = (self.date()?, self.get(Field::DayOfWeek))
            && date.day_of_week() != weekday
        {
            return Err(format!(
                "Conflict found: Field DayOfWeek {} differs from DayOfWeek {weekday} derived from {:04}-{:02}-{:02}",
                date.day_of_week(),
                date.year,
                date.month,
                date.day
            ));
        }
        Ok(())
    }

    /// The year, however it was said.
    pub(super) fn year(&self) -> Option<i64> {
        self.get(Field::Year).or_else(|| self.get(Field::YearOfEra))
    }

    /// The day, if the fields name one.
    ///
    /// # Errors
    /// Java's message about a day that does not exist.
    pub(super) fn date(&self) -> Result<Option<Date>, String> {
        let Some(year) = self.year() else {
            return Ok(None);
        };
        if let (Some(month), Some(day)) = (self.get(Field::Month), self.get(Field::Day)) {
            return existing(year, month, day).map(Some);
        }
        let Some(day) = self.get(Field::DayOfYear) else {
            return Ok(None);
        };
        check(Field::DayOfYear, day)?;
        if day == 366 && !is_leap(year) {
            return Err(format!(
                "Invalid date 'DayOfYear 366' as '{year}' is not a leap year"
            ));
        }
        let first = Date {
            year,
            month: 1,
            day: 1,
        };
        Ok(Some(Date::from_days(first.days() + day - 1)))
    }

    /// The time as seconds of the day and nanoseconds, if there is an hour.
    pub(super) fn time(&self) -> Option<(i64, i64)> {
        let hour = self.get(Field::Hour)?;
        let rest = [Field::Minute, Field::Second, Field::Nano].map(|field| self.get(field));
        // A gap (an hour and a second without a minute) is no time of day.
        let gap = rest
            .windows(2)
            .any(|pair| pair[0].is_none() && pair[1].is_some());
        let [minute, second, nano] = rest.map(Option::unwrap_or_default);
        (!gap).then_some((hour * 3600 + minute * 60 + second, nano))
    }
}

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

/// The date, if that month has such a day.
///
/// # Errors
/// Java's message.
pub(super) fn existing(year: i64, month: i64, day: i64) -> Result<Date, String> {
    check(Field::Year, year)?;
    check(Field::Month, month)?;
    check(Field::Day, day)?;
    if day <= month_length(year, month) {
        return Ok(Date { year, month, day });
    }
    if day == 29 {
        return Err(format!(
            "Invalid date 'February 29' as '{year}' is not a leap year"
        ));
    }
    let name = usize::try_from(month - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or_default();
    Err(format!("Invalid date '{name} {day}'"))
}

fn check(field: Field, value: i64) -> Result<(), String> {
    let (name, min, max) = field.range();
    if (min..=max).contains(&value) {
        return Ok(());
    }
    let range = match field {
        Field::Day => "1 - 28/31".to_owned(),
        Field::DayOfYear => "1 - 365/366".to_owned(),
        Field::YearOfEra => "1 - 999999999/1000000000".to_owned(),
        _ => format!("{min} - {max}"),
    };
    Err(format!(
        "Invalid value for {name} (valid values {range}): {value}"
    ))
}
