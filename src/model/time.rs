//! Instants in UTC, as RFC 3339 writes them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, OrErr, Result};

/// An instant with whole seconds, in UTC; written `2026-01-31T08:00:00Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The instant `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] outside the years -9999 to 9999.
    pub fn from_seconds(seconds: i64) -> Result<Self> {
        jiff::Timestamp::from_second(seconds)
            .map(Self)
            .or_err(ErrorKind::Malformed, || {
                format!("{seconds} seconds are not a usable time")
            })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// An instant from RFC 3339 text; fractions of a second are cut off.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for other text.
    pub fn parse(text: &str) -> Result<Self> {
        let instant: jiff::Timestamp = text.parse().or_err(ErrorKind::Malformed, || {
            format!("{text:?} is not a time as 2026-01-31T08:00:00Z")
        })?;
        Self::from_seconds(instant.as_second())
    }

    /// An instant from the text of HTTP's `Date` header
    /// (`Sun, 06 Nov 1994 08:49:37 GMT`, RFC 9110 section 5.6.7); nothing for
    /// other text.
    #[must_use]
    pub fn parse_http(text: &str) -> Option<Self> {
        let instant = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
        Self::from_seconds(instant.timestamp().as_second()).ok()
    }

    /// The instant as HTTP's `Date` header writes it.
    #[must_use]
    pub fn to_http(self) -> String {
        self.0.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// The instant `days` of 24 hours later.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] beyond the year 9999.
    pub fn plus_days(self, days: i64) -> Result<Self> {
        days.checked_mul(86_400)
            .and_then(|seconds| self.seconds().checked_add(seconds))
            .ok_or_else(|| Error::new(ErrorKind::Malformed, format!("{days} days are too many")))
            .and_then(Self::from_seconds)
    }
}

/// `millis` since 1970-01-01T00:00:00Z as RFC 3339 with three decimals
/// (`2026-01-31T08:00:00.120Z`); the epoch itself for a time out of range.
#[must_use]
pub fn rfc3339_millis(millis: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{instant:.3}")
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A region of the time zone database, such as `Europe/Berlin`.
#[derive(Clone, Debug)]
pub struct Region(jiff::tz::TimeZone);

/// Seconds of 400 years, after which the calendar repeats.
const CALENDAR_CYCLE: i64 = 146_097 * 86_400;

impl Region {
    /// The region of this name, if the database (which is compiled in) has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
    }

    /// Seconds east of Greenwich at an instant, in seconds since
    /// 1970-01-01T00:00:00Z. Years that the database cannot reckon with have
    /// the rules of one that it can, a multiple of 400 years away.
    #[must_use]
    pub fn offset_at(&self, instant: i64) -> i64 {
        jiff::Timestamp::from_second(within_calendar(instant))
            .map_or(0, |instant| i64::from(self.0.to_offset(instant).seconds()))
    }

    /// What clocks there are said to show at an instant: `CET`, `CEST`, or an
    /// offset such as `+03` where the database has no letters.
    #[must_use]
    pub fn abbreviation_at(&self, instant: i64) -> String {
        jiff::Timestamp::from_second(within_calendar(instant)).map_or_else(
            |_| String::new(),
            |instant| self.0.to_offset_info(instant).abbreviation().to_owned(),
        )
    }

    /// Seconds east of Greenwich at a local time, in seconds since a local
    /// 1970-01-01T00:00:00. Where a clock change skips or repeats that time, the
    /// offset from before the change.
    #[must_use]
    pub fn offset_of_local(&self, local: i64) -> i64 {
        let Ok(instant) = jiff::Timestamp::from_second(within_calendar(local)) else {
            return 0;
        };
        let local = jiff::tz::Offset::UTC.to_datetime(instant);
        let offset = match self.0.to_ambiguous_timestamp(local).offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { offset } => offset,
            jiff::tz::AmbiguousOffset::Gap { before, .. }
            | jiff::tz::AmbiguousOffset::Fold { before, .. } => before,
        };
        i64::from(offset.seconds())
    }
}

/// The same time of the calendar's cycle in the years 1600 to 2399, unless it
/// is within the years 0 to 9000 already.
fn within_calendar(seconds: i64) -> i64 {
    const FIRST: i64 = -62_135_596_800;
    const LAST: i64 = 221_845_392_000;
    if (FIRST..LAST).contains(&seconds) {
        seconds
    } else {
        seconds.rem_euclid(CALENDAR_CYCLE)
    }
}
