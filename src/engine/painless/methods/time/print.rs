//! Printing dates and times by a pattern.

use super::arithmetic::{part, wrong};
use super::civil::{DAY, date_text, offset_text};
use super::letters::{OFFSET_OF_MAIL, quoted, section};
use super::moment::{Moment, Zone};
use super::scan::iso_parts;
use crate::engine::painless::interpret::{Run, Vm, illegal_argument, throw};
use crate::engine::value::Value;

/// `format`: a moment by the pattern of a formatter.
pub(super) fn format(vm: &mut Vm<'_>, own: &Moment, formatter: &Moment) -> Run<Value> {
    let Moment::Format(pattern, zone) = formatter else {
        return wrong("a formatter is needed");
    };
    vm.work(pattern.len())?;
    let moved = match (own, zone) {
        (Moment::Instant(..) | Moment::Zoned(..) | Moment::Offset(..), Some(zone)) => {
            Moment::in_zone(own.instant(), zone)
        }
        _ => own.clone(),
    };
    let own = &moved;
    if let Some(parts) = iso_parts(pattern) {
        return vm.new_text(iso(own, pattern, parts)?.into());
    }
    vm.new_text(by_pattern(own, pattern)?.into())
}

fn by_pattern(own: &Moment, pattern: &str) -> Run<String> {
    let mut out = String::new();
    // where the output stood before each optional section that is open
    let mut open = Vec::new();
    let mut rest = pattern.chars();
    while let Some(first) = rest.next() {
        match first {
            '\'' => {
                let (text, length) = quoted(rest.clone());
                out.push_str(&text);
                rest.nth(length - 1);
            }
            '[' => open.push(out.len()),
            ']' => {
                open.pop();
            }
            letter if letter.is_ascii_alphabetic() || letter == OFFSET_OF_MAIL => {
                let more = rest.as_str().chars();
                let count = 1 + more.take_while(|c| *c == letter).count();
                rest = rest.as_str().get(count - 1..).unwrap_or_default().chars();
                match (missing(own, letter), open.pop()) {
                    (Some(field), None) => return unsupported(field),
                    (Some(_), Some(start)) => {
                        out.truncate(start);
                        rest.nth(section(rest.as_str().chars()));
                    }
                    (None, start) => {
                        open.extend(start);
                        print_letter(&mut out, own, letter, count)?;
                    }
                }
            }
            plain => out.push(plain),
        }
    }
    Ok(out)
}

/// The field that a letter needs and a moment has not.
fn missing(own: &Moment, letter: char) -> Option<&'static str> {
    let (dated, timed) = match own {
        Moment::Date(_) => (true, false),
        Moment::Time(..) => (false, true),
        Moment::DateTime(..) | Moment::Zoned(..) | Moment::Offset(..) => (true, true),
        Moment::YearMonth(_) => ("yuML".contains(letter), false),
        Moment::Year(_) => ("yu".contains(letter), false),
        _ => (false, false),
    };
    let zoned = matches!(own, Moment::Zoned(..) | Moment::Offset(..));
    let (field, there) = match letter {
        'y' => ("YearOfEra", dated),
        'u' => ("Year", dated),
        'M' | 'L' => ("MonthOfYear", dated),
        'd' => ("DayOfMonth", dated),
        'D' => ("DayOfYear", dated),
        'E' | 'e' => ("DayOfWeek", dated),
        'H' => ("HourOfDay", timed),
        'k' => ("ClockHourOfDay", timed),
        'h' => ("ClockHourOfAmPm", timed),
        'K' => ("HourOfAmPm", timed),
        'a' => ("AmPmOfDay", timed),
        'm' => ("MinuteOfHour", timed),
        's' => ("SecondOfMinute", timed),
        'S' | 'n' => ("NanoOfSecond", timed),
        _ => ("OffsetSeconds", zoned),
    };
    (!there).then_some(field)
}

fn unsupported<T>(field: &str) -> Run<T> {
    throw(
        "java.time.temporal.UnsupportedTemporalTypeException",
        format!("Unsupported field: {field}"),
    )
}

/// Prints one run of a pattern letter.
fn print_letter(out: &mut String, own: &Moment, letter: char, count: usize) -> Run<()> {
    let n = |which| match own {
        Moment::YearMonth(months) if which == 'M' => months.rem_euclid(12) + 1,
        Moment::YearMonth(months) => months.div_euclid(12),
        Moment::Year(year) => *year,
        _ => part(own, which),
    };
    let pad = |n: i64| out_pad(n, count);
    match letter {
        'y' | 'u' if count == 2 => out.push_str(&out_pad(n('y') % 100, 2)),
        'y' | 'u' => out.push_str(&pad(n('y'))),
        'M' | 'L' if count >= 3 => {
            let name = Moment::Month(n('M')).value().to_java_string();
            out.push_str(&name_of(&name, count == 3));
        }
        'M' | 'L' => out.push_str(&pad(n('M'))),
        'E' => {
            let name = Moment::Weekday(n('e')).value().to_java_string();
            out.push_str(&name_of(&name, count <= 3));
        }
        'd' | 'H' | 'm' | 's' | 'n' | 'D' | 'e' => out.push_str(&pad(n(letter))),
        'h' => out.push_str(&pad((n('H') + 11) % 12 + 1)),
        'K' => out.push_str(&pad(n('H') % 12)),
        'k' => out.push_str(&pad((n('H') + 23) % 24 + 1)),
        'a' => out.push_str(if n('H') < 12 { "AM" } else { "PM" }),
        'S' => {
            let digits = format!("{:09}", n('n'));
            out.push_str(digits.get(..count.min(9)).unwrap_or_default());
        }
        OFFSET_OF_MAIL => match own.local().0 - own.instant().0 {
            0 => out.push_str("GMT"),
            _ => out.push_str(&zone_text(own, 'x', 2)),
        },
        'z' if count > 3 => {
            return illegal_argument("full names of zones are not supported offline");
        }
        'X' | 'x' | 'Z' | 'V' | 'z' | 'O' => out.push_str(&zone_text(own, letter, count)),
        other => {
            return illegal_argument(format!("pattern letter {other} is not supported offline"));
        }
    }
    Ok(())
}

/// As one of the constants writes it.
fn iso(own: &Moment, name: &str, (date, time, offset): (bool, bool, Option<bool>)) -> Run<String> {
    if name == "ISO_INSTANT" {
        let (seconds, nanos) = own.instant();
        return Ok(Moment::Instant(seconds, nanos).value().to_java_string());
    }
    let dated = !matches!(own, Moment::Time(..) | Moment::Instant(..));
    let timed = !matches!(own, Moment::Date(_) | Moment::Instant(..));
    if date && !dated || time && !timed {
        let field = if date && !dated { "Year" } else { "HourOfDay" };
        return unsupported(field);
    }
    let known = matches!(own, Moment::Zoned(..) | Moment::Offset(..));
    if offset == Some(true) && !known {
        return unsupported("OffsetSeconds");
    }
    let (local, nanos) = own.local();
    let mut text = String::new();
    if date {
        text.push_str(&date_text(local.div_euclid(DAY)));
    }
    if date && time {
        text.push('T');
    }
    if time {
        let n = |which| part(own, which);
        for (n, mark) in [(n('H'), ""), (n('m'), ":"), (n('s'), ":")] {
            text.push_str(mark);
            text.push_str(&out_pad(n, 2));
        }
        if nanos > 0 {
            let fraction = format!("{nanos:09}");
            text.push('.');
            text.push_str(fraction.trim_end_matches('0'));
        }
    }
    if offset != Some(false) && known {
        text.push_str(&offset_text(local - own.instant().0));
        if let (Moment::Zoned(_, _, _, Zone::Region(zone, _)), true) =
            (own, matches!(name, "ISO_DATE_TIME" | "ISO_ZONED_DATE_TIME"))
        {
            text = format!("{text}[{zone}]");
        }
    }
    Ok(text)
}

pub(super) fn out_pad(n: i64, width: usize) -> String {
    format!("{n:0width$}")
}

pub(super) fn name_of(upper: &str, short: bool) -> String {
    let (first, rest) = upper.split_at(1.min(upper.len()));
    let name = format!("{first}{}", rest.to_lowercase());
    if short {
        name.chars().take(3).collect()
    } else {
        name
    }
}

pub(super) fn zone_text(own: &Moment, letter: char, count: usize) -> String {
    let zone = match own {
        Moment::Zoned(_, _, _, zone) => zone.clone(),
        Moment::Offset(_, _, offset) => Zone::Offset(*offset),
        _ => return String::new(),
    };
    match letter {
        'V' => return zone.id(),
        'z' => return zone.short_name(own.instant().0),
        _ => {}
    }
    let offset = &(own.local().0 - own.instant().0);
    if *offset == 0 && letter == 'X' {
        return "Z".to_owned();
    }
    let sign = if *offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 3_600, offset.abs() / 60 % 60);
    match (letter, count) {
        ('O', _) if *offset == 0 => "GMT".to_owned(),
        ('O', 1) if minutes == 0 => format!("GMT{sign}{hours}"),
        ('O', 1) => format!("GMT{sign}{hours}:{minutes:02}"),
        ('O', _) => format!("GMT{sign}{hours:02}:{minutes:02}"),
        ('X' | 'x', 1) if minutes == 0 => format!("{sign}{hours:02}"),
        ('X' | 'x', 1 | 2) | ('Z', 1..=3) => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}
