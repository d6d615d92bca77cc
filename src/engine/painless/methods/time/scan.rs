//! Reading dates and times by a formatter.

use super::calendar::year_length;
use super::civil::{DAY, Reader, days_of, month_length};
use super::letters::{OFFSET_OF_MAIL, quoted, section};
use super::moment::{MONTHS, Moment, WEEKDAYS, Zone, unparsed};
use crate::engine::painless::interpret::{Run, Vm, throw};
use crate::engine::painless::methods::arguments::sequence;
use crate::engine::value::Value;

/// What a text said.
#[derive(Default)]
struct Said {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    half: Option<i64>,
    afternoon: Option<bool>,
    minute: Option<i64>,
    second: Option<i64>,
    nanos: Option<i64>,
    offset: Option<i64>,
    zone: Option<Zone>,
}

/// The parts of a constant such as `ISO_OFFSET_DATE_TIME`: date, time, and whether
/// an offset has to follow (`None`: it may).
pub(super) fn iso_parts(name: &str) -> Option<(bool, bool, Option<bool>)> {
    Some(match name {
        "ISO_LOCAL_DATE" => (true, false, Some(false)),
        "ISO_DATE" => (true, false, None),
        "ISO_LOCAL_TIME" => (false, true, Some(false)),
        "ISO_TIME" => (false, true, None),
        "ISO_LOCAL_DATE_TIME" => (true, true, Some(false)),
        "ISO_DATE_TIME" => (true, true, None),
        "ISO_OFFSET_DATE_TIME" | "ISO_ZONED_DATE_TIME" | "ISO_INSTANT" => (true, true, Some(true)),
        _ => return None,
    })
}

fn iso(reader: &mut Reader<'_>, (date, time, offset): (bool, bool, Option<bool>)) -> Option<Said> {
    let mut said = Said::default();
    if date {
        let (year, month, day) = super::civil::date_of(reader.date()?);
        (said.year, said.month, said.day) = (Some(year), Some(month), Some(day));
    }
    if date && time && !(reader.accept('T') || reader.accept('t')) {
        return None;
    }
    if time {
        let (second, nanos) = reader.time()?;
        said.hour = Some(second / 3_600);
        said.minute = Some(second / 60 % 60);
        said.second = Some(second % 60);
        said.nanos = Some(nanos.into());
    }
    let more = reader.rest().starts_with(['Z', '+', '-']);
    if offset == Some(true) || offset.is_none() && more {
        said.offset = Some(reader.offset()?);
        if let Some(name) = reader.rest().strip_prefix('[') {
            let name = name.strip_suffix(']')?;
            said.zone = Some(Zone::named(name)?);
            reader.at += name.len() + 2;
        }
    }
    Some(said)
}

/// The name among some that a text begins with, and its number from 1 on.
fn named(reader: &mut Reader<'_>, names: &[&str], short: bool) -> Option<i64> {
    for (index, name) in names.iter().enumerate() {
        let name = super::print::name_of(name, short);
        if reader.rest().starts_with(&name) {
            reader.at += name.len();
            return i64::try_from(index + 1).ok();
        }
    }
    None
}

/// A number of at least `count` digits: exactly so many where more digits follow in
/// the pattern or where the count is two.
fn number(reader: &mut Reader<'_>, count: usize, adjacent: bool) -> Option<i64> {
    let digits = reader.rest().bytes().take_while(u8::is_ascii_digit).count();
    let taken = match count {
        1 | 4.. if !adjacent => digits.min(18),
        _ => count,
    };
    if digits < count {
        return None;
    }
    reader.digits(taken)
}

fn offset(reader: &mut Reader<'_>, letter: char) -> Option<i64> {
    if letter == 'X' && reader.accept('Z') {
        return Some(0);
    }
    let negative = reader.accept('-');
    if !negative && !reader.accept('+') {
        return None;
    }
    let hours = reader.digits(2)?;
    let colon = reader.accept(':');
    let minutes = match reader.digits(2) {
        Some(minutes) => minutes,
        None if colon => return None,
        None => 0,
    };
    let total = hours * 3_600 + minutes * 60;
    Some(if negative { -total } else { total })
}

fn zone(reader: &mut Reader<'_>) -> Option<Zone> {
    let rest = reader.rest();
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || "/_+-:".contains(c)))
        .unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let zone = Zone::named(name)?;
    reader.at += end;
    Some(zone)
}

/// Reads one run of a pattern letter.
fn letter(
    reader: &mut Reader<'_>,
    said: &mut Said,
    (letter, count, adjacent): (char, usize, bool),
) -> Option<()> {
    let mut n = || number(reader, count, adjacent);
    match letter {
        'y' | 'u' if count == 2 => said.year = Some(2_000 + n()?),
        'y' | 'u' => said.year = Some(n()?),
        'M' | 'L' if count >= 3 => said.month = Some(named(reader, &MONTHS, count == 3)?),
        'M' | 'L' => said.month = Some(n()?),
        'd' => said.day = Some(n()?),
        'D' => said.day_of_year = Some(n()?),
        'H' => said.hour = Some(n()?),
        'k' => said.hour = Some(n()? % 24),
        'h' | 'K' => said.half = Some(n()? % 12),
        'm' => said.minute = Some(n()?),
        's' => said.second = Some(n()?),
        'n' => said.nanos = Some(n()?),
        'S' => {
            let digits = reader.digits(count)?;
            let scale = 10_i64.pow(9_u32.saturating_sub(u32::try_from(count).ok()?));
            said.nanos = Some(digits * scale);
        }
        'a' => {
            let afternoon = reader.rest().starts_with("PM");
            if !afternoon && !reader.rest().starts_with("AM") {
                return None;
            }
            reader.at += 2;
            said.afternoon = Some(afternoon);
        }
        'E' => {
            named(reader, &WEEKDAYS, count <= 3)?;
        }
        'X' | 'x' | 'Z' => said.offset = Some(offset(reader, letter)?),
        'V' | 'z' | 'O' => {
            let zone = zone(reader)?;
            if let Zone::Offset(seconds) = &zone {
                said.offset = Some(*seconds);
            }
            said.zone = Some(zone);
        }
        _ => return None,
    }
    Some(())
}

fn by_pattern(reader: &mut Reader<'_>, pattern: &[char]) -> Option<Said> {
    let mut said = Said::default();
    let mut at = 0;
    while let Some(&first) = pattern.get(at) {
        let run = pattern.iter().skip(at).take_while(|c| **c == first).count();
        match first {
            '\'' => {
                let (text, length) = quoted(pattern.iter().copied().skip(at + 1));
                if !reader.rest().starts_with(&text) {
                    return None;
                }
                reader.at += text.len();
                at += length + 1;
                continue;
            }
            '[' => {
                let inner = pattern.get(at + 1..).unwrap_or_default();
                let inner = inner
                    .get(..section(inner.iter().copied()))
                    .unwrap_or_default();
                let start = reader.at;
                match by_pattern(reader, inner) {
                    Some(more) => merge(&mut said, more),
                    None => reader.at = start,
                }
                at += inner.len() + 2;
                continue;
            }
            c if c.is_ascii_alphabetic() => {
                let next = pattern.get(at + run).copied().unwrap_or(' ');
                let adjacent = "yuMLdDHkhKmsSn".contains(next);
                letter(reader, &mut said, (c, run, adjacent))?;
                at += run;
                continue;
            }
            OFFSET_OF_MAIL if reader.rest().starts_with("GMT") => {
                reader.at += 3;
                said.offset = Some(0);
            }
            OFFSET_OF_MAIL => said.offset = Some(offset(reader, 'x')?),
            c if reader.accept(c) => {}
            _ => return None,
        }
        at += 1;
    }
    Some(said)
}

fn merge(said: &mut Said, more: Said) {
    said.year = more.year.or(said.year);
    said.month = more.month.or(said.month);
    said.day = more.day.or(said.day);
    said.day_of_year = more.day_of_year.or(said.day_of_year);
    said.hour = more.hour.or(said.hour);
    said.half = more.half.or(said.half);
    said.afternoon = more.afternoon.or(said.afternoon);
    said.minute = more.minute.or(said.minute);
    said.second = more.second.or(said.second);
    said.nanos = more.nanos.or(said.nanos);
    said.offset = more.offset.or(said.offset);
    said.zone = more.zone.or_else(|| said.zone.take());
}

impl Said {
    fn year(&self) -> Option<i64> {
        self.year.filter(|year| *year <= 999_999_999)
    }

    /// The date as days since 1970.
    fn days(&self) -> Option<i64> {
        let year = self.year()?;
        if let Some(day) = self.day_of_year {
            let exists = (1..=year_length(year)).contains(&day);
            return exists.then(|| days_of(year, 1, 1) + day - 1);
        }
        let (month, day) = (self.month?, self.day?);
        let exists = (1..=12).contains(&month) && (1..=31).contains(&day);
        // as Java's smart resolution: the 31st of a shorter month is its last day
        exists.then(|| days_of(year, month, day.min(month_length(year, month))))
    }

    /// The time as seconds of the day.
    fn second(&self) -> Option<i64> {
        let hour = match (self.hour, self.half) {
            (Some(hour), _) => hour,
            (None, Some(half)) => half + if self.afternoon? { 12 } else { 0 },
            (None, None) => return None,
        };
        let (minute, second) = (self.minute.unwrap_or(0), self.second.unwrap_or(0));
        let exists = hour < 24 && minute < 60 && second < 60;
        exists.then_some(hour * 3_600 + minute * 60 + second)
    }
}

/// What kind of moment is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Date,
    Time,
    DateTime,
    Zoned,
    Offset,
    YearMonth,
}

impl Wanted {
    const fn name(self) -> &'static str {
        match self {
            Self::Date => "LocalDate",
            Self::Time => "LocalTime",
            Self::DateTime => "LocalDateTime",
            Self::Zoned => "ZonedDateTime",
            Self::Offset => "OffsetDateTime",
            Self::YearMonth => "YearMonth",
        }
    }
}

/// `parse(text, formatter)`.
pub(super) fn parse(vm: &mut Vm<'_>, a: &[Value], wanted: Wanted) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    let Moment::Format(pattern, zone) =
        Moment::of(crate::engine::painless::methods::arguments::at(a, 1))?
    else {
        return super::arithmetic::wrong("a formatter is needed");
    };
    vm.work(text.len() + pattern.len())?;
    let mut reader = Reader::new(&text);
    let said = match iso_parts(pattern) {
        Some(parts) => iso(&mut reader, parts),
        None => by_pattern(&mut reader, &pattern.chars().collect::<Vec<char>>()),
    };
    let Some(mut said) = said.filter(|_| reader.rest().is_empty()) else {
        return unparsed(&text, reader.at);
    };
    if said.zone.is_none() && said.offset.is_none() {
        said.zone.clone_from(zone);
    }
    match made(&said, wanted) {
        Some(moment) => Ok(moment.value()),
        None => throw(
            "java.time.format.DateTimeParseException",
            format!(
                "Text '{text}' could not be parsed: Unable to obtain {} from TemporalAccessor",
                wanted.name()
            ),
        ),
    }
}

fn made(said: &Said, wanted: Wanted) -> Option<Moment> {
    let nanos = u32::try_from(said.nanos.unwrap_or(0)).ok()?;
    match wanted {
        Wanted::YearMonth => {
            let month = said.month.filter(|month| (1..=12).contains(month))?;
            Some(Moment::YearMonth(said.year()? * 12 + month - 1))
        }
        Wanted::Date => Some(Moment::Date(said.days()?)),
        Wanted::Time => Some(Moment::Time(said.second()?, nanos)),
        Wanted::DateTime => Some(Moment::DateTime(said.days()? * DAY + said.second()?, nanos)),
        Wanted::Offset => {
            let local = said.days()? * DAY + said.second()?;
            Some(Moment::Offset(local, nanos, said.offset?))
        }
        Wanted::Zoned => {
            let local = said.days()? * DAY + said.second()?;
            let zone = said.zone.clone().or(said.offset.map(Zone::Offset))?;
            let offset = said.offset.unwrap_or_else(|| zone.offset_of_local(local));
            Some(Moment::in_zone((local - offset, nanos), &zone))
        }
    }
}
