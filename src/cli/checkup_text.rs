//! What a check found, as a person reads it.

use crate::cli::{escape, wrap};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::checkup::{Checked, Checkup, State, Unchecked, Wrong};
use crate::model::observation::RunState;

/// The lines for what is not there of a bundle on the cluster `label`.
#[must_use]
pub fn missing(label: &str, missing: &[ArtifactId]) -> String {
    let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let told = format!(
        "not installed: {}; install the bundle, or leave out what is not there on purpose with \
         --without",
        names.join(", ")
    );
    told_of(label, &told)
}

/// The lines for a set that could not be sent.
#[must_use]
pub fn unchecked(label: &str, set: &Unchecked) -> String {
    let told = format!(
        "{} was not checked: its pipeline {} is not installed",
        set.name, set.pipeline
    );
    told_of(label, &told)
}

/// The lines for what a check of the cluster `label` found, and where there was
/// nothing to check with.
#[must_use]
pub fn checkup(label: &str, checkup: &Checkup) -> Vec<String> {
    let mut lines = Vec::new();
    if checkup.sets.is_empty() && checkup.failure.is_none() {
        lines.push(told_of(
            label,
            "the bundle carries no documents to check with",
        ));
    }
    lines.extend(results(label, checkup));
    lines
}

/// The lines for what a check of the cluster `label` found.
#[must_use]
pub fn results(label: &str, checkup: &Checkup) -> Vec<String> {
    let mut lines: Vec<String> = checkup
        .sets
        .iter()
        .flat_map(|one| set(label, one))
        .collect();
    if !checkup.sets.iter().all(Checked::is_right) {
        let told = "sealift status FILE tells whether somebody changed what is installed, and \
                    install puts it back; where nobody did, this cluster computes otherwise than \
                    the bundle expects, and rollback undoes the installation";
        lines.push(wrap::hanging("  ", told));
    }
    if !checkup.states.is_empty() {
        lines.push(told_of(label, &states(&checkup.states)));
        let broken = checkup.states.iter();
        let broken = broken.filter(|one| one.state == RunState::Failed);
        lines.extend(broken.map(|one| {
            let told = format!(
                "{} broke down by itself; its messages in Kibana tell why, then {} and install \
                 --start put it to work again",
                one.artifact,
                stopping(&one.artifact)
            );
            wrap::hanging("  ", &escape::line(&told))
        }));
    }
    if let Some(failure) = &checkup.failure {
        let told = format!("the check could not be finished: {failure}");
        lines.push(told_of(label, &told));
    }
    lines
}

/// The lines for one set: how many documents are right, and what is wrong with the
/// first of the others.
fn set(label: &str, set: &Checked) -> Vec<String> {
    let known = match set.known {
        0 => String::new(),
        known => format!(" ({known} known to differ when it was packed)"),
    };
    let mut lines = vec![format!(
        "{}: {} through {}: {} of {} documents as expected{known}",
        escape::line(label),
        escape::line(&set.name),
        escape::line(&set.pipeline),
        set.right,
        set.documents
    )];
    let wrong = set.wrong.iter().map(Wrong::describe);
    lines.extend(wrong.map(|one| wrap::hanging("  ", &escape::line(&one))));
    let more = set.wrong().saturating_sub(set.wrong.len());
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines
}

/// The call that puts what broke down to rest.
fn stopping(artifact: &ArtifactId) -> String {
    let id = &artifact.id;
    match artifact.kind {
        ArtifactKind::Datafeed => format!("POST _ml/datafeeds/{id}/_stop?force=true"),
        ArtifactKind::Analytics => format!("POST _ml/data_frame/analytics/{id}/_stop?force=true"),
        ArtifactKind::Transform => format!("POST _transform/{id}/_stop?force=true"),
        _ => format!("POST _ml/anomaly_detectors/{id}/_close?force=true"),
    }
}

/// `text` on lines that begin with the cluster.
fn told_of(label: &str, text: &str) -> String {
    wrap::hanging(&format!("{}: ", escape::line(label)), &escape::line(text))
}

/// The counts of what is at work, kind by kind.
fn states(states: &[State]) -> String {
    let mut kinds: Vec<_> = states.iter().map(|one| one.artifact.kind).collect();
    kinds.dedup();
    let parts = kinds.into_iter().map(|kind| {
        let of = states.iter().filter(|one| one.artifact.kind == kind);
        let running = of.clone().filter(|one| one.state == RunState::Running);
        let all = of.count();
        let called = if all == 1 { kind.name() } else { kind.plural() };
        format!("{} of {all} {called} at work", running.count())
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::checkup;
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::checkup::{Checked, Checkup, State, Verdict, Wrong};
    use crate::model::observation::RunState;

    #[test]
    fn what_is_wrong_is_told_in_narrow_lines_with_what_to_do() {
        let wrong = |number: usize| Wrong {
            id: format!("document-{number}"),
            verdict: Verdict::Different(format!(
                "dns.question.verdict is \"{}\" instead of \"likely\"",
                "odd ".repeat(20)
            )),
            processor: None,
        };
        let found = Checkup {
            sets: vec![Checked {
                name: "documents.ndjson".to_owned(),
                pipeline: "enrich".to_owned(),
                documents: 50,
                right: 3,
                known: 0,
                wrong: (0..20).map(wrong).collect(),
            }],
            states: vec![State {
                artifact: ArtifactId::new(ArtifactKind::Job, "rare"),
                state: RunState::Failed,
            }],
            failure: None,
        };
        let text = checkup("soc", &found).join("\n");
        let flat: Vec<&str> = text.split_whitespace().collect();
        let flat = flat.join(" ");
        for part in [
            "soc: documents.ndjson through enrich: 3 of 50 documents as expected",
            "document-0: dns.question.verdict is \"odd odd",
            "and 27 more sealift status FILE tells",
            "job rare broke down by itself",
            "POST _ml/anomaly_detectors/rare/_close?force=true",
        ] {
            assert!(flat.contains(part), "{part}: {text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 80) && !text.contains('\\'),
            "{text}"
        );
    }
}
