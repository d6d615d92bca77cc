//! What a trained model's definition *is*, whichever way it is packed.

use serde_json::Value;

use crate::model::digest::Digest;
use crate::model::{base64, gzip};

/// The most that a definition inflates to here; a server's own limit is at most
/// one gigabyte.
const MAX_INFLATED: usize = 1 << 30;

/// `sha256:HEX` over the definition's canonical JSON, from the object under
/// `definition` or from `compressed_definition` (base64 of gzip of JSON), so
/// that two packings of one definition are equal. Where the packed form cannot
/// be read, over its text as it stands. `None` where the body has neither.
#[must_use]
pub fn digest(body: &Value) -> Option<String> {
    if let Some(definition) = body.get("definition") {
        return Some(of_value(definition.clone()));
    }
    let packed = body.get("compressed_definition")?.as_str()?;
    Some(match unpack(packed) {
        Some(definition) => of_value(definition),
        None => format!("packed sha256:{}", Digest::of(packed.as_bytes())),
    })
}

fn unpack(packed: &str) -> Option<Value> {
    let bytes = base64::decode(packed).ok()?;
    let text = gzip::inflate(&bytes, MAX_INFLATED).ok()?;
    serde_json::from_slice(&text).ok()
}

fn of_value(mut definition: Value) -> String {
    definition.sort_all_objects();
    format!("sha256:{}", Digest::of(definition.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::digest;
    use crate::model::{base64, gzip};

    #[test]
    fn packing_does_not_matter() {
        let plain = json!({"definition": {"b": [1, 2.5], "a": {}}});
        let text = br#"{"a": {}, "b": [1, 2.5]}"#;
        let packed = json!({"compressed_definition": base64::encode(&gzip::deflate(text))});
        assert_eq!(digest(&plain), digest(&packed));
        assert_ne!(digest(&plain), digest(&json!({"definition": {"a": {}}})));
        assert_eq!(digest(&json!({})), None);
        let odd = digest(&json!({"compressed_definition": "?"}));
        assert!(odd.is_some_and(|text| text.starts_with("packed ")));
    }
}
