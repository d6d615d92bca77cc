//! Time zones as `java.time.ZoneId` names them.

use std::fmt::Write as _;

use crate::engine::failure::Failure;
use crate::model::time::Region;

/// An offset or a region.
#[derive(Clone, Debug)]
pub(in crate::engine::ingest) enum Zone {
    /// Seconds east of Greenwich.
    Fixed(i64),
    /// A region of the time zone database, or a name for an offset (`GMT+2`).
    Named(String, Place),
}

/// Where the offset of a named zone comes from.
#[derive(Clone, Debug)]
pub(in crate::engine::ingest) enum Place {
    Fixed(i64),
    Region(Region),
}

impl Zone {
    pub(in crate::engine::ingest) const UTC: Self = Self::Fixed(0);

    /// As `ZoneId.of`.
    ///
    /// # Errors
    /// `zone_rules_exception` for a region that is not known,
    /// `date_time_exception` for text that cannot be an id.
    pub(in crate::engine::ingest) fn of(id: &str) -> Result<Self, Failure> {
        if id == "Z" {
            return Ok(Self::UTC);
        }
        if id.starts_with(['+', '-']) {
            return offset(id).map(Self::Fixed).ok_or_else(|| {
                let reason = format!("Invalid ID for ZoneOffset, invalid format: {id}");
                Failure::new(500, "date_time_exception", reason)
            });
        }
        for prefix in ["UTC", "GMT", "UT"] {
            if let Some(rest) = id.strip_prefix(prefix) {
                let place = if rest.is_empty() {
                    Some(0)
                } else {
                    offset(rest)
                };
                if let Some(place) = place {
                    return Ok(Self::Named(id.to_owned(), Place::Fixed(place)));
                }
            }
        }
        if id.chars().count() < 2
            || !id
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || "/._~+-".contains(char))
        {
            let reason = format!("Invalid ID for region-based ZoneId, invalid format: {id}");
            return Err(Failure::new(500, "date_time_exception", reason));
        }
        Region::named(id)
            .map(|region| Self::Named(id.to_owned(), Place::Region(region)))
            .ok_or_else(|| {
                let reason = format!("Unknown time-zone ID: {id}");
                Failure::new(500, "zone_rules_exception", reason)
            })
    }

    /// The zone that an abbreviation such as `CEST` most likely means.
    pub(super) fn abbreviated(name: &str) -> Option<Self> {
        let region = match name {
            "GMT" | "UTC" | "UT" | "Z" => return Some(Self::Named("UTC".into(), Place::Fixed(0))),
            "CET" | "CEST" => "Europe/Paris",
            "EET" | "EEST" => "Europe/Athens",
            "WET" | "WEST" => "Europe/Lisbon",
            "BST" => "Europe/London",
            "MSK" | "MSD" => "Europe/Moscow",
            "EST" | "EDT" | "ET" => "America/New_York",
            "CST" | "CDT" | "CT" => "America/Chicago",
            "MST" | "MDT" | "MT" => "America/Denver",
            "PST" | "PDT" | "PT" => "America/Los_Angeles",
            "AKST" | "AKDT" => "America/Anchorage",
            "HST" => "Pacific/Honolulu",
            "AST" | "ADT" => "America/Halifax",
            "BRT" => "America/Sao_Paulo",
            "JST" => "Asia/Tokyo",
            "KST" => "Asia/Seoul",
            "IST" => "Asia/Kolkata",
            "SGT" => "Asia/Singapore",
            "HKT" => "Asia/Hong_Kong",
            "AEST" | "AEDT" => "Australia/Sydney",
            "AWST" => "Australia/Perth",
            "NZST" | "NZDT" => "Pacific/Auckland",
            "SAST" => "Africa/Johannesburg",
            _ => return None,
        };
        Self::of(region).ok()
    }

    /// Its id.
    pub(in crate::engine::ingest) fn id(&self) -> String {
        match self {
            Self::Fixed(0) => "Z".into(),
            Self::Fixed(seconds) => offset_text(*seconds),
            Self::Named(name, _) => name.clone(),
        }
    }

    /// Its offset in seconds at an instant, in seconds since the epoch.
    pub(super) fn offset_at(&self, instant: i64) -> i64 {
        match self {
            Self::Fixed(seconds) | Self::Named(_, Place::Fixed(seconds)) => *seconds,
            Self::Named(_, Place::Region(region)) => region.offset_at(instant),
        }
    }

    /// The instant of a local time, both in seconds since the epoch. A local
    /// time that a clock change skips is moved on, one that it repeats is the
    /// first of the two.
    pub(super) fn instant_of(&self, local: i64) -> i64 {
        match self {
            Self::Fixed(seconds) | Self::Named(_, Place::Fixed(seconds)) => local - seconds,
            Self::Named(_, Place::Region(region)) => local - region.offset_of_local(local),
        }
    }
}

/// `+05:30` for seconds east of Greenwich; seconds only where there are any.
pub(super) fn offset_text(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let total = seconds.abs();
    let mut text = format!("{sign}{:02}:{:02}", total / 3600, total / 60 % 60);
    if total % 60 != 0 {
        let _ = write!(text, ":{:02}", total % 60);
    }
    text
}

/// The seconds of `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss`, `+hhmmss`.
pub(super) fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|char| *char != ':').collect();
    let well_formed = match rest.len() {
        1 | 2 | 4 | 6 => !rest.contains(':'),
        5 => rest.as_bytes().get(2) == Some(&b':'),
        8 => rest.as_bytes().get(2) == Some(&b':') && rest.as_bytes().get(5) == Some(&b':'),
        _ => false,
    };
    if !well_formed || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| {
        digits
            .get(at..at + 2)
            .map_or(Some(0), |two| two.parse::<i64>().ok())
    };
    let hours = if digits.len() == 1 {
        digits.parse().ok()?
    } else {
        part(0)?
    };
    let (minutes, seconds) = (part(2)?, part(4)?);
    let total = hours * 3600 + minutes * 60 + seconds;
    (minutes < 60 && seconds < 60 && total <= 64_800).then_some(sign * total)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Zone, offset, offset_text};

    #[test]
    fn knows_ids() {
        let july = 1_593_604_800;
        for (id, seconds) in [
            ("Z", 0),
            ("UTC", 0),
            ("GMT+2", 7200),
            ("+05:30", 19_800),
            ("-0330", -12_600),
            ("Europe/Berlin", 7200),
            ("America/New_York", -14_400),
        ] {
            assert_eq!(Zone::of(id).unwrap().offset_at(july), seconds, "{id}");
        }
        for (id, kind) in [
            ("Nope/Zone", "zone_rules_exception"),
            ("+99:00", "date_time_exception"),
            ("a b", "date_time_exception"),
        ] {
            assert_eq!(Zone::of(id).unwrap_err().kind(), kind, "{id}");
        }
        assert_eq!(Zone::abbreviated("CEST").unwrap().offset_at(july), 7200);
        assert_eq!(offset("+1:00"), None);
        assert_eq!(offset_text(-12_605), "-03:30:05");
    }

    #[test]
    fn local_times_at_clock_changes() {
        let berlin = Zone::of("Europe/Berlin").unwrap();
        // 2020-03-29T02:30 does not exist, 2020-10-25T02:30 exists twice.
        assert_eq!(berlin.instant_of(1_585_449_000), 1_585_445_400);
        assert_eq!(berlin.instant_of(1_603_593_000), 1_603_585_800);
    }
}
