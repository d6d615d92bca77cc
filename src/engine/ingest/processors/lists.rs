//! `split`, `join`, `sort`.

use std::cmp::Ordering;

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::regex::Regex;
use crate::engine::value::{Value, natural_order};

/// A text that `join` makes is at most this many bytes long.
const MAX_TEXT: usize = 16 << 20;

/// A pattern that fails when it is used, not when it is read.
pub(super) fn lazy_pattern(text: &str) -> Result<Regex, Failure> {
    Regex::new(text)
        .map_err(|error| Failure::new(400, "pattern_syntax_exception", error.to_string()))
}

struct Split {
    field: Field,
    target: Field,
    separator: Result<Regex, Failure>,
    ignore_missing: bool,
    preserve_trailing: bool,
}

/// Creates a `split` processor.
pub(super) fn split(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let ignore_missing = config.boolean("ignore_missing", false)?;
    let preserve_trailing = config.boolean("preserve_trailing", false)?;
    let target = config.target("target_field", &field)?;
    let separator = lazy_pattern(&config.string("separator")?);
    Ok(Box::new(Split {
        field,
        target,
        separator,
        ignore_missing,
        preserve_trailing,
    }))
}

impl Processor for Split {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let Some(text) = self
            .field
            .text(document, self.ignore_missing, "cannot split.")?
        else {
            return Ok(Flow::Continue);
        };
        let separator = self.separator.as_ref().map_err(Clone::clone)?;
        let text = text.to_str();
        let limit = if self.preserve_trailing { -1 } else { 0 };
        let parts = separator.split(&text, limit)?;
        let parts = parts.into_iter().map(Value::from).collect();
        self.target.set(document, Value::list(parts))?;
        Ok(Flow::Continue)
    }
}

struct Join {
    field: Field,
    target: Field,
    separator: String,
}

/// Creates a `join` processor.
pub(super) fn join(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let separator = config.string("separator")?;
    let target = config.target("target_field", &field)?;
    Ok(Box::new(Join {
        field,
        target,
        separator,
    }))
}

impl Processor for Join {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let list = self.field.list(document, false, "cannot join.")?;
        let mut text = String::new();
        for (index, item) in list.into_iter().flat_map(|list| list.items()).enumerate() {
            if item.is_null() {
                return Err(Failure::null_pointer("").without_reason());
            }
            if index > 0 {
                text.push_str(&self.separator);
            }
            text.push_str(&item.to_java_string());
            if text.len() > MAX_TEXT {
                return Err(Failure::illegal_argument(format!(
                    "the text would grow beyond [{MAX_TEXT}] bytes"
                )));
            }
        }
        self.target.set(document, text.into())?;
        Ok(Flow::Continue)
    }
}

struct Sort {
    field: Field,
    target: Field,
    descending: bool,
}

/// Creates a `sort` processor.
pub(super) fn sort(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let target = config.target("target_field", &field)?;
    let order = config.optional_string("order")?;
    let descending = match order.as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => {
            let reason =
                format!("Sort direction [{other}] not recognized. Valid values are: [asc, desc]");
            return Err(config.refuse("order", &reason));
        }
    };
    Ok(Box::new(Sort {
        field,
        target,
        descending,
    }))
}

impl Processor for Sort {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let list = self.field.list(document, false, "cannot sort.")?;
        let mut items = list.map(|list| list.items()).unwrap_or_default();
        // Java compares each element with the one before it first.
        for pair in items.windows(2) {
            if let [first, second] = pair {
                self.compare(second, first)?;
            }
        }
        items.sort_by(|left, right| self.compare(left, right).unwrap_or(Ordering::Equal));
        self.target.set(document, Value::list(items))?;
        Ok(Flow::Continue)
    }
}

impl Sort {
    fn compare(&self, left: &Value, right: &Value) -> Result<Ordering, Failure> {
        if self.descending {
            if right.is_null() {
                return Err(Failure::null_pointer(
                    "Cannot invoke \"java.lang.Comparable.compareTo(Object)\" because \"c2\" is null",
                ));
            }
            return compare(right, left);
        }
        if left.is_null() {
            return Err(Failure::null_pointer(
                "Cannot invoke \"java.lang.Comparable.compareTo(Object)\" because \"a[runHi++]\" is null",
            ));
        }
        compare(left, right)
    }
}

/// `left.compareTo(right)`
fn compare(left: &Value, right: &Value) -> Result<Ordering, Failure> {
    let class = left.class_name();
    if left.as_map().is_some() || left.as_list().is_some() {
        return Err(cannot_cast(class, "java.lang.Comparable"));
    }
    if right.is_null() {
        let other = match left {
            Value::Bool(_) => "b".to_owned(),
            _ => format!("another{}", class.rsplit('.').next().unwrap_or(class)),
        };
        return Err(Failure::null_pointer(format!(
            "Cannot read field \"value\" because \"{other}\" is null"
        )));
    }
    if std::mem::discriminant(left) != std::mem::discriminant(right) {
        return Err(cannot_cast(right.class_name(), class));
    }
    natural_order(left, right).ok_or_else(|| cannot_cast(right.class_name(), class))
}

fn cannot_cast(from: &str, to: &str) -> Failure {
    Failure::class_cast(format!(
        "class {from} cannot be cast to class {to} ({from} and {to} are in module java.base of loader 'bootstrap')"
    ))
}
