//! Rules in files: import and export.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::lab::profile::Profile;
use crate::lab::store::Collection;

use super::error::{Fault, security};
use super::multipart::upload;
use super::query::{Name, check_signals_index};
use super::rules::{create, patch, replace, without_own};
use super::{Answered, Body, Reply, Visit};

/// Most bytes of an imported file (`maxRuleImportPayloadBytes`).
const MAX_BYTES: usize = 10_485_760;
/// Most objects of an imported or exported file (`maxRuleImportExportSize`).
const MAX_OBJECTS: usize = 10_000;
/// The name of what has none.
const UNKNOWN: &str = "(unknown id)";

/// `POST _import`: 200 also when rules fail, which the answer lists.
pub(super) fn import(visit: &Visit) -> Answered {
    let overwrite = visit.flag("overwrite")?;
    let overwrite_exceptions = visit.flag("overwrite_exceptions")?;
    let upload = upload(visit, MAX_BYTES)?;
    let extension = upload.extension();
    if extension != "ndjson" {
        let shown = if extension.is_empty() {
            String::new()
        } else {
            format!(".{extension}")
        };
        return Err(security(400, format!("Invalid file extension {shown}")));
    }
    check_signals_index(visit)?;
    let text = String::from_utf8_lossy(upload.content).into_owned();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.len() > MAX_OBJECTS {
        return Err(security(
            500,
            format!("Can't import more than {MAX_OBJECTS} rules"),
        ));
    }
    let mut outcome = Outcome::default();
    let mut seen = HashSet::new();
    for line in lines {
        outcome.line(visit, line, overwrite, overwrite_exceptions, &mut seen);
    }
    Ok(Reply::ok(outcome.answer(visit.cluster.profile())))
}

#[derive(Default)]
struct Outcome {
    rules: usize,
    good: usize,
    errors: Vec<Value>,
    exceptions: usize,
    exception_errors: Vec<Value>,
}

impl Outcome {
    fn line(
        &mut self,
        visit: &Visit,
        line: &str,
        overwrite: bool,
        overwrite_exceptions: bool,
        seen: &mut HashSet<String>,
    ) {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            self.rules += 1;
            self.fail(UNKNOWN, 400, "Unexpected token in JSON");
            return;
        };
        // The last line of an export counts what is before it.
        if value.get("exported_count").is_some() || value.get("exported_rules_count").is_some() {
            return;
        }
        if value.get("list_id").is_some() {
            self.exception(visit, value, overwrite_exceptions);
            return;
        }
        if value.get("attributes").is_some() {
            // A connector; none are kept here.
            return;
        }
        self.rules += 1;
        let rule_id = value
            .get("rule_id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        match self::rule(visit, value, &rule_id, overwrite, seen) {
            Ok(()) => self.good += 1,
            Err(fault) => {
                let (status, message) = fault.parts();
                let message = message
                    .strip_prefix("[request body]: ")
                    .unwrap_or(message)
                    .to_owned();
                let name = if rule_id.is_empty() {
                    UNKNOWN
                } else {
                    &rule_id
                };
                self.fail(name, status, &message);
            }
        }
    }

    fn fail(&mut self, rule_id: &str, status: u16, message: &str) {
        let error = json!({"status_code": status, "message": message});
        self.errors
            .push(json!({"rule_id": rule_id, "error": error}));
    }

    /// Exception lists and their items are kept by their own ids.
    fn exception(&mut self, visit: &Visit, value: Value, overwrite: bool) {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let list = text("list_id").unwrap_or_default().to_owned();
        let key = match text("item_id") {
            Some(item) => format!("{list}/{item}"),
            None => list.clone(),
        };
        let lists = Collection::ExceptionLists(visit.space.clone());
        let is_there = visit.cluster.read().has(&lists, &key);
        if is_there && !overwrite {
            let message = format!(
                "Found that list_id: \"{list}\" already exists. Import of list_id: \"{list}\" skipped."
            );
            let error = json!({"status_code": 409, "message": message});
            self.exception_errors
                .push(json!({"list_id": list, "error": error}));
            return;
        }
        let kept = visit.cluster.change(|store| {
            store.put(&lists, &key, value);
            Ok(())
        });
        match kept {
            Ok(()) => self.exceptions += 1,
            Err(failure) => {
                let error = json!({"status_code": failure.status(), "message": failure.reason()});
                self.exception_errors
                    .push(json!({"list_id": list, "error": error}));
            }
        }
    }

    fn answer(self, profile: &Profile) -> Value {
        let mut answer = Map::new();
        let mut put = |key: &str, value: Value| {
            answer.insert(key.to_owned(), value);
        };
        put("success", json!(self.errors.is_empty()));
        put("success_count", json!(self.good));
        if profile.since(8, 1) {
            put("rules_count", json!(self.rules));
        }
        put("errors", json!(self.errors));
        if profile.since(7, 15) {
            put(
                "exceptions_success",
                json!(self.exception_errors.is_empty()),
            );
            put("exceptions_success_count", json!(self.exceptions));
            put("exceptions_errors", json!(self.exception_errors));
        }
        if profile.since(8, 7) {
            put("action_connectors_success", json!(true));
            put("action_connectors_success_count", json!(0));
            put("action_connectors_errors", json!([]));
            put("action_connectors_warnings", json!([]));
        }
        Value::Object(answer)
    }
}

fn rule(
    visit: &Visit,
    mut value: Value,
    rule_id: &str,
    overwrite: bool,
    seen: &mut HashSet<String>,
) -> Result<(), Fault> {
    let profile = visit.cluster.profile();
    if rule_id.is_empty() {
        let text = if profile.since(8, 13) {
            "rule_id: Required"
        } else {
            "Invalid value \"undefined\" supplied to \"rule_id\""
        };
        return Err(security(400, text));
    }
    if value.get("immutable") == Some(&json!(true)) && !profile.since(8, 18) {
        return Err(security(
            400,
            "Invalid value \"true\" supplied to \"immutable\"",
        ));
    }
    if !seen.insert(rule_id.to_owned()) && !overwrite {
        return Err(security(
            400,
            format!("More than one rule with rule-id: \"{rule_id}\" found"),
        ));
    }
    value = without_own(&value);
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("id");
        members.shift_remove("execution_summary");
    }
    let name = Name::RuleId(rule_id.to_owned());
    let is_there = name.find(&visit.cluster.read(), &visit.space).is_some();
    if !is_there {
        return create(visit, &value).map(drop);
    }
    if !overwrite {
        let text = if profile.since(8, 18) {
            "Rule with this rule_id already exists".to_owned()
        } else {
            format!("rule_id: \"{rule_id}\" already exists")
        };
        return Err(security(409, text));
    }
    // 7.x changes what the file says and keeps the rest.
    if profile.since(8, 0) {
        replace(visit, &value).map(drop)
    } else {
        patch(visit, &value).map(drop)
    }
}

/// `POST _export`: all rules, or those whose `rule_id` the body names.
pub(super) fn export(visit: &Visit) -> Answered {
    let plain = visit.flag("exclude_export_details")?;
    let wanted: Option<Vec<String>> = if visit.request.body.is_empty() {
        None
    } else {
        let body = visit.json()?;
        let objects = body.get("objects").and_then(Value::as_array).cloned();
        objects.map(|objects| {
            objects
                .iter()
                .filter_map(|object| object.get("rule_id")?.as_str().map(str::to_owned))
                .collect()
        })
    };
    let all = super::find::select(visit, None)?;
    let is_wanted = |rule: &&Value| {
        wanted.as_ref().is_none_or(|wanted| {
            let rule_id = rule.get("rule_id").and_then(Value::as_str);
            wanted.iter().any(|wanted| Some(wanted.as_str()) == rule_id)
        })
    };
    let rules: Vec<&Value> = all.iter().filter(is_wanted).collect();
    let found: HashSet<&str> = rules
        .iter()
        .filter_map(|rule| rule.get("rule_id")?.as_str())
        .collect();
    let missing: Vec<Value> = wanted
        .iter()
        .flatten()
        .filter(|rule_id| !found.contains(rule_id.as_str()))
        .map(|rule_id| json!({"rule_id": rule_id}))
        .collect();
    Ok(Reply {
        status: 200,
        body: Body::Lines(lines(&rules, &missing, plain)),
    })
}

/// Rules one a line, and a last line that counts them.
pub(super) fn lines(rules: &[&Value], missing: &[Value], plain: bool) -> String {
    let mut text: Vec<String> = rules.iter().map(|rule| format!("{rule}\n")).collect();
    if !plain {
        let details = json!({
            "exported_count": rules.len(),
            "exported_rules_count": rules.len(),
            "missing_rules": missing,
            "missing_rules_count": missing.len(),
            "exported_exception_list_count": 0,
            "exported_exception_list_item_count": 0,
            "missing_exception_list_item_count": 0,
            "missing_exception_list_items": [],
            "missing_exception_lists": [],
            "missing_exception_lists_count": 0,
        });
        text.push(format!("{details}\n"));
    }
    text.concat()
}
