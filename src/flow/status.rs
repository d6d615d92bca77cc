//! What sealift has in a cluster, from which bundles, and every drift from it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::Result;
use crate::flow::claims::{Claims, Latest};
use crate::flow::{observe, prepare};
use crate::io::cluster::{Cluster, told};
use crate::model::artifact::ArtifactId;
use crate::model::mark::Mark;
use crate::model::normal;
use crate::model::observation::{ClusterIdentity, Observation, Owner, RunState};
use crate::model::plan::{Action, Permissions, Step, Target, is_staged};
use crate::progress::Progress;

/// How an artifact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As it was installed, or as the bundle wants it.
    Same,
    /// Somebody changed it.
    Changed,
    /// It is not there.
    Missing,
    /// Something of its id is there that sealift did not put there.
    Foreign,
    /// It is there; what it was when it was installed is not on record.
    Unknown,
    /// Kibana keeps it and was not asked.
    Unseen,
    /// A copy that work put beside and that is still there; the next work removes
    /// it.
    Leftover,
}

impl Standing {
    /// The standing as one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
            Self::Unseen => "unseen",
            Self::Leftover => "leftover",
        }
    }

    /// Whether it is not as it should be.
    #[must_use]
    pub const fn is_drift(self) -> bool {
        matches!(
            self,
            Self::Changed | Self::Missing | Self::Foreign | Self::Unknown
        )
    }
}

/// One artifact of a status.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Which artifact.
    pub artifact: ArtifactId,
    /// The bundle that brought it; `None` where sealift did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Mark>,
    /// How it stands.
    pub standing: Standing,
    /// Whether it is at work.
    pub state: RunState,
    /// The lines in which it differs, where a bundle is at hand to compare with:
    /// `-` what the cluster has, `+` what the bundle has.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub diff: String,
}

/// The status of one cluster.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Which cluster.
    pub cluster: ClusterIdentity,
    /// The newest bundle of each channel.
    pub channels: BTreeMap<String, Latest>,
    /// Every artifact that is sealift's or in the bundle.
    pub artifacts: Vec<Line>,
    /// The receipt of work that did not come to its end, or has not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<String>,
    /// What such work put to rest and did not start again.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub halted: BTreeSet<ArtifactId>,
    /// How many more are in other spaces of Kibana, which were not looked at.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<String, usize>,
    /// Why some of them were not looked at, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unseen>,
    /// The channels of whose newest bundle nothing is there any more.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub withdrawn: BTreeSet<String>,
}

/// What stood in the way of a look.
#[derive(Debug, Serialize)]
pub struct Unseen {
    /// Why.
    pub why: String,
    /// The next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Status {
    /// Whether anything is not as it should be.
    #[must_use]
    pub fn has_drift(&self) -> bool {
        self.unfinished.is_some()
            || !self.halted.is_empty()
            || self.artifacts.iter().any(|line| line.standing.is_drift())
    }
}

/// Compares what `cluster` holds with what sealift put there, and with `wanted`,
/// the artifacts of a bundle, where one is at hand.
///
/// # Errors
/// As the calls.
pub fn status(cluster: &Cluster, wanted: &[Target], progress: &dyn Progress) -> Result<Status> {
    let claims = Claims::read(cluster)?;
    let all = wanted.iter().map(|target| &target.artifact);
    let unseen: BTreeSet<ArtifactId> = all
        .chain(claims.artifacts.keys())
        .filter(|artifact| cluster.kibana.is_none() && artifact.is_of_kibana())
        .cloned()
        .collect();
    let wanted = if unseen.is_empty() {
        Cow::Borrowed(wanted)
    } else {
        let seen = wanted.iter();
        let seen = seen.filter(|target| !unseen.contains(&target.artifact));
        seen.cloned().collect()
    };
    let mut others: Vec<ArtifactId> = claims.artifacts.keys().cloned().collect();
    others.retain(|artifact| {
        !unseen.contains(artifact) && wanted.iter().all(|target| target.artifact != *artifact)
    });
    if !claims.copies.is_empty() {
        others.extend(prepare::leftovers(cluster, &claims)?);
    }
    // Whose line the bundle continues, where one is at hand.
    let mut marks = wanted.iter().filter_map(|target| target.mark.as_ref());
    let of = marks
        .next()
        .map(|mark| (mark.channel.clone(), mark.sequence));
    let (plan, mut observation) = prepare::plan_for(
        of,
        cluster,
        &wanted,
        &claims,
        Permissions::default(),
        BTreeSet::new(),
        progress,
    )?;
    let rest = observe::observe(cluster, &others, &BTreeMap::new(), &claims, progress)?;
    let mut lines: Vec<Line> = plan
        .steps
        .into_iter()
        .map(|step| compared(&observation, step))
        .collect();
    observation.objects.extend(rest.objects);
    observation.marked.extend(rest.marked);
    lines.extend(
        others
            .into_iter()
            .map(|artifact| remembered(&observation, artifact)),
    );
    let why = unseen.first().map(|first| why_unseen(cluster, first));
    let withdrawn = claims.channels.keys();
    let withdrawn = withdrawn.filter(|channel| claims.is_withdrawn(channel));
    let withdrawn = withdrawn.cloned().collect();
    let unseen = unseen.into_iter();
    lines.extend(unseen.map(|artifact| line(&observation, artifact, Standing::Unseen)));
    lines.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    Ok(Status {
        cluster: cluster.elasticsearch.identity().clone(),
        elsewhere: claims.elsewhere(),
        channels: claims.channels,
        unfinished: claims.unfinished,
        halted: claims.halted,
        artifacts: lines,
        unseen: why,
        withdrawn,
    })
}

/// Why what Kibana keeps, `first` among it, was not looked at.
fn why_unseen(cluster: &Cluster, first: &ArtifactId) -> Unseen {
    let error = cluster.kibana_for(first).err();
    Unseen {
        why: error.as_ref().map(told).unwrap_or_default(),
        next: error.and_then(|error| error.next_step().map(str::to_owned)),
    }
}

fn line(observation: &Observation, artifact: ArtifactId, standing: Standing) -> Line {
    let found = observation.objects.get(&artifact);
    let owner = match found {
        Some(_) => observation.owner(&artifact),
        None => observation
            .claims
            .get(&artifact)
            .map_or(Owner::Other, |claim| Owner::Sealift(claim.mark.clone())),
    };
    Line {
        from: match owner {
            Owner::Sealift(mark) => Some(mark),
            Owner::Other => None,
        },
        standing,
        state: found.map_or(RunState::Idle, |found| found.state),
        diff: String::new(),
        artifact,
    }
}

/// The standing of an artifact that is also in the bundle.
fn compared(observation: &Observation, step: Step) -> Line {
    let is_there = observation.objects.contains_key(&step.artifact);
    let standing = match step.action {
        Action::Keep | Action::Absent | Action::Start | Action::Stop | Action::Restart => {
            Standing::Same
        }
        Action::Create | Action::Delete => Standing::Missing,
        // What is in the way of bringing it.
        Action::Blocked if !is_there => Standing::Missing,
        Action::Replace | Action::Blocked => Standing::Changed,
        Action::Conflict => Standing::Foreign,
    };
    let mut line = line(observation, step.artifact, standing);
    line.diff = step.diff;
    line
}

/// The standing of an artifact by what was read when it was installed.
fn remembered(observation: &Observation, artifact: ArtifactId) -> Line {
    let claim = observation.claims.get(&artifact);
    let settled = claim.and_then(|claim| claim.settled);
    let standing = match (observation.objects.get(&artifact), settled) {
        (Some(_), _) if is_staged(&artifact) => Standing::Leftover,
        (None, _) => Standing::Missing,
        _ if observation.owner(&artifact) == Owner::Other => Standing::Foreign,
        (Some(_), None) => Standing::Unknown,
        (Some(found), Some(settled)) => {
            if normal::digest(artifact.kind, &found.body) == settled {
                Standing::Same
            } else {
                Standing::Changed
            }
        }
    };
    line(observation, artifact, standing)
}
