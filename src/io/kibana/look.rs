//! What Kibana has and allows: its spaces, whether it takes rules, and which
//! rules watch jobs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Kibana, base, rules_of};
use crate::io::elasticsearch::answer::{Decision, is_forbidden};
use crate::io::elasticsearch::{Called, found};
use crate::io::http::{Method, encode_segment};
use crate::model::observation::Watcher;
use crate::model::preflight::KibanaFacts;
use crate::model::reference;

/// How many rules are read with one call.
const PAGE: usize = 100;

/// The most pages of rules that are read of one space.
const MAX_PAGES: usize = 100;

/// The most spaces whose rules are looked at.
const MAX_SPACES: usize = 500;

impl Kibana {
    /// Fills in what a preflight asks of Kibana. What the user may not ask for
    /// stays unknown.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`] for anything but a refusal.
    pub fn look(&self, facts: &mut KibanaFacts) -> Called<()> {
        facts.space_exists = self.has_space()?;
        if facts.space_exists == Some(false) {
            return Ok(());
        }
        let path = self.rules("/_find?per_page=1");
        facts.rules_allowed = match self.peer.call(Method::Get, &path, &Value::Null) {
            Ok(_) => Some(true),
            Err(failed) if failed.decision == Decision::Stop => {
                is_forbidden(&failed.error).then_some(false)
            }
            Err(failed) if failed.decision == Decision::Absent => None,
            Err(failed) => return Err(failed),
        };
        let path = format!("{}/api/detection_engine/privileges", self.base);
        let privileges = self.allowed(&path)?;
        facts.has_key = privileges.and_then(|answer| answer.get("has_encryption_key")?.as_bool());
        Ok(())
    }

    /// Whether the space is there; nothing where the user may not know.
    fn has_space(&self) -> Called<Option<bool>> {
        if self.space == "default" {
            return Ok(Some(true));
        }
        let path = format!("/api/spaces/space/{}", encode_segment(&self.space));
        match found(self.peer.call(Method::Get, &path, &Value::Null)) {
            Ok(space) => Ok(Some(space.is_some())),
            Err(failed) if failed.decision == Decision::Stop => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// The rules of all spaces that the user sees which watch a job.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`] for anything but a refusal.
    pub fn watchers(&self) -> Called<Vec<Watcher>> {
        let mut watchers = Vec::new();
        for space in self.spaces()? {
            self.watchers_of(&space, &mut watchers)?;
        }
        Ok(watchers)
    }

    /// The ids of the spaces, at least that of this one.
    fn spaces(&self) -> Called<BTreeSet<String>> {
        let listed = self.allowed("/api/spaces/space")?;
        let listed = listed.as_ref().and_then(Value::as_array);
        let ids = listed.into_iter().flatten();
        let ids = ids.filter_map(|space| space.get("id")?.as_str());
        let mut spaces: BTreeSet<String> = ids.take(MAX_SPACES).map(str::to_owned).collect();
        spaces.insert(self.space.clone());
        Ok(spaces)
    }

    fn watchers_of(&self, space: &str, watchers: &mut Vec<Watcher>) -> Called<()> {
        let filter = encode_segment("alert.attributes.params.type: \"machine_learning\"");
        for page in 1..=MAX_PAGES {
            let query = format!("/_find?filter={filter}&per_page={PAGE}&page={page}");
            let path = rules_of(&base(&encode_segment(space)), &query);
            let Some(answer) = self.allowed(&path)? else {
                return Ok(());
            };
            let rules = answer.get("data").and_then(Value::as_array);
            let rules = rules.map(Vec::as_slice).unwrap_or_default();
            watchers.extend(rules.iter().filter_map(|rule| {
                Some(Watcher {
                    rule_id: rule.get("rule_id")?.as_str()?.to_owned(),
                    space: (space != self.space).then(|| space.to_owned()),
                    jobs: reference::jobs_of_rule(rule),
                })
            }));
            if rules.len() < PAGE {
                break;
            }
        }
        Ok(())
    }

    /// `GET`, or `None` where the call is refused or unknown here.
    fn allowed(&self, path: &str) -> Called<Option<Value>> {
        match found(self.peer.call(Method::Get, path, &Value::Null)) {
            Err(failed) if failed.decision == Decision::Stop => Ok(None),
            other => other,
        }
    }
}
