//! Whether what is to be installed is for this version of the stack, and for this
//! subscription.

use std::collections::BTreeSet;

use super::{Facts, Range, Report};
use crate::model::artifact::ArtifactKind;
use crate::model::version::StackVersion;

/// How many artifacts the next step names one by one.
const MAX_NAMED: usize = 4;

pub(super) fn look(ranges: &[Range], facts: &Facts, report: &mut Report) {
    let outside: Vec<(&Range, &StackVersion)> = ranges
        .iter()
        .map(|range| (range, version(range, facts)))
        .filter(|(range, version)| !range.holds(version))
        .collect();
    let next = leaving_out(&outside);
    for (range, version) in outside {
        report.missing(
            format!(
                "{} asks for a stack from {} to {}, the cluster is {version}",
                range.artifact,
                bound(range.min.as_ref()),
                bound(range.max.as_ref()),
            ),
            &next,
        );
    }
    subscriptions(ranges, facts, report);
}

/// The version that counts: rules are Kibana's, and a Kibana may be of another
/// version than its cluster.
fn version<'a>(range: &Range, facts: &'a Facts) -> &'a StackVersion {
    match (range.artifact.kind, &facts.kibana.version) {
        (ArtifactKind::Rule, Some(version)) => version,
        _ => &facts.version,
    }
}

fn bound(version: Option<&StackVersion>) -> String {
    version.map_or_else(|| "any".to_owned(), ToString::to_string)
}

/// What to do about artifacts that are for other versions: of many only their kinds
/// are named.
fn leaving_out(outside: &[(&Range, &StackVersion)]) -> String {
    let artifacts = outside.iter().map(|(range, _)| &range.artifact);
    let options: BTreeSet<String> = if outside.len() > MAX_NAMED {
        let kinds = artifacts.map(|artifact| artifact.kind.name());
        kinds.map(|kind| format!("--without {kind}")).collect()
    } else {
        let names = artifacts.map(|artifact| format!("--without '{artifact}'"));
        names.collect()
    };
    let options: Vec<String> = options.into_iter().collect();
    format!(
        "use a bundle for this version of the stack, or leave out what is for another: {}",
        options.join(" ")
    )
}

/// The subscriptions that packages ask for.
fn subscriptions(ranges: &[Range], facts: &Facts, report: &mut Report) {
    let wanted: BTreeSet<&str> = ranges
        .iter()
        .filter_map(|range| range.subscription.as_deref())
        .collect();
    for wanted in wanted {
        let license = facts.license.as_ref();
        if license.is_some_and(|license| !includes(&license.kind, wanted)) {
            report.missing(
                format!("the bundle's package asks for the subscription {wanted}"),
                "install a license of that kind or a higher one, or start a trial",
            );
        }
    }
}

/// Whether a license of this kind includes the subscription `wanted`.
fn includes(kind: &str, wanted: &str) -> bool {
    let rank = |word: &str| {
        let ranks = [
            "basic",
            "standard",
            "gold",
            "platinum",
            "enterprise",
            "trial",
        ];
        ranks.iter().position(|known| *known == word)
    };
    rank(kind) >= rank(wanted)
}
