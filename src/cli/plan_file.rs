//! A plan on paper: what `plan --out` writes and `install --plan` holds the
//! cluster against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::cli::wish::WishArgs;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::bundle::VerifiedBundle;
use crate::io::files;
use crate::model::digest::Digest;
use crate::model::plan::Plan;

/// The format that is written and read.
const FORMAT: u32 = 1;
/// The longest plan file.
const MAX_FILE: u64 = 16 << 20;

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
    steps: Vec<String>,
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
    #[must_use]
    pub fn collector(path: Option<&Path>, bundle: &VerifiedBundle, wish: &WishArgs) -> Collector {
        Collector {
            path: path.map(Path::to_owned),
            stored: Mutex::new(Stored {
                format: FORMAT,
                bundle_sha256: bundle.digest(),
                wish: wish.clone(),
                clusters: BTreeMap::new(),
            }),
        }
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
            ));
        }
        if stored.bundle_sha256 != bundle.digest() {
            return Err(Error::new(
                ErrorKind::Policy,
                format!("the plan {} was made for another bundle", path.display()),
            ));
        }
        Ok(Self(stored))
    }

    /// What was asked for and allowed when the plan was made.
    #[must_use]
    pub fn wish(&self) -> &WishArgs {
        &self.0.wish
    }

    /// Refuses unless `plan` is the one that was agreed on.
    ///
    /// # Errors
    /// [`ErrorKind::Difference`] when the cluster has moved since;
    /// [`ErrorKind::Usage`] for a cluster that the plan does not speak of.
    pub fn agree(&self, plan: &Plan) -> Result<()> {
        let Some(agreed) = self.0.clusters.get(&plan.cluster.uuid) else {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the plan does not speak of the cluster {}",
                    plan.cluster.name
                ),
            ));
        };
        if agreed.fingerprint == plan.fingerprint() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Difference,
            format!(
                "the cluster {} has changed since the plan was made ({}; now: {}); nothing was changed",
                plan.cluster.name,
                agreed.summary,
                plan.summary()
            ),
        )
        .hint("make a new plan and look at it"))
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
                .map(|step| format!("{} {}", step.action.name(), step.artifact))
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
