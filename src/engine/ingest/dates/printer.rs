//! Writes an instant by the elements of a format.

use std::fmt::Write as _;

use super::Zoned;
use super::fields::Field;
use super::names::Language;
use super::parser::texts;
use super::pattern::{Element, Number, OffsetStyle, Sign};
use super::zone::offset_text;
use crate::engine::civil::{DAY, Date};

/// Appends the text of `when`.
///
/// # Errors
/// A message when a number does not fit its width.
pub(super) fn write(
    elements: &[Element],
    when: &Zoned,
    language: Language,
    out: &mut String,
) -> Result<(), String> {
    let local = Local::of(when);
    let mut pad = 0;
    for element in elements {
        let mut text = String::new();
        local.element(element, when, language, &mut text)?;
        let missing = usize::saturating_sub(pad, text.chars().count());
        out.extend(std::iter::repeat_n(' ', missing));
        out.push_str(&text);
        pad = match element {
            Element::Pad(width) => *width,
            _ => 0,
        };
    }
    Ok(())
}

struct Local {
    date: Date,
    second_of_day: i64,
    nano: i64,
    offset: i64,
    instant: i64,
}

impl Local {
    fn of(when: &Zoned) -> Self {
        let offset = when.zone.offset_at(when.seconds);
        let local = when.seconds + offset;
        Self {
            date: Date::from_days(local.div_euclid(DAY)),
            second_of_day: local.rem_euclid(DAY),
            nano: when.nano,
            offset,
            instant: when.seconds,
        }
    }

    fn get(&self, field: Field) -> i64 {
        let hour = self.second_of_day / 3600;
        match field {
            Field::YearOfEra if self.date.year < 1 => 1 - self.date.year,
            Field::Year | Field::YearOfEra => self.date.year,
            Field::Era => i64::from(self.date.year > 0),
            Field::WeekYear => self.date.week().0,
            Field::Week => self.date.week().1,
            Field::Quarter => (self.date.month - 1) / 3 + 1,
            Field::Month => self.date.month,
            Field::WeekOfMonth => (self.date.day - 1) / 7 + 1,
            Field::Day => self.date.day,
            Field::DayOfYear => self.date.day_of_year(),
            Field::DayOfWeek => self.date.day_of_week(),
            Field::HalfDay => hour / 12,
            Field::Hour => hour,
            Field::ClockHour => (hour + 23) % 24 + 1,
            Field::HalfDayHour => hour % 12,
            Field::ClockHalfDayHour => (hour + 11) % 12 + 1,
            Field::Minute => self.second_of_day / 60 % 60,
            Field::Second => self.second_of_day % 60,
            Field::Nano => self.nano,
            Field::MilliOfDay => self.second_of_day * 1000 + self.nano / 1_000_000,
            Field::NanoOfDay => self.second_of_day * 1_000_000_000 + self.nano,
            Field::Offset => self.offset,
            Field::Instant => self.instant,
        }
    }

    fn element(
        &self,
        element: &Element,
        when: &Zoned,
        language: Language,
        out: &mut String,
    ) -> Result<(), String> {
        match element {
            Element::Literal(text) => out.push_str(text),
            Element::Number(number) => number.write(self.get(number.field), out)?,
            Element::Reduced(field) => {
                let _ = write!(out, "{:02}", self.get(*field).rem_euclid(100));
            }
            Element::Fraction { min, max, point } => fraction(self.nano, *min, *max, *point, out),
            Element::Text(field, width) => {
                let (names, first) = texts(*field, *width, language);
                let index = usize::try_from(self.get(*field) - first).unwrap_or(0);
                out.push_str(names.get(index).map_or("", String::as_str));
            }
            Element::Offset(style, zero) => offset(*style, zero, self.offset, out),
            Element::LocalizedOffset { .. } if self.offset == 0 => out.push_str("GMT"),
            Element::LocalizedOffset { full } => {
                out.push_str("GMT");
                let text = offset_text(self.offset);
                let short = text.replacen("+0", "+", 1).replacen("-0", "-", 1);
                let text = if *full {
                    &text
                } else {
                    short.trim_end_matches(":00")
                };
                out.push_str(text);
            }
            Element::ZoneId | Element::ZoneName => out.push_str(&when.zone.id()),
            Element::Optional(inner) => return write(inner, when, language, out),
            Element::Pad(_) => {}
            Element::Epoch { millis: true } => {
                let millis = i128::from(self.instant) * 1000 + i128::from(self.nano / 1_000_000);
                let _ = write!(out, "{millis}");
            }
            Element::Epoch { millis: false } => {
                let _ = write!(out, "{}", self.instant);
            }
        }
        Ok(())
    }
}

impl Number {
    fn write(&self, value: i64, out: &mut String) -> Result<(), String> {
        let digits = value.unsigned_abs().to_string();
        if digits.len() > self.max {
            return Err(format!(
                "Field {:?} cannot be printed as the value {value} exceeds the maximum print width of {}",
                self.field, self.max
            ));
        }
        if value < 0 {
            out.push('-');
        } else if self.sign == Sign::ExceedsPad && digits.len() > self.min {
            out.push('+');
        }
        let _ = write!(out, "{digits:0>width$}", width = self.min);
        Ok(())
    }
}

fn fraction(nano: i64, min: usize, max: usize, point: bool, out: &mut String) {
    let all = format!("{nano:09}");
    let significant = all.trim_end_matches('0').len().clamp(min, max.max(min));
    if significant > 0 {
        if point {
            out.push('.');
        }
        out.push_str(all.get(..significant).unwrap_or(&all));
    }
}

fn offset(style: OffsetStyle, zero: &str, seconds: i64, out: &mut String) {
    if seconds == 0 {
        out.push_str(zero);
        return;
    }
    let text = offset_text(seconds);
    let minutes = text.get(..6).unwrap_or(&text);
    match style {
        OffsetStyle::ColonSeconds => out.push_str(&text),
        OffsetStyle::ColonMinutes => out.push_str(minutes),
        OffsetStyle::Seconds => out.push_str(&text.replace(':', "")),
        OffsetStyle::Minutes => out.push_str(&minutes.replace(':', "")),
        OffsetStyle::OptionalMinutes => {
            let bare = minutes.replace(':', "");
            out.push_str(bare.strip_suffix("00").unwrap_or(&bare));
        }
    }
}
