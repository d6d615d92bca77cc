//! Reads text by the elements of a format, strictly.

use super::fields::{Field, Fields};
use super::names::{Language, Width};
use super::pattern::{Element, Number, OffsetStyle, Sign};
use super::zone::{self, Zone};

/// Where the text did not fit, as a count of characters.
pub(super) type Mismatch = usize;

/// Reads `text` from `at` on; gives where it stopped.
pub(super) fn read(
    elements: &[Element],
    text: &[char],
    mut at: usize,
    fields: &mut Fields,
    language: Language,
) -> Result<usize, Mismatch> {
    for element in elements {
        at = element.read(text, at, fields, language)?;
    }
    Ok(at)
}

impl Element {
    fn read(
        &self,
        text: &[char],
        at: usize,
        fields: &mut Fields,
        language: Language,
    ) -> Result<usize, Mismatch> {
        match self {
            Self::Literal(literal) => literal
                .chars()
                .try_fold(at, |at, char| {
                    if text.get(at) == Some(&char) {
                        Ok(at + 1)
                    } else {
                        Err(at)
                    }
                })
                .map_err(|_| at),
            Self::Number(number) => number.read(text, at, fields),
            Self::Reduced(field) => {
                let value = digits(text, at, 2).ok_or(at)?;
                set(fields, *field, 2000 + value, at, at + 2)
            }
            Self::Fraction { min, max, point } => fraction(text, at, *min, *max, *point, fields),
            Self::Text(field, width) => name(*field, *width, text, at, fields, language),
            Self::Offset(style, zero) => offset(*style, zero, text, at, fields),
            Self::LocalizedOffset { .. } => localized_offset(text, at, fields),
            Self::ZoneId => zone_id(text, at, fields),
            Self::ZoneName => zone_name(text, at, fields),
            Self::Optional(inner) => {
                let mut attempt = fields.clone();
                Ok(match read(inner, text, at, &mut attempt, language) {
                    Ok(end) => {
                        *fields = attempt;
                        end
                    }
                    Err(_) => at,
                })
            }
            Self::Pad(_) => Ok(at
                + text[at.min(text.len())..]
                    .iter()
                    .take_while(|char| **char == ' ')
                    .count()),
            Self::Epoch { millis } => epoch(*millis, text, at, fields),
        }
    }
}

impl Number {
    fn read(&self, text: &[char], at: usize, fields: &mut Fields) -> Result<usize, Mismatch> {
        let sign = text.get(at).copied().ok_or(at)?;
        let signed = matches!(sign, '+' | '-');
        let start = at + usize::from(signed);
        if signed {
            let allowed = match self.sign {
                Sign::Normal => sign == '-',
                Sign::NotNegative => false,
                Sign::ExceedsPad => true,
            };
            if !allowed {
                return Err(at);
            }
        }
        let run = text[start..]
            .iter()
            .take(self.max + self.reserved)
            .take_while(|char| char.is_ascii_digit())
            .count();
        if run < self.min {
            return Err(at);
        }
        let count = if self.reserved > 0 {
            run.saturating_sub(self.reserved).max(self.min)
        } else {
            run
        };
        if self.sign == Sign::ExceedsPad
            && (sign == '+' && count <= self.min || !signed && count > self.min)
        {
            return Err(at);
        }
        let value = digits(text, start, count).ok_or(at)?;
        if sign == '-' && value == 0 {
            return Err(at);
        }
        let value = if sign == '-' { -value } else { value };
        set(fields, self.field, value, at, start + count)
    }
}

fn set(
    fields: &mut Fields,
    field: Field,
    value: i64,
    at: usize,
    end: usize,
) -> Result<usize, Mismatch> {
    if fields.set(field, value) {
        Ok(end)
    } else {
        Err(at)
    }
}

/// The number that exactly `count` digits from `at` on make.
fn digits(text: &[char], at: usize, count: usize) -> Option<i64> {
    text.get(at..at + count)?
        .iter()
        .try_fold(0_i64, |number, char| {
            number
                .checked_mul(10)?
                .checked_add(char.to_digit(10)?.into())
        })
}

fn fraction(
    text: &[char],
    at: usize,
    min: usize,
    max: usize,
    point: bool,
    fields: &mut Fields,
) -> Result<usize, Mismatch> {
    let start = at + usize::from(point);
    if point && text.get(at) != Some(&'.') {
        return Err(at);
    }
    let count = text
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take(max)
        .take_while(|char| char.is_ascii_digit())
        .count();
    if count < min {
        return Err(at);
    }
    let value = digits(text, start, count).ok_or(at)?;
    let scale = 10_i64.pow(u32::try_from(9 - count.min(9)).unwrap_or(0));
    set(fields, Field::Nano, value * scale, at, start + count)
}

/// The number of a name: months and days count from 1, the others from 0.
fn name(
    field: Field,
    width: Width,
    text: &[char],
    at: usize,
    fields: &mut Fields,
    language: Language,
) -> Result<usize, Mismatch> {
    let (names, first) = texts(field, width, language);
    let rest = text.get(at..).unwrap_or_default();
    names
        .iter()
        .zip(first..)
        .filter(|(name, _)| {
            name.chars()
                .eq(rest.iter().copied().take(name.chars().count()))
        })
        .max_by_key(|(name, _)| name.len())
        .ok_or(at)
        .and_then(|(name, value)| set(fields, field, value, at, at + name.chars().count()))
}

/// The names of a field's values and the value of the first.
pub(super) fn texts(field: Field, width: Width, language: Language) -> (Vec<String>, i64) {
    let own = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    match field {
        Field::Month => (language.months(width), 1),
        Field::DayOfWeek => (language.days(width), 1),
        Field::HalfDay => (own(["AM", "PM"]), 0),
        _ if width == Width::Full => (own(["Before Christ", "Anno Domini"]), 0),
        _ => (own(["BC", "AD"]), 0),
    }
}

fn offset(
    style: OffsetStyle,
    zero: &str,
    text: &[char],
    at: usize,
    fields: &mut Fields,
) -> Result<usize, Mismatch> {
    let rest = text.get(at..).unwrap_or_default();
    let sign = match rest.first() {
        Some('+') => 1,
        Some('-') => -1,
        _ => {
            let width = zero.chars().count();
            return if zero.chars().eq(rest.iter().copied().take(width)) {
                set(fields, Field::Offset, 0, at, at + width)
            } else {
                Err(at)
            };
        }
    };
    let hours = digits(rest, 1, 2).ok_or(at)?;
    let colon = matches!(style, OffsetStyle::ColonMinutes | OffsetStyle::ColonSeconds);
    let mut end = 3;
    let mut part = |required: bool| {
        let start = end + usize::from(colon);
        let here = !colon || rest.get(end) == Some(&':');
        match digits(rest, start, 2).filter(|value| here && *value < 60) {
            Some(value) => {
                end = start + 2;
                Ok(value)
            }
            None if required => Err(at),
            None => Ok(0),
        }
    };
    let minutes = part(style != OffsetStyle::OptionalMinutes)?;
    let seconds = match style {
        OffsetStyle::Seconds | OffsetStyle::ColonSeconds => part(false)?,
        _ => 0,
    };
    let total = hours * 3600 + minutes * 60 + seconds;
    if total > 64_800 {
        return Err(at);
    }
    set(fields, Field::Offset, sign * total, at, at + end)
}

fn localized_offset(text: &[char], at: usize, fields: &mut Fields) -> Result<usize, Mismatch> {
    let rest: String = text.get(at..).unwrap_or_default().iter().collect();
    let after = rest.strip_prefix("GMT").ok_or(at)?;
    let longest = (0..=after.len().min(9))
        .rev()
        .filter_map(|end| after.get(..end).map(|text| (end, text)))
        .find_map(|(end, text)| zone::offset(text).map(|value| (end, value)));
    let (end, value) = longest.unwrap_or((0, 0));
    set(fields, Field::Offset, value, at, at + 3 + end)
}

/// The longest text from `at` on that is the id of a zone or an offset.
fn zone_id(text: &[char], at: usize, fields: &mut Fields) -> Result<usize, Mismatch> {
    const LONGEST: usize = 40;
    let id: String = text
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(LONGEST)
        .take_while(|char| char.is_ascii_alphanumeric() || "/._~+-:".contains(**char))
        .collect();
    for end in (1..=id.len()).rev() {
        if let Ok(zone) = Zone::of(&id[..end]) {
            if fields.zone.replace(zone).is_some() {
                return Err(at);
            }
            return Ok(at + end);
        }
    }
    Err(at)
}

/// An abbreviation such as `CEST`, or else an id.
fn zone_name(text: &[char], at: usize, fields: &mut Fields) -> Result<usize, Mismatch> {
    let name: String = text
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take_while(|char| char.is_ascii_alphabetic())
        .take(5)
        .collect();
    let next = text.get(at + name.len());
    if !matches!(next, Some('/' | '+' | '-'))
        && let Some(zone) = Zone::abbreviated(&name)
    {
        fields.zone = Some(zone);
        return Ok(at + name.len());
    }
    zone_id(text, at, fields)
}

/// `1598869230123`, with a fraction of up to six (nine for seconds) digits.
fn epoch(millis: bool, text: &[char], at: usize, fields: &mut Fields) -> Result<usize, Mismatch> {
    let negative = text.get(at) == Some(&'-');
    let start = at + usize::from(negative);
    let run = |from: usize, most: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter()
            .take(most)
            .take_while(|char| char.is_ascii_digit())
            .count()
    };
    let whole_digits = run(start, 18);
    let whole = digits(text, start, whole_digits)
        .filter(|_| whole_digits > 0)
        .ok_or(at)?;
    let mut end = start + whole_digits;
    let mut nanos = 0;
    let most = if millis { 6 } else { 9 };
    if text.get(end) == Some(&'.') {
        let count = run(end + 1, most);
        let value = digits(text, end + 1, count).ok_or(at)?;
        nanos = value * 10_i64.pow(u32::try_from(most - count).unwrap_or(0));
        end += 1 + count;
    }
    let unit: i64 = if millis { 1000 } else { 1 };
    let mut seconds = whole / unit;
    nanos += whole % unit * 1_000_000;
    if negative {
        seconds = -seconds;
        if nanos > 0 {
            seconds -= 1;
            nanos = 1_000_000_000 - nanos;
        }
    }
    let end = set(fields, Field::Instant, seconds, at, end)?;
    set(fields, Field::Nano, nanos, at, end)
}
