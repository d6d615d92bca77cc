//! What a check found, as a person reads it.

use crate::cli::{escape, wrap};
use crate::model::artifact::ArtifactKind;
use crate::model::checkup::{Checkup, Recent, State, Wrong};
use crate::model::observation::RunState;

/// The lines for what a check of the cluster `label` found.
#[must_use]
pub fn checkup(label: &str, checkup: &Checkup) -> Vec<String> {
    let label = escape::line(label);
    let mut lines = Vec::new();
    if checkup.sets.is_empty() && checkup.failure.is_none() {
        lines.push(format!(
            "{label}: the bundle carries no documents to check with"
        ));
    }
    for set in &checkup.sets {
        let known = match set.known {
            0 => String::new(),
            known => format!(" ({known} known to differ when it was packed)"),
        };
        lines.push(format!(
            "{label}: {} through {}: {} of {} documents as expected{known}",
            escape::line(&set.name),
            escape::line(&set.pipeline),
            set.right,
            set.documents
        ));
        let wrong = set.wrong.iter().map(Wrong::describe);
        lines.extend(wrong.map(|line| format!("  {}", escape::line(&line))));
    }
    if !checkup.states.is_empty() {
        lines.push(format!("{label}: {}", states(&checkup.states)));
        let broken = checkup.states.iter();
        let broken = broken.filter(|one| one.state == RunState::Failed);
        lines.extend(broken.map(|one| {
            format!(
                "  {} broke down by itself",
                escape::line(&one.artifact.to_string())
            )
        }));
    }
    if let Some(failure) = &checkup.failure {
        let told = format!("the check could not be finished: {}", escape::line(failure));
        lines.push(wrap::hanging(&format!("{label}: "), &told));
    }
    lines
}

/// The counts of what is at work, kind by kind.
fn states(states: &[State]) -> String {
    let mut kinds: Vec<_> = states.iter().map(|one| one.artifact.kind).collect();
    kinds.dedup();
    let parts = kinds.into_iter().map(|kind| {
        let of = states.iter().filter(|one| one.artifact.kind == kind);
        let running = of.clone().filter(|one| one.state == RunState::Running);
        let all = of.count();
        // Analytics are called the same, one or many.
        let many = if all == 1 || kind == ArtifactKind::Analytics {
            ""
        } else {
            "s"
        };
        format!("{} of {all} {kind}{many} at work", running.count())
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The lines for what recent documents of the cluster `label` tell.
#[must_use]
pub fn recent(label: &str, recent: &Recent) -> Vec<String> {
    let (label, index) = (escape::line(label), escape::line(&recent.index));
    if recent.documents == 0 {
        return vec![format!("{label}: there are no documents in {index}")];
    }
    let mut lines = vec![format!(
        "{label}: the newest {} documents of {index}: {} enriched, {} failed, {} neither",
        recent.documents, recent.enriched, recent.failed, recent.neither
    )];
    for one in &recent.messages {
        let message = escape::line(&one.message);
        lines.push(format!("  {} failed with: {message}", one.documents));
    }
    let tried = recent.tried;
    let pipeline = escape::line(&recent.pipeline);
    if tried.documents > 0 {
        let told = format!(
            "{} of those with neither were sent through {pipeline}: it enriches {}, fails for {}, \
             leaves {} alone",
            tried.documents,
            tried.enriched,
            tried.failed,
            tried.documents - tried.enriched - tried.failed
        );
        lines.push(wrap::hanging("  ", &told));
    }
    if tried.enriched > 0 && recent.indices.is_empty() {
        let told = format!(
            "{pipeline} is the default or final pipeline of none of these indices; see what \
             install advises, or install --set-default-pipeline"
        );
        lines.push(wrap::hanging("  ", &told));
    }
    lines
}
