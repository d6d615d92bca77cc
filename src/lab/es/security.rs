//! Users, roles, API keys, and what a caller may do.

use serde_json::{Map, Value, json};

use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::security::{
    Permission, Subject, built_in_role, index_privilege_patterns, password_hash,
    resolve_cluster_privilege, strings,
};
use crate::lab::store::Collection;
use crate::model::failure::Failure;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_security/_authenticate", authenticate),
    Route::new(
        Method::Get,
        "/_security/user/_has_privileges",
        has_privileges,
    ),
    Route::new(
        Method::Post,
        "/_security/user/_has_privileges",
        has_privileges,
    ),
    Route::new(Method::Get, "/_security/user", get_user),
    Route::new(Method::Get, "/_security/user/{username}", get_user),
    Route::new(Method::Put, "/_security/user/{username}", put_user),
    Route::new(Method::Post, "/_security/user/{username}", put_user),
    Route::new(Method::Delete, "/_security/user/{username}", delete_user),
    Route::new(Method::Get, "/_security/role", get_role),
    Route::new(Method::Get, "/_security/role/{name}", get_role),
    Route::new(Method::Put, "/_security/role/{name}", put_role),
    Route::new(Method::Post, "/_security/role/{name}", put_role),
    Route::new(Method::Delete, "/_security/role/{name}", delete_role),
];

/// The caller; these routes are only there when security is on.
pub(super) fn caller<'a>(call: &'a Call) -> Result<&'a Subject, Failure> {
    call.subject
        .as_ref()
        .ok_or_else(|| Failure::server("security is not enabled"))
}

pub(super) fn invalid(complaint: &str) -> Failure {
    Failure::new(
        400,
        "action_request_validation_exception",
        format!("Validation Failed: 1: {complaint};"),
    )
}

fn authenticate(call: &Call) -> Answered {
    call.begin("cluster:admin/xpack/security/user/authenticate")?;
    Ok(Answer::ok(caller(call)?.describe(call.profile())))
}

fn has_privileges(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.begin("cluster:admin/xpack/security/user/has_privileges")?;
    let subject = caller(call)?;
    let profile = call.profile();
    let mut all = true;
    let mut cluster = Map::new();
    for name in strings(body.get("cluster")) {
        let patterns = resolve_cluster_privilege(profile, name)?;
        let granted = patterns.iter().all(|pattern| subject.allows(pattern));
        all &= granted;
        cluster.insert(name.to_owned(), json!(granted));
    }
    let mut index = Map::new();
    for entry in body
        .get("index")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        for name in strings(entry.get("names")) {
            let mut privileges = Map::new();
            for privilege in strings(entry.get("privileges")) {
                let patterns = index_privilege_patterns(privilege)?;
                let granted = patterns
                    .iter()
                    .all(|pattern| subject.allows_on(pattern, name));
                all &= granted;
                privileges.insert(privilege.to_owned(), json!(granted));
            }
            index.insert(name.to_owned(), Value::Object(privileges));
        }
    }
    let (application, application_granted) = applications(subject, &body);
    all &= application_granted;
    Ok(Answer::ok(json!({
        "username": subject.username,
        "has_all_requested": all,
        "cluster": cluster,
        "index": index,
        "application": application,
    })))
}

/// The privileges of applications, which Kibana's are, that are asked for, and
/// whether all are granted.
fn applications(subject: &Subject, body: &Value) -> (Value, bool) {
    let mut all = true;
    let mut answer = json!({});
    let entries = body.get("application").and_then(Value::as_array);
    for entry in entries.into_iter().flatten() {
        let name = entry.get("application").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        for resource in strings(entry.get("resources")) {
            for privilege in strings(entry.get("privileges")) {
                let granted = subject.allows_in(name, privilege, resource);
                all &= granted;
                answer[name][resource][privilege] = json!(granted);
            }
        }
    }
    (answer, all)
}

fn put_user(call: &Call) -> Answered {
    let name = call.path("username");
    let body = call.body()?.map()?;
    call.params.accept(&["refresh"]);
    let Some(roles) = body.get("roles").filter(|roles| roles.is_array()) else {
        return Err(invalid("roles are missing"));
    };
    let password = body.get("password").and_then(Value::as_str);
    if password.is_some_and(|password| password.chars().count() < 6) {
        return Err(invalid("passwords must be at least [6] characters long"));
    }
    call.begin("cluster:admin/xpack/security/user/put")?;
    let roles = roles.clone();
    call.cluster.change(|store| {
        let known = store.get(&Collection::Users, name).cloned();
        if known.as_ref().and_then(|user| user.get("reserved")) == Some(&json!(true)) {
            return Err(invalid(&format!(
                "user [{name}] is reserved and only the password can be changed"
            )));
        }
        let secret = match (password, &known) {
            (Some(password), _) => password_hash(&random::token(), password),
            (None, Some(known)) => known.get("password").cloned().unwrap_or_default(),
            (None, None) => {
                return Err(Failure::new(
                    400,
                    "validation_exception",
                    "password must be specified unless you are updating an existing user",
                ));
            }
        };
        let user = json!({
            "roles": roles,
            "full_name": body.get("full_name").cloned().unwrap_or_default(),
            "email": body.get("email").cloned().unwrap_or_default(),
            "metadata": body.get("metadata").cloned().unwrap_or_else(|| json!({})),
            "enabled": body.get("enabled").cloned().unwrap_or_else(|| json!(true)),
            "password": secret,
        });
        store.put(&Collection::Users, name, user);
        Ok(Answer::ok(json!({"created": known.is_none()})))
    })
}

fn get_user(call: &Call) -> Answered {
    call.begin("cluster:admin/xpack/security/user/get")?;
    let names = call.path("username");
    let store = call.cluster.read();
    let users: Map<String, Value> = store
        .sorted(&Collection::Users)
        .into_iter()
        .filter(|(name, _)| names.is_empty() || names.split(',').any(|wanted| wanted == *name))
        .map(|(name, user)| {
            let shown = json!({
                "username": name,
                "roles": user.get("roles"),
                "full_name": user.get("full_name").cloned().unwrap_or_default(),
                "email": user.get("email").cloned().unwrap_or_default(),
                "metadata": user.get("metadata").cloned().unwrap_or_else(|| json!({})),
                "enabled": user.get("enabled").cloned().unwrap_or_else(|| json!(true)),
            });
            (name.to_owned(), shown)
        })
        .collect();
    let status = if users.is_empty() && !names.is_empty() {
        404
    } else {
        200
    };
    Ok(Answer::json(status, Value::Object(users)))
}

fn delete_user(call: &Call) -> Answered {
    let name = call.path("username");
    call.params.accept(&["refresh"]);
    call.begin("cluster:admin/xpack/security/user/delete")?;
    call.cluster.change(|store| {
        let found = store.remove(&Collection::Users, name);
        Ok(Answer::json(
            if found { 200 } else { 404 },
            json!({"found": found}),
        ))
    })
}

fn put_role(call: &Call) -> Answered {
    let name = call.path("name");
    let body = call.body()?.map()?;
    call.params.accept(&["refresh"]);
    Permission::default().add(call.profile(), &body)?;
    if built_in_role(name).is_some() {
        return Err(invalid(&format!(
            "role [{name}] is reserved and may not be used."
        )));
    }
    call.begin("cluster:admin/xpack/security/role/put")?;
    call.cluster.change(|store| {
        let created = !store.has(&Collection::Roles, name);
        store.put(&Collection::Roles, name, body);
        Ok(Answer::ok(json!({"role": {"created": created}})))
    })
}

fn get_role(call: &Call) -> Answered {
    call.begin("cluster:admin/xpack/security/role/get")?;
    let names = call.path("name");
    let store = call.cluster.read();
    let mut roles: Map<String, Value> = store
        .sorted(&Collection::Roles)
        .into_iter()
        .filter(|(name, _)| names.is_empty() || names.split(',').any(|wanted| wanted == *name))
        .map(|(name, role)| (name.to_owned(), described(role)))
        .collect();
    for name in names.split(',') {
        if let Some(role) = built_in_role(name) {
            roles.insert(name.to_owned(), described(&role));
        }
    }
    let status = if roles.is_empty() && !names.is_empty() {
        404
    } else {
        200
    };
    Ok(Answer::json(status, Value::Object(roles)))
}

/// A role with what the server fills in.
fn described(role: &Value) -> Value {
    let or = |key: &str, default: Value| role.get(key).cloned().unwrap_or(default);
    json!({
        "cluster": or("cluster", json!([])),
        "indices": or("indices", or("index", json!([]))),
        "applications": or("applications", json!([])),
        "run_as": or("run_as", json!([])),
        "metadata": or("metadata", json!({})),
        "transient_metadata": {"enabled": true},
    })
}

fn delete_role(call: &Call) -> Answered {
    let name = call.path("name");
    call.params.accept(&["refresh"]);
    call.begin("cluster:admin/xpack/security/role/delete")?;
    call.cluster.change(|store| {
        let found = store.remove(&Collection::Roles, name);
        Ok(Answer::json(
            if found { 200 } else { 404 },
            json!({"found": found}),
        ))
    })
}
