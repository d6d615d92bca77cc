//! What the server checks in a body before it looks at the definition
//! (`TrainedModelConfig.Builder.validate`).

use super::body::Body;
use crate::engine::failure::Failure;
use crate::model::ml_id::{self, MAX_LENGTH};
use crate::model::version::StackVersion;

/// Checks a body; the server lists everything that is wrong in one answer.
///
/// # Errors
/// 400 `action_request_validation_exception`.
pub(super) fn check(id: &str, body: &Body, version: &StackVersion) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let typed = version.offers(8, 0);
    if body.source.is_none() {
        if !typed {
            wrong.push("[definition] must not be null.".to_owned());
        } else if body.model_type.is_none() {
            wrong.push("[model_type] must be set if [definition] is not defined.".to_owned());
        }
    }
    if body.options.is_none() {
        wrong.push("[inference_config] must not be null.".to_owned());
    }
    check_names(id, body, &mut wrong);
    check_input(body, &mut wrong);
    check_generated(body, typed, &mut wrong);
    if wrong.is_empty() {
        return Ok(());
    }
    let listed: Vec<String> = (1..)
        .zip(&wrong)
        .map(|(number, one)| format!("{number}: {one};"))
        .collect();
    Err(Failure::new(
        400,
        "action_request_validation_exception",
        format!("Validation Failed: {}", listed.concat()),
    ))
}

fn check_names(id: &str, body: &Body, wrong: &mut Vec<String>) {
    if !ml_id::is_valid(id) {
        wrong.push(ml_id::invalid("model_id", id));
    }
    if id.chars().count() > MAX_LENGTH {
        wrong.push(format!(
            "Invalid model_id; '{id}' cannot contain more than {MAX_LENGTH} characters."
        ));
    }
    let bad: Vec<&str> = body
        .tags
        .iter()
        .map(String::as_str)
        .filter(|tag| !ml_id::is_valid(tag) || tag.chars().count() > MAX_LENGTH)
        .collect();
    if !bad.is_empty() {
        wrong.push(format!(
            "Invalid tags [{}]; must only can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores, must start and end with alphanumeric, and must be less than {MAX_LENGTH} characters.",
            bad.join(", ")
        ));
    }
    if body.tags.iter().any(|tag| tag == id) {
        wrong.push("none of the tags must equal the model_id".to_owned());
    }
}

fn check_input(body: &Body, wrong: &mut Vec<String>) {
    let Some(names) = &body.field_names else {
        return;
    };
    if names.is_empty() {
        wrong.push("[input.field_names] must not be empty".to_owned());
    }
    let dotted = names.iter().filter(|name| name.contains('.'));
    if dotted.flat_map(|name| name.split('.')).any(str::is_empty) {
        wrong.push(
            "[input.field_names] must only contain valid dot delimited field names".to_owned(),
        );
    }
}

fn check_generated(body: &Body, typed: bool, wrong: &mut Vec<String>) {
    let illegal = |name: &str| format!("illegal to set [{name}] at inference model creation");
    let before = [
        "version",
        "created_by",
        "create_time",
        "estimated_heap_memory_usage_bytes",
        "estimated_operations",
        "license_level",
    ];
    let since = [
        "version",
        "created_by",
        "create_time",
        "license_level",
        "location",
    ];
    let ordered: &[&str] = if typed { &since } else { &before };
    wrong.extend(
        ordered
            .iter()
            .filter(|name| body.generated.contains(name))
            .map(|name| illegal(name)),
    );
    if typed {
        let stated = |key: &str| {
            body.metadata
                .as_ref()
                .and_then(|metadata| metadata.get(key))
                .is_some_and(|value| !value.is_null())
        };
        for key in ["total_feature_importance", "model_aliases"] {
            if stated(key) {
                wrong.push(illegal(&format!("metadata.{key}")));
            }
        }
        if body.generated.contains(&"model_package") {
            wrong.push(illegal("model_package"));
        }
    }
}
