//! What recent documents of an index tell about enrichment.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::course::{Course, Moment, home};
use super::simulate;
use crate::error::{Error, ErrorKind, Result};
use crate::io::cluster::{Cluster, told};
use crate::io::elasticsearch::answer::Decision;
use crate::model::enrichment::Enrichment;
use crate::model::recent::{Bypassed, Failure, Message, Recent};
use crate::progress::Progress;

/// How many documents are looked at unless something else is asked for.
pub const DEFAULT: u32 = 500;

/// How many documents can be looked at: `index.max_result_window` of an index
/// that nobody changed.
pub const MOST: u32 = 10_000;

/// How many documents come with one answer.
const AT_ONCE: u32 = 500;

/// How many documents that hold no result are tried, of all indices together.
const TRIED: usize = 500;

/// How many different messages are told.
const MAX_MESSAGES: usize = 20;

/// Looks at the newest `count` documents of `index`, which may be a pattern, and
/// tries some of those without a result through `pipeline`. What cannot be looked at
/// stands in the result.
///
/// # Errors
/// [`ErrorKind::Interrupted`].
pub fn recent(
    cluster: &Cluster,
    index: &str,
    pipeline: &str,
    enrichment: &Enrichment,
    count: u32,
    progress: &dyn Progress,
) -> Result<Recent> {
    let mut recent = Recent::of(index, pipeline);
    progress.begin("looking at recent documents", Some(u64::from(count)));
    let looked = look(cluster, enrichment, count.min(MOST), progress, &mut recent);
    progress.end();
    match looked {
        Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
        Err(error) => {
            recent.failure = Some(Failure {
                message: told(&error),
                hint: error.next_step().map(str::to_owned),
            });
        }
        Ok(()) => {}
    }
    Ok(recent)
}

fn look(
    cluster: &Cluster,
    enrichment: &Enrichment,
    count: u32,
    progress: &dyn Progress,
    recent: &mut Recent,
) -> Result<()> {
    let courses = read(cluster, enrichment, count, progress, recent)?;
    if !recent.exists {
        return Ok(());
    }
    let bypassed = tried(cluster, enrichment, &courses, recent)?;
    let named = cluster.elasticsearch.index_settings(&recent.index)?;
    let leads = named
        .into_iter()
        .filter(|(_, pipelines)| pipelines.contains(&recent.pipeline));
    recent.indices = leads.map(|(name, _)| name).collect();
    let bypassed = bypassed.into_iter().map(|(index, documents)| Bypassed {
        led: recent.indices.iter().any(|led| home(led) == index),
        index: index.to_owned(),
        documents,
    });
    recent.bypassed = bypassed.collect();
    Ok(())
}

/// Reads the newest documents and counts them. How they came in is told index by
/// index.
fn read(
    cluster: &Cluster,
    enrichment: &Enrichment,
    count: u32,
    progress: &dyn Progress,
    recent: &mut Recent,
) -> Result<BTreeMap<String, Course>> {
    let elasticsearch = &cluster.elasticsearch;
    let mut messages: BTreeMap<String, usize> = BTreeMap::new();
    let mut courses: BTreeMap<String, Course> = BTreeMap::new();
    for from in (0..count).step_by(AT_ONCE as usize) {
        progress.go_on()?;
        let size = AT_ONCE.min(count - from);
        let hits = match elasticsearch.newest(&recent.index, from, size) {
            Err(failed) if failed.decision == Decision::Absent && from == 0 => {
                recent.exists = false;
                break;
            }
            newest => newest.map_err(|failed| {
                Error::from(failed).context(format!("cannot search {}", recent.index))
            })?,
        };
        let came = u32::try_from(hits.len()).unwrap_or(u32::MAX);
        for hit in hits {
            let source = hit.get("_source").unwrap_or(&Value::Null);
            let index = hit.get("_index").and_then(Value::as_str);
            let course = courses
                .entry(home(index.unwrap_or_default()).to_owned())
                .or_default();
            let moment = Moment {
                place: recent.documents,
                time: source.get("@timestamp").cloned().unwrap_or_default(),
            };
            recent.documents += 1;
            if let Some(message) = enrichment.message(source) {
                recent.failed += 1;
                *messages.entry(message).or_default() += 1;
                course.passed(moment);
            } else if enrichment.is_in(source) {
                recent.enriched += 1;
                course.passed(moment);
            } else {
                recent.neither += 1;
                let id = hit.get("_id").cloned().unwrap_or_default();
                course.untouched(
                    moment,
                    || json!({"_id": id, "_index": index, "_source": source}),
                );
            }
        }
        progress.advance(u64::from(came));
        if came < size {
            break;
        }
    }
    if recent.documents == 0 && recent.exists {
        // Where the user may not ask, nothing is said of the index.
        recent.exists = elasticsearch.has_index(&recent.index).unwrap_or(true);
    }
    recent.messages = sorted(messages);
    Ok(courses)
}

/// What the pipeline makes of the documents that hold no result: the indices whose
/// newest ones it would enrich, with how many.
fn tried<'c>(
    cluster: &Cluster,
    enrichment: &Enrichment,
    courses: &'c BTreeMap<String, Course>,
    recent: &mut Recent,
) -> Result<BTreeMap<&'c str, usize>> {
    let mut bypassed = BTreeMap::new();
    let share = (TRIED / courses.len().max(1)).max(1);
    let of = |(index, course): (&'c String, &'c Course)| {
        let untouched = course.untouched.iter().take(share);
        untouched.map(move |one| (index.as_str(), course, one))
    };
    let sample: Vec<_> = courses.iter().flat_map(of).take(TRIED).collect();
    for some in sample.chunks(super::AT_ONCE) {
        let documents: Vec<Value> = some
            .iter()
            .map(|(_, _, one)| one.document.clone())
            .collect();
        let answers = simulate(cluster, &recent.pipeline, &documents)?;
        for ((index, course, one), answer) in some.iter().zip(&answers) {
            let after = answer.pointer("/doc/_source");
            let is_swallowed = || after.is_some_and(|source| enrichment.message(source).is_some());
            recent.tried.documents += 1;
            if answer.get("error").is_some() || is_swallowed() {
                recent.tried.failed += 1;
            } else if after.is_some_and(|source| enrichment.is_in(source)) {
                recent.tried.enriched += 1;
                recent.tried.between += usize::from(course.is_between(one));
                if course.is_newest(one) {
                    *bypassed.entry(*index).or_default() += 1;
                }
            }
        }
    }
    Ok(bypassed)
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
