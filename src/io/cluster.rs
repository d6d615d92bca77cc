//! A cluster as a whole: Elasticsearch, and Kibana where it is named.

use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::{Access, Called, Elasticsearch};
use crate::io::kibana::Kibana;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Observed;
use crate::model::operation::Operation;

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
    /// Kibana, where it is named.
    pub kibana: Option<Kibana>,
}

impl Cluster {
    /// Asks both who they are.
    ///
    /// # Errors
    /// As [`Elasticsearch::connect`] and [`Kibana::connect`].
    pub fn connect(address: Address) -> Result<Self> {
        let elasticsearch = Elasticsearch::connect(address.elasticsearch)?;
        let kibana = match address.kibana {
            Some(access) => Some(Kibana::connect(access, address.space.as_deref())?),
            None => None,
        };
        Ok(Self {
            label: address.label,
            elasticsearch,
            kibana,
        })
    }

    /// The object; `None` where there is none.
    ///
    /// # Errors
    /// A [`crate::io::elasticsearch::CallError`].
    pub fn read(&self, artifact: &ArtifactId) -> Called<Option<Observed>> {
        match artifact.kind {
            ArtifactKind::Object => self.kibana_for(artifact)?.object(&artifact.id),
            ArtifactKind::Rule => self.kibana_for(artifact)?.rule(&artifact.id),
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

    /// Kibana, which keeps `what`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where none is named.
    pub fn kibana_for(&self, what: &dyn std::fmt::Display) -> Result<&Kibana> {
        self.kibana.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("{what} is kept by Kibana, and no Kibana is named"),
            )
            .hint("add --kibana-url, or kibana_url to the cluster's settings")
        })
    }
}
