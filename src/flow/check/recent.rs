//! What recent documents of an index tell about enrichment.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::simulate;
use crate::error::{Error, Result};
use crate::io::cluster::Cluster;
use crate::model::checkup::{Message, Recent, Tried};
use crate::model::enrichment::Enrichment;
use crate::progress::Progress;

/// How many documents are looked at unless something else is asked for.
pub const DEFAULT: u32 = 500;

/// How many documents can be looked at: `index.max_result_window` of an index
/// that nobody changed.
pub const MOST: u32 = 10_000;

/// How many documents come with one answer.
const AT_ONCE: u32 = 500;

/// How many documents that hold no result are tried.
const TRIED: usize = 50;

/// How many different messages are told.
const MAX_MESSAGES: usize = 20;

/// Looks at the newest `count` documents of `index`, which may be a pattern, and
/// tries some of those without a result through `pipeline`.
///
/// # Errors
/// As the calls.
pub fn recent(
    cluster: &Cluster,
    index: &str,
    pipeline: &str,
    enrichment: &Enrichment,
    count: u32,
    progress: &dyn Progress,
) -> Result<Recent> {
    let named = cluster.elasticsearch.index_settings(index)?;
    let leads = named
        .into_iter()
        .filter(|(_, pipelines)| pipelines.contains(pipeline));
    let mut recent = Recent {
        index: index.to_owned(),
        pipeline: pipeline.to_owned(),
        indices: leads.map(|(name, _)| name).collect(),
        documents: 0,
        enriched: 0,
        failed: 0,
        neither: 0,
        messages: Vec::new(),
        tried: Tried::default(),
    };
    let mut messages: BTreeMap<String, usize> = BTreeMap::new();
    let mut sample: Vec<Value> = Vec::new();
    let count = count.min(MOST);
    progress.begin("looking at recent documents", Some(u64::from(count)));
    let mut from = 0;
    while from < count {
        progress.go_on()?;
        let size = AT_ONCE.min(count - from);
        let hits = cluster
            .elasticsearch
            .newest(index, from, size)
            .map_err(|failed| Error::from(failed).context(format!("cannot search {index}")))?;
        let came = u32::try_from(hits.len()).unwrap_or(u32::MAX);
        for hit in hits {
            recent.documents += 1;
            let source = hit.get("_source").unwrap_or(&Value::Null);
            if let Some(message) = enrichment.message(source) {
                recent.failed += 1;
                *messages.entry(message).or_default() += 1;
            } else if enrichment.is_in(source) {
                recent.enriched += 1;
            } else {
                recent.neither += 1;
                if sample.len() < TRIED {
                    let id = hit.get("_id").cloned().unwrap_or_default();
                    let index = hit.get("_index").cloned().unwrap_or_default();
                    sample.push(json!({"_id": id, "_index": index, "_source": source}));
                }
            }
        }
        progress.advance(u64::from(came));
        if came < size {
            break;
        }
        from += size;
    }
    progress.end();
    if !sample.is_empty() {
        recent.tried = tried(cluster, pipeline, enrichment, &sample)?;
    }
    recent.messages = sorted(messages);
    Ok(recent)
}

/// What `pipeline` makes of `documents`.
fn tried(
    cluster: &Cluster,
    pipeline: &str,
    enrichment: &Enrichment,
    documents: &[Value],
) -> Result<Tried> {
    let mut tried = Tried {
        documents: documents.len(),
        ..Tried::default()
    };
    for answer in simulate(cluster, pipeline, documents)? {
        let after = answer.pointer("/doc/_source");
        if answer.get("error").is_some() || after.is_some_and(|s| enrichment.message(s).is_some()) {
            tried.failed += 1;
        } else if after.is_some_and(|source| enrichment.is_in(source)) {
            tried.enriched += 1;
        }
    }
    Ok(tried)
}

/// The messages, the most frequent first.
fn sorted(messages: BTreeMap<String, usize>) -> Vec<Message> {
    let mut messages: Vec<Message> = messages
        .into_iter()
        .map(|(message, documents)| Message { message, documents })
        .collect();
    messages.sort_by_key(|one| Reverse(one.documents));
    messages.truncate(MAX_MESSAGES);
    messages
}
