//! What Kibana knows of detection rules: kinds, keys, and from which version on
//! ("Detections API" of the Elastic Security guide).

use super::version::StackVersion;

/// Kinds of rules and the first version that knows them.
const TYPES: [(&str, (u32, u32)); 8] = [
    ("query", (7, 9)),
    ("saved_query", (7, 9)),
    ("machine_learning", (7, 9)),
    ("threshold", (7, 9)),
    ("eql", (7, 10)),
    ("threat_match", (7, 10)),
    ("new_terms", (8, 4)),
    ("esql", (8, 11)),
];

/// Keys of all kinds of rules.
const KEYS: [&str; 47] = [
    "rule_id",
    "name",
    "description",
    "risk_score",
    "severity",
    "type",
    "enabled",
    "interval",
    "from",
    "to",
    "tags",
    "author",
    "license",
    "references",
    "false_positives",
    "max_signals",
    "meta",
    "note",
    "threat",
    "actions",
    "throttle",
    "version",
    "exceptions_list",
    "risk_score_mapping",
    "severity_mapping",
    "rule_name_override",
    "timestamp_override",
    "timestamp_override_fallback_disabled",
    "building_block_type",
    "output_index",
    "namespace",
    "timeline_id",
    "timeline_title",
    "outcome",
    "alias_target_id",
    "alias_purpose",
    "index",
    "data_view_id",
    "query",
    "language",
    "filters",
    "saved_id",
    "anomaly_threshold",
    "machine_learning_job_id",
    "threshold",
    "id",
    "immutable",
];

/// Keys that came later, or that belong to later kinds.
const LATER_KEYS: [(&str, (u32, u32)); 24] = [
    ("event_category_override", (7, 10)),
    ("threat_query", (7, 10)),
    ("threat_index", (7, 10)),
    ("threat_mapping", (7, 10)),
    ("threat_filters", (7, 10)),
    ("threat_language", (7, 10)),
    ("threat_indicator_path", (7, 12)),
    ("concurrent_searches", (7, 10)),
    ("items_per_search", (7, 10)),
    ("event_category_field", (8, 0)),
    ("tiebreaker_field", (8, 0)),
    ("timestamp_field", (8, 0)),
    ("related_integrations", (8, 1)),
    ("required_fields", (8, 1)),
    ("setup", (8, 1)),
    ("new_terms_fields", (8, 4)),
    ("history_window_start", (8, 4)),
    ("alert_suppression", (8, 6)),
    ("investigation_fields", (8, 10)),
    ("response_actions", (8, 4)),
    ("rule_source", (8, 16)),
    ("revision", (8, 8)),
    ("fields", (7, 10)),
    ("list", (7, 9)),
];

/// What is always a list.
pub const LISTS: [&str; 8] = [
    "tags",
    "references",
    "false_positives",
    "author",
    "index",
    "exceptions_list",
    "threat",
    "actions",
];

/// What a rule of any kind has beside its type.
pub const REQUIRED: [&str; 4] = ["name", "description", "risk_score", "severity"];

/// How bad the alerts of a rule can be.
pub const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];

/// The kinds of rules that a `version` knows.
pub fn types(version: &StackVersion) -> impl Iterator<Item = &'static str> {
    let known = TYPES
        .iter()
        .filter(|(_, (major, minor))| version.offers(*major, *minor));
    known.map(|(name, _)| *name)
}

/// What a rule of this kind needs besides [`REQUIRED`].
#[must_use]
pub fn needs(kind: &str) -> &'static [&'static str] {
    match kind {
        "machine_learning" => &["anomaly_threshold", "machine_learning_job_id"],
        "eql" | "esql" => &["query", "language"],
        "saved_query" => &["saved_id"],
        "threshold" => &["query", "threshold"],
        "threat_match" => &["query", "threat_query", "threat_mapping", "threat_index"],
        "new_terms" => &["query", "new_terms_fields", "history_window_start"],
        _ => &[],
    }
}

/// Whether a `version` knows the key.
#[must_use]
pub fn knows(version: &StackVersion, key: &str) -> bool {
    KEYS.contains(&key)
        || LATER_KEYS
            .iter()
            .any(|(name, (major, minor))| *name == key && version.offers(*major, *minor))
}

/// Whether this version's validation is the newer one, which leaves unknown keys
/// out instead of refusing them (8.13 on).
#[must_use]
pub fn drops_unknown_keys(version: &StackVersion) -> bool {
    version.offers(8, 13)
}
