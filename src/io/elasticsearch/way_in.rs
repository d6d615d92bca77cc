//! How a cluster is got into, without the secrets.

use super::Access;
use crate::io::http::{Authorization, Roots, Url};
use crate::model::advice::{Authority, Credentials, WayIn};

/// The way in by `access`.
pub(super) fn of(access: &Access) -> WayIn {
    let is_secure = access.urls.iter().any(Url::is_secure);
    WayIn {
        authority: match &access.http.roots {
            Roots::Pem(_) if is_secure => Authority::File,
            Roots::Fingerprint(digest) if is_secure => Authority::Fingerprint(digest.to_string()),
            _ => Authority::Known,
        },
        credentials: match &access.authorization {
            None => Credentials::None,
            Some(Authorization::Basic { .. }) => Credentials::Password,
            Some(Authorization::Bearer(_) | Authorization::ApiKey(_)) => Credentials::Key,
        },
    }
}
