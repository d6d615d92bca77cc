//! Kibana over HTTP: detection rules and saved objects of one space.

use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::{Access, CallError, Called, Peer, found};
use crate::io::http::{Method, encode_segment};
use crate::model::artifact::ArtifactKind;
use crate::model::observation::{Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::version::StackVersion;

mod objects;

/// The version of the public API that is asked for; older ones ignore it.
const API_VERSION: &str = "2023-10-31";

/// How many rules a page of the list has.
const PAGE: usize = 1000;

/// One space of a Kibana that answered.
#[derive(Debug)]
pub struct Kibana {
    peer: Peer,
    /// `/s/SPACE`, or nothing for the default space.
    base: String,
    version: Option<StackVersion>,
}

impl Kibana {
    /// Asks Kibana how it is.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it cannot be reached, is not Kibana, or is not
    /// ready; [`ErrorKind::Usage`] for a space name that cannot be one.
    pub fn connect(access: Access, space: Option<&str>) -> Result<Self> {
        let space = space.filter(|space| *space != "default");
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if let Some(space) = space
            && (space.is_empty() || !space.chars().all(plain))
        {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{space:?} is not the id of a Kibana space"),
            )
            .hint("ids of spaces are lower-case letters, digits, _ and -"));
        }
        let headers = vec![
            ("kbn-xsrf", "sealift".to_owned()),
            ("elastic-api-version", API_VERSION.to_owned()),
        ];
        let peer = Peer::new(access, headers)?;
        let status = peer
            .call(Method::Get, "/api/status", &Value::Null)
            .map_err(|failed| {
                let address = peer.address();
                failed
                    .error
                    .context(format!("cannot talk to Kibana at {address}"))
            })?;
        let overall = status.pointer("/status/overall");
        if !overall.is_some_and(Value::is_object) {
            return Err(Error::new(
                ErrorKind::Network,
                format!("{} answers, but is not Kibana", peer.address()),
            )
            .hint("give the address of Kibana, by default port 5601"));
        }
        // 8.x says `level: available`, 7.x says `state: green`.
        let word = |key: &str| overall.and_then(|overall| overall.get(key)?.as_str());
        let level = word("level").or_else(|| word("state")).unwrap_or_default();
        if matches!(level, "unavailable" | "critical" | "red") {
            return Err(Error::new(ErrorKind::Network, format!("Kibana is {level}"))
                .hint("wait until it is ready"));
        }
        let number = status.pointer("/version/number").and_then(Value::as_str);
        Ok(Self {
            peer,
            base: space.map_or_else(String::new, |space| format!("/s/{space}")),
            version: number.and_then(|number| number.parse().ok()),
        })
    }

    /// Its version, where it tells.
    #[must_use]
    pub fn version(&self) -> Option<&StackVersion> {
        self.version.as_ref()
    }

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

    /// Makes the call of `operation` on a rule or a saved object. A new rule is created disabled
    /// unless its body says otherwise; one that is there keeps being enabled or
    /// not.
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

    fn put(&self, id: &str, body: &Value) -> Called<()> {
        let mut body = body.clone();
        let there = self.rule(id)?;
        let enabled = there
            .as_ref()
            .and_then(|rule| rule.body.get("enabled").cloned())
            .unwrap_or_else(|| json!(false));
        body["enabled"] = enabled;
        let path = self.rules("");
        if there.is_some() {
            return self.peer.call(Method::Put, &path, &body).map(drop);
        }
        match self.peer.call(Method::Post, &path, &body) {
            Err(failed) if needs_index(&failed) => {
                let index = format!("{}/api/detection_engine/index", self.base);
                self.peer.call(Method::Post, &index, &Value::Null)?;
                self.peer.call(Method::Post, &path, &body).map(drop)
            }
            other => other.map(drop),
        }
    }

    /// Makes jobs and models that were created over Elasticsearch visible in
    /// Kibana.
    ///
    /// # Errors
    /// A [`CallError`]; versions without the call answer [`Decision::Absent`].
    pub fn sync_saved_objects(&self) -> Called<()> {
        let path = format!("{}/api/ml/saved_objects/sync", self.base);
        self.peer.call(Method::Get, &path, &Value::Null).map(drop)
    }

    fn rules(&self, query: &str) -> String {
        format!("{}/api/detection_engine/rules{query}", self.base)
    }
}

fn needs_index(failed: &CallError) -> bool {
    failed.decision == Decision::Stop && failed.error.to_string().contains("index must exist first")
}
