//! A plan on paper: what `plan --out` writes and `install --plan` holds the
//! cluster against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::cli::wish::WishArgs;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::prepare::Prepared;
use crate::io::bundle::VerifiedBundle;
use crate::io::files;
use crate::model::artifact::ArtifactId;
use crate::model::digest::Digest;
use crate::model::plan::{Action, Plan};

/// The format that is written and read.
const FORMAT: u32 = 2;
/// The longest plan file.
const MAX_FILE: u64 = 16 << 20;
/// How many steps a refusal names.
const MAX_NAMED: usize = 6;

/// What to do where a plan does not hold.
const ANEW: &str = "make a new plan and look at it: sealift plan FILE --out PLAN";

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u32,
    bundle_sha256: Digest,
    wish: WishArgs,
    /// By cluster uuid.
    clusters: BTreeMap<String, Agreed>,
}

/// What was agreed for one cluster.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreed {
    name: String,
    fingerprint: Digest,
    summary: String,
    steps: Vec<AgreedStep>,
}

/// What was agreed for one artifact.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreedStep {
    action: Action,
    artifact: ArtifactId,
    fingerprint: Digest,
}

/// A plan that is agreed on.
#[derive(Debug)]
pub struct PlanFile(Stored);

/// Takes up the plans of several clusters.
#[derive(Debug)]
pub struct Collector {
    path: Option<PathBuf>,
    stored: Mutex<Stored>,
}

impl PlanFile {
    /// A collector that writes to `path`, if any.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when something is at `path` already.
    pub fn collector(
        path: Option<&Path>,
        bundle: &VerifiedBundle,
        wish: &WishArgs,
    ) -> Result<Collector> {
        if let Some(path) = path.filter(|path| path.exists()) {
            let told = format!("{} exists already", path.display());
            return Err(Error::new(ErrorKind::Io, told)
                .hint("somebody may have agreed on it: name another file, or remove it first"));
        }
        Ok(Collector {
            path: path.map(Path::to_owned),
            stored: Mutex::new(Stored {
                format: FORMAT,
                bundle_sha256: bundle.digest(),
                wish: wish.clone(),
                clusters: BTreeMap::new(),
            }),
        })
    }

    /// The plan in the file `path`, made for `bundle`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything else; [`ErrorKind::Policy`] for a
    /// plan of another bundle.
    pub fn read(path: &Path, bundle: &VerifiedBundle) -> Result<Self> {
        let bytes = files::read_limited(path, MAX_FILE)?;
        let stored: Stored = serde_json::from_slice(&bytes).or_err(ErrorKind::Malformed, || {
            format!("{} is not a plan", path.display())
        })?;
        if stored.format != FORMAT {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("plan format {} is not known here", stored.format),
            )
            .hint(ANEW));
        }
        if stored.bundle_sha256 != bundle.digest() {
            return Err(Error::new(
                ErrorKind::Policy,
                format!("the plan {} was made for another bundle", path.display()),
            )
            .hint(format!(
                "give the bundle whose SHA256SUMS has the SHA-256 {}, or make a plan of this one: \
                 sealift plan FILE --out PLAN",
                stored.bundle_sha256
            )));
        }
        Ok(Self(stored))
    }

    /// What was asked for and allowed when the plan was made.
    #[must_use]
    pub fn wish(&self) -> &WishArgs {
        &self.0.wish
    }

    /// Refuses unless the plan of `prepared` is the one that was agreed on, or what is
    /// left of it after work on it was cut off.
    ///
    /// # Errors
    /// [`ErrorKind::Difference`] when the cluster has moved since, with the steps that
    /// did; [`ErrorKind::Usage`] for a cluster that the plan does not speak of.
    pub fn agree(&self, prepared: &Prepared) -> Result<()> {
        let plan = &prepared.plan;
        let Some(agreed) = self.0.clusters.get(&plan.cluster.uuid) else {
            let known = self.0.clusters.values();
            let known: Vec<&str> = known.map(|agreed| agreed.name.as_str()).collect();
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the plan does not speak of the cluster {}",
                    plan.cluster.name
                ),
            )
            .hint(format!(
                "it was made for {}; make one for this cluster: sealift plan FILE --out PLAN",
                known.join(", ")
            )));
        };
        if agreed.fingerprint == plan.fingerprint() {
            return Ok(());
        }
        let moved = agreed.moved(prepared);
        if moved.is_empty() {
            return Ok(());
        }
        let named: Vec<&str> = moved.iter().take(MAX_NAMED).map(String::as_str).collect();
        let more = match moved.len().saturating_sub(MAX_NAMED) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        Err(Error::new(
            ErrorKind::Difference,
            format!(
                "the cluster {} has changed since the plan was made; nothing was changed: {}{more}",
                plan.cluster.name,
                named.join("; ")
            ),
        )
        .hint(ANEW))
    }
}

impl Agreed {
    /// The steps of `prepared` that are not as agreed, in words; without those that
    /// work which was cut off did already.
    fn moved(&self, prepared: &Prepared) -> Vec<String> {
        let plan = &prepared.plan;
        let mut left: BTreeMap<&ArtifactId, &AgreedStep> = BTreeMap::new();
        left.extend(self.steps.iter().map(|step| (&step.artifact, step)));
        let mut moved = Vec::new();
        for step in &plan.steps {
            let agreed = left.remove(&step.artifact);
            let now = plan.fingerprint_of(slice::from_ref(step));
            let is_same = agreed.is_some_and(|agreed| agreed.fingerprint == now);
            if is_same || prepared.is_rest(step, agreed.map(|agreed| agreed.action)) {
                continue;
            }
            let (artifact, action) = (&step.artifact, step.action.name());
            moved.push(match agreed {
                None => format!("{artifact}: {action}, and it was not spoken of"),
                Some(agreed) if agreed.action == step.action => {
                    format!("{artifact}: {action} as before, but what is there is another")
                }
                Some(agreed) => format!("{artifact}: {action} instead of {}", agreed.action.name()),
            });
        }
        let gone = left.into_values();
        let gone = gone.filter(|agreed| !prepared.is_behind_us(agreed.action));
        moved.extend(gone.map(|agreed| {
            let action = agreed.action.name();
            format!("{}: no {action} any more", agreed.artifact)
        }));
        moved
    }
}

impl Collector {
    /// Takes up one plan.
    pub fn add(&self, plan: &Plan) {
        let agreed = Agreed {
            name: plan.cluster.name.clone(),
            fingerprint: plan.fingerprint(),
            summary: plan.summary(),
            steps: plan
                .steps
                .iter()
                .map(|step| AgreedStep {
                    action: step.action,
                    artifact: step.artifact.clone(),
                    fingerprint: plan.fingerprint_of(slice::from_ref(step)),
                })
                .collect(),
        };
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.clusters.insert(plan.cluster.uuid.clone(), agreed);
    }

    /// Writes the file, if one was asked for.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written.
    pub fn write(self) -> Result<()> {
        let Some(path) = self.path else { return Ok(()) };
        let stored = self
            .stored
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut bytes = serde_json::to_vec_pretty(&stored)
            .or_err(ErrorKind::Bug, || "the plan has no JSON form")?;
        bytes.push(b'\n');
        files::write_atomic(&path, &bytes)
    }
}
