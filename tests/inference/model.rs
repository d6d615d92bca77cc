//! Models of a few nodes, written down where they are used.

use sealift::engine::failure::Failure;
use sealift::engine::inference::{FieldMap, LARGEST_DEFINITION, Model, ModelConfig, Update};
use sealift::engine::value;
use sealift::model::version::StackVersion;
use sealift::model::{base64, gzip};
use serde_json::{Value, json};

/// A version whose clusters answer as the recordings do.
pub(crate) fn before_8() -> StackVersion {
    StackVersion::new(7, 10, 0)
}

/// Creates the model `m` from a body.
pub(crate) fn create(body: &Value) -> Result<ModelConfig, Failure> {
    let text = body.to_string();
    ModelConfig::parse("m", text.as_bytes(), &before_8(), LARGEST_DEFINITION)
}

/// A body around a definition.
pub(crate) fn body(fields: &[&str], options: &Value, definition: &Value) -> Value {
    json!({
        "input": {"field_names": fields},
        "inference_config": options,
        "definition": definition,
    })
}

/// The same body with the definition compressed.
pub(crate) fn compressed(mut body: Value) -> Value {
    let object = body.as_object_mut().unwrap();
    let definition = object.remove("definition").unwrap();
    let packed = base64::encode(&gzip::deflate(definition.to_string().as_bytes()));
    object.insert("compressed_definition".into(), packed.into());
    body
}

/// A model that must be good.
pub(crate) fn model(fields: &[&str], options: &Value, definition: &Value) -> Model {
    let config = create(&body(fields, options, definition)).unwrap();
    config.compile().unwrap()
}

/// What the model says about a document.
pub(crate) fn infer(model: &Model, document: &Value) -> Result<Value, Failure> {
    infer_with(model, document, &[], None)
}

/// What the model says about a document under a field map and options of a
/// processor.
pub(crate) fn infer_with(
    model: &Model,
    document: &Value,
    field_map: &[(&str, &str)],
    options: Option<&Value>,
) -> Result<Value, Failure> {
    let document = value::json::parse(document.to_string().as_bytes()).unwrap();
    let update = match options {
        None => Update::default(),
        Some(options) => {
            let options = value::json::parse(options.to_string().as_bytes()).unwrap();
            Update::from_value(&options)?
        }
    };
    let map = FieldMap::new(field_map.iter().copied());
    let fields = document.as_map().unwrap().borrow();
    let result = model.infer(&fields, None, &map, &update)?;
    Ok(serde_json::from_str(&value::json::write(&result)).unwrap())
}

/// A tree of one split on `feature`, with leaves `left` and `right`.
pub(crate) fn stump(feature: &str, threshold: f64, left: &Value, right: &Value) -> Value {
    json!({
        "feature_names": [feature],
        "tree_structure": [
            {"node_index": 0, "split_feature": 0, "threshold": threshold,
             "left_child": 1, "right_child": 2, "number_samples": 10},
            {"node_index": 1, "leaf_value": left, "number_samples": 4},
            {"node_index": 2, "leaf_value": right, "number_samples": 6},
        ],
        "target_type": "regression",
    })
}

/// A definition of one tree.
pub(crate) fn single(tree: &Value) -> Value {
    json!({"trained_model": {"tree": tree}})
}

/// `object` with more keys.
pub(crate) fn with(object: &Value, more: &Value) -> Value {
    let mut object = object.clone();
    for (key, value) in more.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}
