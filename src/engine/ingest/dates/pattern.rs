//! Patterns of `java.time.format.DateTimeFormatter` as lists of elements.

use super::fields::Field;
use super::names::Width;

/// A part of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Literal(String),
    Number(Number),
    /// Two digits of a year from 2000 on.
    Reduced(Field),
    /// A fraction of a second with so many digits.
    Fraction {
        min: usize,
        max: usize,
        point: bool,
    },
    /// The name of a month, day, half of the day or era.
    Text(Field, Width),
    /// Minutes (and seconds) are as the style says; the text stands for zero.
    Offset(OffsetStyle, &'static str),
    /// `GMT+8`, or `GMT+08:00` when full.
    LocalizedOffset {
        full: bool,
    },
    /// A zone's id or an offset.
    ZoneId,
    /// A zone's name (`CET`).
    ZoneName,
    Optional(Vec<Self>),
    /// What follows is at least this wide.
    Pad(usize),
    /// Milliseconds since the epoch, or seconds, with an optional fraction.
    Epoch {
        millis: bool,
    },
}

/// A number and how wide it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) field: Field,
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) sign: Sign,
    /// Digits that belong to the fixed numbers right behind this one.
    pub(super) reserved: usize,
}

/// `java.time.format.SignStyle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Normal,
    NotNegative,
    ExceedsPad,
}

/// How an offset writes what is behind its hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffsetStyle {
    /// `+HHmm`: minutes when there are any.
    OptionalMinutes,
    /// `+HHMM`
    Minutes,
    /// `+HH:MM`
    ColonMinutes,
    /// `+HHMMss`
    Seconds,
    /// `+HH:MM:ss`
    ColonSeconds,
}

/// Letters that no Java pattern has; the named formats use them.
pub(super) const FRACTION: char = '\u{1}';
pub(super) const COMMA_FRACTION: char = '\u{2}';
pub(super) const ZONE_OR_OFFSET: char = '\u{3}';
pub(super) const BARE_OFFSET: char = '\u{4}';
pub(super) const EPOCH_MILLIS: char = '\u{5}';
pub(super) const EPOCH_SECONDS: char = '\u{6}';

const MAX_DEPTH: usize = 32;

/// Parses a pattern.
///
/// # Errors
/// Java's message about it.
pub(super) fn parse(pattern: &str) -> Result<Vec<Element>, String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut builder = Builder::default();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let run = chars[at..].iter().take_while(|it| **it == char).count();
        match char {
            'p' => {
                if chars
                    .get(at + run)
                    .is_none_or(|next| !next.is_ascii_alphabetic())
                {
                    return Err(format!(
                        "Pad letter 'p' must be followed by valid pad pattern: {pattern}"
                    ));
                }
                builder.push(Element::Pad(run));
                at += run;
            }
            'A'..='Z' | 'a'..='z' => {
                builder.field(char, run)?;
                at += run;
            }
            '\'' => {
                let (text, end) = quoted(&chars, at, pattern)?;
                builder.push(Element::Literal(text));
                at = end;
            }
            '[' => {
                if builder.outer.len() >= MAX_DEPTH {
                    return Err("Pattern nests too deeply".into());
                }
                builder.open();
                at += 1;
            }
            ']' => {
                if !builder.close() {
                    return Err("Pattern invalid as it contains ] without previous [".into());
                }
                at += 1;
            }
            '{' | '}' | '#' => {
                return Err(format!("Pattern includes reserved character: '{char}'"));
            }
            FRACTION..=EPOCH_SECONDS => {
                builder.push(special(char));
                at += 1;
            }
            other => {
                builder.push(Element::Literal(other.to_string()));
                at += 1;
            }
        }
    }
    while builder.close() {}
    Ok(builder.elements)
}

/// The text of a quoted literal that begins at `start`, and where it ends.
fn quoted(chars: &[char], start: usize, pattern: &str) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut at = start + 1;
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('\''), Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            (Some('\''), _) => break,
            (Some(&char), _) => {
                text.push(char);
                at += 1;
            }
            (None, _) => {
                return Err(format!(
                    "Pattern ends with an incomplete string literal: {pattern}"
                ));
            }
        }
    }
    if text.is_empty() {
        text.push('\'');
    }
    Ok((text, at + 1))
}

fn special(char: char) -> Element {
    match char {
        FRACTION => Element::Fraction {
            min: 1,
            max: 9,
            point: true,
        },
        COMMA_FRACTION => Element::Fraction {
            min: 1,
            max: 9,
            point: false,
        },
        ZONE_OR_OFFSET => Element::ZoneId,
        BARE_OFFSET => Element::Offset(OffsetStyle::OptionalMinutes, "Z"),
        other => Element::Epoch {
            millis: other == EPOCH_MILLIS,
        },
    }
}

#[derive(Default)]
struct Builder {
    elements: Vec<Element>,
    outer: Vec<Vec<Element>>,
    /// The number that yields digits to fixed numbers right behind it.
    active: Option<usize>,
}

impl Builder {
    fn push(&mut self, element: Element) {
        self.elements.push(element);
        self.active = None;
    }

    fn open(&mut self) {
        self.outer.push(std::mem::take(&mut self.elements));
        self.active = None;
    }

    fn close(&mut self) -> bool {
        let Some(outer) = self.outer.pop() else {
            return false;
        };
        let inner = std::mem::replace(&mut self.elements, outer);
        self.push(Element::Optional(inner));
        true
    }

    fn number(&mut self, field: Field, min: usize, max: usize, sign: Sign) {
        let fixed = min == max && sign == Sign::NotNegative;
        self.elements.push(Element::Number(Number {
            field,
            min,
            max,
            sign,
            reserved: 0,
        }));
        self.adjoin(fixed, max);
    }

    /// Java's adjacent value parsing: a fixed number takes its digits from the
    /// last number of open width before it.
    fn adjoin(&mut self, fixed: bool, width: usize) {
        let last = self.elements.len() - 1;
        match self.active.and_then(|index| self.elements.get_mut(index)) {
            Some(Element::Number(number)) if fixed => number.reserved += width,
            _ => self.active = Some(last),
        }
    }

    fn field(&mut self, letter: char, count: usize) -> Result<(), String> {
        let too_many = || Err(format!("Too many pattern letters: {letter}"));
        let text_width = match count {
            1..=3 => Width::Short,
            4 => Width::Full,
            5 => Width::Narrow,
            _ if "MLQqEecaGzOXxZvBW".contains(letter) => return too_many(),
            _ => Width::Short,
        };
        match letter {
            'u' | 'y' | 'Y' => {
                let field = match letter {
                    'u' => Field::Year,
                    'y' => Field::YearOfEra,
                    _ => Field::WeekYear,
                };
                match count {
                    2 => self.push(Element::Reduced(field)),
                    1 | 3 => self.number(field, count, 19, Sign::Normal),
                    _ => self.number(field, count, 19, Sign::ExceedsPad),
                }
            }
            'M' | 'L' if count < 3 => self.plain(Field::Month, count),
            'M' | 'L' => self.push(Element::Text(Field::Month, text_width)),
            'Q' | 'q' => self.plain(Field::Quarter, count.min(2)),
            'e' | 'c' if count < 3 => self.number(Field::DayOfWeek, count, 2, Sign::NotNegative),
            'E' | 'e' | 'c' => self.push(Element::Text(Field::DayOfWeek, text_width)),
            'w' if count < 3 => self.number(Field::Week, count, 2, Sign::NotNegative),
            'W' if count == 1 => self.number(Field::WeekOfMonth, 1, 2, Sign::NotNegative),
            'a' if count == 1 => self.push(Element::Text(Field::HalfDay, Width::Short)),
            'G' => self.push(Element::Text(Field::Era, text_width)),
            'S' if count < 10 => {
                self.elements.push(Element::Fraction {
                    min: count,
                    max: count,
                    point: false,
                });
                self.adjoin(true, count);
            }
            'S' => {
                return Err(
                    "Maximum width must be from 1 to 9 inclusive but was ".to_owned()
                        + &count.to_string(),
                );
            }
            'F' if count == 1 => self.plain(Field::WeekOfMonth, 1),
            'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' if count < 3 => {
                self.plain(Field::of_letter(letter), count);
            }
            'D' if count < 4 => match count {
                1 => self.plain(Field::DayOfYear, 1),
                _ => self.number(Field::DayOfYear, count, 3, Sign::NotNegative),
            },
            'A' | 'n' | 'N' if count < 20 => {
                self.number(Field::of_letter(letter), count, 19, Sign::NotNegative);
            }
            'z' => self.push(Element::ZoneName),
            'v' if count == 1 || count == 4 => self.push(Element::ZoneName),
            'V' if count == 2 => self.push(Element::ZoneId),
            'V' => return Err(format!("Pattern letter count must be 2: {letter}")),
            'O' if count == 1 || count == 4 => {
                self.push(Element::LocalizedOffset { full: count == 4 });
            }
            'O' => return Err(format!("Pattern letter count must be 1 or 4: {letter}")),
            'Z' => self.push(match count {
                1..=3 => Element::Offset(OffsetStyle::Minutes, "+0000"),
                4 => Element::LocalizedOffset { full: true },
                _ => Element::Offset(OffsetStyle::ColonSeconds, "Z"),
            }),
            'X' | 'x' => self.push(offset(letter, count)),
            'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' | 'D' | 'a' | 'F' | 'w' | 'W' => {
                return too_many();
            }
            other => return Err(format!("Unknown pattern letter: {other}")),
        }
        Ok(())
    }

    fn plain(&mut self, field: Field, count: usize) {
        if count == 1 {
            self.number(field, 1, 19, Sign::Normal);
        } else {
            self.number(field, count, count, Sign::NotNegative);
        }
    }
}

fn offset(letter: char, count: usize) -> Element {
    let style = match count {
        1 => OffsetStyle::OptionalMinutes,
        2 => OffsetStyle::Minutes,
        3 => OffsetStyle::ColonMinutes,
        4 => OffsetStyle::Seconds,
        _ => OffsetStyle::ColonSeconds,
    };
    let zero = match (letter, count) {
        ('X', _) => "Z",
        (_, 1) => "+00",
        (_, 2 | 4) => "+0000",
        _ => "+00:00",
    };
    Element::Offset(style, zero)
}
