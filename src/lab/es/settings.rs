//! Settings of the cluster. One can be set, `xpack.ml.max_inference_processors`;
//! the others that matter are those of the node's files.

use serde_json::{Map, Value, json};

use crate::lab::cluster::SETTINGS;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::shape::{MAX_INFERENCE_PROCESSORS, ML_ENABLED, REGEX_ENABLED};
use crate::lab::store::Collection;
use crate::model::failure::Failure;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_cluster/settings", get),
    Route::new(Method::Put, "/_cluster/settings", put),
];

const SCOPES: [&str; 2] = ["persistent", "transient"];

/// What was set, by scope, each name in one piece.
fn set(call: &Call) -> Value {
    let store = call.cluster.read();
    let set = store.get(&Collection::Cluster, SETTINGS).cloned();
    set.unwrap_or_else(|| json!({"persistent": {}, "transient": {}}))
}

fn get(call: &Call) -> Answered {
    let defaults = call.params.flag("include_defaults", false)?;
    let flat = call.params.flag("flat_settings", false)?;
    call.params.accept(&["master_timeout", "timeout"]);
    call.begin("cluster:monitor/state")?;
    let mut all = set(call);
    if defaults {
        let shape = call.cluster.shape();
        let names = [MAX_INFERENCE_PROCESSORS, ML_ENABLED, REGEX_ENABLED];
        let free = names
            .iter()
            .filter(|name| SCOPES.iter().all(|scope| all[*scope].get(**name).is_none()));
        let values: Map<String, Value> = free
            .map(|name| {
                (
                    (*name).to_owned(),
                    json!(shape.setting(name, call.profile())),
                )
            })
            .collect();
        all["defaults"] = Value::Object(values);
    }
    if !flat && let Some(scopes) = all.as_object_mut() {
        scopes.values_mut().for_each(nest);
    }
    Ok(Answer::ok(all))
}

/// Names with dots become objects within each other.
fn nest(scope: &mut Value) {
    let flat = scope.as_object().cloned().unwrap_or_default();
    *scope = json!({});
    for (name, value) in flat {
        let mut place = &mut *scope;
        for part in name.split('.') {
            place = &mut place[part];
        }
        *place = value;
    }
}

/// Sets and takes back (`null`).
fn put(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.params
        .accept(&["flat_settings", "master_timeout", "timeout"]);
    call.begin("cluster:admin/settings/update")?;
    let mut changed = json!({"acknowledged": true, "persistent": {}, "transient": {}});
    let mut all = set(call);
    for scope in SCOPES {
        for (name, value) in body
            .get(scope)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let Some(scoped) = all[scope].as_object_mut() else {
                continue;
            };
            match value {
                Value::Null => {
                    scoped.shift_remove(name);
                }
                value => {
                    let text = checked(scope, name, value)?;
                    changed[scope][name.as_str()] = json!(text);
                    scoped.insert(name.clone(), json!(text));
                }
            }
        }
        nest(&mut changed[scope]);
    }
    call.cluster.change(|store| {
        store.put(&Collection::Cluster, SETTINGS, all);
        Ok(())
    })?;
    Ok(Answer::ok(changed))
}

fn checked(scope: &str, name: &str, value: &Value) -> Result<String, Failure> {
    if name != MAX_INFERENCE_PROCESSORS {
        return Err(Failure::illegal_argument(format!(
            "{scope} setting [{name}], not recognized"
        )));
    }
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.parse::<i32>() {
        Ok(count) if count >= 1 => Ok(text),
        Ok(_) => Err(Failure::illegal_argument(format!(
            "Failed to parse value [{text}] for setting [{name}] must be >= 1"
        ))),
        Err(_) => Err(Failure::illegal_argument(format!(
            "Failed to parse value [{text}] for setting [{name}]"
        ))),
    }
}
