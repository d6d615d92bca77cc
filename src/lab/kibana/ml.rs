//! Machine-learning saved objects: without one, Kibana does not show a job or model.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lab::store::{Collection, Store};

use super::{Answered, Reply, Visit, not_found};

/// `GET /api/ml/saved_objects/sync[?simulate=true]` (7.12 on).
pub(super) fn sync(visit: &Visit) -> Answered {
    let simulate = visit.flag("simulate")?;
    if visit.request.method != "GET" || !visit.cluster.profile().since(7, 12) {
        return Err(not_found());
    }
    let with_models = visit.cluster.profile().since(8, 1);
    let key = format!("ml_saved_objects/{}", visit.space);
    let (known, wanted) = {
        let store = visit.cluster.read();
        (known(&store, &key), present(&store, with_models))
    };
    let created = described(wanted.difference(&known));
    let deleted = described(known.difference(&wanted));
    if !simulate {
        let list: Vec<Value> = wanted.iter().map(|(kind, id)| json!([kind, id])).collect();
        visit.cluster.change(|store| {
            store.put(&Collection::Cluster, &key, Value::Array(list));
            Ok(())
        })?;
    }
    Ok(Reply::ok(json!({
        "savedObjectsCreated": created,
        "savedObjectsDeleted": deleted,
        "datafeedsAdded": {},
        "datafeedsRemoved": {},
    })))
}

type Objects = BTreeSet<(String, String)>;

fn known(store: &Store, key: &str) -> Objects {
    store
        .get(&Collection::Cluster, key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|pair| {
            let text = |index: usize| Some(pair.get(index)?.as_str()?.to_owned());
            Some((text(0)?, text(1)?))
        })
        .collect()
}

fn present(store: &Store, with_models: bool) -> Objects {
    let mut all = Objects::new();
    let mut add = |kind: &str, collection: &Collection| {
        all.extend(
            store
                .all(collection)
                .map(|(id, _)| (kind.to_owned(), id.to_owned())),
        );
    };
    add("anomaly-detector", &Collection::Jobs);
    add("data-frame-analytics", &Collection::Analytics);
    if with_models {
        add("trained-model", &Collection::Models);
    }
    all
}

fn described<'a>(objects: impl Iterator<Item = &'a (String, String)>) -> Value {
    let mut kinds: Map<String, Value> = Map::new();
    for (kind, id) in objects {
        let list = kinds.entry(kind.clone()).or_insert_with(|| json!({}));
        list[id.as_str()] = json!({"success": true});
    }
    Value::Object(kinds)
}
