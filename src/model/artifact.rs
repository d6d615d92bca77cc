//! One installable thing: its kind, its id, and what it refers to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// The kinds of artifacts, in install order: `Ord` *is* the order. Removal is
/// the reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ArtifactKind {
    /// A component of index templates (`PUT _component_template/{id}`).
    Component,
    /// An index template (`PUT _index_template/{id}`).
    Template,
    /// An index with its mappings (`PUT {id}`).
    Index,
    /// An enrich policy (`PUT _enrich/policy/{id}`), executed once it is there.
    Enrich,
    /// A stored script (`PUT _scripts/{id}`).
    Script,
    /// A trained model (`PUT _ml/trained_models/{id}`).
    Model,
    /// An ingest pipeline (`PUT _ingest/pipeline/{id}`).
    Pipeline,
    /// A transform (`PUT _transform/{id}`).
    Transform,
    /// A filter of custom rules (`PUT _ml/filters/{id}`).
    Filter,
    /// An anomaly detection job (`PUT _ml/anomaly_detectors/{id}`).
    Job,
    /// A datafeed of an anomaly detection job (`PUT _ml/datafeeds/{id}`).
    Datafeed,
    /// A data frame analytics job (`PUT _ml/data_frame/analytics/{id}`).
    Analytics,
    /// A saved object of Kibana (dashboard, data view, tag, …); its id is
    /// `TYPE:ID`.
    Object,
    /// A detection rule of Kibana's security solution.
    Rule,
    /// The default pipeline of the index that the id names
    /// (`PUT {index}/_settings`). No bundle carries it; the operator asks for it.
    Setting,
}

impl ArtifactKind {
    /// All kinds that a bundle can carry, in install order.
    pub const ALL: [Self; 14] = [
        Self::Component,
        Self::Template,
        Self::Index,
        Self::Enrich,
        Self::Script,
        Self::Model,
        Self::Pipeline,
        Self::Transform,
        Self::Filter,
        Self::Job,
        Self::Datafeed,
        Self::Analytics,
        Self::Object,
        Self::Rule,
    ];

    /// The kind as one lower-case word, as in the manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Template => "template",
            Self::Index => "index",
            Self::Enrich => "enrich",
            Self::Script => "script",
            Self::Model => "model",
            Self::Pipeline => "pipeline",
            Self::Transform => "transform",
            Self::Filter => "filter",
            Self::Job => "job",
            Self::Datafeed => "datafeed",
            Self::Analytics => "analytics",
            Self::Object => "object",
            Self::Rule => "rule",
            Self::Setting => "setting",
        }
    }

    /// What several of the kind are called.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Component => "components",
            Self::Template => "templates",
            Self::Index => "indices",
            Self::Enrich => "enrich policies",
            Self::Script => "scripts",
            Self::Model => "models",
            Self::Pipeline => "pipelines",
            Self::Transform => "transforms",
            Self::Filter => "filters",
            Self::Job => "jobs",
            Self::Datafeed => "datafeeds",
            Self::Analytics => "analytics",
            Self::Object => "objects",
            Self::Rule => "rules",
            Self::Setting => "settings",
        }
    }

    /// The kind that [`name`](Self::name) gives as `text`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for any other word.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Malformed,
                    format!("unknown artifact kind {text:?}"),
                )
            })
    }
}

impl fmt::Display for ArtifactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An artifact's name in a cluster: its kind and the id that the API knows it
/// by. Orders by kind first, so a sorted list is in install order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtifactId {
    /// What it is.
    pub kind: ArtifactKind,
    /// The id of the API: `rule_id` for a rule, `TYPE:ID` for a saved object.
    pub id: String,
}

impl ArtifactId {
    /// The artifact of `kind` with `id`.
    pub fn new(kind: ArtifactKind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
        }
    }

    /// Whether Kibana keeps it, not Elasticsearch.
    #[must_use]
    pub const fn is_of_kibana(&self) -> bool {
        matches!(self.kind, ArtifactKind::Rule | ArtifactKind::Object)
    }
}

impl fmt::Display for ArtifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}
