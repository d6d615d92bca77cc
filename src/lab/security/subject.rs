//! Who calls.

use serde_json::{Value, json};

use crate::lab::profile::{Feature, Profile};
use crate::model::failure::Failure;

use super::permission::Permission;
use super::privileges::granting;

/// An authenticated caller.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The user, or the owner of the API key.
    pub username: String,
    /// The user's roles; none for an API key.
    pub roles: Vec<String>,
    /// What the user's document says besides: full name, email, metadata.
    pub details: Value,
    /// Whether the user is one that every cluster has.
    pub reserved: bool,
    /// The API key, if one was used.
    pub api_key: Option<ApiKeyIdentity>,
    /// What is allowed; all of these must agree.
    pub permissions: Vec<Permission>,
}

/// An API key without its secret.
#[derive(Clone, Debug)]
pub struct ApiKeyIdentity {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Subject {
    /// Whether a cluster action or a pattern of them is allowed.
    #[must_use]
    pub fn allows(&self, action: &str) -> bool {
        self.permissions
            .iter()
            .all(|permission| permission.allows(action))
    }

    /// Whether an action on an index or a pattern of them is allowed.
    #[must_use]
    pub fn allows_on(&self, action: &str, index: &str) -> bool {
        self.permissions
            .iter()
            .all(|permission| permission.allows_on(action, index))
    }

    /// Whether a privilege of an application is granted on a resource.
    #[must_use]
    pub fn allows_in(&self, application: &str, privilege: &str, resource: &str) -> bool {
        self.permissions
            .iter()
            .all(|permission| permission.allows_in(application, privilege, resource))
    }

    /// Refuses a cluster action that is not allowed. Everybody may look at
    /// themselves.
    ///
    /// # Errors
    /// 403 in the words of the version.
    pub fn require(&self, profile: &Profile, action: &str) -> Result<(), Failure> {
        if self.allows(action) || OWN.contains(&action) {
            return Ok(());
        }
        let names = granting(profile, action);
        let hint = if profile.has(Feature::DenialNamesPrivileges) && !names.is_empty() {
            format!(
                ", this action is granted by the cluster privileges [{}]",
                names.join(",")
            )
        } else {
            String::new()
        };
        Err(self.denial(profile, action, "", &hint))
    }

    /// Refuses an action on an index that is not allowed.
    ///
    /// # Errors
    /// 403 in the words of the version.
    pub fn require_on_index(
        &self,
        profile: &Profile,
        action: &str,
        index: &str,
    ) -> Result<(), Failure> {
        if self.allows_on(action, index) {
            return Ok(());
        }
        let place = if profile.has(Feature::DenialNamesPrivileges) {
            format!(" on indices [{index}]")
        } else {
            String::new()
        };
        Err(self.denial(profile, action, &place, ""))
    }

    fn denial(&self, profile: &Profile, action: &str, place: &str, hint: &str) -> Failure {
        let who = match &self.api_key {
            Some(key) => format!("API key id [{}] of user [{}]", key.id, self.username),
            None => format!("user [{}]", self.username),
        };
        let roles = if self.api_key.is_some() || !profile.has(Feature::DenialNamesRoles) {
            String::new()
        } else if profile.has(Feature::DenialNamesEffectiveRoles) {
            format!(" with effective roles [{}]", self.roles.join(","))
        } else {
            format!(" with roles [{}]", self.roles.join(","))
        };
        Failure::new(
            403,
            "security_exception",
            format!("action [{action}] is unauthorized for {who}{roles}{place}{hint}"),
        )
    }

    /// The answer of `_authenticate`.
    #[must_use]
    pub fn describe(&self, profile: &Profile) -> Value {
        let realm = if self.api_key.is_some() {
            ("_es_api_key", "_es_api_key")
        } else if self.reserved {
            ("reserved", "reserved")
        } else {
            ("default_native", "native")
        };
        let metadata = if self.reserved {
            json!({"_reserved": true})
        } else {
            self.details
                .get("metadata")
                .cloned()
                .unwrap_or_else(|| json!({}))
        };
        let realm = json!({"name": realm.0, "type": realm.1});
        let mut description = json!({
            "username": self.username,
            "roles": self.roles,
            "full_name": self.details.get("full_name").cloned().unwrap_or_default(),
            "email": self.details.get("email").cloned().unwrap_or_default(),
            "metadata": metadata,
            "enabled": true,
            "authentication_realm": realm,
            "lookup_realm": realm,
            "authentication_type": if self.api_key.is_some() { "api_key" } else { "realm" },
        });
        if let (Some(key), true) = (&self.api_key, profile.since(7, 14)) {
            description["api_key"] = json!({"id": key.id, "name": key.name});
        }
        description
    }
}

/// What a user may do about themselves without a privilege.
const OWN: [&str; 3] = [
    "cluster:admin/xpack/security/user/authenticate",
    "cluster:admin/xpack/security/user/has_privileges",
    "cluster:admin/xpack/security/user/change_password",
];
