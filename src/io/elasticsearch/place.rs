//! Where the API keeps each kind of object, by which call it is changed, and
//! where in an answer it stands.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::aliases;
use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{Method, encode_segment};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::operation::{Operation, Verb};
use crate::model::version::StackVersion;

/// The key of an index's default pipeline.
const SETTING: &str = "default_pipeline";

/// Where the API keeps `artifact`.
///
/// # Errors
/// [`ErrorKind::Malformed`] for an id that the API would take for a pattern or a
/// list; [`ErrorKind::Bug`] for what Kibana keeps.
pub(super) fn path(version: &StackVersion, artifact: &ArtifactId) -> Result<String> {
    let id = artifact.id.as_str();
    let pattern = id.contains(['*', '?', ',', '#']) || id.starts_with(['-', '_', '.']);
    let pattern = match artifact.kind {
        ArtifactKind::Script | ArtifactKind::Pipeline => id.contains(['*', ',', '#']),
        ArtifactKind::Component
        | ArtifactKind::Template
        | ArtifactKind::Index
        | ArtifactKind::Enrich
        | ArtifactKind::Setting => {
            id.contains(['*', '?', ',', '#', '<', '>', ':']) || id.starts_with(['-', '_', '+'])
        }
        _ => pattern,
    };
    if id.is_empty() || pattern || matches!(id, "_all" | "." | "..") {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{id:?} is not usable as the id of a {}", artifact.kind),
        ));
    }
    let folder = match artifact.kind {
        ArtifactKind::Component => "/_component_template",
        ArtifactKind::Template => "/_index_template",
        ArtifactKind::Index => "",
        ArtifactKind::Setting => return Ok(format!("/{}/_settings", encode_segment(id))),
        ArtifactKind::Enrich => "/_enrich/policy",
        ArtifactKind::Script => "/_scripts",
        ArtifactKind::Model => {
            return Ok(format!("/{}/{}", version.models_path(), encode_segment(id)));
        }
        ArtifactKind::Pipeline => "/_ingest/pipeline",
        ArtifactKind::Transform => "/_transform",
        ArtifactKind::Filter => "/_ml/filters",
        ArtifactKind::Job => "/_ml/anomaly_detectors",
        ArtifactKind::Datafeed => "/_ml/datafeeds",
        ArtifactKind::Analytics => "/_ml/data_frame/analytics",
        ArtifactKind::Object | ArtifactKind::Rule => {
            return Err(Error::new(
                ErrorKind::Bug,
                format!("a {} is not in Elasticsearch", artifact.kind),
            ));
        }
    };
    Ok(format!("{folder}/{}", encode_segment(id)))
}

/// Method and path of `operation` on the object at `path`.
pub(super) fn call(operation: &Operation, path: &str) -> (Method, String) {
    let kind = operation.artifact.kind;
    // The source of a transform may come later than the transform.
    let defer = match kind {
        ArtifactKind::Transform => "?defer_validation=true",
        _ => "",
    };
    match operation.verb {
        Verb::Put => match operation.context {
            Some(context) => (Method::Put, format!("{path}/{context}")),
            None => (Method::Put, format!("{path}{defer}")),
        },
        Verb::Update if kind == ArtifactKind::Index => (Method::Put, format!("{path}/_mapping")),
        Verb::Update => (Method::Post, format!("{path}/_update{defer}")),
        Verb::Delete if kind == ArtifactKind::Setting => (Method::Put, path.to_owned()),
        Verb::Delete => (Method::Delete, path.to_owned()),
        Verb::Execute => (
            Method::Put,
            format!("{path}/_execute?wait_for_completion=true"),
        ),
        Verb::Open => (Method::Post, format!("{path}/_open")),
        Verb::Close => (Method::Post, format!("{path}/_close")),
        Verb::Start => (Method::Post, format!("{path}/_start")),
        Verb::Stop if kind == ArtifactKind::Transform => (
            Method::Post,
            format!("{path}/_stop?wait_for_completion=true"),
        ),
        Verb::Stop => (Method::Post, format!("{path}/_stop")),
    }
}

/// What `operation` sends.
pub(super) fn body(operation: &Operation) -> Cow<'_, Value> {
    if operation.artifact.kind == ArtifactKind::Setting {
        // For a setting, null takes it back.
        let pipeline = operation.body.get(SETTING).cloned().unwrap_or_default();
        return Cow::Owned(json!({"index": {SETTING: pipeline}}));
    }
    if operation.artifact.kind == ArtifactKind::Model {
        return aliases::without(&operation.body);
    }
    Cow::Borrowed(&operation.body)
}

/// Whether `answer`, to `operation`, says what it says where the operation was
/// made: a server that does nothing, or something in between, may answer with the
/// status of success and something else.
pub(super) fn keeps_promise(operation: &Operation, answer: &Value) -> bool {
    let kind = operation.artifact.kind;
    let says = |key: &str| answer.get(key) == Some(&Value::Bool(true));
    let shows = |key: &str| {
        let shown = answer.get(key).and_then(Value::as_str);
        shown == Some(operation.artifact.id.as_str())
    };
    match operation.verb {
        Verb::Put | Verb::Update => match kind {
            ArtifactKind::Model => shows("model_id"),
            ArtifactKind::Filter => shows("filter_id"),
            ArtifactKind::Job => shows("job_id"),
            ArtifactKind::Datafeed => shows("datafeed_id"),
            ArtifactKind::Analytics => shows("id"),
            ArtifactKind::Transform if operation.verb == Verb::Update => shows("id"),
            _ => says("acknowledged"),
        },
        Verb::Delete => says("acknowledged"),
        Verb::Execute => {
            let phase = answer.pointer("/status/phase").and_then(Value::as_str);
            phase == Some("COMPLETE")
        }
        Verb::Open => says("opened"),
        Verb::Close => says("closed"),
        Verb::Start | Verb::Stop if kind == ArtifactKind::Transform => says("acknowledged"),
        Verb::Start => says("started"),
        Verb::Stop => says("stopped"),
    }
}

/// Whether objects of `kind` can be at work.
pub(super) const fn has_state(kind: ArtifactKind) -> bool {
    matches!(
        kind,
        ArtifactKind::Job
            | ArtifactKind::Datafeed
            | ArtifactKind::Analytics
            | ArtifactKind::Transform
    )
}

/// The list in which an answer carries its objects.
pub(super) const fn list_key(kind: ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::Component => "component_templates",
        ArtifactKind::Template => "index_templates",
        ArtifactKind::Enrich => "policies",
        ArtifactKind::Model => "trained_model_configs",
        ArtifactKind::Transform => "transforms",
        ArtifactKind::Filter => "filters",
        ArtifactKind::Job => "jobs",
        ArtifactKind::Datafeed => "datafeeds",
        _ => "data_frame_analytics",
    }
}

/// Whether the answer says that there is no such object although its status is
/// that of success, as with enrich policies.
pub(super) fn is_empty(artifact: &ArtifactId, answer: &Value) -> bool {
    if artifact.kind == ArtifactKind::Setting {
        return setting(artifact, answer).is_none_or(|pipeline| pipeline == "_none");
    }
    let list = answer
        .get(list_key(artifact.kind))
        .and_then(Value::as_array);
    match artifact.kind {
        ArtifactKind::Enrich => list.is_some_and(Vec::is_empty),
        // The model behind an alias of this name is another one.
        ArtifactKind::Model => list.and_then(|list| list.first()).is_some_and(|model| {
            let id = model.get("model_id").and_then(Value::as_str);
            id.is_some_and(|id| id != artifact.id)
        }),
        _ => false,
    }
}

/// The default pipeline in the settings of an index.
fn setting<'a>(artifact: &ArtifactId, answer: &'a Value) -> Option<&'a str> {
    let settings = answer.get(&artifact.id)?.pointer("/settings/index")?;
    settings.get(SETTING)?.as_str()
}

/// The object of `artifact` in the answer about it.
pub(super) fn object(artifact: &ArtifactId, mut answer: Value) -> Option<Value> {
    if artifact.kind == ArtifactKind::Setting {
        return setting(artifact, &answer).map(|pipeline| json!({SETTING: pipeline}));
    }
    let object = match artifact.kind {
        ArtifactKind::Script => answer.get_mut("script"),
        // An alias is answered with the index behind it, which is another thing.
        ArtifactKind::Pipeline | ArtifactKind::Index => answer.get_mut(&artifact.id),
        kind => {
            let first = answer.get_mut(list_key(kind))?.get_mut(0)?;
            match kind {
                ArtifactKind::Component => first.get_mut("component_template"),
                ArtifactKind::Template => first.get_mut("index_template"),
                ArtifactKind::Enrich => first.get_mut("config"),
                _ => Some(first),
            }
        }
    };
    object.map(Value::take)
}

#[cfg(test)]
mod tests {
    use super::path;
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::version::StackVersion;

    #[test]
    fn ids_are_encoded_and_patterns_refused() {
        let version = StackVersion::new(7, 9, 0);
        let of = |kind, id: &str| path(&version, &ArtifactId::new(kind, id));
        for (kind, id, expected) in [
            (ArtifactKind::Model, "dga_1.0", "/_ml/inference/dga_1.0"),
            (ArtifactKind::Script, "a b/c", "/_scripts/a%20b%2Fc"),
            (ArtifactKind::Pipeline, "_x", "/_ingest/pipeline/_x"),
            (ArtifactKind::Component, "a@b", "/_component_template/a%40b"),
            (ArtifactKind::Index, ".scores-1", "/.scores-1"),
            (ArtifactKind::Enrich, "p", "/_enrich/policy/p"),
        ] {
            assert_eq!(of(kind, id).expect(id), expected);
        }
        for (kind, id) in [
            (ArtifactKind::Pipeline, "*"),
            (ArtifactKind::Pipeline, "a,b"),
            (ArtifactKind::Filter, "_all"),
            (ArtifactKind::Job, "x*"),
            (ArtifactKind::Script, ""),
            (ArtifactKind::Rule, "r"),
            (ArtifactKind::Index, "_scripts"),
            (ArtifactKind::Index, "a,b"),
            (ArtifactKind::Object, "tag:x"),
        ] {
            assert!(of(kind, id).is_err(), "{id}");
        }
    }
}
