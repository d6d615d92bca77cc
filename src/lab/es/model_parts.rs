//! Definitions in parts and vocabularies, for models that are not trees (8.0 on).

use serde_json::{Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::Collection;
use crate::model::failure::Failure;

use super::models::could_not_find;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        Method::Put,
        "/_ml/trained_models/{model_id}/definition/{part}",
        put_part,
    ),
    Route::new(
        Method::Put,
        "/_ml/trained_models/{model_id}/vocabulary",
        put_vocabulary,
    ),
];

/// Most parts of a definition.
const MAX_PARTS: i64 = 10_000;

fn invalid(complaint: &str) -> Failure {
    Failure::new(
        400,
        "action_request_validation_exception",
        format!("Validation Failed: 1: {complaint};"),
    )
}

fn put_part(call: &Call) -> Answered {
    let id = call.path("model_id");
    let part: i64 = call.path("part").parse().map_err(|_| {
        Failure::illegal_argument(format!(
            "Failed to parse int parameter [part] with value [{}]",
            call.path("part")
        ))
    })?;
    let body = call.body()?.map()?;
    let number = |name: &str| body.get(name).and_then(Value::as_i64);
    let total = number("total_parts").unwrap_or_default();
    let length = number("total_definition_length").unwrap_or_default();
    if part < 0 {
        return Err(invalid("[part] must be greater or equal to 0"));
    }
    if !(1..=MAX_PARTS).contains(&total) {
        return Err(invalid(&format!(
            "[total_parts] must be greater than 0 and at most {MAX_PARTS}"
        )));
    }
    if part >= total {
        return Err(invalid("[part] must be less than total_parts"));
    }
    if length <= 0 {
        return Err(invalid("[total_definition_length] must be greater than 0"));
    }
    let Some(Value::String(definition)) = body.get("definition") else {
        return Err(Failure::illegal_argument("[definition] must not be null."));
    };
    call.begin("cluster:admin/xpack/ml/trained_models/part/put")?;
    call.cluster.require_ml_license()?;
    call.cluster.change(|store| {
        if !store.has(&Collection::Models, id) {
            return Err(could_not_find(id));
        }
        let key = format!("{id}/{part}");
        store.put(&Collection::Definitions, &key, json!(definition));
        Ok(Answer::acknowledged())
    })
}

fn put_vocabulary(call: &Call) -> Answered {
    let id = call.path("model_id");
    let body = call.body()?.map()?;
    let words = body.get("vocabulary").and_then(Value::as_array);
    if words.is_none_or(Vec::is_empty) {
        return Err(invalid("[vocabulary] must not be empty"));
    }
    call.begin("cluster:admin/xpack/ml/trained_models/vocabulary/put")?;
    call.cluster.require_ml_license()?;
    call.cluster.change(|store| {
        if !store.has(&Collection::Models, id) {
            return Err(could_not_find(id));
        }
        if store.has(&Collection::Vocabularies, id) {
            return Err(Failure::new(
                400,
                "resource_already_exists_exception",
                format!("Trained machine learning model [{id}] vocabulary already exists"),
            ));
        }
        store.put(&Collection::Vocabularies, id, body);
        Ok(Answer::acknowledged())
    })
}
