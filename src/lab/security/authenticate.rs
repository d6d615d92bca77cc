//! From an `Authorization` header to a caller.

use serde_json::Value;

use crate::lab::http::Request;
use crate::lab::profile::Profile;
use crate::lab::rest::CHALLENGES;
use crate::lab::store::{Collection, Store};
use crate::model::base64;
use crate::model::digest::Digest;
use crate::model::failure::Failure;

use super::permission::{Permission, strings};
use super::roles::built_in_role;
use super::subject::{ApiKeyIdentity, Subject};

/// The caller of `request` among the users and keys of `store`, at the time
/// `now` in milliseconds.
///
/// # Errors
/// 401 without credentials or with wrong ones.
pub fn authenticate(
    request: &Request,
    store: &Store,
    profile: &Profile,
    now: i64,
) -> Result<Subject, Failure> {
    let missing = || {
        unauthorized(format!(
            "missing authentication credentials for REST request [{}]",
            request.target()
        ))
    };
    let header = request.header("authorization").ok_or_else(missing)?;
    let (scheme, secret) = header.trim().split_once(' ').ok_or_else(missing)?;
    let pair = base64::decode(secret.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            let (name, secret) = text.split_once(':')?;
            Some((name.to_owned(), secret.to_owned()))
        });
    match (scheme.to_ascii_lowercase().as_str(), pair) {
        ("basic", Some((name, password))) => {
            user(store, profile, &name, &password).ok_or_else(|| {
                unauthorized(format!(
                    "unable to authenticate user [{name}] for REST request [{}]",
                    request.target()
                ))
            })
        }
        ("apikey", Some((id, secret))) => {
            api_key(store, profile, &id, &secret, now).ok_or_else(|| bad_key(request, profile, &id))
        }
        _ => Err(missing()),
    }
}

fn bad_key(request: &Request, profile: &Profile, id: &str) -> Failure {
    if profile.since(7, 14) {
        unauthorized(
            "unable to authenticate with provided credentials and anonymous access is not allowed for this request"
                .to_owned(),
        )
        .with(
            "additional_unsuccessful_credentials",
            format!("API key: unable to find apikey with id {id}"),
        )
    } else {
        unauthorized(format!(
            "missing authentication credentials for REST request [{}]",
            request.target()
        ))
    }
}

fn unauthorized(reason: String) -> Failure {
    Failure::new(401, "security_exception", reason).with(
        "header",
        serde_json::json!({"WWW-Authenticate": CHALLENGES}),
    )
}

fn user(store: &Store, profile: &Profile, name: &str, password: &str) -> Option<Subject> {
    let user = store.get(&Collection::Users, name)?;
    let enabled = user.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    if !enabled || !password_matches(user, password) {
        return None;
    }
    let roles: Vec<String> = strings(user.get("roles")).map(str::to_owned).collect();
    Some(Subject {
        permissions: vec![permission(store, profile, &roles)],
        username: name.to_owned(),
        roles,
        reserved: user
            .get("reserved")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        details: user.clone(),
        api_key: None,
    })
}

fn api_key(store: &Store, profile: &Profile, id: &str, secret: &str, now: i64) -> Option<Subject> {
    let key = store.get(&Collection::ApiKeys, id)?;
    let invalidated = key
        .get("invalidated")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let expired = key
        .get("expiration")
        .and_then(Value::as_i64)
        .is_some_and(|expiration| expiration <= now);
    if invalidated || expired || !password_matches(key, secret) {
        return None;
    }
    let username = key.get("username")?.as_str()?.to_owned();
    let owner_roles: Vec<String> = strings(key.get("limited_by")).map(str::to_owned).collect();
    let mut permissions = vec![permission(store, profile, &owner_roles)];
    let descriptors = key.get("role_descriptors").and_then(Value::as_object);
    if let Some(descriptors) = descriptors.filter(|descriptors| !descriptors.is_empty()) {
        let mut own = Permission::default();
        for descriptor in descriptors.values() {
            own.add(profile, descriptor).ok()?;
        }
        permissions.push(own);
    }
    let name = key.get("name").and_then(Value::as_str).unwrap_or_default();
    Some(Subject {
        permissions,
        reserved: store
            .get(&Collection::Users, &username)
            .and_then(|user| user.get("reserved")?.as_bool())
            .unwrap_or(false),
        username,
        roles: Vec::new(),
        details: Value::Null,
        api_key: Some(ApiKeyIdentity {
            id: id.to_owned(),
            name: name.to_owned(),
        }),
    })
}

/// What roles grant together; unknown roles grant nothing.
fn permission(store: &Store, profile: &Profile, roles: &[String]) -> Permission {
    let mut permission = Permission::default();
    for role in roles {
        let descriptor = store
            .get(&Collection::Roles, role)
            .cloned()
            .or_else(|| built_in_role(role));
        if let Some(descriptor) = descriptor {
            // Descriptors were checked when they were put.
            let _ = permission.add(profile, &descriptor);
        }
    }
    permission
}

/// What is kept of a password or a key's secret: salt and salted digest.
#[must_use]
pub fn password_hash(salt: &str, password: &str) -> Value {
    let digest = Digest::of(format!("{salt}:{password}").as_bytes());
    serde_json::json!({"salt": salt, "sha256": digest.to_string()})
}

/// Whether a password or secret is the one whose hash `document` keeps.
#[must_use]
pub fn password_matches(document: &Value, password: &str) -> bool {
    let Some(kept) = document.get("password") else {
        return false;
    };
    let salt = kept.get("salt").and_then(Value::as_str).unwrap_or_default();
    let right = password_hash(salt, password);
    let (kept, right) = (kept.to_string(), right.to_string());
    // Every byte is looked at, so that time tells nothing.
    kept.len() == right.len()
        && kept
            .bytes()
            .zip(right.bytes())
            .fold(0, |seen, (a, b)| seen | (a ^ b))
            == 0
}
