//! Base64 as Painless adds it to `String`.

use super::arguments::text;
use super::coders::decoded;
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::Value;
use crate::model::base64;

pub(super) fn decode_base64(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let bytes = decoded(&text(a, 0)?.to_str(), false)?;
    vm.new_text(String::from_utf8_lossy(&bytes).as_ref().into())
}

pub(super) fn encode_base64(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let encoded = base64::encode(text(a, 0)?.to_str().as_bytes());
    vm.new_text(encoded.into())
}
