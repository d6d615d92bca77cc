//! The indices whose default pipeline a bundle's entry becomes.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::rehearse::{Calls, choose};
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::plan::Target;
use crate::model::preflight::RECEIPTS;
use crate::model::receipt::Origin;

/// An index, or a pattern of indices, that gets a default pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultPipeline {
    /// The name or pattern.
    pub index: String,
    /// The pipeline; the only entry of the bundle where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
}

/// What `asked` wants of the indices that it stands for.
pub(super) fn targets(
    cluster: &Cluster,
    asked: &DefaultPipeline,
    calls: &[Calls],
    origin: &Origin,
) -> Result<Vec<Target>> {
    let pipeline = choose(calls, asked.pipeline.as_deref()).map_err(|error| {
        let told = "the default pipeline cannot be set";
        Error::new(ErrorKind::Usage, told)
            .because(error)
            .hint("write --set-default-pipeline INDEX=PIPELINE")
    })?;
    if asked.index == RECEIPTS {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{RECEIPTS} is where sealift keeps its receipts; no pipeline is set there"),
        ));
    }
    let mut names = cluster.elasticsearch.index_names(&asked.index)?;
    names.retain(|name| is_meant(&asked.index, name));
    if names.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("there is no index {} on {}", asked.index, cluster.label),
        )
        .hint("an index that comes later gets its default pipeline from its template"));
    }
    let body = json!({"default_pipeline": pipeline});
    Ok(names
        .into_iter()
        .map(|name| Target {
            artifact: ArtifactId::new(ArtifactKind::Setting, name),
            mark: Some(origin.mark(Digest::of(body.to_string().as_bytes()))),
            body: Some(body.clone()),
        })
        .collect())
}

/// Whether a pattern means the index `name` as well: not the receipts, and of those
/// that begin with a dot only the ones behind data streams, unless it begins so too.
fn is_meant(pattern: &str, name: &str) -> bool {
    let is_hidden = name.starts_with('.') && !name.starts_with(".ds-");
    name != RECEIPTS && (!is_hidden || pattern.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    #[test]
    fn a_pattern_means_no_index_of_the_system() {
        for (pattern, name, meant) in [
            ("*", "packetbeat-1", true),
            ("*", "sealift-receipts", false),
            ("*", ".kibana_1", false),
            ("_all", ".security-7", false),
            ("*", ".ds-logs-dns-default-2026.01.01-000001", true),
            (".mine-*", ".mine-1", true),
            ("seal*", "sealift-receipts", false),
        ] {
            assert_eq!(is_meant(pattern, name), meant, "{pattern} {name}");
        }
    }
}
