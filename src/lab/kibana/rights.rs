//! What routes ask of who calls: privileges of Kibana's features in the space.

use crate::lab::profile::Profile;
use crate::model::preflight::KIBANA;

use super::Visit;
use super::error::{Fault, platform};

/// The features that detection rules belong to, each with its first version: a new
/// one whenever a part was split off, and the older ones go on
/// (`security-solution/features/src/constants.ts`).
const RULES: [(&str, (u32, u32)); 5] = [
    ("siem", (7, 9)),
    ("siemV2", (8, 18)),
    ("siemV3", (9, 1)),
    ("siemV4", (9, 2)),
    ("securitySolutionRulesV1", (9, 3)),
];

/// Refuses who may not make the call.
pub(super) fn check(visit: &Visit) -> Result<(), Fault> {
    let reads = matches!(visit.request.method.as_str(), "GET" | "HEAD");
    let path: Vec<&str> = visit.path.iter().map(String::as_str).collect();
    let (allowed, asks) = match path.as_slice() {
        ["api", "detection_engine", ..] => {
            let mut features = rules(visit.cluster.profile());
            let allowed = features.any(|feature| has(visit, feature, reads));
            (allowed, "securitySolution")
        }
        ["api", "saved_objects", ..] => {
            let feature = "savedObjectsManagement";
            (has(visit, feature, reads), feature)
        }
        ["api", "ml", ..] => (is_ml_admin(visit), "ml:canCreateJob"),
        // Only the spaces that who calls sees are told of.
        ["api", "spaces", ..] if reads => return Ok(()),
        ["api", "spaces", ..] => (granted(visit, "all", "*"), "manage_spaces"),
        _ => (sees(visit, &visit.space), "login"),
    };
    if allowed {
        Ok(())
    } else {
        Err(refused(visit, asks))
    }
}

/// Whether who calls manages machine learning.
pub(super) fn is_ml_admin(visit: &Visit) -> bool {
    has(visit, "ml", false)
}

/// Whether who calls may look at anything in a space.
pub(super) fn sees(visit: &Visit, space: &str) -> bool {
    let resource = format!("space:{space}");
    let features = rules(visit.cluster.profile());
    let mut features = features.chain(["ml", "savedObjectsManagement"]);
    features.any(|feature| granted(visit, &format!("feature_{feature}.read"), &resource))
}

fn rules(profile: &Profile) -> impl Iterator<Item = &'static str> {
    let known = RULES.into_iter();
    let known = known.filter(|(_, (major, minor))| profile.since(*major, *minor));
    known.map(|(feature, _)| feature)
}

/// Whether who calls has a feature in the space of the call, to read or for all.
fn has(visit: &Visit, feature: &str, reads: bool) -> bool {
    let part = if reads { "read" } else { "all" };
    let resource = format!("space:{}", visit.space);
    granted(visit, &format!("feature_{feature}.{part}"), &resource)
}

fn granted(visit: &Visit, privilege: &str, resource: &str) -> bool {
    let subject = visit.subject.as_ref();
    subject.is_none_or(|subject| subject.allows_in(KIBANA, privilege, resource))
}

fn refused(visit: &Visit, asks: &str) -> Fault {
    if !visit.cluster.profile().since(8, 16) {
        return platform(403, "Forbidden");
    }
    let request = visit.request;
    platform(
        403,
        format!(
            "API [{} {}] is unauthorized for user, this action is granted by the Kibana privileges \
             [{asks}]",
            request.method,
            request.target()
        ),
    )
}
