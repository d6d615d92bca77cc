//! Looks whether a cluster can take the work at all, before anything else.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::io::cluster::Cluster;
use crate::model::plan::Target;
use crate::model::preflight::{self, Finding, Needs, Range};

/// What is missing on the cluster before anything can be done to it with these
/// targets, and the role that would grant the rights.
///
/// # Errors
/// As the calls.
pub fn look(
    cluster: &Cluster,
    wanted: &[Target],
    ranges: &[Range],
    clock: &Clock<'_>,
) -> Result<(Vec<Finding>, Value)> {
    let needs = Needs::of(wanted.iter().map(|t| (&t.artifact, t.body.as_ref())));
    let facts = cluster.elasticsearch.facts(&needs)?;
    let kibana = cluster.kibana.is_some();
    let found = preflight::findings(&needs, ranges, &facts, kibana, clock.now()?);
    Ok((found, needs.role()))
}

/// An error that names every finding, or nothing.
///
/// # Errors
/// [`ErrorKind::Policy`] where there is one.
pub fn refuse(cluster: &Cluster, found: &[Finding]) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let what: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
    let mut next: Vec<&str> = found.iter().map(|finding| finding.next.as_str()).collect();
    next.dedup();
    Err(Error::new(
        ErrorKind::Policy,
        format!("{} is not ready: {}", cluster.label, what.join("; ")),
    )
    .hint(next.join("; ")))
}
