//! Whole lists of a cluster: what others hold there and what refers to what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::is_forbidden;
use super::objects::{run_state, strange};
use super::{Called, Elasticsearch};
use crate::io::http::encode_segment;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Feed;

/// How many models or transforms a page has.
const PAGE: usize = 1000;

impl Elasticsearch {
    /// All ingest pipelines by id.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn pipelines(&self) -> Called<BTreeMap<String, Value>> {
        // With no pipeline at all the answer is a 404.
        let answer = self.find("/_ingest/pipeline")?.unwrap_or_else(|| json!({}));
        match answer {
            Value::Object(map) => Ok(map.into_iter().collect()),
            _ => Err(strange("the list of pipelines")),
        }
    }

    /// The ids of all stored scripts. There is no list of them but in the state of
    /// the cluster, which takes the right to `monitor`.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn scripts(&self) -> Called<BTreeSet<String>> {
        let path = "/_cluster/state/metadata?filter_path=metadata.stored_scripts";
        let answer = self.find(path)?.unwrap_or_else(|| json!({}));
        // Without any script there is no such key.
        let scripts = answer.pointer("/metadata/stored_scripts");
        let scripts = scripts.and_then(Value::as_object);
        Ok(scripts
            .into_iter()
            .flatten()
            .map(|(id, _)| id.clone())
            .collect())
    }

    /// The pipelines and scripts whose ids begin with `prefix`; of scripts only the
    /// ids. What the user may not list is left out.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn beginning_with(&self, prefix: &str) -> Called<BTreeMap<ArtifactId, Value>> {
        let path = format!("/_ingest/pipeline/{}*", encode_segment(prefix));
        let pipelines = permitted(self.find(&path))?.flatten().unwrap_or_default();
        let pipelines = pipelines.as_object().into_iter().flatten();
        let scripts = permitted(self.scripts())?.unwrap_or_default();
        let scripts = scripts.iter().map(|id| (id, &Value::Null));
        let of = |kind: ArtifactKind| {
            move |(id, body): (&String, &Value)| (ArtifactId::new(kind, id.as_str()), body.clone())
        };
        let found = pipelines
            .map(of(ArtifactKind::Pipeline))
            .chain(scripts.map(of(ArtifactKind::Script)));
        Ok(found
            .filter(|(artifact, _)| artifact.id.starts_with(prefix))
            .collect())
    }

    /// All trained models by id, without their definitions and without those that
    /// come with the stack.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn models(&self) -> Called<BTreeMap<String, Value>> {
        let folder = self.version().models_path();
        let mut found = BTreeMap::new();
        for from in (0..).step_by(PAGE) {
            let page = self.list(
                &format!("/{folder}?from={from}&size={PAGE}"),
                "trained_model_configs",
            )?;
            let is_last = page.len() < PAGE;
            let own = page
                .into_iter()
                .filter(|model| model.get("created_by") != Some(&json!("_xpack")));
            found.extend(
                own.filter_map(|model| Some((model.get("model_id")?.as_str()?.to_owned(), model))),
            );
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    /// All transforms by id.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn transforms(&self) -> Called<BTreeMap<String, Value>> {
        let mut found = BTreeMap::new();
        loop {
            let path = format!("/_transform?from={}&size={PAGE}", found.len());
            let page = self.list(&path, "transforms")?;
            let before = found.len();
            let is_last = page.len() < PAGE;
            found.extend(page.into_iter().filter_map(|transform| {
                Some((transform.get("id")?.as_str()?.to_owned(), transform))
            }));
            if is_last || found.len() == before {
                return Ok(found);
            }
        }
    }

    /// All anomaly detection jobs by id.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn jobs(&self) -> Called<BTreeMap<String, Value>> {
        let list = self.list("/_ml/anomaly_detectors", "jobs")?;
        Ok(list
            .into_iter()
            .filter_map(|job| Some((job.get("job_id")?.as_str()?.to_owned(), job)))
            .collect())
    }

    /// All datafeeds by id, with job and state.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn datafeeds(&self) -> Called<BTreeMap<String, Feed>> {
        let list = self.list("/_ml/datafeeds", "datafeeds")?;
        if list.is_empty() {
            return Ok(BTreeMap::new());
        }
        let figures = self.list("/_ml/datafeeds/_stats", "datafeeds")?;
        let words: BTreeMap<&str, &str> = figures
            .iter()
            .filter_map(|entry| {
                let id = entry.get("datafeed_id")?.as_str()?;
                Some((id, entry.get("state")?.as_str()?))
            })
            .collect();
        Ok(list
            .iter()
            .filter_map(|feed| {
                let id = feed.get("datafeed_id")?.as_str()?;
                let job = feed.get("job_id")?.as_str()?.to_owned();
                let word = words.get(id).copied().unwrap_or_default();
                let state = run_state(word);
                Some((id.to_owned(), Feed { job, state }))
            })
            .collect())
    }

    /// The list that stands under `key` in an answer.
    pub(super) fn list(&self, path: &str, key: &str) -> Called<Vec<Value>> {
        let Some(mut answer) = self.find(path)? else {
            return Ok(Vec::new());
        };
        match answer.get_mut(key).map(Value::take) {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(strange(&format!("the answer to GET {path}"))),
        }
    }

    /// The indices that have a pipeline as default or final one, by pipeline.
    /// Indices that the user may not look at are not among them.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn index_pipelines(&self) -> Called<BTreeMap<String, BTreeSet<String>>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (index, pipelines) in self.index_settings("_all")? {
            for pipeline in pipelines {
                found.entry(pipeline).or_default().insert(index.clone());
            }
        }
        Ok(found)
    }

    /// The default and final pipelines of the indices that `index` stands for;
    /// those that have none are left out.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn index_settings(&self, index: &str) -> Called<BTreeMap<String, BTreeSet<String>>> {
        // Hidden indices are the backing indices of data streams.
        let path = format!(
            "/{}/_settings?expand_wildcards=all&filter_path=\
             *.settings.index.default_pipeline,*.settings.index.final_pipeline",
            encode_segment(index)
        );
        let answer = self.find(&path)?.unwrap_or_else(|| json!({}));
        let mut found = BTreeMap::new();
        for (index, entry) in answer.as_object().into_iter().flatten() {
            let named = ["default_pipeline", "final_pipeline"]
                .into_iter()
                .filter_map(|key| {
                    let pipeline = entry.pointer(&format!("/settings/index/{key}"));
                    pipeline.and_then(Value::as_str)
                });
            let pipelines: BTreeSet<String> = named
                .filter(|pipeline| *pipeline != "_none")
                .map(str::to_owned)
                .collect();
            if !pipelines.is_empty() {
                found.insert(index.clone(), pipelines);
            }
        }
        Ok(found)
    }

    /// `size` documents of `index` from the `from`th on, the newest first.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn newest(&self, index: &str, from: u32, size: u32) -> Called<Vec<Value>> {
        let path = format!("/{}/_search", encode_segment(index));
        let body = json!({
            "from": from,
            "size": size,
            "timeout": "30s",
            "track_total_hits": false,
            "sort": [{"@timestamp": {"order": "desc", "unmapped_type": "date"}}],
        });
        let mut answer = self.ask(&path, &body)?;
        match answer.pointer_mut("/hits/hits").map(Value::take) {
            Some(Value::Array(hits)) => Ok(hits),
            _ => Err(strange("the answer of _search")),
        }
    }

    /// The names of the indices that `index`, a name or a pattern, stands for.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn index_names(&self, index: &str) -> Called<Vec<String>> {
        let path = format!(
            "/{}/_settings?filter_path=*.settings.index.uuid",
            encode_segment(index)
        );
        let answer = self.find(&path)?.unwrap_or_else(|| json!({}));
        let names = answer.as_object().into_iter().flatten();
        Ok(names.map(|(name, _)| name.clone()).collect())
    }

    /// Whether the name or pattern `index` stands for at least one index.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn has_index(&self, index: &str) -> Called<bool> {
        Ok(!self.index_names(index)?.is_empty())
    }

    /// What the pipeline `id` makes of `documents` (each `{"_source": {..}}`), in
    /// their order; step by step if `verbose`.
    ///
    /// # Errors
    /// A [`super::CallError`]; a document that fails is an answer.
    pub fn simulate(&self, id: &str, documents: &[Value], verbose: bool) -> Called<Vec<Value>> {
        let id = encode_segment(id);
        let path = format!("/_ingest/pipeline/{id}/_simulate?verbose={verbose}");
        let body = json!({ "docs": documents });
        let mut answer = self.ask(&path, &body)?;
        match answer.get_mut("docs").map(Value::take) {
            Some(Value::Array(docs)) if docs.len() == documents.len() => Ok(docs),
            _ => Err(strange("the answer of _simulate")),
        }
    }
}

/// What was called, or nothing where the user may not.
pub(super) fn permitted<T>(called: Called<T>) -> Called<Option<T>> {
    match called {
        Err(failed) if is_forbidden(&failed.error) => Ok(None),
        other => other.map(Some),
    }
}
