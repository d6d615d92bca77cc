//! API keys.

use serde_json::{Map, Value, json};

use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::security::{Permission, password_hash, strings};
use crate::lab::store::Collection;
use crate::model::base64;
use crate::model::time_span::TimeSpan;

use super::security::{caller, invalid};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Put, "/_security/api_key", create_key),
    Route::new(Method::Post, "/_security/api_key", create_key),
    Route::new(Method::Get, "/_security/api_key", get_keys),
    Route::new(Method::Delete, "/_security/api_key", invalidate_keys),
];

fn create_key(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.params.accept(&["refresh"]);
    let name = body
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if name.is_empty() && !call.profile().since(8, 0) {
        return Err(invalid("name is required"));
    }
    let descriptors = body
        .get("role_descriptors")
        .cloned()
        .unwrap_or_else(|| json!({}));
    for descriptor in descriptors.as_object().into_iter().flat_map(Map::values) {
        Permission::default().add(call.profile(), descriptor)?;
    }
    let lifetime = match body.get("expiration").and_then(Value::as_str) {
        Some(text) => Some(TimeSpan::parse(text, "expiration")?.as_millis()),
        None => None,
    };
    call.begin("cluster:admin/xpack/security/api_key/create")?;
    let subject = caller(call)?;
    let (id, secret) = (random::document_id(), random::token());
    let expiration = lifetime.map(|lifetime| call.cluster.now().saturating_add(lifetime));
    let key = json!({
        "name": name,
        "username": subject.username,
        "limited_by": subject.roles,
        "role_descriptors": descriptors,
        "creation": call.cluster.now(),
        "expiration": expiration,
        "metadata": body.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "password": password_hash(&random::token(), &secret),
    });
    call.cluster.change(|store| {
        store.put(&Collection::ApiKeys, &id, key);
        Ok(())
    })?;
    let mut answer = json!({"id": id, "name": name, "api_key": secret});
    if let Some(expiration) = expiration {
        answer["expiration"] = json!(expiration);
    }
    if call.profile().since(7, 16) {
        answer["encoded"] = json!(base64::encode(format!("{id}:{secret}").as_bytes()));
    }
    Ok(Answer::ok(answer))
}

fn get_keys(call: &Call) -> Answered {
    let wanted = |name: &str| call.params.get(name).map(str::to_owned);
    let (id, name, username) = (wanted("id"), wanted("name"), wanted("username"));
    call.params
        .accept(&["owner", "realm_name", "with_limited_by", "active_only"]);
    call.begin("cluster:admin/xpack/security/api_key/get")?;
    let store = call.cluster.read();
    let text = |key: &Value, field: &str| {
        key.get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let keys: Vec<Value> = store
        .all(&Collection::ApiKeys)
        .filter(|(key_id, key)| {
            id.as_ref().is_none_or(|id| id == key_id)
                && name
                    .as_ref()
                    .is_none_or(|name| crate::lab::rest::fits(name, &text(key, "name")))
                && username
                    .as_ref()
                    .is_none_or(|username| *username == text(key, "username"))
        })
        .map(|(key_id, key)| {
            json!({
                "id": key_id,
                "name": text(key, "name"),
                "creation": key.get("creation"),
                "invalidated": key.get("invalidated") == Some(&json!(true)),
                "username": text(key, "username"),
                "realm": "default_native",
            })
        })
        .collect();
    Ok(Answer::ok(json!({"api_keys": keys})))
}

fn invalidate_keys(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.begin("cluster:admin/xpack/security/api_key/invalidate")?;
    let name = body.get("name").and_then(Value::as_str);
    let username = body.get("username").and_then(Value::as_str);
    let mut ids: Vec<&str> = strings(body.get("ids")).collect();
    ids.extend(body.get("id").and_then(Value::as_str));
    let owner =
        (body.get("owner") == Some(&json!(true))).then_some(caller(call)?.username.as_str());
    if name.is_none()
        && username.is_none()
        && ids.is_empty()
        && owner.is_none()
        && body.get("realm_name").is_none()
    {
        return Err(invalid(
            "One of [api key id, api key name, username, realm name] must be specified if [owner] flag is false",
        ));
    }
    call.cluster.change(|store| {
        let (mut now, mut before) = (Vec::new(), Vec::new());
        let is = |key: &Value, field: &str, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| key.get(field).and_then(Value::as_str) == Some(wanted))
        };
        let found: Vec<(String, Value)> = store
            .all(&Collection::ApiKeys)
            .filter(|(id, key)| {
                (ids.is_empty() || ids.contains(id))
                    && is(key, "name", name)
                    && is(key, "username", username)
                    && is(key, "username", owner)
            })
            .map(|(id, key)| (id.to_owned(), key.clone()))
            .collect();
        for (id, mut key) in found {
            if key.get("invalidated") == Some(&json!(true)) {
                before.push(id);
                continue;
            }
            key["invalidated"] = json!(true);
            store.put(&Collection::ApiKeys, &id, key);
            now.push(id);
        }
        Ok(Answer::ok(json!({
            "invalidated_api_keys": now,
            "previously_invalidated_api_keys": before,
            "error_count": 0,
        })))
    })
}
