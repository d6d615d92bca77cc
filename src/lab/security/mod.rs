//! Who may do what: users, roles, API keys, and the privileges that grant
//! Elasticsearch's actions.

mod authenticate;
mod permission;
mod privileges;
mod roles;
mod subject;

pub use authenticate::{authenticate, password_hash, password_matches};
pub use permission::Permission;
pub(crate) use permission::strings;
pub use privileges::{
    cluster_privilege_names, index_privilege_patterns, resolve_cluster_privilege,
};
pub use roles::built_in_role;
pub use subject::{ApiKeyIdentity, Subject};
