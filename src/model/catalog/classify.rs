//! One file to the artifacts in it.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::content;
use crate::model::datafeed;
use crate::model::manifest::Part;
use crate::model::version::StackVersion;

use super::naming::{self, Naming};
use super::{document, filters, lines, package, references, shape};

/// What a file turned out to be.
#[derive(Debug)]
pub(super) enum Class {
    /// It holds artifacts.
    Artifacts(Vec<Found>),
    /// It is for people.
    Document,
    /// It is a program of the publisher's.
    Program,
    /// Nothing that is known; the text says why.
    Unknown(&'static str),
}

/// One artifact in a file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) artifact: ArtifactId,
    pub(super) part: Option<Part>,
    pub(super) references: BTreeSet<ArtifactId>,
    pub(super) title: Option<String>,
    pub(super) license: Option<String>,
    pub(super) min_stack_version: Option<StackVersion>,
    pub(super) warnings: Vec<String>,
    /// The datafeed inside a job.
    pub(super) datafeed: Option<Box<Found>>,
}

impl Found {
    /// The artifact `kind` `id` with its body at `part` of its file.
    pub(super) fn new(kind: ArtifactKind, id: &str, part: Option<Part>, body: &Value) -> Self {
        Self {
            artifact: ArtifactId::new(kind, id),
            datafeed: inner_datafeed(kind, id, part.as_ref(), body).map(Box::new),
            part,
            references: references::of(kind, body),
            title: title(kind, body),
            license: license(kind, body),
            min_stack_version: None,
            warnings: Vec::new(),
        }
    }
}

/// The datafeed that the job `id` carries inside, as servers take it from 7.15 on:
/// it is an artifact of its own, whose id is the job's where it has none.
fn inner_datafeed(
    kind: ArtifactKind,
    id: &str,
    part: Option<&Part>,
    body: &Value,
) -> Option<Found> {
    let job = ArtifactId::new(kind, id);
    let (feed, body) = datafeed::inside(&job, body)?;
    let outer = match part {
        Some(Part::Pointer(pointer)) => pointer.as_str(),
        _ => "",
    };
    let part = Part::Pointer(format!("{outer}/{}", datafeed::INLINE));
    let mut found = Found::new(feed.kind, &feed.id, Some(part), &body);
    found.references.insert(job);
    Some(found)
}

/// The name for people of a rule or a saved object.
fn title(kind: ArtifactKind, body: &Value) -> Option<String> {
    let title = match kind {
        ArtifactKind::Rule => body.get("name"),
        ArtifactKind::Object => ["title", "name"]
            .iter()
            .find_map(|key| body.get("attributes")?.get(key)),
        _ => None,
    };
    title?.as_str().map(str::to_owned)
}

/// The terms that a rule comes under, where it states them.
fn license(kind: ArtifactKind, body: &Value) -> Option<String> {
    let rule = (kind == ArtifactKind::Rule).then_some(body)?;
    rule.get("license")?.as_str().map(str::to_owned)
}

/// What the file `name` of a release with this naming holds.
pub(super) fn classify(naming: Naming, name: &str, bytes: &[u8]) -> Result<Class> {
    if naming == Naming::Package {
        return package::classify(name, bytes);
    }
    if document::is_document(name) {
        return Ok(Class::Document);
    }
    if document::is_program(name) {
        return Ok(Class::Program);
    }
    if content::has_extension(name, "ndjson") {
        return lines::classify(name, bytes).map(Class::Artifacts);
    }
    if content::has_extension(name, "toml") {
        return toml(name, bytes);
    }
    if !content::has_extension(name, "json") {
        return Ok(Class::Unknown("it is neither JSON, ndjson nor TOML"));
    }
    match naming::by_name(naming, name) {
        Some((ArtifactKind::Model, id)) => model(name, id, bytes),
        named => json(name, named, bytes),
    }
}

/// The head of a trained model: everything but the definition's content.
#[derive(Deserialize)]
struct ModelHead {
    model_id: Option<String>,
    definition: Option<IgnoredAny>,
    compressed_definition: Option<IgnoredAny>,
    inference_config: Option<IgnoredAny>,
}

pub(super) fn model(name: &str, named: Option<String>, bytes: &[u8]) -> Result<Class> {
    let text = content::text(name, bytes)?;
    let head: ModelHead = serde_json::from_str(text).or_err(ErrorKind::Malformed, || {
        format!("{name} is not a trained model in JSON")
    })?;
    if head.definition.is_none() && head.compressed_definition.is_none() {
        return Err(malformed(format!(
            "{name} is named as a model, but has no definition"
        )));
    }
    let mut warnings = Vec::new();
    if head.inference_config.is_none() {
        warnings.push("the model has no inference_config, which 7.8 and later ask for".to_owned());
    }
    let id = match (named, head.model_id) {
        (Some(named), Some(stated)) if named != stated => {
            return Err(malformed(format!(
                "the model's id is {named:?} by its file's name and {stated:?} by its content"
            )));
        }
        (_, Some(stated)) => stated,
        (Some(named), None) => named,
        (None, None) => {
            let id = naming::model_id(name)
                .ok_or_else(|| malformed(format!("{name} names no model")))?;
            warnings.push(format!(
                "the model has no model_id; its file's name gives {id:?}"
            ));
            id
        }
    };
    if id.is_empty() {
        return Err(malformed(format!("{name} has an empty model_id")));
    }
    let mut found = Found::new(ArtifactKind::Model, &id, None, &Value::Null);
    found.warnings = warnings;
    Ok(Class::Artifacts(vec![found]))
}

fn json(name: &str, named: Option<(ArtifactKind, Option<String>)>, bytes: &[u8]) -> Result<Class> {
    let value = content::json(name, content::text(name, bytes)?)?;
    if let Some((kind, Some(id))) = named {
        match shape::contradiction(kind, &value) {
            None => return Ok(Class::Artifacts(vec![Found::new(kind, &id, None, &value)])),
            Some(fault) if naming::is_telling(kind) => {
                return Err(malformed(format!("the file {fault}")));
            }
            Some(_) => {}
        }
    }
    if let Some(found) = wrapped(&value)? {
        return Ok(Class::Artifacts(vec![found]));
    }
    if value.get("tag_name").is_some() && value.get("assets").is_some() {
        return Ok(Class::Document);
    }
    if let Some(id) = shape::object(&value) {
        return Ok(Class::Artifacts(vec![Found::new(
            ArtifactKind::Object,
            &id,
            None,
            &value,
        )]));
    }
    match shape::of(&value) {
        Some((kind, id)) => Ok(Class::Artifacts(vec![Found::new(kind, &id, None, &value)])),
        None => Ok(Class::Unknown(
            "neither its name nor its content says what it is",
        )),
    }
}

/// The types that wrap a body, and the key under which the body may repeat its
/// own id.
const WRAPPED: [(&str, ArtifactKind, &str); 12] = [
    ("anomaly_detection", ArtifactKind::Job, "job_id"),
    ("data_frame_analytic", ArtifactKind::Analytics, "id"),
    ("data_frame_analytics", ArtifactKind::Analytics, "id"),
    ("datafeed", ArtifactKind::Datafeed, "datafeed_id"),
    ("filter", ArtifactKind::Filter, "filter_id"),
    ("transform", ArtifactKind::Transform, "id"),
    ("enrich_policy", ArtifactKind::Enrich, "name"),
    ("component_template", ArtifactKind::Component, "name"),
    ("index_template", ArtifactKind::Template, "name"),
    ("index", ArtifactKind::Index, "index"),
    ("ingest_pipeline", ArtifactKind::Pipeline, "id"),
    ("stored_script", ArtifactKind::Script, "id"),
];

/// `{"name", "type", "body"}`.
pub(super) fn wrapped(value: &Value) -> Result<Option<Found>> {
    let (Some(name), Some(kind), Some(body)) =
        (value.get("name"), value.get("type"), value.get("body"))
    else {
        return Ok(None);
    };
    let text = |what: &str, value: &Value| {
        let text = value.as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| malformed(format!("its {what} is not a text, or empty")))
    };
    let (name, kind) = (text("name", name)?, text("type", kind)?);
    let Some((_, kind, key)) = WRAPPED.into_iter().find(|(word, _, _)| *word == kind) else {
        return Err(malformed(format!("its type {kind:?} is unknown")));
    };
    if !body.is_object() {
        return Err(malformed("its body is not an object"));
    }
    if let Some(own) = body.get(key).and_then(Value::as_str)
        && own != name
    {
        return Err(malformed(format!(
            "its name is {name:?}, but its body's {key} is {own:?}"
        )));
    }
    if let Some(fault) = shape::contradiction(kind, body) {
        return Err(malformed(format!("the body {fault}")));
    }
    if kind == ArtifactKind::Datafeed && body.get("job_id").and_then(Value::as_str).is_none() {
        return Err(malformed("the datafeed names no job_id"));
    }
    let part = Part::Pointer("/body".to_owned());
    Ok(Some(Found::new(kind, &name, Some(part), body)))
}

fn toml(name: &str, bytes: &[u8]) -> Result<Class> {
    let value = content::read(name, None, bytes)?;
    let mut found = filters::of_toml(&value)?;
    if let Some(rule) = value.get("rule") {
        found.push(rule_with_metadata(&value, rule)?);
    }
    if found.is_empty() {
        return Ok(Class::Unknown(
            "it is TOML with neither a table [rule] nor tables [filter.ID]",
        ));
    }
    Ok(Class::Artifacts(found))
}

fn rule_with_metadata(value: &Value, rule: &Value) -> Result<Found> {
    let part = Part::Pointer("/rule".to_owned());
    let mut found = self::rule(rule, part)?;
    let metadata = |key: &str| value.get("metadata")?.get(key)?.as_str();
    if let Some(version) = metadata("min_stack_version") {
        found.min_stack_version = Some(stack_version(version)?);
    }
    if metadata("maturity") == Some("deprecated") {
        found.warnings.push("the rule is deprecated".to_owned());
    }
    Ok(found)
}

/// A version as rules write it: three numbers, in older ones two.
fn stack_version(text: &str) -> Result<StackVersion> {
    if text.split('.').count() == 2 {
        format!("{text}.0").parse()
    } else {
        text.parse()
    }
}

/// The detection rule `body`.
pub(super) fn rule(body: &Value, part: Part) -> Result<Found> {
    let text = |key: &str| {
        let text = body.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
            .ok_or_else(|| malformed(format!("the rule has no {key}")))
    };
    let id = text("rule_id")?;
    let kind = text("type")?;
    let mut found = Found::new(ArtifactKind::Rule, id, Some(part), body);
    if kind == "machine_learning" && found.references.is_empty() {
        return Err(malformed(format!(
            "the machine learning rule {id} names no machine_learning_job_id"
        )));
    }
    let exceptions = body.get("exceptions_list").and_then(Value::as_array);
    if exceptions.is_some_and(|lists| !lists.is_empty()) {
        found
            .warnings
            .push("the rule's exception lists are not part of a bundle".to_owned());
    }
    Ok(found)
}

pub(super) fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
