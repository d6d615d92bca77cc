//! A cluster as a whole: Elasticsearch, and Kibana where it is named.

use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::{Access, Called, Elasticsearch};
use crate::io::kibana::Kibana;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Observed;
use crate::model::operation::Operation;
use crate::model::preflight::KibanaFacts;

/// How to reach a cluster and its Kibana.
#[derive(Clone, Debug)]
pub struct Address {
    /// What messages call the cluster.
    pub label: String,
    /// Elasticsearch.
    pub elasticsearch: Access,
    /// Kibana.
    pub kibana: Option<Access>,
    /// The Kibana space; the default one where absent.
    pub space: Option<String>,
}

/// One cluster that answered.
#[derive(Debug)]
pub struct Cluster {
    /// What messages call it.
    pub label: String,
    /// Elasticsearch.
    pub elasticsearch: Elasticsearch,
    /// Kibana, where it is named and answered.
    pub kibana: Option<Kibana>,
    /// Why Kibana, which is named, cannot be used.
    pub kibana_fault: Option<Error>,
    /// The id of the Kibana space.
    pub space: String,
}

impl Cluster {
    /// Asks both who they are. A Kibana that cannot be used is noted, and is an
    /// error only for what needs it.
    ///
    /// # Errors
    /// As [`Elasticsearch::connect`]; [`ErrorKind::Usage`] for a name that no
    /// space can have.
    pub fn connect(address: Address) -> Result<Self> {
        let elasticsearch = Elasticsearch::connect(address.elasticsearch)?;
        let space = address.space.as_deref();
        let (kibana, kibana_fault) = match address.kibana {
            None => (None, None),
            Some(access) => match Kibana::connect(access, space) {
                Ok(kibana) => (Some(kibana), None),
                Err(error) if error.kind() == ErrorKind::Usage => return Err(error),
                Err(error) => (None, Some(error)),
            },
        };
        Ok(Self {
            label: address.label,
            elasticsearch,
            kibana,
            kibana_fault,
            space: address.space.unwrap_or_else(|| "default".to_owned()),
        })
    }

    /// What is known of Kibana; `whole`: also whether it takes rules.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`] for anything but a refusal.
    pub fn kibana_facts(&self, whole: bool) -> Called<KibanaFacts> {
        let mut facts = KibanaFacts {
            named: self.kibana.is_some() || self.kibana_fault.is_some(),
            fault: self
                .kibana_fault
                .as_ref()
                .map(|fault| match fault.next_step() {
                    Some(next) => format!("{}; {next}", told(fault)),
                    None => told(fault),
                }),
            space: self.space.clone(),
            ..KibanaFacts::default()
        };
        if let Some(kibana) = &self.kibana {
            facts.version = kibana.version().cloned();
            if whole {
                kibana.look(&mut facts)?;
            }
        }
        Ok(facts)
    }

    /// The object; `None` where there is none.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`].
    pub fn read(&self, artifact: &ArtifactId) -> Called<Option<Observed>> {
        match artifact.kind {
            ArtifactKind::Object => self.kibana_to_read(artifact)?.object(&artifact.id),
            ArtifactKind::Rule => self.kibana_to_read(artifact)?.rule(&artifact.id),
            _ => self.elasticsearch.read(artifact),
        }
    }

    /// The object with all that is needed to make it again.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`].
    pub fn read_whole(&self, artifact: &ArtifactId) -> Called<Option<Observed>> {
        match artifact.kind {
            ArtifactKind::Model => self.elasticsearch.read_whole(artifact),
            _ => self.read(artifact),
        }
    }

    /// Makes the call of `operation`.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`].
    pub fn apply(&self, operation: &Operation) -> Called<()> {
        match operation.artifact.kind {
            ArtifactKind::Object | ArtifactKind::Rule => {
                self.kibana_for(&operation.artifact)?.apply(operation)
            }
            _ => self.elasticsearch.apply(operation),
        }
    }

    /// Kibana, which keeps `artifact` of a bundle.
    fn kibana_to_read(&self, artifact: &ArtifactId) -> Result<&Kibana> {
        self.kibana_for(artifact).map_err(|error| {
            let out = format!("or leave it out: --without {}", artifact.kind);
            match error.next_step().map(str::to_owned) {
                Some(next) => error.hint(format!("{next}, {out}")),
                None => error.hint(out),
            }
        })
    }

    /// Kibana, which keeps `what`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where none is named; where it cannot be used, why.
    pub fn kibana_for(&self, what: &dyn std::fmt::Display) -> Result<&Kibana> {
        self.kibana
            .as_ref()
            .ok_or_else(|| match &self.kibana_fault {
                None => Error::new(
                    ErrorKind::Usage,
                    format!("{what} is kept by Kibana, and no Kibana is named"),
                )
                .hint("add --kibana-url, or kibana_url to the cluster's settings"),
                Some(fault) => {
                    let text = format!("{what} is kept by Kibana, which cannot be used");
                    let error = Error::new(fault.kind(), text).because(told(fault));
                    match fault.next_step() {
                        Some(next) => error.hint(next),
                        None => error,
                    }
                }
            })
    }
}

/// An error with its causes, in one line.
#[must_use]
pub fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
