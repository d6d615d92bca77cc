//! An index that is there: fields can be added to it, nothing else.

use serde_json::{Value, json};

use super::differing;
use crate::model::artifact::ArtifactId;
use crate::model::operation::{Operation, Verb};

/// Mappings nest less deep than this; the server's own limit is 20.
const MAX_DEPTH: usize = 64;

/// The call that adds the missing fields, or why there is none.
pub(super) fn operations(
    artifact: &ArtifactId,
    wanted: &Value,
    (want, have): (&Value, &Value),
) -> Result<Vec<Operation>, String> {
    let keys = differing(want, have);
    if keys != ["mappings"] {
        return Err(format!(
            "{} of an index that is there are not changed; change them by hand or use a new index",
            keys.join(", ")
        ));
    }
    let mappings = |body: &Value| body.get("mappings").cloned().unwrap_or_else(|| json!({}));
    if let Some(field) = changed(&mappings(have), &mappings(want), &mut Vec::new()) {
        return Err(format!(
            "{field} of the index is mapped otherwise, which cannot be changed; reindex, or use a \
             new index"
        ));
    }
    Ok(vec![Operation::with(
        Verb::Update,
        artifact,
        mappings(wanted),
    )])
}

/// The first place at which `have` says something else than `want`, not counting
/// what only one of them says.
fn changed<'a>(have: &'a Value, want: &'a Value, path: &mut Vec<&'a str>) -> Option<String> {
    match (have, want) {
        _ if path.len() > MAX_DEPTH => Some(path.join(".")),
        (Value::Object(have), Value::Object(want)) => have.iter().find_map(|(key, inner)| {
            let other = want.get(key)?;
            path.push(key);
            let found = changed(inner, other, path);
            path.pop();
            found
        }),
        (have, want) => (have != want).then(|| path.join(".")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::operations;
    use crate::model::artifact::{ArtifactId, ArtifactKind};

    #[test]
    fn fields_are_added_and_not_changed() {
        let index = ArtifactId::new(ArtifactKind::Index, "scores");
        let field = |kind: &str| json!({"mappings": {"properties": {"a": {"type": kind}}}});
        let have = field("keyword");
        let mut more = have.clone();
        more["mappings"]["properties"]["b"] = json!({"type": "long"});
        let calls = operations(&index, &more, (&more, &have)).expect("a field is added");
        assert_eq!(calls[0].body, more["mappings"]);
        let other = field("text");
        let why = operations(&index, &other, (&other, &have)).expect_err("a type is changed");
        assert!(why.starts_with("properties.a.type"), "{why}");
        let mut settings = have.clone();
        settings["settings"] = json!({"index.number_of_shards": "3"});
        let why = operations(&index, &settings, (&settings, &have)).expect_err("a setting");
        assert!(why.starts_with("settings of an index"), "{why}");
    }
}
