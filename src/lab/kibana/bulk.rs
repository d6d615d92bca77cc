//! Many rules in one call: `_bulk_action`, and the older `_bulk_create` and kin.

use serde_json::{Value, json};

use super::error::{Fault, platform, security};
use super::find::select;
use super::import::lines;
use super::query::{Name, forget, keep};
use super::rule::{complete, patched};
use super::rules::{create, delete, patch, replace, without_own};
use super::{Answered, Body, Reply, Visit, not_found};

/// Most ids of one action.
const MAX_IDS: usize = 100;

/// `_bulk_create`, `_bulk_update`, `_bulk_delete` (until 9.0): each body has its
/// own outcome.
pub(super) fn verb(visit: &Visit, method: &str, verb: &str) -> Answered {
    let work: fn(&Visit, &Value) -> Result<Value, Fault> = match (method, verb) {
        ("POST", "_bulk_create") => create,
        ("PUT", "_bulk_update") => replace,
        ("PATCH", "_bulk_update") => patch,
        ("DELETE" | "POST", "_bulk_delete") => |visit, body| delete(visit, &Name::in_body(body)?),
        _ => return Err(not_found()),
    };
    let body = visit.json()?;
    let bodies = body
        .as_array()
        .ok_or_else(|| platform(400, "[request body]: Expected array, received object"))?;
    let results: Vec<Value> = bodies
        .iter()
        .map(|body| match work(visit, body) {
            Ok(rule) => rule,
            Err(fault) => {
                let (status, message) = fault.parts();
                let name = body.get("rule_id").or_else(|| body.get("id"));
                json!({
                    "rule_id": name.and_then(Value::as_str).unwrap_or("(unknown id)"),
                    "error": {"status_code": status, "message": message},
                })
            }
        })
        .collect();
    Ok(Reply::ok(json!(results)))
}

#[derive(Default)]
struct Results {
    updated: Vec<Value>,
    created: Vec<Value>,
    deleted: Vec<Value>,
    skipped: Vec<Value>,
    errors: Vec<Value>,
}

/// `POST _bulk_action` (8.1 on).
pub(super) fn action(visit: &Visit) -> Answered {
    let dry = visit.flag("dry_run")?;
    let body = visit.json()?;
    let action = body
        .get("action")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !["enable", "disable", "delete", "duplicate", "export", "edit"].contains(&action) {
        return Err(platform(
            400,
            format!("[request body]: action: Invalid value \"{action}\""),
        ));
    }
    let mut results = Results::default();
    let rules = chosen(visit, &body, &mut results)?;
    if action == "export" {
        let rules: Vec<&Value> = rules.iter().collect();
        return Ok(Reply {
            status: 200,
            body: Body::Lines(lines(&rules, &[], false)),
        });
    }
    let count = rules.len() + results.errors.len();
    for rule in rules {
        if let Err(fault) = results.apply(visit, action, &body, &rule, dry) {
            let (status, message) = fault.parts();
            let named = json!([{"id": rule.get("id"), "name": rule.get("name")}]);
            results
                .errors
                .push(json!({"message": message, "status_code": status, "rules": named}));
        }
    }
    results.answer(count)
}

/// The rules of the body's `ids` or `query`, but not of both.
fn chosen(visit: &Visit, body: &Value, results: &mut Results) -> Result<Vec<Value>, Fault> {
    let ids = body.get("ids").and_then(Value::as_array);
    let query = body.get("query").and_then(Value::as_str);
    let Some(ids) = ids else {
        return select(visit, query);
    };
    if query.is_some() {
        return Err(security(
            400,
            "Both query and ids are sent. Define either ids or query in request payload.",
        ));
    }
    if ids.len() > MAX_IDS {
        return Err(security(
            400,
            format!("More than {MAX_IDS} ids sent for bulk edit action."),
        ));
    }
    let mut rules = Vec::new();
    for id in ids.iter().filter_map(Value::as_str) {
        let name = Name::Id(id.to_owned());
        match name.find(&visit.cluster.read(), &visit.space) {
            Some(rule) => rules.push(rule),
            None => results.errors.push(json!({
                "message": "Rule not found",
                "status_code": 500,
                "rules": [{"id": id}],
            })),
        }
    }
    Ok(rules)
}

impl Results {
    fn apply(
        &mut self,
        visit: &Visit,
        action: &str,
        body: &Value,
        rule: &Value,
        dry: bool,
    ) -> Result<(), Fault> {
        match action {
            "delete" => {
                if !dry {
                    forget(visit, rule)?;
                }
                self.deleted.push(rule.clone());
            }
            "duplicate" => {
                let mut copy = without_own(rule);
                let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
                copy["name"] = json!(format!("{name} [Duplicate]"));
                copy["enabled"] = json!(false);
                if let Some(members) = copy.as_object_mut() {
                    members.shift_remove("id");
                    members.shift_remove("rule_id");
                }
                let copy = complete(visit, &copy, None);
                if !dry {
                    keep(visit, &copy)?;
                }
                self.created.push(copy);
            }
            _ => {
                let change = if action == "edit" {
                    edits(body, rule)?
                } else {
                    json!({"enabled": action == "enable"})
                };
                let unchanged = change.as_object().is_some_and(|change| {
                    change
                        .iter()
                        .all(|(key, value)| rule.get(key) == Some(value))
                });
                if unchanged && action == "edit" {
                    self.skipped.push(json!({"id": rule.get("id"), "name": rule.get("name"), "skip_reason": "RULE_NOT_MODIFIED"}));
                    return Ok(());
                }
                let mut updated = patched(visit, rule, &change);
                if action != "edit" {
                    // Switching a rule on or off is no new version of it.
                    updated["version"] = rule.get("version").cloned().unwrap_or_default();
                }
                if !dry {
                    keep(visit, &updated)?;
                }
                self.updated.push(updated);
            }
        }
        Ok(())
    }

    /// 200, or 500 when something failed.
    fn answer(self, count: usize) -> Answered {
        let failed = self.errors.len();
        let skipped = self.skipped.len();
        let mut attributes = json!({
            "results": {
                "updated": self.updated,
                "created": self.created,
                "deleted": self.deleted,
                "skipped": self.skipped,
            },
            "summary": {
                "failed": failed,
                "succeeded": count.saturating_sub(failed + skipped),
                "skipped": skipped,
                "total": count,
            },
        });
        if failed == 0 {
            return Ok(Reply::ok(
                json!({"success": true, "rules_count": count, "attributes": attributes}),
            ));
        }
        attributes["errors"] = json!(self.errors);
        let message = if failed == count {
            "Bulk edit failed"
        } else {
            "Bulk edit partially failed"
        };
        Err(Fault::Attributed(500, message.to_owned(), attributes))
    }
}

/// The changes that the edits of a body make to a rule; those of tags are known here.
fn edits(body: &Value, rule: &Value) -> Result<Value, Fault> {
    let mut tags: Vec<Value> = rule
        .get("tags")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for edit in body
        .get("edit")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let given = edit
            .get("value")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        match edit.get("type").and_then(Value::as_str).unwrap_or_default() {
            "add_tags" => {
                for tag in given {
                    if !tags.contains(&tag) {
                        tags.push(tag);
                    }
                }
            }
            "delete_tags" => tags.retain(|tag| !given.contains(tag)),
            "set_tags" => tags = given,
            other => {
                return Err(security(
                    400,
                    format!("a practice cluster does not know the edit {other:?}"),
                ));
            }
        }
    }
    Ok(json!({"tags": tags}))
}
