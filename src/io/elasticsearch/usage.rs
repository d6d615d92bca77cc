//! What may use pipelines, scripts and models without being part of any bundle,
//! and whether the user may see it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Decision, is_forbidden};
use super::facts::is_unknown_route;
use super::lists::permitted;
use super::{Called, Elasticsearch};

/// The templates as the state of the cluster has them.
const STATE: &str = "/_cluster/state/metadata?filter_path=metadata.templates,\
                     metadata.index_template,metadata.component_template";

/// Objects by name.
pub type Named = BTreeMap<String, Value>;

/// The templates of a cluster, which lead the indices that come to pipelines.
#[derive(Debug, Default)]
pub struct Templates {
    /// Index templates.
    pub index: Named,
    /// Component templates.
    pub component: Named,
    /// Templates of the old kind (`_template`).
    pub legacy: Named,
}

impl Elasticsearch {
    /// All templates; nothing where the user may not look at them. Their own calls
    /// take `manage_index_templates` before 7.17, and `monitor` from then on; the
    /// state of the cluster always took `monitor`.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn all_templates(&self) -> Called<Option<Templates>> {
        match self.templates_by_kind() {
            Err(failed) if is_forbidden(&failed.error) => permitted(self.templates_of_state()),
            other => other.map(Some),
        }
    }

    fn templates_by_kind(&self) -> Called<Templates> {
        let named = |kind: &str| -> Called<Named> {
            let list = self.list(&format!("/_{kind}"), &format!("{kind}s"))?;
            Ok(list
                .into_iter()
                .filter_map(|mut entry| {
                    let name = entry.get("name")?.as_str()?.to_owned();
                    Some((name, entry.get_mut(kind)?.take()))
                })
                .collect())
        };
        let legacy = match self.find("/_template") {
            // A stack that has only the new kinds.
            Err(failed) if is_unknown_route(&failed.error.to_string()) => None,
            other => other?,
        };
        Ok(Templates {
            index: named("index_template")?,
            component: named("component_template")?,
            legacy: by_name(legacy.as_ref()),
        })
    }

    fn templates_of_state(&self) -> Called<Templates> {
        let answer = self.find(STATE)?.unwrap_or_default();
        let of = |pointer: &str| by_name(answer.pointer(pointer));
        Ok(Templates {
            index: of("/metadata/index_template/index_template"),
            component: of("/metadata/component_template/component_template"),
            legacy: of("/metadata/templates"),
        })
    }

    /// All transforms by id; nothing where the user may not look at them.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn seen_transforms(&self) -> Called<Option<Named>> {
        match permitted(self.transforms()) {
            Err(failed) if is_unknown_route(&failed.error.to_string()) => Ok(Some(Named::new())),
            other => other,
        }
    }

    /// Whether the user may see the settings of every index. Those of others are
    /// left out of answers without a word.
    ///
    /// # Errors
    /// A [`super::CallError`] for anything but a refusal.
    pub fn sees_all_indices(&self) -> Called<bool> {
        let body = json!({"index": [{"names": ["*"], "privileges": ["view_index_metadata"]}]});
        match self.ask("/_security/user/_has_privileges", &body) {
            Ok(answer) => Ok(answer.get("has_all_requested") == Some(&json!(true))),
            // Without security the route is not there, and everybody sees all.
            Err(failed) if is_unknown_route(&failed.error.to_string()) => Ok(true),
            Err(failed) if failed.decision == Decision::Stop => Ok(false),
            Err(failed) => Err(failed),
        }
    }
}

fn by_name(object: Option<&Value>) -> Named {
    let object = object.and_then(Value::as_object);
    let entries = object.into_iter().flatten();
    entries
        .map(|(name, body)| (name.clone(), body.clone()))
        .collect()
}
