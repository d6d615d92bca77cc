//! What roles add up to: actions on the cluster and on indices, and privileges of
//! applications, which is how Kibana keeps its features in Elasticsearch.

use serde_json::Value;

use crate::lab::profile::Profile;
use crate::lab::rest::fits;
use crate::model::failure::Failure;

use super::privileges::{exclusion, index_privilege_patterns, resolve_cluster_privilege};

/// Action patterns on the cluster and on indices, and privileges of applications.
#[derive(Clone, Debug, Default)]
pub struct Permission {
    cluster: Vec<Grant>,
    indices: Vec<IndexGrant>,
    applications: Vec<ApplicationGrant>,
}

#[derive(Clone, Debug)]
struct Grant {
    pattern: String,
    except: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct IndexGrant {
    names: Vec<String>,
    patterns: Vec<String>,
}

#[derive(Clone, Debug)]
struct ApplicationGrant {
    application: String,
    privileges: Vec<String>,
    resources: Vec<String>,
}

impl Permission {
    /// Adds what a role descriptor (`{"cluster": [...], "indices": [...],
    /// "applications": [...]}`) grants.
    ///
    /// # Errors
    /// 400 for a privilege that this version does not know.
    pub fn add(&mut self, profile: &Profile, descriptor: &Value) -> Result<(), Failure> {
        for name in strings(descriptor.get("cluster")) {
            for pattern in resolve_cluster_privilege(profile, name)? {
                self.cluster.push(Grant {
                    pattern,
                    except: exclusion(name),
                });
            }
        }
        for key in ["indices", "index"] {
            for entry in descriptor
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let mut patterns = Vec::new();
                for name in strings(entry.get("privileges")) {
                    patterns.extend(index_privilege_patterns(name)?);
                }
                let names = strings(entry.get("names")).map(str::to_owned).collect();
                self.indices.push(IndexGrant { names, patterns });
            }
        }
        let applications = descriptor.get("applications").and_then(Value::as_array);
        for entry in applications.into_iter().flatten() {
            let all = |key: &str| strings(entry.get(key)).map(str::to_owned).collect();
            let application = entry.get("application").and_then(Value::as_str);
            self.applications.push(ApplicationGrant {
                application: application.unwrap_or_default().to_owned(),
                privileges: all("privileges"),
                resources: all("resources"),
            });
        }
        Ok(())
    }

    /// Whether a cluster action, or every action of a pattern, is granted.
    #[must_use]
    pub fn allows(&self, action: &str) -> bool {
        self.cluster.iter().any(|grant| {
            fits(&grant.pattern, action)
                && grant
                    .except
                    .is_none_or(|except| !fits(except, action) && !fits(action, except))
        })
    }

    /// Whether an action is granted on an index name or pattern.
    #[must_use]
    pub fn allows_on(&self, action: &str, index: &str) -> bool {
        self.indices.iter().any(|grant| {
            grant.names.iter().any(|name| fits(name, index))
                && grant.patterns.iter().any(|pattern| fits(pattern, action))
        })
    }

    /// Whether a privilege of an application is granted on a resource or a pattern
    /// of resources.
    #[must_use]
    pub fn allows_in(&self, application: &str, privilege: &str, resource: &str) -> bool {
        self.applications.iter().any(|grant| {
            let mut resources = grant.resources.iter();
            let mut privileges = grant.privileges.iter();
            fits(&grant.application, application)
                && resources.any(|granted| fits(granted, resource))
                && privileges.any(|granted| takes_in(granted, privilege))
        })
    }
}

/// Whether holding `granted` is holding `privilege`, as Kibana defines its own: all
/// of a space is all of each feature there, and a feature's `all` takes in its
/// `read`.
fn takes_in(granted: &str, privilege: &str) -> bool {
    let (feature, part) = privilege.rsplit_once('.').unwrap_or(("", privilege));
    let is_read = matches!(part, "read" | "space_read");
    fits(granted, privilege)
        || matches!(granted, "all" | "space_all")
        || (matches!(granted, "read" | "space_read") && is_read)
        || (granted == "reserved_ml_admin" && privilege.starts_with("feature_ml."))
        || (granted == "reserved_ml_user" && privilege == "feature_ml.read")
        || (is_read && granted.strip_suffix(".all") == Some(feature))
}

/// The strings of a JSON array, or the one string that stands for it.
pub(crate) fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let one = value.and_then(Value::as_str);
    let many = value.and_then(Value::as_array).into_iter().flatten();
    one.into_iter().chain(many.filter_map(Value::as_str))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::Permission;
    use crate::lab::profile::Profile;

    #[test]
    fn roles_grant_actions() {
        let mut permission = Permission::default();
        let role = json!({
            "cluster": ["manage", "cluster:admin/script/put"],
            "indices": [{"names": ["logs-*"], "privileges": ["read"]}],
        });
        permission.add(&Profile::default(), &role).unwrap();
        assert!(permission.allows("cluster:admin/xpack/ml/filters/put"));
        assert!(permission.allows("cluster:monitor/*"));
        assert!(!permission.allows("cluster:admin/xpack/security/user/put"));
        assert!(!permission.allows("cluster:*"), "manage is not all");
        assert!(permission.allows_on("indices:data/read/search", "logs-1"));
        assert!(permission.allows_on("indices:data/read/*", "logs-x*"));
        assert!(!permission.allows_on("indices:data/read/search", "logs*"));
        assert!(!permission.allows_on("indices:data/write/index", "logs-1"));
        let unknown = json!({"cluster": ["nonsense"]});
        assert!(permission.add(&Profile::default(), &unknown).is_err());
    }

    #[test]
    fn roles_grant_features_of_kibana_in_spaces() {
        let allows = |privilege: &str, resource: &str, asked: &str, on: &str| {
            let mut permission = Permission::default();
            let role = json!({"applications": [{"application": "kibana-.kibana",
                "privileges": [privilege], "resources": [resource]}]});
            permission.add(&Profile::default(), &role).unwrap();
            assert!(!permission.allows_in("other", asked, on));
            permission.allows_in("kibana-.kibana", asked, on)
        };
        for (privilege, resource, asked, on, granted) in [
            ("all", "*", "feature_siem.all", "space:soc", true),
            (
                "space_all",
                "space:soc",
                "feature_ml.read",
                "space:soc",
                true,
            ),
            ("read", "*", "feature_siem.all", "space:soc", false),
            ("read", "*", "feature_siem.read", "space:soc", true),
            (
                "feature_siem.all",
                "space:soc",
                "feature_siem.read",
                "space:soc",
                true,
            ),
            (
                "feature_siem.read",
                "space:soc",
                "feature_siem.all",
                "space:soc",
                false,
            ),
            (
                "feature_siem.all",
                "space:soc",
                "feature_siem.all",
                "space:night",
                false,
            ),
            (
                "feature_siem.all",
                "space:soc",
                "feature_siemV2.all",
                "space:soc",
                false,
            ),
            (
                "reserved_ml_admin",
                "*",
                "feature_ml.all",
                "space:soc",
                true,
            ),
            (
                "reserved_ml_admin",
                "*",
                "feature_siem.all",
                "space:soc",
                false,
            ),
        ] {
            let found = allows(privilege, resource, asked, on);
            assert_eq!(found, granted, "{privilege} on {resource}: {asked} on {on}");
        }
    }
}
