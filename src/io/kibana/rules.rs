//! Detection rules one by one: read, written, deleted.

use serde_json::{Value, json};

use super::Kibana;
use crate::error::{Error, ErrorKind};
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::{CallError, Called, found, unsure};
use crate::io::http::{Method, encode_segment};
use crate::model::artifact::ArtifactKind;
use crate::model::normal;
use crate::model::observation::{Observed, RunState};
use crate::model::operation::{Operation, Verb};

/// How many rules a page of the list has.
const PAGE: usize = 1000;

impl Kibana {
    /// The rule with this `rule_id`; `None` where there is none.
    ///
    /// # Errors
    /// A [`CallError`] that is not [`Decision::Absent`].
    pub fn rule(&self, id: &str) -> Called<Option<Observed>> {
        let path = self.rules(&format!("?rule_id={}", encode_segment(id)));
        let answer = found(self.peer.call(Method::Get, &path, &Value::Null));
        let answer = match answer {
            // Kibana 7 keeps rules in an index that its first rule creates.
            Err(failed) if needs_index(&failed) => None,
            other => other?,
        };
        Ok(answer.map(|body| Observed {
            body,
            state: RunState::Idle,
        }))
    }

    /// All rules of the space, by name.
    ///
    /// # Errors
    /// A [`CallError`].
    pub fn all_rules(&self) -> Called<Vec<Value>> {
        let mut all = Vec::new();
        for page in 1.. {
            let query =
                format!("/_find?page={page}&per_page={PAGE}&sort_field=name&sort_order=asc");
            let path = self.rules(&query);
            let answer = match self.peer.call(Method::Get, &path, &Value::Null) {
                Err(failed) if needs_index(&failed) => break,
                other => other?,
            };
            let rules = answer.get("data").and_then(Value::as_array);
            let rules = rules.cloned().unwrap_or_default();
            let is_last = rules.len() < PAGE;
            all.extend(rules);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Makes the call of `operation` on a rule or a saved object. A rule is enabled or not as its
    /// body says; where it does not say, a new one is not, and one that is there
    /// stays as it is. So do the actions and exceptions of one that is there.
    ///
    /// # Errors
    /// A [`CallError`]; for a delete, [`Decision::Absent`] where it is gone.
    pub fn apply(&self, operation: &Operation) -> Called<()> {
        if operation.artifact.kind == ArtifactKind::Object {
            return self.apply_to_object(operation);
        }
        let id = &operation.artifact.id;
        match operation.verb {
            Verb::Put => self.put(id, &operation.body),
            Verb::Delete => {
                let path = self.rules(&format!("?rule_id={}", encode_segment(id)));
                self.peer
                    .call(Method::Delete, &path, &Value::Null)
                    .map(drop)
            }
            other => {
                Err(Error::new(ErrorKind::Bug, format!("a rule knows no {}", other.name())).into())
            }
        }
    }

    /// A new rule is imported, as its author's tools do; one that is there is
    /// replaced as a whole, for an import over it keeps old fields in 7.x.
    fn put(&self, id: &str, body: &Value) -> Called<()> {
        let mut body = body.clone();
        let there = self.rule(id)?;
        if let Some(rule) = &there {
            normal::kept(&mut body, &rule.body);
        }
        if body.get("enabled").is_none_or(Value::is_null) {
            body["enabled"] = json!(false);
        }
        if there.is_some() {
            let path = self.rules("");
            let answer = self.peer.call(Method::Put, &path, &body)?;
            let shown = answer.get("rule_id").and_then(Value::as_str);
            return if shown == Some(id) {
                Ok(())
            } else {
                Err(unsure("the answer to PUT of the rule"))
            };
        }
        match self.create(&body) {
            Err(failed) if needs_index(&failed) => {
                self.create_index()?;
                self.create(&body)
            }
            other => other,
        }
    }

    fn create(&self, body: &Value) -> Called<()> {
        match self.import_rules(std::slice::from_ref(body), false) {
            Ok(imported) => match imported.refused.into_iter().next() {
                None if imported.taken == 0 => Err(unsure("the answer to the import of the rule")),
                None => Ok(()),
                Some(refused) => Err(refused.into_error("import of the rule")),
            },
            // A Kibana without the call takes rules one by one.
            Err(failed) if failed.decision == Decision::Absent => {
                let path = self.rules("");
                self.peer.call(Method::Post, &path, body).map(drop)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Creates the index in which Kibana 7 keeps what rules find.
    pub(super) fn create_index(&self) -> Called<()> {
        let index = format!("{}/api/detection_engine/index", self.base);
        self.peer.call(Method::Post, &index, &Value::Null).map(drop)
    }
}

/// Whether Kibana 7 wants the index of a space created first.
pub(super) fn needs_index(failed: &CallError) -> bool {
    failed.decision == Decision::Stop && failed.error.to_string().contains("index must exist first")
}
