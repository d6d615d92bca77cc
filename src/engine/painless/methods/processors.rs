//! `Processors`: some ingest processors as functions; `Json`.

use super::arguments::{at, text};
use super::search::map_case;
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, illegal_argument, throw};
use crate::engine::value::{Value, json};

fn bytes(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let whole = text(a, 0)?.to_string();
    let lower = whole.trim().to_lowercase();
    let units = [
        ("pb", 50),
        ("p", 50),
        ("tb", 40),
        ("t", 40),
        ("gb", 30),
        ("g", 30),
        ("mb", 20),
        ("m", 20),
        ("kb", 10),
        ("k", 10),
        ("b", 0),
    ];
    let parsed = units.iter().find_map(|(unit, shift)| {
        let number = lower.strip_suffix(unit)?.trim();
        if *shift == 0 {
            return number.parse::<i64>().ok();
        }
        let scale = 1_i64 << shift;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "sizes of files are far below the limits"
        )]
        let scaled = number
            .parse::<f64>()
            .ok()
            .map(|number| (number * scale as f64) as i64);
        number
            .parse::<i64>()
            .ok()
            .and_then(|number| number.checked_mul(scale))
            .or(scaled)
    });
    let plain = match lower.as_str() {
        "-1" => Some(-1),
        "0" => Some(0),
        _ => None,
    };
    match parsed.or(plain) {
        Some(bytes) => Ok(Value::Long(bytes)),
        None => throw(
            "org.elasticsearch.ElasticsearchParseException",
            format!(
                "failed to parse setting [Ingest Field] with value [{whole}] as a size in bytes: unit is missing or unrecognized"
            ),
        ),
    }
}

fn parse(vm: &mut Vm<'_>, source: &Value) -> Run<Value> {
    let source = match source {
        Value::Null => return Ok(Value::Null),
        other => vm.string_of(other)?.to_string(),
    };
    vm.allocate(source.len())?;
    match json::parse_prefix(source.as_bytes()) {
        Ok(value) => Ok(value),
        Err(error) => illegal_argument(error.to_string()),
    }
}

fn parse_into(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let map = super::map::map(at(a, 0))?.clone();
    let source = map.borrow().get(at(a, 1)).cloned().unwrap_or_default();
    match parse(vm, &source)? {
        Value::Map(entries) => {
            for (key, value) in entries.entries() {
                vm.map_put(at(a, 0), key, value)?;
            }
            Ok(Value::Null)
        }
        _ => illegal_argument("cannot add non-map fields to root of document"),
    }
}

fn url_decode(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let whole = text(a, 0)?.to_string();
    let mut bytes = Vec::with_capacity(whole.len());
    let mut rest = whole.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = after
                    .get(..2)
                    .and_then(|digits| std::str::from_utf8(digits).ok());
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let Some(byte) = byte else {
                    return illegal_argument(
                        "URLDecoder: Illegal hex characters in escape (%) pattern",
                    );
                };
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            other => bytes.push(*other),
        }
    }
    vm.new_text(String::from_utf8_lossy(&bytes).as_ref().into())
}

const PROCESSORS: &[Row] = &[
    ("static long bytes(String)", bytes),
    ("static String lowercase(String)", |vm, a| {
        vm.new_text(map_case(text(a, 0)?, str::to_lowercase))
    }),
    ("static String uppercase(String)", |vm, a| {
        vm.new_text(map_case(text(a, 0)?, str::to_uppercase))
    }),
    ("static Object json(Object)", |vm, a| parse(vm, at(a, 0))),
    ("static void json(Map,String)", parse_into),
    ("static String urlDecode(String)", url_decode),
];

const JSON: &[Row] = &[
    ("static def load(String)", |vm, a| parse(vm, at(a, 0))),
    ("static String dump(def)", |vm, a| {
        let text = json::write(at(a, 0));
        vm.new_text(text.into())
    }),
];

pub(super) static TABLES: &[Table] = &[
    class(
        "org.elasticsearch.ingest.common.Processors",
        &[],
        PROCESSORS,
    ),
    class("org.elasticsearch.painless.api.Json", &[], JSON),
];
