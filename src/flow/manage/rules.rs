//! Rules of a cluster's jobs: read, merged, written, verified.

use serde_json::{Value, json};

use super::{reviewed, show};
use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::http::Method;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::detector::{Detector, Rule};
use crate::model::json_text;
use crate::model::observation::RunState;
use crate::model::version::StackVersion;
use crate::model::{filter, xcontent};

/// How often the rules are written again when somebody else changed them meanwhile.
const TRIES: usize = 3;

/// What becomes of the rules of one detector.
#[derive(Clone, Debug)]
pub enum Edit {
    /// One rule more.
    Add(Rule),
    /// The rule of this place less.
    Remove(usize),
    /// Exactly these.
    Set(Vec<Rule>),
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// The rules as they are now.
    pub after: Vec<Rule>,
    /// What the operator has to know or do.
    pub notes: Vec<String>,
}

/// Reads the rules of a text: one rule, or a list of them.
///
/// # Errors
/// [`ErrorKind::Malformed`] in the words of a server of `version`.
pub fn parse(text: &str, name: &str, version: &StackVersion) -> Result<Vec<Rule>> {
    let node = json_text::parse(text);
    if let Some(error) = node.syntax_error() {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{name} is not JSON: {error}"),
        ));
    }
    xcontent::objects(&node, |rule| Rule::read(rule, version)).map_err(|stop| {
        let reason = stop.failure.root().reason().to_owned();
        Error::new(
            ErrorKind::Malformed,
            format!("{name} holds no rule: {reason}"),
        )
        .because(stop.failure)
    })
}

/// The detectors of a stored job.
///
/// # Errors
/// [`ErrorKind::Network`] when the job cannot be read.
pub fn detectors(job: &Value, version: &StackVersion) -> Result<Vec<Detector>> {
    let list = job
        .pointer("/analysis_config/detectors")
        .and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|detector| {
            Detector::read(&json_text::parse(&detector.to_string()), version).map_err(|stop| {
                Error::new(
                    ErrorKind::Network,
                    "the cluster's job has a detector that cannot be read",
                )
                .because(stop.failure)
            })
        })
        .collect()
}

/// Changes the rules of the detector of place `index` by all `edits` at once, and
/// reads them back.
///
/// # Errors
/// [`ErrorKind::Usage`] for a detector or rule that is not there;
/// [`ErrorKind::Malformed`] for rules that a review refuses; [`ErrorKind::Cluster`]
/// when somebody else keeps changing them; as the calls.
pub fn edit(cluster: &Elasticsearch, id: &str, index: usize, edits: &[Edit]) -> Result<Done> {
    let artifact = ArtifactId::new(ArtifactKind::Job, id);
    // Places are those of what was read first; somebody else's change moves them.
    let names_places = edits.iter().any(|edit| matches!(edit, Edit::Remove(_)));
    for _ in 0..if names_places { 1 } else { TRIES } {
        let job = show(cluster, &artifact)?;
        let before = rules_of(&job, index, id, cluster.version())?;
        let after = edits.iter().try_fold(before.clone(), merged)?;
        check(cluster, &artifact, &job, index, &after)?;
        let path = format!("{}/_update", cluster.path(&artifact)?);
        let written: Vec<Value> = after.iter().map(Rule::to_json).collect();
        let change = json!({"detectors": [{"detector_index": index, "custom_rules": written}]});
        cluster.call(Method::Post, &path, &change)?;
        let now = rules_of(&show(cluster, &artifact)?, index, id, cluster.version())?;
        if now == after {
            let notes = notes(cluster, &artifact, &before, &after)?;
            return Ok(Done { after, notes });
        }
    }
    Err(Error::new(
        ErrorKind::Cluster,
        format!("the rules of job {id} are not what was written"),
    )
    .hint("somebody else changes them at the same time; look at them and try again"))
}

fn rules_of(job: &Value, index: usize, id: &str, version: &StackVersion) -> Result<Vec<Rule>> {
    let mut detectors = detectors(job, version)?;
    if index >= detectors.len() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!(
                "job {id} has {} detectors, none at place {index}",
                detectors.len()
            ),
        )
        .hint(format!("`sealift job rules {id}` shows them")));
    }
    Ok(detectors.swap_remove(index).rules)
}

fn merged(mut rules: Vec<Rule>, edit: &Edit) -> Result<Vec<Rule>> {
    match edit {
        Edit::Add(rule) if rules.contains(rule) => {}
        Edit::Add(rule) => rules.push(rule.clone()),
        Edit::Set(all) => rules.clone_from(all),
        Edit::Remove(place) if *place < rules.len() => {
            rules.remove(*place);
        }
        Edit::Remove(place) => {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the detector has {} rules, none at place {place}",
                    rules.len()
                ),
            ));
        }
    }
    Ok(rules)
}

/// Reviews the job as it would be.
fn check(
    cluster: &Elasticsearch,
    artifact: &ArtifactId,
    job: &Value,
    index: usize,
    rules: &[Rule],
) -> Result<()> {
    let mut body = crate::model::body::for_cluster(artifact, job, cluster.version(), None);
    if let Some(detector) = body
        .pointer_mut(&format!("/analysis_config/detectors/{index}"))
        .and_then(Value::as_object_mut)
    {
        detector.insert(
            "custom_rules".into(),
            rules.iter().map(Rule::to_json).collect(),
        );
    }
    reviewed(cluster, artifact, &body).map(|_| ())
}

fn notes(
    cluster: &Elasticsearch,
    artifact: &ArtifactId,
    before: &[Rule],
    after: &[Rule],
) -> Result<Vec<String>> {
    let mut notes = vec!["only results from now on change; what was found before stays".to_owned()];
    let filters = |rules: &[Rule]| -> std::collections::BTreeSet<String> {
        let references = rules.iter().flat_map(|rule| rule.scope.references());
        references
            .map(|(_, reference)| reference.filter_id.clone())
            .collect()
    };
    let is_new = !filters(after).is_subset(&filters(before));
    if is_new
        && filter::misses_open_jobs(cluster.version())
        && cluster.state(artifact)? == RunState::Running
    {
        notes.push(format!(
            "version {} does not load a new filter into a job that is open: close the job and open it again",
            cluster.version()
        ));
    }
    Ok(notes)
}
