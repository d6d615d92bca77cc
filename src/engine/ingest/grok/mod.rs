//! Grok: expressions built from named patterns
//! (Elasticsearch guide, "Grok processor").

mod bank;
mod expand;
mod onig;

use crate::engine::failure::Failure;
use crate::engine::ingest::number::{self, INT, LONG};
use crate::engine::regex::Regex;
use crate::engine::value::Value;

/// Some expressions, compiled as one.
#[derive(Clone, Debug)]
pub(super) struct Grok {
    regex: Regex,
    captures: Vec<Capture>,
    /// The groups that tell which of several expressions matched.
    alternatives: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Capture {
    field: String,
    kind: Kind,
    /// Groups of this name; the first that took part counts.
    groups: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Int,
    Long,
    Float,
    Double,
    Boolean,
}

/// What a text gave.
pub(super) struct Captures {
    /// Fields with their values.
    pub(super) fields: Vec<(String, Value)>,
    /// Which of the expressions matched.
    pub(super) pattern: usize,
}

impl Grok {
    /// Compiles expressions with the patterns of the bank and these definitions.
    /// The leftmost match of any counts, of those the first. With `trace` it is
    /// known which one it was.
    ///
    /// # Errors
    /// What the server says about them.
    pub(super) fn new(
        patterns: &[String],
        definitions: &[(String, String)],
        trace: bool,
    ) -> Result<Self, String> {
        Self::compile(bank::standard(), patterns, definitions, trace)
    }

    /// The same where the patterns of the bank give fields the names of the Elastic
    /// Common Schema.
    ///
    /// # Errors
    /// As [`new`](Self::new), and for patterns that are not carried with these names.
    pub(super) fn with_ecs(
        patterns: &[String],
        definitions: &[(String, String)],
        trace: bool,
    ) -> Result<Self, String> {
        Self::compile(bank::ecs(), patterns, definitions, trace).map_err(|message| {
            let missing = bank::standard()
                .into_keys()
                .find(|name| message.contains(&format!("find pattern [{name}]")));
            missing.map_or(message, |name| {
                format!("not supported offline: the pattern [{name}] with the names of ECS")
            })
        })
    }

    fn compile(
        mut bank: bank::Bank,
        patterns: &[String],
        definitions: &[(String, String)],
        trace: bool,
    ) -> Result<Self, String> {
        for (name, pattern) in definitions {
            bank.insert(name.clone(), pattern.clone());
        }
        expand::forbid_cycles(&bank, definitions)?;
        let combined = match patterns {
            [one] => one.clone(),
            many => many
                .iter()
                .enumerate()
                .map(|(index, pattern)| {
                    if trace {
                        format!("(?<_ingest._grok_match_index.{index}>{pattern})")
                    } else {
                        format!("(?:{pattern})")
                    }
                })
                .collect::<Vec<_>>()
                .join("|"),
        };
        let expanded = expand::expand(&combined, &bank)?;
        let translated = onig::translate(&expanded)?;
        let regex =
            Regex::raw(&translated.pattern).map_err(|error| error.description().to_owned())?;
        let mut captures: Vec<Capture> = Vec::new();
        let mut alternatives = Vec::new();
        for (index, name) in translated.groups.iter().enumerate() {
            let Some(group) = regex.group_named(&onig::group_name(index)) else {
                continue;
            };
            if name.starts_with("_ingest._grok_match_index.") {
                alternatives.push(group);
                continue;
            }
            let capture = Capture::new(name, group);
            match captures
                .iter_mut()
                .find(|known| known.field == capture.field)
            {
                Some(known) => known.groups.push(group),
                None => captures.push(capture),
            }
        }
        Ok(Self {
            regex,
            captures,
            alternatives,
        })
    }

    /// The fields that a text has; `None` when it does not match.
    ///
    /// # Errors
    /// `number_format_exception` for a text that is no such number, and when
    /// matching takes too many steps.
    pub(super) fn captures(&self, text: &str) -> Result<Option<Captures>, Failure> {
        let Some(found) = self.regex.find_from(text, 0)? else {
            return Ok(None);
        };
        let part = |group: &usize| {
            let (start, end) = found.groups.get(*group).copied().flatten()?;
            text.get(start..end)
        };
        let mut fields = Vec::with_capacity(self.captures.len());
        for capture in &self.captures {
            if let Some(text) = capture.groups.iter().find_map(part) {
                fields.push((capture.field.clone(), capture.kind.read(text)?));
            }
        }
        let pattern = self
            .alternatives
            .iter()
            .position(|group| part(group).is_some())
            .unwrap_or(0);
        Ok(Some(Captures { fields, pattern }))
    }
}

impl Capture {
    /// A group named `PATTERN:field:type`, or only `field`.
    fn new(name: &str, group: usize) -> Self {
        let mut parts = name.split(':');
        let first = parts.next().unwrap_or_default();
        let field = parts.next().unwrap_or(first).to_owned();
        let kind = match parts.next() {
            Some("int") => Kind::Int,
            Some("long") => Kind::Long,
            Some("float") => Kind::Float,
            Some("double") => Kind::Double,
            Some("boolean") => Kind::Boolean,
            _ => Kind::Text,
        };
        Self {
            field,
            kind,
            groups: vec![group],
        }
    }
}

impl Kind {
    fn read(self, text: &str) -> Result<Value, Failure> {
        Ok(match self {
            Self::Text => text.into(),
            Self::Int => {
                let value = number::whole(text, 10, INT)?;
                Value::Int(i32::try_from(value).unwrap_or_default())
            }
            Self::Long => Value::Long(number::whole(text, 10, LONG)?),
            Self::Float => Value::Float(number::float(text)?),
            Self::Double => Value::Double(number::double(text)?),
            Self::Boolean => Value::Bool(text.eq_ignore_ascii_case("true")),
        })
    }
}

#[cfg(test)]
mod tests;
