//! The roles that clusters need, as calls to send.

use serde_json::Value;

use crate::cli::{escape, fleet};
use crate::error::{ErrorKind, OrErr, Result};

/// The roles of an answer's clusters, each told once.
///
/// # Errors
/// [`ErrorKind::Bug`] for a role without JSON form.
pub fn roles(answer: &Value) -> Result<String> {
    let clusters = answer["clusters"].as_array().map_or(&[][..], Vec::as_slice);
    let mut roles: Vec<(&Value, Vec<&str>)> = Vec::new();
    for cluster in clusters {
        let Some(role) = cluster.get("role") else {
            continue;
        };
        let label = cluster["cluster"].as_str().unwrap_or_default();
        match roles.iter_mut().find(|(known, _)| *known == role) {
            Some((_, labels)) => labels.push(label),
            None => roles.push((role, vec![label])),
        }
    }
    let differ = roles.len() > 1;
    let mut text = String::new();
    for (role, labels) in roles {
        let pretty =
            serde_json::to_string_pretty(role).or_err(ErrorKind::Bug, || "no JSON form")?;
        let on = if differ {
            format!(" on {}", fleet::names(&labels))
        } else {
            String::new()
        };
        text.push_str("\n\nA role with everything that is needed");
        text.push_str(&on);
        text.push_str(":\nPUT _security/role/sealift\n");
        text.push_str(&escape::lines(&pretty));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::roles;

    #[test]
    fn a_role_that_clusters_share_is_told_once() {
        let cluster =
            |label: &str, right: &str| json!({"cluster": label, "role": {"cluster": [right]}});
        let told = |clusters: &[serde_json::Value]| {
            roles(&json!({"clusters": clusters})).unwrap_or_default()
        };
        let alike = told(&[cluster("a", "manage"), cluster("b", "manage")]);
        assert_eq!(
            alike,
            "\n\nA role with everything that is needed:\nPUT _security/role/sealift\n\
             {\n  \"cluster\": [\n    \"manage\"\n  ]\n}"
        );
        let all = [
            cluster("a", "manage"),
            cluster("b", "manage"),
            cluster("c", "manage_ml"),
            json!({"cluster": "d", "error": {}}),
        ];
        let different = told(&all);
        for part in ["needed on a, b:", "needed on c:"] {
            assert!(different.contains(part), "{part}: {different}");
        }
    }
}
