//! Printing dates and times by a pattern.

use super::arithmetic::{part, wrong};
use super::moment::{Moment, Zone};
use crate::engine::painless::interpret::{Run, Vm, illegal_argument};
use crate::engine::value::Value;

pub(super) fn format(vm: &mut Vm<'_>, own: &Moment, formatter: &Moment) -> Run<Value> {
    let Moment::Format(pattern) = formatter else {
        return wrong("a formatter is needed");
    };
    let mut out = String::new();
    let mut rest = pattern.as_str();
    while let Some(first) = rest.chars().next() {
        let count = rest.chars().take_while(|c| *c == first).count();
        let length = count * first.len_utf8();
        let n = |which| part(own, which);
        let pad = |n: i64| out_pad(n, count);
        match first {
            '\'' => {
                let quoted = rest.get(1..).unwrap_or_default();
                let end = quoted.find('\'').unwrap_or(quoted.len());
                out.push_str(if end == 0 {
                    "'"
                } else {
                    quoted.get(..end).unwrap_or_default()
                });
                rest = quoted.get(end + 1..).unwrap_or_default();
                continue;
            }
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
            'd' | 'H' | 'm' | 's' | 'n' | 'D' | 'e' => out.push_str(&pad(n(first))),
            'h' => out.push_str(&pad((n('H') + 11) % 12 + 1)),
            'a' => out.push_str(if n('H') < 12 { "AM" } else { "PM" }),
            'S' => {
                let digits = format!("{:09}", n('n'));
                out.push_str(digits.get(..count.min(9)).unwrap_or_default());
            }
            'X' | 'x' | 'Z' | 'V' => out.push_str(&zone_text(own, first, count)),
            c if c.is_ascii_alphabetic() => {
                return illegal_argument(format!("pattern letter {c} is not supported offline"));
            }
            _ => out.push_str(rest.get(..length).unwrap_or_default()),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    vm.new_text(out.into())
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
    let Moment::Zoned(_, _, offset, zone) = own else {
        return String::new();
    };
    if letter == 'V' {
        return Zone::id(zone);
    }
    if *offset == 0 && letter == 'X' {
        return "Z".to_owned();
    }
    let sign = if *offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 3_600, offset.abs() / 60 % 60);
    match (letter, count) {
        ('X' | 'x', 1) if minutes == 0 => format!("{sign}{hours:02}"),
        ('X' | 'x', 1 | 2) | ('Z', 1..=3) => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}
