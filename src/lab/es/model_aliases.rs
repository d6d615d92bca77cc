//! Model aliases: second names that move from model to model (7.13 on).

use serde_json::{Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::Collection;
use crate::model::failure::Failure;

use super::models::could_not_find;

pub(super) const ROUTES: &[Route] = &[
    Route::new(
        Method::Put,
        "/_ml/trained_models/{model_id}/model_aliases/{model_alias}",
        put_alias,
    ),
    Route::new(
        Method::Delete,
        "/_ml/trained_models/{model_id}/model_aliases/{model_alias}",
        delete_alias,
    ),
];

fn put_alias(call: &Call) -> Answered {
    let (id, alias) = (call.path("model_id"), call.path("model_alias"));
    let reassign = call.params.flag("reassign", false)?;
    call.begin("cluster:admin/xpack/ml/inference/model_aliases/update")?;
    call.cluster.change(|store| {
        if store.has(&Collection::Models, alias) {
            return Err(Failure::bad_request(format!(
                "model_alias [{alias}] and model_id [{id}] must be different"
            )));
        }
        if !store.has(&Collection::Models, id) {
            return Err(could_not_find(id));
        }
        if let Some(Value::String(old)) = store.get(&Collection::ModelAliases, alias)
            && old != id
            && !reassign
        {
            return Err(Failure::bad_request(format!(
                "cannot assign model_alias [{alias}] to model_id [{id}] as model_alias already refers to [{old}]. \
                 Set parameter [reassign] to [true] if model_alias should be reassigned."
            )));
        }
        store.put(&Collection::ModelAliases, alias, json!(id));
        Ok(Answer::acknowledged())
    })
}

fn delete_alias(call: &Call) -> Answered {
    let (id, alias) = (call.path("model_id"), call.path("model_alias"));
    call.begin("cluster:admin/xpack/ml/inference/model_aliases/delete")?;
    call.cluster.change(|store| {
        let refers = store
            .get(&Collection::ModelAliases, alias)
            .and_then(Value::as_str);
        if refers != Some(id) {
            return Err(Failure::new(
                404,
                "resource_not_found_exception",
                format!("model_alias [{alias}] could not be found"),
            ));
        }
        store.remove(&Collection::ModelAliases, alias);
        Ok(Answer::acknowledged())
    })
}
