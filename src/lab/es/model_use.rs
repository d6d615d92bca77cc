//! Which pipelines use a model.

use serde_json::{Value, json};

use crate::lab::store::{Collection, Store};

/// How deep processors may nest and still be looked at.
const MAX_DEPTH: usize = 64;

/// The pipelines that use a model. With `deep` every processor is looked at,
/// also those inside `foreach` and processors' `on_failure`; without, only bare
/// ones at the top, as servers before 8.0 do.
pub(super) fn uses_of<'a>(store: &'a Store, model: &str, deep: bool) -> Vec<&'a str> {
    store
        .all(&Collection::Pipelines)
        .filter(|(_, pipeline)| {
            let processors = pipeline.get("processors").and_then(Value::as_array);
            // Servers before 8.0 build each pipeline to look into it; one whose
            // script is gone cannot be built, and is passed over.
            (deep || !lacks_script(store, pipeline, 0))
                && processors
                    .into_iter()
                    .flatten()
                    .any(|processor| uses(processor, model, deep, 0))
        })
        .map(|(id, _)| id)
        .collect()
}

/// Why a model cannot be deleted, if it cannot.
pub(super) fn referenced(
    store: &Store,
    id: &str,
    aliases: &[String],
    deep: bool,
) -> Option<String> {
    let used = |name: &str| !uses_of(store, name, deep).is_empty();
    let advice = if deep {
        "; use force to delete the model"
    } else {
        ""
    };
    if used(id) {
        return Some(format!(
            "Cannot delete model [{id}] as it is still referenced by ingest processors{advice}"
        ));
    }
    aliases.iter().any(|alias| used(alias)).then(|| {
        format!(
            "Cannot delete model [{id}] as it has a model_alias [{}] that is still referenced by ingest processors{advice}",
            aliases.join(", ")
        )
    })
}

/// Whether a stored script that a pipeline names is gone.
fn lacks_script(store: &Store, part: &Value, depth: usize) -> bool {
    match part {
        _ if depth > MAX_DEPTH => false,
        Value::Array(parts) => parts
            .iter()
            .any(|part| lacks_script(store, part, depth + 1)),
        Value::Object(members) => members.iter().any(|(name, value)| {
            let id = (name == "script")
                .then(|| value.get("id").and_then(Value::as_str))
                .flatten();
            id.is_some_and(|id| !store.has(&Collection::Scripts, id))
                || lacks_script(store, value, depth + 1)
        }),
        _ => false,
    }
}

fn uses(processor: &Value, model: &str, deep: bool, depth: usize) -> bool {
    let Some((kind, config)) = processor
        .as_object()
        .and_then(|members| members.iter().next())
    else {
        return false;
    };
    let names_it = kind == "inference" && config.get("model_id") == Some(&json!(model));
    if !deep {
        // A condition or an error handler wraps the processor, which hides it.
        let wrapped = ["if", "on_failure", "ignore_failure"]
            .iter()
            .any(|key| config.get(key).is_some_and(|value| *value != json!(false)));
        return names_it && !wrapped;
    }
    if names_it {
        return true;
    }
    if depth > MAX_DEPTH {
        return false;
    }
    let inner = config.get("processor").filter(|_| kind == "foreach");
    let handlers = config.get("on_failure").and_then(Value::as_array);
    inner
        .into_iter()
        .chain(handlers.into_iter().flatten())
        .any(|processor| uses(processor, model, deep, depth + 1))
}
