//! `fingerprint`: a digest over the values of some fields.

use super::murmur;
use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::{Value, natural_order};
use crate::engine::{md5, sha1};
use crate::model::base64;
use crate::model::digest::{Digest, sha512};

/// Stands before every value and every key.
const DELIMITER: u8 = 0;

/// The methods of the server.
const METHODS: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-512", "MurmurHash3"];

struct Fingerprint {
    /// In the order of their names.
    fields: Vec<(String, Field)>,
    target: Field,
    salt: String,
    method: String,
    ignore_missing: bool,
}

/// Creates a `fingerprint` processor.
pub(super) fn create(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let Some(mut fields) = config.optional_strings("fields")? else {
        return Err(config.refuse("fields", "required property is missing"));
    };
    if fields.is_empty() {
        return Err(config.refuse("fields", "must specify at least one field"));
    }
    fields.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
    let target = config.optional_string("target_field")?;
    let salt = config.optional_string("salt")?.unwrap_or_default();
    let method = config.optional_string("method")?;
    let method = method.unwrap_or_else(|| "SHA-1".to_owned());
    if !METHODS.contains(&method.as_str()) {
        return Err(config.refuse(
            "method",
            &format!(
                "[{method}] must be one of the supported hash methods [{}]",
                METHODS.join(",")
            ),
        ));
    }
    Ok(Box::new(Fingerprint {
        fields: fields
            .into_iter()
            .map(|name| {
                let field = Field::fixed(&name);
                (name, field)
            })
            .collect(),
        target: Field::fixed(target.as_deref().unwrap_or("fingerprint")),
        // A salt of blanks is none.
        salt: if salt.trim().is_empty() {
            String::new()
        } else {
            salt
        },
        method,
        ignore_missing: config.boolean("ignore_missing", false)?,
    }))
}

impl Processor for Fingerprint {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let mut bytes = self.salt.clone().into_bytes();
        let mut empty = true;
        for (name, field) in &self.fields {
            let value = field.value(document, true)?.unwrap_or_default();
            if value.is_null() {
                if self.ignore_missing {
                    continue;
                }
                return Err(Failure::illegal_argument(format!(
                    "missing field [{name}] when calculating fingerprint"
                )));
            }
            empty = false;
            feed(&value, &mut bytes)?;
        }
        if empty {
            return Ok(Flow::Continue);
        }
        let digest = match self.method.as_str() {
            "MD5" => md5::digest(&bytes).to_vec(),
            "SHA-256" => Digest::of(&bytes).bytes().to_vec(),
            "SHA-512" => sha512(&bytes).to_vec(),
            "MurmurHash3" => murmur::hash(&bytes).to_vec(),
            _ => sha1::digest(&bytes),
        };
        self.target.set(document, base64::encode(&digest).into())?;
        Ok(Flow::Continue)
    }
}

/// Adds a value; what lists and maps hold follows one after the other, the entries
/// of a map by their keys.
fn feed(value: &Value, bytes: &mut Vec<u8>) -> Result<(), Failure> {
    let mut pile = vec![value.clone()];
    while let Some(value) = pile.pop() {
        match &value {
            Value::List(list) => pile.extend(list.items().into_iter().rev()),
            Value::Map(map) => {
                let mut entries = map.entries();
                entries
                    .sort_by(|a, b| natural_order(&a.0, &b.0).unwrap_or(std::cmp::Ordering::Equal));
                for (key, value) in entries {
                    add(&key, bytes)?;
                    feed(&value, bytes)?;
                }
            }
            scalar => add(scalar, bytes)?,
        }
    }
    Ok(())
}

/// Adds a delimiter and the bytes of a value without others in it.
fn add(value: &Value, bytes: &mut Vec<u8>) -> Result<(), Failure> {
    bytes.push(DELIMITER);
    match value {
        Value::Null => {}
        Value::Str(text) => bytes.extend(text.to_str().bytes()),
        Value::Int(n) => bytes.extend(n.to_le_bytes()),
        Value::Long(n) => bytes.extend(n.to_le_bytes()),
        Value::Float(n) => bytes.extend(n.to_le_bytes()),
        Value::Double(n) => bytes.extend(n.to_le_bytes()),
        Value::Bool(true) => bytes.push(1),
        Value::Bool(false) => bytes.push(2),
        other => {
            return Err(Failure::illegal_argument(format!(
                "cannot convert object of type [{}] to bytes",
                other.class_name()
            )));
        }
    }
    Ok(())
}
