//! What of sealift's is in a cluster, as `cluster info` tells it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::desk::Desk;
use crate::cli::work_text;
use crate::error::{ErrorKind, Result};
use crate::flow::at_work;
use crate::flow::claims::Claims;
use crate::flow::lock::AtWork;
use crate::io::cluster::{Cluster, told};
use crate::model::artifact::ArtifactKind;

/// How many artifacts there are of each kind.
type Counts = BTreeMap<ArtifactKind, usize>;

/// What is there, or why it cannot be read.
pub(super) enum Installed {
    Known(Box<Known>),
    Unreadable(String),
}

pub(super) struct Known {
    claims: Claims,
    /// What is there.
    there: Counts,
    /// What work that is not at its end is bringing: nobody knows yet what of it is
    /// there.
    coming: Counts,
    at_work: Option<AtWork>,
}

/// What `cluster` remembers of sealift's.
///
/// # Errors
/// As the calls, but for a refusal and for what cannot be understood.
pub(super) fn look(cluster: &Cluster, desk: &Desk) -> Result<Installed> {
    let known = known(cluster, desk);
    match known {
        Err(error) if matches!(error.kind(), ErrorKind::Cluster | ErrorKind::Malformed) => {
            Ok(Installed::Unreadable(told(&error)))
        }
        other => other.map(|known| Installed::Known(Box::new(known))),
    }
}

fn known(cluster: &Cluster, desk: &Desk) -> Result<Known> {
    let claims = Claims::read(cluster)?;
    let (mut there, mut coming) = (Counts::new(), Counts::new());
    for (artifact, claim) in &claims.artifacts {
        let is_open = claims.unfinished.as_ref() == Some(&claim.receipt);
        let counts = if is_open && claim.settled.is_none() {
            &mut coming
        } else {
            &mut there
        };
        let count = counts.entry(artifact.kind).or_default();
        *count = count.saturating_add(1);
    }
    let state = desk.state_folder().ok();
    let at_work = at_work::at_work(cluster, state.as_deref(), desk.now()?)?;
    Ok(Known {
        claims,
        there,
        coming,
        at_work,
    })
}

impl Installed {
    /// The lines, each with its name.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let known = match self {
            Self::Known(known) => known,
            Self::Unreadable(why) => return vec![("installed", format!("not readable ({why})"))],
        };
        let mut lines = vec![("installed", counted(&known.there))];
        if !known.coming.is_empty() {
            let coming = format!("{}, as far as the work has come", counted(&known.coming));
            lines.push(("not finished", coming));
        }
        let unfinished = known.claims.unfinished.as_deref();
        let work = work_text::describe(unfinished, known.at_work.as_ref());
        lines.extend(work.map(|work| ("work", work)));
        for (channel, latest) in &known.claims.channels {
            let bundle = format!("{} {} of channel {channel}", latest.bundle, latest.sequence);
            lines.push(if known.claims.is_withdrawn(channel) {
                let gone = "the newest that was here, and nothing of it is here any more";
                ("bundle", format!("{bundle}: {gone}"))
            } else {
                ("bundle", bundle)
            });
        }
        lines
    }

    /// The document's part.
    pub(super) fn document(&self) -> Value {
        let named = |counts: &Counts| -> BTreeMap<&str, usize> {
            let counts = counts.iter();
            counts.map(|(kind, count)| (kind.name(), *count)).collect()
        };
        match self {
            Self::Unreadable(why) => json!({"installed": null, "installed_unreadable": why}),
            Self::Known(known) => json!({
                "channels": known.claims.channels,
                "withdrawn": withdrawn(&known.claims),
                "installed": named(&known.there),
                "not_finished": named(&known.coming),
                "unfinished": known.claims.unfinished,
                "at_work": known.at_work,
            }),
        }
    }
}

fn withdrawn(claims: &Claims) -> Vec<&String> {
    let channels = claims.channels.keys();
    channels
        .filter(|channel| claims.is_withdrawn(channel))
        .collect()
}

/// The counts in words: `1 model, 2 pipelines`.
fn counted(counts: &Counts) -> String {
    let words: Vec<String> = counts
        .iter()
        .map(|(kind, count)| {
            let name = if *count == 1 {
                kind.name()
            } else {
                kind.plural()
            };
            format!("{count} {name}")
        })
        .collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::{ArtifactKind, Counts, counted};

    #[test]
    fn counts_are_told_in_words() {
        assert_eq!(counted(&Counts::new()), "none");
        let counts = Counts::from([(ArtifactKind::Model, 1), (ArtifactKind::Rule, 4)]);
        assert_eq!(counted(&counts), "1 model, 4 rules");
    }
}
