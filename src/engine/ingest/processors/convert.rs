//! `convert`

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::number::{self, INT, LONG};
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::Value;

#[derive(Clone, Copy)]
enum Type {
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Text,
    Ip,
    Auto,
}

struct Convert {
    field: Field,
    target: Field,
    kind: Type,
    ignore_missing: bool,
}

/// Creates a `convert` processor.
pub(super) fn create(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let name = config.string("type")?;
    let target = config.target("target_field", &field)?;
    let kind = match name.to_lowercase().as_str() {
        "integer" => Type::Integer,
        "long" => Type::Long,
        "float" => Type::Float,
        "double" => Type::Double,
        "boolean" => Type::Boolean,
        "string" => Type::Text,
        "auto" => Type::Auto,
        "ip" if context.since(7, 13) => Type::Ip,
        _ => {
            let reason = format!("type [{name}] not supported, cannot convert field.");
            return Err(config.refuse("type", &reason));
        }
    };
    Ok(Box::new(Convert {
        field,
        target,
        kind,
        ignore_missing: config.boolean("ignore_missing", false)?,
    }))
}

impl Processor for Convert {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let value = self
            .field
            .value(document, self.ignore_missing)?
            .unwrap_or_default();
        let converted = match &value {
            Value::Null if self.ignore_missing => return Ok(Flow::Continue),
            Value::Null => {
                return Err(Failure::illegal_argument(format!(
                    "Field [{}] is null, cannot be converted to type [{}]",
                    self.field.path(document)?,
                    self.kind.name()
                )));
            }
            Value::List(list) => Value::list(
                list.items()
                    .iter()
                    .map(|item| self.kind.convert(item))
                    .collect::<Result<_, _>>()?,
            ),
            one => self.kind.convert(one)?,
        };
        self.target.set(document, converted)?;
        Ok(Flow::Continue)
    }
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Text => "string",
            Self::Ip => "ip",
            Self::Auto => "auto",
        }
    }

    fn convert(self, value: &Value) -> Result<Value, Failure> {
        if let Self::Auto = self {
            return Ok(guess(value));
        }
        if value.is_null() {
            return Err(Failure::null_pointer(
                "Cannot invoke \"Object.toString()\" because \"value\" is null",
            ));
        }
        let text = value.to_java_string();
        let unable = |cause: Failure| {
            Failure::illegal_argument(format!("unable to convert [{text}] to {}", self.name()))
                .because(cause)
        };
        match self {
            Self::Integer => decode(&text, INT)
                .map(|value| Value::Int(i32::try_from(value).unwrap_or_default()))
                .map_err(unable),
            Self::Long => decode(&text, LONG).map(Value::Long).map_err(unable),
            Self::Float => number::float(&text).map(Value::Float).map_err(unable),
            Self::Double => number::double(&text).map(Value::Double).map_err(unable),
            Self::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(Failure::illegal_argument(format!(
                    "[{text}] is not a boolean value, cannot convert to boolean"
                ))),
            },
            Self::Ip => {
                super::network::parse_address(&text)?;
                Ok(value.clone())
            }
            Self::Text | Self::Auto => Ok(Value::str(text)),
        }
    }
}

/// The first type that a text is one of; other values stay.
fn guess(value: &Value) -> Value {
    if value.as_str().is_none() {
        return value.clone();
    }
    [Type::Boolean, Type::Integer, Type::Long, Type::Float]
        .into_iter()
        .find_map(|kind| kind.convert(value).ok())
        .unwrap_or_else(|| value.clone())
}

/// A decimal number, or a hexadecimal one behind `0x`.
fn decode(text: &str, range: std::ops::RangeInclusive<i64>) -> Result<i64, Failure> {
    let hex = match text.strip_prefix("0x") {
        Some(digits) => Some(digits.to_owned()),
        None => text.strip_prefix("-0x").map(|digits| format!("-{digits}")),
    };
    match hex {
        Some(digits) => number::whole(&digits, 16, range),
        None => number::whole(text, 10, range),
    }
}
