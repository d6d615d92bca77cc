//! `Base64`: its encoders and decoders.

use super::arguments::at;
use super::arguments::text;
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, illegal_argument, null_pointer, throw};
use crate::engine::value::{Array, JavaObject, Object, Value};
use crate::model::base64;

/// An encoder or a decoder.
struct Coder {
    class: &'static str,
    /// `-` and `_` in place of `+` and `/`.
    for_urls: bool,
    padded: bool,
}

impl JavaObject for Coder {
    fn class_name(&self) -> &str {
        self.class
    }
}

fn made(class: &'static str, for_urls: bool, padded: bool) -> Run<Value> {
    Ok(Value::Object(Object::new(Coder {
        class,
        for_urls,
        padded,
    })))
}

fn coder(a: &[Value]) -> Run<&Coder> {
    if let Value::Object(object) = at(a, 0)
        && let Some(coder) = object.downcast::<Coder>()
    {
        return Ok(coder);
    }
    null_pointer("a coder is null")
}

/// The bytes of an array.
pub(super) fn bytes_of(value: &Value) -> Run<Vec<u8>> {
    let Value::Array(array) = value else {
        return null_pointer("an array is null");
    };
    let byte = |item: &Value| match item {
        Value::Byte(n) => n.cast_unsigned(),
        _ => 0,
    };
    Ok(array.borrow().iter().map(byte).collect())
}

/// An array of bytes.
pub(super) fn bytes(vm: &mut Vm<'_>, bytes: &[u8]) -> Run<Value> {
    vm.grow(bytes.len())?;
    vm.allocate(bytes.len())?;
    let items = bytes.iter().map(|byte| Value::Byte(byte.cast_signed()));
    Ok(Value::Array(Array::new("[B", items.collect())))
}

fn encode(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let coder = coder(a)?;
    let mut encoded = base64::encode(&bytes_of(at(a, 1))?);
    if coder.for_urls {
        encoded = encoded.replace('+', "-").replace('/', "_");
    }
    if !coder.padded {
        encoded.truncate(encoded.trim_end_matches('=').len());
    }
    vm.new_text(encoded.into())
}

/// What Base64 text stands for; its padding may be missing.
pub(super) fn decoded(encoded: &str, for_urls: bool) -> Run<Vec<u8>> {
    let special = if for_urls { "-_=" } else { "+/=" };
    let legal = |c: char| c.is_ascii_alphanumeric() || special.contains(c);
    if let Some(c) = encoded.chars().find(|c| !legal(*c)) {
        return illegal_argument(format!("Illegal base64 character {:x}", u32::from(c)));
    }
    let unpadded = encoded.trim_end_matches('=');
    if unpadded.len() < encoded.len() && !encoded.len().is_multiple_of(4) {
        return illegal_argument("Input byte array has wrong 4-byte ending unit");
    }
    let padding = "=".repeat((4 - unpadded.len() % 4) % 4);
    let text = format!("{unpadded}{padding}")
        .replace('-', "+")
        .replace('_', "/");
    match base64::decode(&text) {
        Ok(bytes) => Ok(bytes),
        Err(_) => illegal_argument("Last unit does not have enough valid bits"),
    }
}

fn decode(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let found = decoded(&text(a, 1)?.to_str(), coder(a)?.for_urls)?;
    bytes(vm, &found)
}

/// `encode(from, to)` and `decode(from, to)`: into an array; how many bytes.
fn into_array(to: &Value, bytes: &[u8]) -> Run<Value> {
    let Value::Array(array) = to else {
        return null_pointer("an array is null");
    };
    let mut items = array.borrow_mut();
    let Some(places) = items.get_mut(..bytes.len()) else {
        return throw(
            "java.lang.IllegalArgumentException",
            "Output byte array is too small",
        );
    };
    for (place, byte) in places.iter_mut().zip(bytes) {
        *place = Value::Byte(byte.cast_signed());
    }
    Ok(super::arguments::size(bytes.len()))
}

const ENCODER: &str = "java.util.Base64$Encoder";
const DECODER: &str = "java.util.Base64$Decoder";

const BASE64: &[Row] = &[
    ("static Base64.Decoder getDecoder()", |_, _| {
        made(DECODER, false, true)
    }),
    ("static Base64.Decoder getUrlDecoder()", |_, _| {
        made(DECODER, true, true)
    }),
    ("static Base64.Encoder getEncoder()", |_, _| {
        made(ENCODER, false, true)
    }),
    ("static Base64.Encoder getUrlEncoder()", |_, _| {
        made(ENCODER, true, true)
    }),
];

const ENCODES: &[Row] = &[
    ("String encodeToString(byte[])", encode),
    ("int encode(byte[],byte[])", |vm, a| {
        let encoded = encode(vm, a)?.to_java_string();
        into_array(at(a, 2), encoded.as_bytes())
    }),
    ("Base64.Encoder withoutPadding()", |_, a| {
        made(ENCODER, coder(a)?.for_urls, false)
    }),
];

const DECODES: &[Row] = &[
    ("byte[] decode(String)", decode),
    ("int decode(byte[],byte[])", |_, a| {
        let encoded = bytes_of(at(a, 1))?;
        let found = decoded(&String::from_utf8_lossy(&encoded), coder(a)?.for_urls)?;
        into_array(at(a, 2), &found)
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Base64", &[], BASE64),
    class(ENCODER, &[], ENCODES),
    class(DECODER, &[], DECODES),
];
