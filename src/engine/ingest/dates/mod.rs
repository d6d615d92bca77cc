//! Dates as Elasticsearch reads and writes them: patterns of
//! `java.time.format.DateTimeFormatter` with strict resolution, the named
//! formats, and the defaults for what a text leaves out
//! (Elasticsearch guide, "Date processor", "Mapping date format").

mod fields;
mod named;
mod names;
mod parser;
mod pattern;
mod printer;
mod zone;

use crate::engine::civil::{DAY, Date};
use crate::engine::failure::Failure;

use fields::{Field, Fields};
pub(super) use names::Language;
use pattern::Element;
pub(super) use zone::Zone;

/// An instant, seen from a zone.
#[derive(Clone, Debug)]
pub(super) struct Zoned {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) seconds: i64,
    /// Nanoseconds of that second.
    pub(super) nano: i64,
    /// Where it is looked at from.
    pub(super) zone: Zone,
}

impl Zoned {
    /// The year of the local date.
    pub(super) fn year(&self) -> i64 {
        let local = self.seconds + self.zone.offset_at(self.seconds);
        Date::from_days(local.div_euclid(DAY)).year
    }
}

/// A date format: patterns that are tried one after the other.
#[derive(Clone, Debug)]
pub(super) struct Format {
    text: String,
    patterns: Vec<Vec<Element>>,
}

/// Longest format, and longest text that is read as a date.
const MAX_LENGTH: usize = 1000;

/// Reads a locale as the server does: `en`, `de-DE`, `fr_FR`.
///
/// # Errors
/// `illegal_argument_exception` for a language that does not exist.
pub(super) fn language(locale: &str) -> Result<Language, Failure> {
    names::language(locale).map_err(|code| {
        Failure::illegal_argument(format!(
            "Unknown language: {}",
            locale.split(['-', '_']).next().unwrap_or_default()
        ))
        .because(Failure::new(
            500,
            "missing_resource_exception",
            format!("Couldn't find 3-letter language code for {code}"),
        ))
    })
}

impl Format {
    /// A named format, a pattern, or several separated by `||`.
    ///
    /// # Errors
    /// `illegal_argument_exception` for a pattern that Java would refuse.
    pub(super) fn new(text: &str) -> Result<Self, Failure> {
        let mut patterns = Vec::new();
        if text.is_empty() || text.len() > MAX_LENGTH {
            return Err(Failure::illegal_argument("No date pattern provided"));
        }
        for part in text.split("||") {
            let named = named::patterns(part).unwrap_or_else(|| vec![part.to_owned()]);
            for one in named {
                patterns.push(pattern::parse(&one).map_err(|message| {
                    Failure::illegal_argument(format!("Invalid format: [{part}]: {message}"))
                        .because(Failure::illegal_argument(message))
                })?);
            }
        }
        Ok(Self {
            text: text.to_owned(),
            patterns,
        })
    }

    /// Reads a text as this format.
    ///
    /// # Errors
    /// `illegal_argument_exception` caused by `date_time_parse_exception`.
    pub(super) fn parse(&self, text: &str, language: Language) -> Result<Said, Failure> {
        if text.is_empty() {
            return Err(Failure::illegal_argument("cannot parse empty date"));
        }
        let refuse = |cause: Failure| {
            Failure::illegal_argument(format!(
                "failed to parse date field [{text}] with format [{}]",
                self.text
            ))
            .because(cause)
        };
        let unreadable = |message: String| Failure::new(500, "date_time_parse_exception", message);
        if text.len() > MAX_LENGTH {
            return Err(refuse(unreadable("the text is too long".into())));
        }
        let chars: Vec<char> = text.chars().collect();
        let mut last = None;
        for elements in &self.patterns {
            match attempt(elements, &chars, language) {
                Ok(fields) => return Ok(Said(fields)),
                Err(mismatch) => last = Some(mismatch),
            }
        }
        let shown = abbreviate(&chars);
        Err(refuse(match last {
            _ if self.patterns.len() > 1 => {
                unreadable("Failed to parse with all enclosed parsers".into())
            }
            Some(Mismatch::At(index)) => unreadable(format!(
                "Text '{shown}' could not be parsed at index {index}"
            )),
            Some(Mismatch::Rest(index)) => unreadable(format!(
                "Text '{shown}' could not be parsed, unparsed text found at index {index}"
            )),
            Some(Mismatch::Impossible(message)) => {
                unreadable(format!("Text '{shown}' could not be parsed: {message}"))
                    .because(Failure::new(500, "date_time_exception", message))
            }
            None => unreadable("no pattern".into()),
        }))
    }

    /// Writes an instant in this format (the first, if there are several).
    ///
    /// # Errors
    /// `date_time_exception` when a number does not fit its place.
    pub(super) fn print(&self, when: &Zoned, language: Language) -> Result<String, Failure> {
        let mut text = String::new();
        if let Some(elements) = self.patterns.first() {
            printer::write(elements, when, language, &mut text)
                .map_err(|message| Failure::new(500, "date_time_exception", message))?;
        }
        Ok(text)
    }
}

/// `2026-01-31T08:00:00.5Z`: an instant with the digits that its fraction has.
pub(super) fn iso_instant(seconds: i64, nano: u32) -> String {
    let date = Date::from_days(seconds.div_euclid(DAY));
    let second = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let mut text = format!("{date}T{hour:02}:{minute:02}:{second:02}");
    if nano > 0 {
        let fraction = format!(".{nano:09}");
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

enum Mismatch {
    At(usize),
    Rest(usize),
    Impossible(String),
}

fn attempt(elements: &[Element], text: &[char], language: Language) -> Result<Fields, Mismatch> {
    let mut fields = Fields::default();
    let end = parser::read(elements, text, 0, &mut fields, language).map_err(Mismatch::At)?;
    if end < text.len() {
        return Err(Mismatch::Rest(end));
    }
    fields.resolve().map_err(Mismatch::Impossible)?;
    Ok(fields)
}

/// As Java shortens a long text in its message.
fn abbreviate(text: &[char]) -> String {
    match text.get(..64) {
        Some(head) if text.len() > 64 => head.iter().collect::<String>() + "...",
        _ => text.iter().collect(),
    }
}

/// What a text said about a date; not everything, perhaps.
#[derive(Clone, Debug)]
pub(super) struct Said(Fields);

impl Said {
    /// Whether it said a year of any kind.
    pub(super) fn has_year(&self) -> bool {
        self.0.year().is_some() || self.0.get(Field::WeekYear).is_some()
    }

    /// Fills in `year` and the first of January, where less was said. Of an
    /// instant only the fraction of its second remains, as on the server.
    pub(super) fn or_year(&mut self, year: i64) {
        let fields = &mut self.0;
        let (seconds, nano) = fields.time().unwrap_or_default();
        let mut filled = Fields::default();
        filled.zone = fields.zone.take();
        let nano = fields.get(Field::Nano).unwrap_or(nano);
        for (field, value) in [
            (Field::Year, year),
            (Field::Month, fields.get(Field::Month).unwrap_or(1)),
            (Field::Day, fields.get(Field::Day).unwrap_or(1)),
            (Field::Hour, seconds / 3600),
            (Field::Minute, seconds / 60 % 60),
            (Field::Second, seconds % 60),
            (Field::Nano, nano),
        ] {
            filled.set(field, value);
        }
        *fields = filled;
    }

    /// The instant that was meant. A zone that the text named holds, else
    /// `formatter_zone` (a zone that the formatter was given), else an offset
    /// in the text, else `default_zone`.
    ///
    /// # Errors
    /// `date_time_exception` for a date that does not exist,
    /// `illegal_argument_exception` when too little was said.
    pub(super) fn when(
        &self,
        formatter_zone: Option<&Zone>,
        default_zone: &Zone,
    ) -> Result<Zoned, Failure> {
        let fields = &self.0;
        let zone = fields
            .zone
            .clone()
            .or_else(|| formatter_zone.cloned())
            .or_else(|| fields.get(Field::Offset).map(Zone::Fixed))
            .unwrap_or_else(|| default_zone.clone());
        let time = fields.time();
        let date = self.date(time.is_some())?;
        if let Some(seconds) = fields.get(Field::Instant)
            && (date.is_none() || time.is_none())
        {
            return Ok(Zoned {
                seconds,
                nano: fields.get(Field::Nano).unwrap_or_default(),
                zone,
            });
        }
        let date = date.ok_or_else(|| {
            Failure::illegal_argument("temporal accessor cannot be converted to zoned date time")
        })?;
        let (seconds, nano) = time.unwrap_or_default();
        Ok(Zoned {
            seconds: zone.instant_of(date.days() * DAY + seconds),
            nano,
            zone,
        })
    }

    /// The day, with the first month or day of what was said; the epoch's where
    /// only a time was said.
    fn date(&self, has_time: bool) -> Result<Option<Date>, Failure> {
        let fields = &self.0;
        let invalid = |message: String| Failure::new(500, "date_time_exception", message);
        if let Some(date) = fields.date().map_err(invalid)? {
            return Ok(Some(date));
        }
        if fields.year().is_none()
            && let Some(year) = fields.get(Field::WeekYear)
        {
            let week = fields.get(Field::Week).unwrap_or(1);
            let day = fields.get(Field::DayOfWeek).unwrap_or(1);
            if !(1..=53).contains(&week) || !(1..=7).contains(&day) || year.abs() > 999_999_999 {
                return Err(invalid(format!("Invalid value for week: {week}")));
            }
            return Ok(Some(Date::from_week(year, week, day)));
        }
        let said_something = fields.year().is_some()
            || fields.get(Field::Month).is_some()
            || fields.get(Field::Day).is_some()
            || has_time;
        if !said_something {
            return Ok(None);
        }
        fields::existing(
            fields.year().unwrap_or(1970),
            fields.get(Field::Month).unwrap_or(1),
            fields.get(Field::Day).unwrap_or(1),
        )
        .map(Some)
        .map_err(invalid)
    }
}

#[cfg(test)]
mod tests;
