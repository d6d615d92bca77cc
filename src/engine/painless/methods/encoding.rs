//! Base64 as Painless adds it to `String`.

use super::arguments::text;
use crate::engine::painless::interpret::{Run, Vm, illegal_argument};
use crate::engine::value::Value;
use crate::model::base64;

pub(super) fn decode_base64(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let encoded = text(a, 0)?.to_str();
    let legal = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    if let Some(c) = encoded.chars().find(|c| !legal(*c)) {
        return illegal_argument(format!("Illegal base64 character {:x}", u32::from(c)));
    }
    let unpadded = encoded.trim_end_matches('=');
    let padding = "=".repeat((4 - unpadded.len() % 4) % 4);
    match base64::decode(&format!("{unpadded}{padding}")) {
        Ok(bytes) => vm.new_text(String::from_utf8_lossy(&bytes).as_ref().into()),
        Err(_) => illegal_argument("Last unit does not have enough valid bits"),
    }
}

pub(super) fn encode_base64(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let encoded = base64::encode(text(a, 0)?.to_str().as_bytes());
    vm.new_text(encoded.into())
}
