//! What a cluster is able and allowed to do: license, machine learning, rights.

use serde_json::{Value, json};

use super::answer::Decision;
use super::{Called, Elasticsearch};
use crate::io::http::Method;
use crate::model::preflight::{Denied, Facts, License, Needs};

impl Elasticsearch {
    /// Everything that a preflight looks at. What the user may not ask for stays
    /// unknown: the missing right is a finding of its own.
    ///
    /// # Errors
    /// A [`super::CallError`] for anything but a refusal.
    pub fn facts(&self, needs: &Needs) -> Called<Facts> {
        let license = self.license()?;
        let features = self.allowed("/_xpack?categories=features")?;
        let ml = self.allowed("/_ml/info")?;
        let flag = |value: &Option<Value>, pointer: &str| -> Option<bool> {
            value.as_ref()?.pointer(pointer)?.as_bool()
        };
        Ok(Facts {
            version: self.version().clone(),
            license,
            ml_enabled: flag(&features, "/features/ml/enabled"),
            upgrade_mode: flag(&ml, "/upgrade_mode"),
            denied: self.denied(needs)?,
        })
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
    fn denied(&self, needs: &Needs) -> Called<Denied> {
        let indices: Vec<Value> = needs
            .indices
            .iter()
            .map(|(name, privileges)| json!({"names": [name], "privileges": privileges}))
            .collect();
        let body = json!({"cluster": needs.cluster, "index": indices});
        let asked = self.call(Method::Post, "/_security/user/_has_privileges", &body);
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
        let mut denied = Denied {
            cluster: refused(answer.get("cluster")),
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

fn is_unknown_route(message: &str) -> bool {
    ["no handler found", "Incorrect HTTP method"]
        .iter()
        .any(|text| message.contains(text))
}
