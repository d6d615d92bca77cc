//! The calendar, and how `java.time` writes its values.

use crate::engine::civil::Date;

pub(super) use crate::engine::civil::{DAY, month_length};

/// Days since 1970-01-01 of a date.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    Date { year, month, day }.days()
}

/// Year, month and day of a day since 1970-01-01.
pub(super) fn date_of(days: i64) -> (i64, i64, i64) {
    let date = Date::from_days(days);
    (date.year, date.month, date.day)
}

/// Some months later; the day is cut to the length of the month.
pub(super) fn plus_months(days: i64, months: i64) -> i64 {
    let (year, month, day) = date_of(days);
    let total = (year * 12 + month - 1).saturating_add(months);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    days_of(year, month, day.min(month_length(year, month)))
}

/// `2020-08-31`
pub(super) fn date_text(days: i64) -> String {
    Date::from_days(days).to_string()
}

/// `10:20`, `10:20:30` or `10:20:30.500`, as much as is needed.
pub(super) fn time_text(second: i64, nanos: u32) -> String {
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let short = format!("{hour:02}:{minute:02}");
    match (second, nanos) {
        (0, 0) => short,
        (second, nanos) => format!("{short}:{second:02}{}", fraction_text(nanos)),
    }
}

/// `.5` seconds in groups of three digits; nothing for none.
pub(super) fn fraction_text(nanos: u32) -> String {
    if nanos == 0 {
        String::new()
    } else if nanos.is_multiple_of(1_000_000) {
        format!(".{:03}", nanos / 1_000_000)
    } else if nanos.is_multiple_of(1_000) {
        format!(".{:06}", nanos / 1_000)
    } else {
        format!(".{nanos:09}")
    }
}

/// `Z`, `+02:00` or `+02:00:30`.
pub(super) fn offset_text(seconds: i64) -> String {
    if seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.abs();
    let text = format!("{sign}{:02}:{:02}", size / 3_600, size / 60 % 60);
    match size % 60 {
        0 => text,
        rest => format!("{text}:{rest:02}"),
    }
}

/// Reads a text from its start.
pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn accept(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += usize::from(found) * c.len_utf8();
        found
    }

    /// Exactly that many digits.
    pub(super) fn digits(&mut self, count: usize) -> Option<i64> {
        let digits = self.rest().get(..count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.at += count;
        digits.parse().ok()
    }

    /// `2020-08-31` as days.
    pub(super) fn date(&mut self) -> Option<i64> {
        let year = self.digits(4)?;
        let month = self.accept('-').then(|| self.digits(2)).flatten()?;
        let day = self.accept('-').then(|| self.digits(2)).flatten()?;
        let exists = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
        exists.then(|| days_of(year, month, day))
    }

    /// `10:20`, with seconds and a fraction if they are there.
    pub(super) fn time(&mut self) -> Option<(i64, u32)> {
        let hour = self.digits(2).filter(|hour| *hour < 24)?;
        let minute = self.accept(':').then(|| self.digits(2)).flatten()?;
        let mut second = 0;
        let mut nanos = 0;
        if self.accept(':') {
            second = self.digits(2).filter(|second| *second < 60)?;
            if self.accept('.') {
                let count = self
                    .rest()
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .count()
                    .min(9);
                let digits = u32::try_from(self.digits(count)?).ok()?;
                nanos = digits * 10_u32.pow(9 - u32::try_from(count).ok()?);
            }
        }
        (minute < 60).then_some((hour * 3_600 + minute * 60 + second, nanos))
    }

    /// `Z` or `+02:00`.
    pub(super) fn offset(&mut self) -> Option<i64> {
        if self.accept('Z') {
            return Some(0);
        }
        let sign = if self.accept('-') {
            -1
        } else if self.accept('+') {
            1
        } else {
            return None;
        };
        let hour = self.digits(2)?;
        let minute = if self.accept(':') { self.digits(2)? } else { 0 };
        Some(sign * (hour * 3_600 + minute * 60))
    }
}
