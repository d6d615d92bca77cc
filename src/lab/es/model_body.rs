//! A model that is created: what the engine reads of its body, and what the
//! server adds.

use serde_json::{Map, Value, json};

use crate::engine::inference::{
    Encoding, LARGEST_DEFINITION, ModelConfig, Preprocessor, TrainedModel, decompress,
};
use crate::lab::profile::Feature;
use crate::lab::rest::{Body, Call};
use crate::model::base64;
use crate::model::failure::Failure;
use crate::model::gzip;

/// A model that may be stored.
pub(super) struct Created {
    /// The configuration as it is stored and shown.
    pub(super) config: Value,
    /// The compressed definition, base64.
    pub(super) definition: String,
}

/// Reads and checks the body that creates the model `id`.
pub(super) fn create(call: &Call, id: &str, body: &Body) -> Result<Created, Failure> {
    let version = call.profile().api();
    let model = ModelConfig::parse(id, body.text().as_bytes(), version, LARGEST_DEFINITION)?;
    let definition = compressed(body)?;
    let mut config = Map::new();
    let mut put = |name: &str, value: Value| {
        config.insert(name.to_owned(), value);
    };
    let typed = call.has(Feature::ModelTypes);
    put("model_id", json!(id));
    if typed {
        put("model_type", json!("tree_ensemble"));
    }
    put("created_by", json!("api_user"));
    put("version", json!(call.profile().build().number));
    put("create_time", json!(call.cluster.now()));
    let memory = if typed {
        "model_size_bytes"
    } else {
        "estimated_heap_memory_usage_bytes"
    };
    put(memory, json!(heap(&model)));
    put(
        "estimated_operations",
        json!(operations(&model.definition.model)),
    );
    put("license_level", json!("platinum"));
    if let Some(description) = &model.description {
        put("description", json!(description));
    }
    put("tags", json!(model.tags));
    if let Some(metadata) = &model.metadata {
        put("metadata", metadata.clone());
    }
    put("input", json!({"field_names": model.field_names}));
    if !model.default_field_map.is_empty() {
        let map: Map<String, Value> = model
            .default_field_map
            .iter()
            .map(|(from, to)| (from.clone(), json!(to)))
            .collect();
        put("default_field_map", Value::Object(map));
    }
    put("inference_config", model.options.to_json());
    if typed {
        put(
            "location",
            json!({"index": {"name": ".ml-inference-native-000002"}}),
        );
    }
    Ok(Created {
        config: Value::Object(config),
        definition,
    })
}

/// The definition of a body as it is stored: as it came when it came compressed.
fn compressed(body: &Body) -> Result<String, Failure> {
    let node = body.node();
    if let Some(compressed) = node
        .get("compressed_definition")
        .and_then(|node| node.as_str())
    {
        return Ok(compressed.to_owned());
    }
    let definition = node
        .get("definition")
        .ok_or_else(|| Failure::illegal_argument("[definition] must not be null."))?;
    let text = definition.to_value().to_string();
    Ok(base64::encode(&gzip::deflate(text.as_bytes())))
}

/// The stored definition as JSON.
pub(super) fn inflate(compressed: &str) -> Result<Value, Failure> {
    let json = decompress(compressed, LARGEST_DEFINITION)?;
    serde_json::from_slice(&json).map_err(|error| Failure::server(error.to_string()))
}

/// `estimated_operations`: the depth of a tree and its features; for an ensemble
/// the rounded mean of its models and two for each join (`estimatedNumOperations`).
fn operations(model: &TrainedModel) -> u64 {
    match model {
        TrainedModel::Tree(tree) => {
            #[expect(clippy::cast_precision_loss, reason = "a count of nodes")]
            let depth = (tree.nodes.len().max(1) as f64).ln().ceil();
            whole(depth).saturating_add(tree.feature_names.len() as u64)
        }
        TrainedModel::Ensemble(ensemble) => {
            let count = ensemble.models.len().max(1) as u64;
            let sum: u64 = ensemble.models.iter().map(operations).sum();
            sum.div_ceil(count).saturating_add(2 * (count - 1))
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the logarithm of a length"
)]
fn whole(value: f64) -> u64 {
    value as u64
}

/// About the bytes that the model takes. The real figure depends on the sizes of
/// Java objects on its machine.
fn heap(model: &ModelConfig) -> usize {
    const NODE: usize = 96;
    const ENTRY: usize = 80;
    const BASE: usize = 400;
    fn nodes(model: &TrainedModel) -> usize {
        match model {
            TrainedModel::Tree(tree) => tree.nodes.len(),
            TrainedModel::Ensemble(ensemble) => ensemble.models.iter().map(nodes).sum(),
        }
    }
    let entries: usize = model.definition.preprocessors.iter().map(size).sum();
    BASE + NODE * nodes(&model.definition.model) + ENTRY * entries
}

/// How many entries a preprocessor holds.
fn size(preprocessor: &Preprocessor) -> usize {
    match &preprocessor.encoding {
        Encoding::OneHot { hot_map, .. } => hot_map.len(),
        Encoding::TargetMean { map, .. } | Encoding::Frequency { map, .. } => map.len(),
        Encoding::NGram(_) => 1,
        Encoding::Multi(preprocessors) => preprocessors.len(),
    }
}

/// A node parses a definition that inflates to a tenth of its heap.
pub(super) fn refuse_large(call: &Call, definition: &str) -> Result<(), Failure> {
    let limit = call.cluster.shape().largest_stream();
    match gzip::inflated_length(base64::decoding(definition), limit) {
        Err(gzip::InflateError::TooLong { .. }) => {}
        _ => return Ok(()),
    }
    let reason = format!(
        "Cannot parse model definition as the content is larger than the maximum stream size of \
         [{limit}] bytes. Max stream size is 10% of the JVM heap or 1GB whichever is smallest"
    );
    Err(if call.profile().since(8, 0) {
        Failure::new(429, "circuit_breaking_exception", reason)
    } else {
        Failure::bad_request(reason)
    })
}
