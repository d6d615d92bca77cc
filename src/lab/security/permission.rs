//! What roles add up to.

use serde_json::Value;

use crate::lab::profile::Profile;
use crate::lab::rest::fits;
use crate::model::failure::Failure;

use super::privileges::{exclusion, index_privilege_patterns, resolve_cluster_privilege};

/// Action patterns on the cluster and on indices.
#[derive(Clone, Debug, Default)]
pub struct Permission {
    cluster: Vec<Grant>,
    indices: Vec<IndexGrant>,
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

impl Permission {
    /// Adds what a role descriptor (`{"cluster": [...], "indices": [...]}`) grants.
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
}
