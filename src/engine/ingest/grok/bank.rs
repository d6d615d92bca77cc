//! The patterns that are known by name.

use std::collections::BTreeMap;

/// Expressions by the names of the patterns.
pub(super) type Bank = BTreeMap<String, String>;

/// The patterns that come with Elasticsearch.
pub(super) fn standard() -> Bank {
    read(include_str!("patterns.txt"))
}

/// The same with the names of the Elastic Common Schema for their fields. Patterns
/// with fields whose names there are not carried are left out.
pub(super) fn ecs() -> Bank {
    let mut bank = standard();
    bank.retain(|_, pattern| !names_fields(pattern));
    bank.extend(read(include_str!("ecs.txt")));
    bank
}

/// Whether a pattern names fields: `%{NAME:field}`.
fn names_fields(pattern: &str) -> bool {
    pattern.split("%{").skip(1).any(|reference| {
        let inside = reference.split('}').next().unwrap_or_default();
        inside.contains(':')
    })
}

fn read(lines: &str) -> Bank {
    lines
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, pattern)| (name.to_owned(), pattern.to_owned()))
        .collect()
}
