//! Rules by `id` or `rule_id`, and what is checked before one is kept.

use serde_json::{Value, json};

use crate::lab::profile::Feature;
use crate::lab::store::{Collection, Store};

use super::error::{Fault, platform, security};
use super::{Visit, rights};

/// One of the two names of a rule.
pub(super) enum Name {
    /// The saved object's id.
    Id(String),
    /// The rule's own id.
    RuleId(String),
}

impl Name {
    /// The name that a query or body gives: exactly one of the two.
    pub(super) fn of(id: Option<&str>, rule_id: Option<&str>) -> Result<Self, Fault> {
        match (id, rule_id) {
            (Some(id), None) => Ok(Self::Id(id.to_owned())),
            (None, Some(rule_id)) => Ok(Self::RuleId(rule_id.to_owned())),
            (Some(_), Some(_)) => Err(security(
                400,
                "both \"id\" and \"rule_id\" cannot exist, choose one or the other",
            )),
            (None, None) => Err(security(400, "either \"id\" or \"rule_id\" must be set")),
        }
    }

    /// The name in a body.
    pub(super) fn in_body(body: &Value) -> Result<Self, Fault> {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        Self::of(text("id"), text("rule_id"))
    }

    /// The rule of this name in a space.
    pub(super) fn find(&self, store: &Store, space: &str) -> Option<Value> {
        let rules = Collection::rules(space);
        match self {
            Self::Id(id) => store.get(&rules, id).cloned(),
            Self::RuleId(rule_id) => store
                .all(&rules)
                .find(|(_, rule)| rule.get("rule_id").and_then(Value::as_str) == Some(rule_id))
                .map(|(_, rule)| rule.clone()),
        }
    }

    /// The refusal of a rule that is not there.
    pub(super) fn missing(&self) -> Fault {
        match self {
            Self::Id(id) => security(404, format!("id: \"{id}\" not found")),
            Self::RuleId(id) => security(404, format!("rule_id: \"{id}\" not found")),
        }
    }
}

/// What must hold before a rule of this kind is created or changed.
pub(super) fn check_allowed(visit: &Visit, rule: &Value) -> Result<(), Fault> {
    if rule.get("type") == Some(&json!("machine_learning")) {
        if !visit.cluster.has_ml_license() {
            let text =
                "Your license does not support machine learning. Please upgrade your license.";
            return Err(security(403, text));
        }
        if !rights::is_ml_admin(visit) {
            return Err(security(
                403,
                "The current user is not a machine learning administrator.",
            ));
        }
    }
    Ok(())
}

/// Before 8.0 the signals index must be created first.
pub(super) fn check_signals_index(visit: &Visit) -> Result<(), Fault> {
    if !visit.cluster.profile().has(Feature::SignalsIndex) || has_signals_index(visit) {
        return Ok(());
    }
    Err(security(
        400,
        format!(
            "To create a rule, the index must exist first. Index .siem-signals-{} does not exist",
            visit.space
        ),
    ))
}

/// The key under which the signals index of a space is noted.
pub(super) fn signals_key(space: &str) -> String {
    format!("siem_signals/{space}")
}

/// Whether the signals index of the space was created.
pub(super) fn has_signals_index(visit: &Visit) -> bool {
    visit
        .cluster
        .read()
        .has(&Collection::Cluster, &signals_key(&visit.space))
}

/// Keeps a rule.
pub(super) fn keep(visit: &Visit, rule: &Value) -> Result<(), Fault> {
    let id = rule
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| platform(500, "a rule without id"))?;
    visit.cluster.change(|store| {
        store.put(&Collection::rules(&visit.space), id, rule.clone());
        Ok(())
    })?;
    Ok(())
}

/// Takes a rule out.
pub(super) fn forget(visit: &Visit, rule: &Value) -> Result<(), Fault> {
    let id = rule.get("id").and_then(Value::as_str).unwrap_or_default();
    visit.cluster.change(|store| {
        store.remove(&Collection::rules(&visit.space), id);
        Ok(())
    })?;
    Ok(())
}
