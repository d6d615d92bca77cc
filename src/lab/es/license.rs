//! License, trial, and the features that they switch on.

use serde_json::{Map, Value, json};

use crate::lab::cluster::{expired, license_document};
use crate::lab::options::{Grade, License};
use crate::lab::profile::Feature;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::shape::ML_ENABLED;
use crate::model::failure::Failure;
use crate::model::time::rfc3339_millis;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_license", get),
    Route::new(Method::Delete, "/_license", delete),
    Route::new(Method::Get, "/_license/trial_status", trial_status),
    Route::new(Method::Get, "/_license/basic_status", basic_status),
    Route::new(Method::Post, "/_license/start_trial", start_trial),
    Route::new(Method::Post, "/_license/start_basic", start_basic),
    Route::new(Method::Get, "/_xpack", xpack),
];

fn get(call: &Call) -> Answered {
    call.params.flag("local", false)?;
    let hidden = call.has(Feature::EnterpriseHidden);
    let accepts = if let Some(text) = call.params.get("accept_enterprise") {
        if !hidden {
            call.warn(
                "Including [accept_enterprise] in get license requests is deprecated. \
                 The parameter will be removed in the next major version",
            );
            if text == "false" {
                return Err(Failure::illegal_argument(
                    "The [accept_enterprise] parameters may not be false",
                ));
            }
        }
        text != "false"
    } else {
        !hidden
    };
    call.begin("cluster:monitor/xpack/license/get")?;
    let Some(license) = call.cluster.license() else {
        return Ok(Answer::json(404, json!({})));
    };
    Ok(Answer::ok(
        json!({"license": describe(call, &license, accepts)}),
    ))
}

fn describe(call: &Call, license: &Value, accepts_enterprise: bool) -> Value {
    let text = |name: &str| {
        license
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let millis = |name: &str| license.get(name).and_then(Value::as_i64);
    let grade = match text("type") {
        "enterprise" if !accepts_enterprise => "platinum",
        other => other,
    };
    let status = if expired(license, call.cluster.now()) {
        "expired"
    } else {
        "active"
    };
    let issued = millis("issue_date_in_millis").unwrap_or_default();
    let mut shown = Map::new();
    shown.insert("status".into(), json!(status));
    shown.insert("uid".into(), json!(text("uid")));
    shown.insert("type".into(), json!(grade));
    shown.insert("issue_date".into(), json!(rfc3339_millis(issued)));
    shown.insert("issue_date_in_millis".into(), json!(issued));
    if let Some(expiry) = millis("expiry_date_in_millis") {
        shown.insert("expiry_date".into(), json!(rfc3339_millis(expiry)));
        shown.insert("expiry_date_in_millis".into(), json!(expiry));
    }
    let by_resources = text("type") == "enterprise";
    shown.insert(
        "max_nodes".into(),
        if by_resources {
            Value::Null
        } else {
            json!(1000)
        },
    );
    shown.insert(
        "max_resource_units".into(),
        if by_resources {
            json!(100)
        } else {
            Value::Null
        },
    );
    shown.insert(
        "issued_to".into(),
        json!(call.cluster.identity("cluster_name")),
    );
    shown.insert("issuer".into(), json!("elasticsearch"));
    shown.insert("start_date_in_millis".into(), json!(-1));
    Value::Object(shown)
}

fn delete(call: &Call) -> Answered {
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/xpack/license/delete")?;
    switch(call, Grade::Basic)?;
    Ok(Answer::acknowledged())
}

fn switch(call: &Call, grade: Grade) -> Result<(), Failure> {
    let tried = trial_used(call) || grade == Grade::Trial;
    let mut license = license_document(
        &License {
            grade,
            expires: None,
        },
        call.cluster.now(),
    );
    license["trial_used"] = json!(tried);
    call.cluster.set_license(license)
}

fn trial_used(call: &Call) -> bool {
    call.cluster.license().is_some_and(|license| {
        license.get("type") == Some(&json!("trial"))
            || license.get("trial_used") == Some(&json!(true))
    })
}

fn grade(call: &Call) -> String {
    call.cluster
        .license()
        .and_then(|license| Some(license.get("type")?.as_str()?.to_owned()))
        .unwrap_or_default()
}

fn trial_status(call: &Call) -> Answered {
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/license/trial_status")?;
    Ok(Answer::ok(
        json!({"eligible_to_start_trial": !trial_used(call)}),
    ))
}

fn basic_status(call: &Call) -> Answered {
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/license/basic_status")?;
    Ok(Answer::ok(
        json!({"eligible_to_start_basic": grade(call) != "basic"}),
    ))
}

fn start_trial(call: &Call) -> Answered {
    let acknowledged = call.params.flag("acknowledge", false)?;
    call.params.accept(&["type", "master_timeout", "timeout"]);
    call.begin("cluster:admin/xpack/license/start_trial")?;
    if !acknowledged {
        return Ok(Answer::ok(json!({
            "acknowledged": false,
            "trial_was_started": false,
            "error_message": "Operation failed: Needs acknowledgement.",
            "acknowledge": {
                "message": "This API initiates a free 30-day trial for all platinum features. By starting this trial, you agree that it is subject to the terms and conditions at https://www.elastic.co/legal/trial_license/. To begin your free trial, call /start_trial again and specify the \"acknowledge=true\" parameter.",
                "security": ["With a trial license, X-Pack security features are available, but are not enabled by default."],
            },
        })));
    }
    if trial_used(call) {
        return Ok(Answer::json(
            403,
            json!({
                "acknowledged": true,
                "trial_was_started": false,
                "error_message": "Operation failed: Trial was already activated.",
            }),
        ));
    }
    switch(call, Grade::Trial)?;
    Ok(Answer::ok(
        json!({"acknowledged": true, "trial_was_started": true, "type": "trial"}),
    ))
}

fn start_basic(call: &Call) -> Answered {
    let acknowledged = call.params.flag("acknowledge", false)?;
    call.params.accept(&["master_timeout", "timeout"]);
    call.begin("cluster:admin/xpack/license/start_basic")?;
    if grade(call) == "basic" {
        return Ok(Answer::json(
            403,
            json!({
                "acknowledged": true,
                "basic_was_started": false,
                "error_message": "Operation failed: Current license is basic.",
            }),
        ));
    }
    if !acknowledged {
        return Ok(Answer::ok(json!({
            "acknowledged": false,
            "basic_was_started": false,
            "error_message": "Operation failed: Needs acknowledgement.",
            "acknowledge": {
                "message": "This license update requires acknowledgement. To acknowledge the license, please read the following messages and call /start_basic again, this time with the \"acknowledge=true\" parameter:",
                "ml": ["Machine learning will be disabled"],
            },
        })));
    }
    switch(call, Grade::Basic)?;
    Ok(Answer::ok(
        json!({"acknowledged": true, "basic_was_started": true}),
    ))
}

/// The features of the default distribution and the least license that has them.
const FEATURES: [(&str, bool); 21] = [
    ("analytics", true),
    ("ccr", false),
    ("data_streams", true),
    ("enrich", true),
    ("eql", true),
    ("frozen_indices", true),
    ("graph", false),
    ("ilm", true),
    ("logstash", false),
    ("ml", false),
    ("monitoring", true),
    ("rollup", true),
    ("searchable_snapshots", false),
    ("security", true),
    ("slm", true),
    ("spatial", true),
    ("sql", true),
    ("transform", true),
    ("vectors", true),
    ("voting_only", true),
    ("watcher", false),
];

fn xpack(call: &Call) -> Answered {
    let categories = call.params.get("categories").unwrap_or("_all").to_owned();
    call.params.accept(&["human", "accept_enterprise"]);
    call.begin("cluster:monitor/xpack/info")?;
    let wants = |name: &str| {
        categories
            .split(',')
            .any(|category| category == name || category == "_all")
    };
    let mut answer = Map::new();
    let build = call.profile().build();
    if wants("build") {
        answer.insert(
            "build".into(),
            json!({"hash": build.hash, "date": build.date}),
        );
    }
    let license = call.cluster.license();
    if wants("license") {
        answer.insert(
            "license".into(),
            license
                .as_ref()
                .map_or(Value::Null, |license| summary(call, license)),
        );
    }
    if wants("features") {
        let paid = license.is_some_and(|license| {
            grade(call) != "basic" && !expired(&license, call.cluster.now())
        });
        let features: Map<_, _> = FEATURES
            .iter()
            .map(|(name, free)| {
                let enabled = match *name {
                    "security" => call.cluster.secured(),
                    "watcher" => false,
                    "ml" => call.cluster.setting(ML_ENABLED) == "true",
                    _ => true,
                };
                (
                    (*name).to_owned(),
                    json!({"available": *free || paid, "enabled": enabled}),
                )
            })
            .collect();
        answer.insert("features".into(), Value::Object(features));
    }
    answer.insert("tagline".into(), json!("You know, for X"));
    Ok(Answer::ok(Value::Object(answer)))
}

fn summary(call: &Call, license: &Value) -> Value {
    let whole = describe(call, license, true);
    let mut short = Map::new();
    for (name, from) in [
        ("uid", "uid"),
        ("type", "type"),
        ("mode", "type"),
        ("status", "status"),
        ("expiry_date_in_millis", "expiry_date_in_millis"),
    ] {
        if let Some(value) = whole.get(from) {
            short.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(short)
}
