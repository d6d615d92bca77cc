//! What a verified bundle wants a cluster to hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::error::Result;
use crate::io::bundle::VerifiedBundle;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::content;
use crate::model::datafeed;
use crate::model::digest::Digest;
use crate::model::manifest::{ArtifactEntry, Manifest};
use crate::model::operation::Verb;
use crate::model::path::BundlePath;
use crate::model::plan::Target;
use crate::model::preflight::Range;
use crate::model::receipt::{Origin, Receipt};

/// The largest file of an artifact that is read into memory.
const MAX_FILE: u64 = 512 << 20;

/// Which bundle it is.
#[must_use]
pub fn origin(bundle: &VerifiedBundle) -> Origin {
    let header = bundle.header();
    Origin {
        bundle: header.name.to_string(),
        channel: header.channel.to_string(),
        sequence: header.sequence,
        digest: bundle.digest(),
    }
}

/// Every artifact with the body that it shall have.
///
/// # Errors
/// [`crate::error::ErrorKind::Malformed`] with file and place for a body that
/// cannot be read; [`crate::error::ErrorKind::Integrity`] where a file changed
/// since it was verified.
pub fn wanted(bundle: &VerifiedBundle) -> Result<Vec<Target>> {
    let origin = origin(bundle);
    // One file may hold several artifacts; it is read once.
    let mut last: Option<(&BundlePath, Vec<u8>)> = None;
    let mut targets = Vec::new();
    for entry in &bundle.manifest().artifacts {
        if last.as_ref().is_none_or(|(path, _)| **path != entry.path) {
            last = Some((&entry.path, bundle.read(&entry.path, MAX_FILE)?));
        }
        let bytes = last.as_ref().map_or(&[][..], |(_, bytes)| bytes);
        targets.push(target(entry, &origin, bytes)?);
    }
    Ok(targets)
}

fn target(entry: &ArtifactEntry, origin: &Origin, bytes: &[u8]) -> Result<Target> {
    let mut body = content::read(entry.path.as_str(), entry.part.as_ref(), bytes)?;
    if let (ArtifactKind::Rule, Value::Object(map)) = (entry.kind, &mut body) {
        // Whether a rule runs is the operator's to say, not its author's.
        map.remove("enabled");
    }
    if entry.kind == ArtifactKind::Datafeed
        && let Some(job) = entry
            .references
            .iter()
            .find(|id| id.kind == ArtifactKind::Job)
    {
        datafeed::belong(&mut body, &job.id);
    }
    if entry.kind == ArtifactKind::Model
        && let Some(Value::Object(metadata)) = body.get_mut("metadata")
    {
        // Names of the cluster that it was exported from.
        metadata.remove("model_aliases");
    }
    Ok(Target {
        artifact: entry.artifact(),
        body: Some(body),
        mark: Some(origin.mark(entry.sha256)),
    })
}

/// Lets the detection rules among `targets` run as soon as they are there.
pub fn enable_rules(targets: &mut [Target]) {
    let rules = targets
        .iter_mut()
        .filter(|target| target.artifact.kind == ArtifactKind::Rule);
    for body in rules.filter_map(|target| target.body.as_mut()) {
        body["enabled"] = Value::Bool(true);
    }
}

/// What receipts record where rules are switched on or off.
const SWITCHES: [(bool, &str); 2] = [(true, "enable-rules"), (false, "disable-rules")];

/// What a receipt records where the detection rules among `targets` are switched on
/// or off.
pub fn switches(targets: &[Target]) -> impl Iterator<Item = String> {
    let rules = targets
        .iter()
        .filter(|target| target.artifact.kind == ArtifactKind::Rule);
    let asked: BTreeSet<bool> = rules
        .filter_map(|target| target.body.as_ref()?.get("enabled")?.as_bool())
        .collect();
    let words = SWITCHES.iter().filter(move |(on, _)| asked.contains(on));
    words.map(|(_, word)| (*word).to_owned())
}

/// The rule `artifact` as it was before `receipt`, but for what is the operator's:
/// whether it runs is led back only where the receipt switched it or took it away.
#[must_use]
pub fn rule_before(receipt: &Receipt, artifact: &ArtifactId, mut body: Value) -> Value {
    let mut calls = receipt.calls.iter();
    let went = calls.any(|call| call.verb == Verb::Delete && call.artifact == *artifact);
    let ran = body.get("enabled").and_then(Value::as_bool);
    let switched = SWITCHES.iter().any(|(on, word)| {
        ran == Some(!on) && receipt.header.overrides.iter().any(|given| given == word)
    });
    if let (false, Value::Object(map)) = (went || switched, &mut body) {
        map.remove("enabled");
    }
    body
}

/// Every artifact, to be gone.
#[must_use]
pub fn gone(bundle: &VerifiedBundle) -> Vec<Target> {
    let entries = &bundle.manifest().artifacts;
    let artifacts = entries.iter().map(ArtifactEntry::artifact);
    artifacts.map(absent).collect()
}

/// `artifact`, to be gone.
#[must_use]
pub fn absent(artifact: ArtifactId) -> Target {
    Target {
        artifact,
        body: None,
        mark: None,
    }
}

/// The digests of the files that the artifacts came from.
#[must_use]
pub fn digests(targets: &[Target]) -> BTreeMap<ArtifactId, Digest> {
    let marked = targets.iter().filter(|target| target.body.is_some());
    marked
        .filter_map(|target| Some((target.artifact.clone(), target.mark.as_ref()?.digest)))
        .collect()
}

/// What the artifacts ask of the stack: its version, and its license.
#[must_use]
pub fn ranges(bundle: &VerifiedBundle) -> Vec<Range> {
    let manifest = bundle.manifest();
    manifest
        .artifacts
        .iter()
        .map(|entry| Range {
            artifact: entry.artifact(),
            min: entry.min_stack_version.clone(),
            max: entry.max_stack_version.clone(),
            subscription: subscription(manifest, entry),
        })
        .filter(|range| range.min.is_some() || range.max.is_some() || range.subscription.is_some())
        .collect()
}

/// The subscription that the package asks for which `entry` came in.
fn subscription(manifest: &Manifest, entry: &ArtifactEntry) -> Option<String> {
    let folder = entry.path.as_str().split('/').nth(1)?;
    let source = manifest
        .sources
        .iter()
        .find(|source| source.folder == folder)?;
    source.package.as_ref()?.conditions.subscription.clone()
}
