//! Compiling scripts and pipelines with the offline engine, each for what it is
//! used for.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::models::Models;
use super::subject::Subject;
use crate::engine::ingest::{Environment, Options, Purpose, StoredScript};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::failure::Failure;
use crate::model::finding::{Finding, Severity};
use crate::model::json_text::{Kind, Node};
use crate::model::lint::{advice, step};
use crate::model::version::StackVersion;

/// Deeper nesting than this is not looked into; the engine refuses it.
const MAX_DEPTH: usize = 100;

/// What stands in for a script that is not among the files: it compiles for
/// every purpose.
const STAND_IN: &str = "throw new RuntimeException('')";

/// Variables of other purposes than those of pipelines: a script with one of them
/// may be good for search.
const OF_SEARCH: [&str; 11] = [
    "doc", "_score", "_source", "_value", "state", "states", "emit", "field", "query", "values",
    "weight",
];

/// What pipelines use a script for.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    processor: bool,
    condition: bool,
}

/// The engine with all scripts, and what is known of scripts and models.
pub(super) struct Compiler<'a> {
    environment: Environment,
    uses: BTreeMap<String, Uses>,
    models: &'a Models,
    version: &'a StackVersion,
}

impl<'a> Compiler<'a> {
    /// A compiler that knows all scripts and models.
    pub(super) fn new(subjects: &[Subject], models: &'a Models, version: &'a StackVersion) -> Self {
        let mut environment = Environment::new(Options {
            regex_enabled: true,
            version: version.clone(),
        });
        let of_kind = |kind| {
            subjects
                .iter()
                .filter(move |subject: &&Subject| subject.artifact.kind == kind)
        };
        let mut uses = BTreeMap::new();
        for pipeline in of_kind(ArtifactKind::Pipeline) {
            look(&pipeline.body, 0, &mut uses);
        }
        for id in uses.keys() {
            environment.put_script(id, painless(STAND_IN));
        }
        for script in of_kind(ArtifactKind::Script) {
            if let Some(stored) = stored(&script.body) {
                environment.put_script(&script.artifact.id, stored);
            }
        }
        Self {
            environment,
            uses,
            models,
            version,
        }
    }

    /// What compiling an object shows, unless the review `found` errors that keep
    /// it from being compiled.
    pub(super) fn check(
        &self,
        artifact: &ArtifactId,
        body: &Node,
        found: &[Finding],
    ) -> Vec<Finding> {
        let is_bad = found
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        match artifact.kind {
            ArtifactKind::Script if !is_bad => self.script(&artifact.id, body),
            ArtifactKind::Pipeline if !is_bad => {
                let mut found = self.pipeline(&artifact.id, body);
                self.mismatches(body, "", &mut found);
                found
            }
            _ => Vec::new(),
        }
    }

    fn script(&self, id: &str, body: &Node) -> Vec<Finding> {
        let Some(script) = stored(body).filter(|script| script.lang == "painless") else {
            return Vec::new();
        };
        let check = |purpose| self.environment.check_script(&script.source, purpose);
        let uses = self.uses.get(id).copied().unwrap_or_default();
        let mut refusals = Vec::new();
        if uses.processor {
            refusals.extend(check(Purpose::Processor).err());
        }
        if uses.condition {
            refusals.extend(check(Purpose::Condition).err());
        }
        if !(uses.processor || uses.condition) {
            // Nothing says what it is for: it has to fit one of them.
            let refusal = check(Purpose::Processor).err();
            refusals.extend(refusal.filter(|_| check(Purpose::Condition).is_err()));
        }
        let refusals = refusals.iter();
        refusals
            .map(|failure| {
                let finding = self.refused(failure, "script/compile").at("/script/source");
                if is_of_search(failure.root().reason()) {
                    Finding {
                        severity: Severity::Warning,
                        ..finding
                    }
                    .fix("nothing, if the script is for search; pipelines have no such variable")
                } else {
                    finding
                }
            })
            .collect()
    }

    fn pipeline(&self, id: &str, body: &Node) -> Vec<Finding> {
        let mut found = Vec::new();
        for list in ["processors", "on_failure"] {
            let processors = body.get(list).and_then(Node::elements);
            for (place, processor) in processors.unwrap_or_default().iter().enumerate() {
                let processor = processor.to_value();
                if let Err(failure) = self.parse_alone(id, &processor) {
                    let path = format!("/{list}/{place}");
                    let path = match self.type_with_bad_condition(id, processor) {
                        Some(kind) => format!("{path}/{}/if", step(&kind)),
                        None => inner_path(body, &path, &failure),
                    };
                    let finding = self.refused(&failure, "pipeline/compile");
                    found.push(finding.at(path));
                }
            }
        }
        // What only the whole shows.
        if found.is_empty()
            && let Err(failure) = self.environment.parse_pipeline(id, &body.to_value())
        {
            found.push(self.refused(&failure, "pipeline/compile"));
        }
        found
    }

    fn parse_alone(&self, id: &str, processor: &Value) -> Result<(), Failure> {
        let pipeline = json!({"processors": [processor]});
        self.environment.parse_pipeline(id, &pipeline).map(|_| ())
    }

    /// The type of a refused processor, if it is fine without its condition.
    fn type_with_bad_condition(&self, id: &str, mut processor: Value) -> Option<String> {
        let (kind, inner) = processor.as_object_mut()?.iter_mut().next()?;
        let kind = kind.clone();
        inner.as_object_mut()?.remove("if")?;
        self.parse_alone(id, &processor).is_ok().then_some(kind)
    }

    /// Processors that ask of a model what it does not predict.
    fn mismatches(&self, node: &Node, path: &str, found: &mut Vec<Finding>) {
        if path.matches('/').count() > MAX_DEPTH {
            return;
        }
        match &node.kind {
            Kind::Object(members) => {
                for member in members {
                    let inner = format!("{path}/{}", step(&member.name));
                    if member.name == "inference" {
                        found.extend(self.mismatch(&member.value, &inner));
                    }
                    self.mismatches(&member.value, &inner, found);
                }
            }
            Kind::Array(elements) => {
                for (place, element) in elements.iter().enumerate() {
                    self.mismatches(element, &format!("{path}/{place}"), found);
                }
            }
            _ => {}
        }
    }

    fn mismatch(&self, processor: &Node, path: &str) -> Option<Finding> {
        let id = processor.get("model_id")?.as_str()?;
        let asked = processor.get("inference_config")?.members()?.first()?;
        let target = self.models.target(id)?.name();
        (asked.name != target && ["classification", "regression"].contains(&asked.name.as_str())).then(|| {
            let what = format!(
                "model [{id}] has inference config of type [{target}] which is not supported by inference request of type [{}]",
                asked.name
            );
            Finding::new(Severity::Error, "pipeline/model-type", what)
                .at(format!("{path}/inference_config"))
                .why("the server takes the pipeline, and every document fails in it")
                .fix(format!("use inference_config.{target}"))
        })
    }

    fn refused(&self, failure: &Failure, check: &'static str) -> Finding {
        let what = reason(failure);
        let version = self.version;
        let why = if failure.cause().is_some() {
            format!(
                "Elasticsearch {version} refuses it: {}: {}",
                failure.kind(),
                failure.reason()
            )
        } else {
            format!("Elasticsearch {version} refuses it with {}", failure.kind())
        };
        let fix = advice(&what);
        Finding::new(Severity::Error, check, what).why(why).fix(fix)
    }
}

/// The innermost reason, and for a script the place in it.
fn reason(failure: &Failure) -> String {
    let mut at = Some(failure);
    let mut reason = failure.reason().to_owned();
    let mut place = None;
    while let Some(current) = at {
        if !current.reason().is_empty() {
            current.reason().clone_into(&mut reason);
        }
        place = place.or_else(|| current.metadata("script_stack").and_then(Value::as_array));
        at = current.cause();
    }
    let near = place.and_then(|stack| stack.first()?.as_str());
    let reason = reason.trim_end_matches('.');
    match near {
        Some(near) => format!("{reason}, at: {}", near.trim()),
        None => reason.to_owned(),
    }
}

fn is_of_search(reason: &str) -> bool {
    OF_SEARCH.iter().any(|name| {
        ["]", "."]
            .iter()
            .any(|end| reason.contains(&format!("[{name}{end}")))
    })
}

/// The pointer to the property that a failure of the processor at `path` names.
fn inner_path(body: &Node, path: &str, failure: &Failure) -> String {
    let named = |key: &str| {
        let mut at = Some(failure);
        while let Some(current) = at {
            if let Some(name) = current.metadata(key).and_then(Value::as_str) {
                return Some(name.to_owned());
            }
            at = current.cause();
        }
        None
    };
    let is_there = |path: &String| body.pointer(path).is_some();
    let first = body.pointer(path).and_then(Node::members);
    let first = first.and_then(|members| Some(members.first()?.name.clone()));
    let Some(kind) = named("processor_type").or(first) else {
        return path.to_owned();
    };
    let processor = format!("{path}/{}", step(&kind));
    let property = named("property_name").map(|name| format!("{processor}/{}", step(&name)));
    let property = property.filter(is_there);
    property
        .or_else(|| Some(processor).filter(is_there))
        .unwrap_or_else(|| path.to_owned())
}

/// Finds what pipelines use scripts for.
fn look(node: &Node, depth: usize, uses: &mut BTreeMap<String, Uses>) {
    if depth > MAX_DEPTH {
        return;
    }
    match &node.kind {
        Kind::Object(members) => {
            for member in members {
                let id = member.value.get("id").and_then(Node::as_str);
                match (member.name.as_str(), id) {
                    ("script", Some(id)) => uses.entry(id.to_owned()).or_default().processor = true,
                    ("if", Some(id)) => uses.entry(id.to_owned()).or_default().condition = true,
                    _ => {}
                }
                look(&member.value, depth + 1, uses);
            }
        }
        Kind::Array(elements) => elements
            .iter()
            .for_each(|element| look(element, depth + 1, uses)),
        _ => {}
    }
}

fn painless(source: &str) -> StoredScript {
    StoredScript {
        lang: "painless".to_owned(),
        source: source.to_owned(),
    }
}

fn stored(body: &Node) -> Option<StoredScript> {
    let script = body.get("script")?;
    let text = |key: &str| script.get(key)?.as_str().map(str::to_owned);
    Some(StoredScript {
        lang: text("lang")?,
        source: text("source")?,
    })
}
