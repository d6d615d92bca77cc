//! Whether Kibana can take detection rules and saved objects.

use super::needs::Needs;
use super::{Facts, Report};
use crate::model::artifact::ArtifactKind;
use crate::model::version::StackVersion;

/// What is known of Kibana; `None` is what the user may not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KibanaFacts {
    /// Whether its address is known.
    pub named: bool,
    /// Why it cannot be used.
    pub fault: Option<String>,
    /// Its version.
    pub version: Option<StackVersion>,
    /// The space.
    pub space: String,
    /// Whether the space is there.
    pub space_exists: Option<bool>,
    /// Whether the user may see the rules of the space.
    pub rules_allowed: Option<bool>,
    /// Whether it has the key that rules are kept with.
    pub has_key: Option<bool>,
}

pub(super) fn look(needs: &Needs, facts: &Facts, report: &mut Report) {
    let kibana = &facts.kibana;
    if !kibana.named {
        report.missing(
            "the bundle has detection rules or saved objects and no Kibana is named".to_owned(),
            "add --kibana-url, or kibana_url to the cluster's settings, or leave them out: --without rule",
        );
        return;
    }
    if let Some(fault) = &kibana.fault {
        report.missing(
            format!("Kibana cannot be used: {fault}"),
            "check its address and credentials, or leave the rules out: --without rule",
        );
        return;
    }
    if let Some(version) = &kibana.version {
        versions(version, &facts.version, report);
    }
    if kibana.space_exists == Some(false) {
        report.missing(
            format!("Kibana has no space {}", kibana.space),
            "create it under Stack Management > Spaces, or name another with --space",
        );
    }
    let has_rules = needs.kibana.contains(&ArtifactKind::Rule);
    if has_rules && kibana.rules_allowed == Some(false) {
        report.missing(
            format!(
                "the user may not use the rules of the space {}",
                kibana.space
            ),
            "grant the role that --preflight-only prints",
        );
    } else if !facts.denied.kibana.is_empty() {
        report.warning(
            format!(
                "the user lacks {} in the space {}",
                facts.denied.kibana.join(", "),
                kibana.space
            ),
            "grant the role that --preflight-only prints",
        );
    }
    if has_rules && kibana.has_key == Some(false) {
        report.missing(
            "Kibana has no key to keep rules with".to_owned(),
            "set xpack.encryptedSavedObjects.encryptionKey in kibana.yml, and restart it",
        );
    }
    watched(needs, facts, report);
}

fn versions(kibana: &StackVersion, cluster: &StackVersion, report: &mut Report) {
    let line = |version: &StackVersion| (version.major(), version.minor());
    if kibana.major() != cluster.major() {
        report.missing(
            format!("Kibana is {kibana}, Elasticsearch is {cluster}"),
            "give the address of this cluster's own Kibana",
        );
    } else if line(kibana) > line(cluster) {
        report.warning(
            format!("Kibana {kibana} is newer than Elasticsearch {cluster}"),
            "upgrade Elasticsearch: Kibana works with its own version and newer ones only",
        );
    }
}

/// Jobs that rules watch and that nobody brings.
fn watched(needs: &Needs, facts: &Facts, report: &mut Report) {
    for (job, rules) in &needs.watched {
        if !facts.absent_jobs.contains(job) {
            continue;
        }
        let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
        let what = format!(
            "{} watches the job {job}, which is neither in the bundle nor on the cluster",
            rules.join(", ")
        );
        let next = "install the job first, or leave the rule out; it fails when it is enabled";
        if needs.enable_rules {
            report.missing(what, next);
        } else {
            report.warning(what, next);
        }
    }
}
