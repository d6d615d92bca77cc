//! What a cluster is able and allowed to do: license, machine learning, nodes,
//! settings, rights.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::answer::Decision;
use super::{Called, Elasticsearch};
use crate::io::http::encode_segment;
use crate::model::byte_size::ByteSize;
use crate::model::preflight::{Denied, Facts, KIBANA, KibanaFacts, License, Needs, Node};
use crate::model::reference;

/// The nodes with what matters of them, and when each was asked.
const NODES: &str = "/_nodes/stats/jvm?filter_path=nodes.*.name,nodes.*.roles,nodes.*.timestamp,\
                     nodes.*.jvm.mem.heap_max_in_bytes";

/// The clock of each node.
const CLOCKS: &str = "/_nodes/stats/jvm?timeout=10s&filter_path=nodes.*.timestamp";

/// The settings that matter, also those that nobody set.
const SETTINGS: &str = "/_cluster/settings?include_defaults=true\
                        &filter_path=*.xpack.ml.max_inference_processors,\
                        *.script.painless.regex.enabled";

impl Elasticsearch {
    /// Everything that a preflight looks at; `kibana` is what is known there. What
    /// the user may not ask for stays unknown: the missing right is a finding of its
    /// own.
    ///
    /// # Errors
    /// A [`super::CallError`] for anything but a refusal.
    pub fn facts(&self, needs: &Needs, kibana: KibanaFacts) -> Called<Facts> {
        let license = self.license()?;
        let features = self.allowed("/_xpack?categories=features")?;
        let ml = self.allowed("/_ml/info")?;
        let flag = |value: &Option<Value>, pointer: &str| -> Option<bool> {
            value.as_ref()?.pointer(pointer)?.as_bool()
        };
        let limit = ml
            .as_ref()
            .and_then(|ml| ml.pointer("/limits/max_model_memory_limit")?.as_str())
            .and_then(|text| ByteSize::parse(text, "max_model_memory_limit").ok())
            .and_then(|size| u64::try_from(size.bytes()).ok());
        let mut facts = Facts {
            license,
            ml_enabled: flag(&features, "/features/ml/enabled"),
            upgrade_mode: flag(&ml, "/upgrade_mode"),
            max_model_memory: limit,
            absent_jobs: self.absent_jobs(needs)?,
            kibana,
            ..Facts::unknown(self.version().clone())
        };
        facts.denied = self.denied(needs, &facts)?;
        self.nodes(&mut facts)?;
        facts.sees_all_indices = !needs.sight || self.sees_all_indices()?;
        if !needs.inference.is_empty() || !needs.regex.is_empty() {
            self.settings(needs, &mut facts)?;
        }
        Ok(facts)
    }

    /// The time by the clock of the node that is most behind and by that of the one
    /// that is most ahead, in seconds since 1970; nothing where the user may not ask.
    ///
    /// # Errors
    /// A [`super::CallError`] for anything but a refusal.
    pub fn times(&self) -> Called<Option<(i64, i64)>> {
        let answer = self.allowed(CLOCKS)?;
        let nodes = answer
            .as_ref()
            .and_then(|answer| answer.get("nodes")?.as_object());
        let clocks = nodes.into_iter().flat_map(|nodes| nodes.values());
        let times = clocks.filter_map(|node| Some(node.get("timestamp")?.as_i64()? / 1000));
        Ok(times.fold(None, |span, time| match span {
            None => Some((time, time)),
            Some((first, last)) => Some((first.min(time), last.max(time))),
        }))
    }

    /// The nodes, and how far their clocks are from this machine's: the one that
    /// is furthest off.
    fn nodes(&self, facts: &mut Facts) -> Called<()> {
        let answer = self.allowed(NODES)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let now = now.and_then(|since| i64::try_from(since.as_millis()).ok());
        let nodes = answer
            .as_ref()
            .and_then(|answer| answer.get("nodes")?.as_object());
        let nodes: Vec<&Value> = nodes.into_iter().flat_map(|nodes| nodes.values()).collect();
        let ahead = nodes.iter().filter_map(|node| {
            let theirs = node.get("timestamp")?.as_i64()?;
            Some(theirs.checked_sub(now?)? / 1000)
        });
        facts.clock_ahead = ahead
            .max_by_key(|seconds| seconds.unsigned_abs())
            .or_else(|| self.clock_ahead());
        facts.nodes = nodes.into_iter().map(node).collect();
        Ok(())
    }

    fn settings(&self, needs: &Needs, facts: &mut Facts) -> Called<()> {
        let answer = self.allowed(SETTINGS)?.unwrap_or_default();
        // What was set last goes before what was set for good, and that before
        // the files and defaults of the node that answers.
        let value = |pointer: &str| {
            ["transient", "persistent", "defaults"]
                .iter()
                .find_map(|scope| answer.get(*scope)?.pointer(pointer)?.as_str())
        };
        facts.inference_limit =
            value("/xpack/ml/max_inference_processors").and_then(|text| text.parse().ok());
        facts.regex = match value("/script/painless/regex/enabled") {
            Some(word) => Some(word != "false"),
            None if needs.regex.is_empty() => None,
            None => self.try_regex()?,
        };
        if facts.inference_limit.is_some() && !needs.inference.is_empty() {
            let pipelines = match self.pipelines() {
                Err(failed) if failed.decision == Decision::Stop => Vec::new(),
                other => other?.into_iter().collect(),
            };
            facts.inference = pipelines
                .into_iter()
                .filter(|(_, body)| reference::inference_processors(body) > 0)
                .collect();
        }
        Ok(())
    }

    /// Whether a script with a regular expression compiles; nothing where the
    /// user may not try.
    fn try_regex(&self) -> Called<Option<bool>> {
        let body = json!({"script": {"source": "/a/.matcher('a').matches()"}});
        match self.ask("/_scripts/painless/_execute", &body) {
            Ok(_) => Ok(Some(true)),
            Err(failed) if failed.decision == Decision::Stop => {
                Ok(is_regex_refusal(&failed.error).then_some(false))
            }
            Err(failed) => Err(failed),
        }
    }

    /// The jobs that rules watch and that are not there.
    fn absent_jobs(&self, needs: &Needs) -> Called<BTreeSet<String>> {
        let mut absent = BTreeSet::new();
        for job in needs.watched.keys() {
            let path = format!("/_ml/anomaly_detectors/{}", encode_segment(job));
            match self.find(&path) {
                Ok(None) => {
                    absent.insert(job.clone());
                }
                Ok(Some(_)) => {}
                Err(failed) if failed.decision == Decision::Stop => {}
                Err(failed) => return Err(failed),
            }
        }
        Ok(absent)
    }

    /// `GET`, or `None` where the call is refused or unknown here.
    fn allowed(&self, path: &str) -> Called<Option<Value>> {
        match self.find(path) {
            Err(failed) if failed.decision == Decision::Stop => Ok(None),
            other => other,
        }
    }

    fn license(&self) -> Called<Option<License>> {
        // Before 8.0 an enterprise license is shown as platinum unless asked for;
        // the parameter is refused by some later versions only with `false`.
        let path = if self.version().offers(8, 0) {
            "/_license"
        } else {
            "/_license?accept_enterprise=true"
        };
        let Some(answer) = self.allowed(path)? else {
            return Ok(None);
        };
        let text = |key: &str| {
            let value = answer.pointer(&format!("/license/{key}"));
            value.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        Ok(Some(License {
            kind: text("type"),
            status: text("status"),
            expires_millis: answer
                .pointer("/license/expiry_date_in_millis")
                .and_then(Value::as_i64),
        }))
    }

    /// The rights among `needs` that the user lacks; none where security is off.
    fn denied(&self, needs: &Needs, facts: &Facts) -> Called<Denied> {
        let indices: Vec<Value> = needs
            .indices
            .iter()
            .map(|(name, privileges)| json!({"names": [name], "privileges": privileges}))
            .collect();
        let cluster: Vec<&String> = needs.cluster.keys().collect();
        let mut body = json!({"cluster": cluster, "index": indices});
        let resource = format!("space:{}", facts.kibana.space);
        if !needs.kibana.is_empty() {
            body["application"] = json!([{
                "application": KIBANA,
                "privileges": needs.features(facts.of_features()),
                "resources": [resource],
            }]);
        }
        let asked = self.ask("/_security/user/_has_privileges", &body);
        let answer = match asked {
            Ok(answer) => answer,
            // Without security the route is not there.
            Err(failed) if is_unknown_route(&failed.error.to_string()) => {
                return Ok(Denied::default());
            }
            Err(failed) => return Err(failed),
        };
        let refused = |object: Option<&Value>| -> Vec<String> {
            let entries = object.and_then(Value::as_object).into_iter().flatten();
            entries
                .filter(|(_, granted)| **granted == Value::Bool(false))
                .map(|(name, _)| name.clone())
                .collect()
        };
        let of_kibana = answer.get("application").and_then(|all| all.get(KIBANA));
        let mut denied = Denied {
            cluster: refused(answer.get("cluster")),
            kibana: refused(of_kibana.and_then(|kibana| kibana.get(&resource))),
            ..Denied::default()
        };
        let indices = answer.get("index").and_then(Value::as_object);
        for (name, privileges) in indices.into_iter().flatten() {
            let missing = refused(Some(privileges));
            if !missing.is_empty() {
                denied.indices.push((name.clone(), missing));
            }
        }
        Ok(denied)
    }

    /// The name of the user, where security is on.
    ///
    /// # Errors
    /// A [`super::CallError`] for anything but a refusal.
    pub fn user(&self) -> Called<Option<String>> {
        let answer = self.allowed("/_security/_authenticate")?;
        Ok(answer.and_then(|user| Some(user.get("username")?.as_str()?.to_owned())))
    }
}

fn node(node: &Value) -> Node {
    let roles = node.get("roles").and_then(Value::as_array);
    let heap = node.pointer("/jvm/mem/heap_max_in_bytes");
    Node {
        name: node
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        roles: roles
            .into_iter()
            .flatten()
            .filter_map(|role| role.as_str().map(str::to_owned))
            .collect(),
        heap: heap.and_then(Value::as_u64),
    }
}

/// Whether a compile error, or one of its causes, says that regular expressions
/// are switched off.
fn is_regex_refusal(error: &crate::error::Error) -> bool {
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        if error.to_string().contains("Regexes are disabled") {
            return true;
        }
        next = error.source();
    }
    false
}

/// Whether a refusal says that Elasticsearch has no such call.
pub(in crate::io) fn is_unknown_route(message: &str) -> bool {
    ["no handler found", "Incorrect HTTP method"]
        .iter()
        .any(|text| message.contains(text))
}
