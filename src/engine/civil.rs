//! The proleptic Gregorian calendar over any year, in days and seconds since
//! 1970-01-01.

use std::fmt;

/// Seconds of a day.
pub(in crate::engine) const DAY: i64 = 86_400;

/// A calendar date that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Date {
    pub(in crate::engine) year: i64,
    pub(in crate::engine) month: i64,
    pub(in crate::engine) day: i64,
}

impl Date {
    /// The date so many days after 1970-01-01.
    pub(in crate::engine) fn from_days(days: i64) -> Self {
        // Years begin in March here, so that the leap day is their last.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        Self {
            year: year + era * 400 + i64::from(month <= 2),
            month,
            day: of_year - (153 * shifted_month + 2) / 5 + 1,
        }
    }

    /// Days since 1970-01-01.
    pub(in crate::engine) fn days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let shifted_month = (self.month + 9) % 12;
        let of_year = (153 * shifted_month + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// 1 to 366.
    pub(in crate::engine) fn day_of_year(self) -> i64 {
        let first = Self {
            month: 1,
            day: 1,
            ..self
        };
        self.days() - first.days() + 1
    }

    /// 1 (Monday) to 7.
    pub(in crate::engine) fn day_of_week(self) -> i64 {
        (self.days() + 3).rem_euclid(7) + 1
    }

    /// ISO week-based year and week.
    pub(in crate::engine) fn week(self) -> (i64, i64) {
        let thursday = Self::from_days(self.days() - self.day_of_week() + 4);
        (thursday.year, (thursday.day_of_year() - 1) / 7 + 1)
    }

    /// The date of an ISO week-based year, week and day of the week.
    pub(in crate::engine) fn from_week(year: i64, week: i64, day: i64) -> Self {
        let fourth = Self {
            year,
            month: 1,
            day: 4,
        };
        let monday = fourth.days() - fourth.day_of_week() + 1;
        Self::from_days(monday + (week - 1) * 7 + day - 1)
    }
}

/// As ISO 8601 has it: `2020-08-31`, with a sign before other years than those of
/// four digits.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            0..=9_999 => write!(f, "{:04}", self.year)?,
            10_000.. => write!(f, "+{}", self.year)?,
            _ => write!(f, "-{:04}", self.year.unsigned_abs())?,
        }
        write!(f, "-{:02}-{:02}", self.month, self.day)
    }
}

/// How many days a month has.
pub(in crate::engine) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whether the year has 366 days.
pub(in crate::engine) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Date;

    #[test]
    fn counts_days_both_ways() {
        for (days, date, weekday, week) in [
            (0, (1970, 1, 1), 4, (1970, 1)),
            (-1, (1969, 12, 31), 3, (1970, 1)),
            (18_505, (2020, 8, 31), 1, (2020, 36)),
            (11_016, (2000, 2, 29), 2, (2000, 9)),
            (-719_528, (0, 1, 1), 6, (-1, 52)),
        ] {
            let found = Date::from_days(days);
            assert_eq!((found.year, found.month, found.day), date);
            assert_eq!(found.days(), days);
            assert_eq!(found.day_of_week(), weekday, "{date:?}");
            assert_eq!(found.week(), week, "{date:?}");
            assert_eq!(Date::from_week(week.0, week.1, weekday), found);
        }
    }
}
