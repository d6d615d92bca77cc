//! Filters of a cluster: what a change amounts to, and making it.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::elasticsearch::answer::Decision;
use crate::io::http::Method;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::filter::{Filter, FilterUpdate};

/// How often a change is tried again when somebody else was faster.
const TRIES: usize = 4;

/// What a filter should become.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Exactly these items.
    Whole(Filter),
    /// What it is, with these items more and those less, and another description
    /// where one is given.
    Partly {
        /// Items that should be there.
        add: Vec<String>,
        /// Items that should not be there.
        remove: Vec<String>,
        /// The new description.
        description: Option<String>,
    },
}

/// A change of a filter.
#[derive(Clone, Debug)]
pub struct Change {
    /// The filter as it was; nothing when it is new.
    pub before: Option<Filter>,
    /// The filter as it becomes.
    pub after: Filter,
    /// The smallest update that does it.
    pub update: FilterUpdate,
}

/// The filter, if it is there.
///
/// # Errors
/// As the call.
pub fn read(cluster: &Elasticsearch, id: &str) -> Result<Option<Filter>> {
    let observed = cluster.read(&ArtifactId::new(ArtifactKind::Filter, id))?;
    observed
        .map(|observed| of_answer(id, &observed.body))
        .transpose()
}

fn of_answer(id: &str, body: &Value) -> Result<Filter> {
    Filter::from_answer(body).map_err(|failure| {
        Error::new(
            ErrorKind::Network,
            format!("the cluster's filter {id} cannot be read"),
        )
        .because(failure)
    })
}

/// What `wish` changes of the filter `id`.
///
/// # Errors
/// [`ErrorKind::Malformed`] when the result is no filter; [`ErrorKind::Cluster`]
/// when a part is to be changed of a filter that is not there; as the calls.
pub fn plan(cluster: &Elasticsearch, id: &str, wish: &Wish) -> Result<Change> {
    let before = read(cluster, id)?;
    let refused = |failure| {
        Error::new(
            ErrorKind::Malformed,
            format!("filter {id} cannot become that"),
        )
        .because(failure)
    };
    let after = match (wish, &before) {
        (Wish::Whole(filter), _) => filter.clone(),
        (Wish::Partly { .. }, None) => {
            return Err(super::absent(&ArtifactId::new(ArtifactKind::Filter, id)));
        }
        (
            Wish::Partly {
                add,
                remove,
                description,
            },
            Some(before),
        ) => {
            let present = remove
                .iter()
                .filter(|item| before.items().contains(item) || add.contains(item));
            let update = FilterUpdate {
                description: description.clone(),
                add: add.clone(),
                remove: present.cloned().collect(),
            };
            before.updated(&update).map_err(refused)?
        }
    };
    let update = before
        .as_ref()
        .map_or_else(FilterUpdate::default, |before| before.update_to(&after));
    Ok(Change {
        before,
        after,
        update,
    })
}

/// Makes the change that `wish` amounts to now; planned anew when somebody else
/// changed the filter meanwhile.
///
/// # Errors
/// As [`plan`] and the calls; [`ErrorKind::Cluster`] when others are always faster.
pub fn apply(cluster: &Elasticsearch, id: &str, wish: &Wish) -> Result<Change> {
    let artifact = ArtifactId::new(ArtifactKind::Filter, id);
    let path = cluster.path(&artifact)?;
    for _ in 0..TRIES {
        let change = plan(cluster, id, wish)?;
        if change.before.is_some() && change.update.is_empty() {
            return Ok(change);
        }
        let called = match &change.before {
            None => cluster.call(Method::Put, &path, &without_id(&change.after)),
            Some(_) => cluster.call(
                Method::Post,
                &format!("{path}/_update"),
                &change.update.to_json(),
            ),
        };
        match called {
            Ok(_) => return Ok(change),
            Err(failed)
                if matches!(
                    failed.decision,
                    Decision::Changed | Decision::Exists | Decision::Absent
                ) => {}
            // Removing what somebody else removed meanwhile is refused as a whole.
            Err(failed) if read(cluster, id)? != change.before => drop(failed),
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(Error::new(
        ErrorKind::Cluster,
        format!("somebody else keeps changing the filter {id}"),
    )
    .hint("find out who, then try again"))
}

fn without_id(filter: &Filter) -> Value {
    let mut body = filter.to_json();
    if let Some(object) = body.as_object_mut() {
        object.remove("filter_id");
    }
    body
}

/// The jobs whose rules name the filter.
///
/// # Errors
/// As the call.
pub fn users(cluster: &Elasticsearch, id: &str) -> Result<Vec<String>> {
    let jobs = cluster.jobs()?;
    let uses = |job: &Value| {
        let detectors = job
            .pointer("/analysis_config/detectors")
            .and_then(Value::as_array);
        let rules = detectors
            .into_iter()
            .flatten()
            .filter_map(|detector| detector.get("custom_rules")?.as_array());
        rules
            .flatten()
            .filter_map(|rule| rule.get("scope")?.as_object())
            .flat_map(serde_json::Map::values)
            .any(|reference| reference.get("filter_id").and_then(Value::as_str) == Some(id))
    };
    Ok(jobs
        .iter()
        .filter(|(_, job)| uses(job))
        .map(|(id, _)| id.clone())
        .collect())
}
