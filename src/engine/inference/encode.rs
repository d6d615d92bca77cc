//! Preprocessors as they run: fields and features are numbered slots.

use std::collections::HashMap;

use super::definition::{Encoding, NGram, Preprocessor};
use crate::engine::value::{JavaString, Value};

/// Numbers the names of fields and features.
#[derive(Default)]
pub(super) struct Slots {
    numbers: HashMap<String, usize>,
}

impl Slots {
    /// The slot of that name, a new one if it has none yet.
    pub(super) fn of(&mut self, name: &str) -> usize {
        if let Some(&slot) = self.numbers.get(name) {
            return slot;
        }
        let slot = self.numbers.len();
        self.numbers.insert(name.to_owned(), slot);
        slot
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

/// A preprocessor with slots in the place of names.
#[derive(Clone, Debug)]
pub(super) struct Encoder {
    from: usize,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    OneHot(Vec<(Box<str>, usize)>),
    Lookup {
        map: HashMap<Box<str>, f64>,
        default: f64,
        to: usize,
    },
    NGram {
        start: i32,
        length: usize,
        /// For each length of pieces, the slots of the positions
        pieces: Vec<(usize, Vec<usize>)>,
    },
}

/// Compiles preprocessors; those of a multi encoding follow each other.
pub(super) fn compile(preprocessors: Vec<Preprocessor>, slots: &mut Slots) -> Vec<Encoder> {
    let mut encoders = Vec::with_capacity(preprocessors.len());
    let mut open = vec![preprocessors.into_iter()];
    while let Some(steps) = open.last_mut() {
        let Some(preprocessor) = steps.next() else {
            open.pop();
            continue;
        };
        let (from, action) = match preprocessor.encoding {
            Encoding::Multi(steps) => {
                open.push(steps.into_iter());
                continue;
            }
            Encoding::OneHot { field, hot_map } => {
                let from = slots.of(&field);
                let columns = hot_map
                    .into_iter()
                    .map(|(value, column)| (value.into_boxed_str(), slots.of(&column)))
                    .collect();
                (from, Action::OneHot(columns))
            }
            Encoding::TargetMean {
                field,
                feature,
                map,
                default,
            } => lookup(slots, &field, &feature, map, default),
            Encoding::Frequency {
                field,
                feature,
                map,
            } => lookup(slots, &field, &feature, map, 0.0),
            Encoding::NGram(n_gram) => pieces(slots, &n_gram),
        };
        encoders.push(Encoder { from, action });
    }
    encoders
}

fn lookup(
    slots: &mut Slots,
    field: &str,
    feature: &str,
    mut map: HashMap<Box<str>, f64>,
    default: f64,
) -> (usize, Action) {
    map.shrink_to_fit();
    let (from, to) = (slots.of(field), slots.of(feature));
    (from, Action::Lookup { map, default, to })
}

fn pieces(slots: &mut Slots, n_gram: &NGram) -> (usize, Action) {
    let from = slots.of(&n_gram.field);
    let length = usize::try_from(n_gram.length).unwrap_or(0);
    let pieces = n_gram
        .grams
        .iter()
        .map(|&gram| {
            let positions = (length + 1).saturating_sub(gram);
            let slots = (0..positions)
                .map(|position| slots.of(&n_gram.feature(gram, position)))
                .collect();
            (gram, slots)
        })
        .collect();
    let action = Action::NGram {
        start: n_gram.start,
        length,
        pieces,
    };
    (from, action)
}

impl Encoder {
    /// Reads its field and writes its features; leaves them as they are when the
    /// field is missing.
    pub(super) fn run(&self, slots: &mut [Value]) {
        let value = match slots.get(self.from) {
            None | Some(Value::Null) => return,
            Some(value) => value.clone(),
        };
        match &self.action {
            Action::Lookup { map, default, to } => {
                let number = with_text(&value, |text| map.get(text).copied()).unwrap_or(*default);
                put(slots, *to, Value::Double(number));
            }
            Action::OneHot(columns) => with_text(&value, |text| {
                for (known, to) in columns {
                    put(slots, *to, Value::Int(i32::from(**known == *text)));
                }
            }),
            Action::NGram {
                start,
                length,
                pieces,
            } => {
                let text = match &value {
                    Value::Str(text) => text.clone(),
                    other => JavaString::from(other.to_java_string()),
                };
                cut(&text, *start, *length, pieces, slots);
            }
        }
    }
}

fn put(slots: &mut [Value], slot: usize, value: Value) {
    if let Some(place) = slots.get_mut(slot) {
        *place = value;
    }
}

/// The value in the form that Java's `toString` gives it.
fn with_text<T>(value: &Value, read: impl FnOnce(&str) -> T) -> T {
    match value {
        Value::Str(text) => match text.as_ascii() {
            Some(ascii) => read(ascii),
            None => read(&text.to_str()),
        },
        other => read(&other.to_java_string()),
    }
}

fn cut(
    text: &JavaString,
    start: i32,
    length: usize,
    pieces: &[(usize, Vec<usize>)],
    slots: &mut [Value],
) {
    let whole = text.len();
    let distance = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
    if distance > whole {
        return;
    }
    let begin = if start < 0 {
        whole - distance
    } else {
        distance
    };
    let end = whole.min(begin + length);
    for (gram, positions) in pieces {
        for (position, &slot) in positions.iter().enumerate() {
            let from = begin + position;
            if from + gram > end {
                break;
            }
            if let Some(piece) = text.slice(from, from + gram) {
                put(slots, slot, Value::Str(piece));
            }
        }
    }
}
