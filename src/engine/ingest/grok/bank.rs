//! The patterns that are known by name.

use std::collections::BTreeMap;

/// Expressions by the names of the patterns.
pub(super) type Bank = BTreeMap<String, String>;

/// The patterns that come with Elasticsearch.
pub(super) fn standard() -> Bank {
    include_str!("patterns.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, pattern)| (name.to_owned(), pattern.to_owned()))
        .collect()
}
