//! The server's refusal as a finding, at the place that it speaks of.

use super::super::failure::Failure;
use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node, Position};
use super::super::version::StackVersion;
use super::{fix, step};

/// The finding that stands for a refusal of `body`.
pub(super) fn finding(body: &Node, failure: &Failure, version: &StackVersion) -> Finding {
    let (_, reason) = split_place(failure.root().reason());
    let what = match enumeration_field(failure) {
        Some(field) => format!("{field}: {reason}"),
        None => reason.to_owned(),
    };
    let (place, outer) = split_place(failure.reason());
    let path = place.map_or_else(
        || named_path(body, reason),
        |place| pointer_at(body, place).unwrap_or_default(),
    );
    let why = if failure.cause().is_some() {
        format!(
            "Elasticsearch {version} refuses it: {}: {outer}",
            failure.kind()
        )
    } else {
        format!("Elasticsearch {version} refuses it with {}", failure.kind())
    };
    Finding::new(Severity::Error, "server/refuses", what)
        .at(path)
        .why(why)
        .fix(fix::of(reason))
}

/// `[line:column] text` taken apart.
fn split_place(reason: &str) -> (Option<Position>, &str) {
    let parsed = reason.strip_prefix('[').and_then(|rest| {
        let (place, text) = rest.split_once("] ")?;
        let (line, column) = place.split_once(':')?;
        let place = Position {
            line: line.parse().ok()?,
            column: column.parse().ok()?,
        };
        Some((place, text))
    });
    match parsed {
        Some((place, text)) => (Some(place), text),
        None => (None, reason),
    }
}

/// The innermost field that was being parsed, for reasons that do not name it.
fn enumeration_field(failure: &Failure) -> Option<&str> {
    let reason = failure.root().reason();
    if !(reason.starts_with("No enum constant")
        || reason.starts_with("For input string")
        || reason.starts_with("Required ["))
    {
        return None;
    }
    let mut at = Some(failure);
    let mut field = None;
    while let Some(current) = at {
        if let Some((_, rest)) = current.reason().split_once("failed to parse field [") {
            field = rest.strip_suffix(']').or(field);
        }
        at = current.cause();
    }
    field
}

/// The pointer to what begins or ends at a place, outermost first for ends.
pub(super) fn pointer_at(node: &Node, place: Position) -> Option<String> {
    if node.at == place || node.end == place {
        return Some(String::new());
    }
    match &node.kind {
        Kind::Object(members) => members.iter().find_map(|member| {
            let inner = if member.at == place {
                Some(String::new())
            } else {
                pointer_at(&member.value, place)
            };
            inner.map(|inner| format!("/{}{inner}", step(&member.name)))
        }),
        Kind::Array(elements) => elements.iter().enumerate().find_map(|(index, element)| {
            pointer_at(element, place).map(|inner| format!("/{index}{inner}"))
        }),
        _ => None,
    }
}

/// The pointer to a key that the reason names, among those of the body.
fn named_path(body: &Node, reason: &str) -> String {
    let members = body.members().unwrap_or_default();
    let named = |name: &str| {
        reason
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .any(|word| word == name)
    };
    for member in members {
        let inner = member.value.members().unwrap_or_default();
        if let Some(deeper) = inner
            .iter()
            .find(|inner| named(&inner.name) && named(&member.name))
        {
            return format!("/{}/{}", step(&member.name), step(&deeper.name));
        }
    }
    members
        .iter()
        .find(|member| named(&member.name))
        .map(|member| format!("/{}", step(&member.name)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::json_text::{Position, parse};
    use super::pointer_at;

    #[test]
    fn places_become_pointers() {
        let body = parse("{\"a\": [{\"b/c\": 1}], \"d\": {}}");
        for (column, pointer) in [
            (7, "/a"),
            (8, "/a/0"),
            (9, "/a/0/b~1c"),
            (16, "/a/0/b~1c"),
            (17, "/a/0"),
            (18, "/a"),
            (26, "/d"),
            (28, ""),
        ] {
            let found = pointer_at(&body, Position { line: 1, column });
            assert_eq!(found.as_deref(), Some(pointer), "{column}");
        }
    }
}
