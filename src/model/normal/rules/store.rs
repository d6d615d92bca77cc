//! The rules of templates, indices, enrich policies, transforms and saved
//! objects.

use serde_json::json;

use super::{PLAIN, Rules};
use crate::model::observation::DOCUMENTS;

/// When the server took an object, which it tells from 9.1 on.
const DATES: &[&str] = &[
    "created_date",
    "created_date_millis",
    "modified_date",
    "modified_date_millis",
];

/// Parts of a template that say nothing when they are empty.
const PARTS: &[&str] = &[
    "_meta",
    "composed_of",
    "ignore_missing_component_templates",
    "allow_auto_create",
    "deprecated",
    "template.settings",
    "template.mappings",
    "template.aliases",
    "template",
];

pub(super) static COMPONENT: Rules = Rules {
    generated: DATES,
    empty_is_absent: PARTS,
    ..PLAIN
};

pub(super) static TEMPLATE: Rules = Rules {
    generated: DATES,
    lenient: &["data_stream"],
    lists: &["index_patterns"],
    sets: &["index_patterns"],
    empty_is_absent: PARTS,
    ..PLAIN
};

pub(super) static INDEX: Rules = Rules {
    generated: &[DOCUMENTS, "data_stream", "lifecycle", "warmers"],
    // An index in use gets fields, settings and aliases of its own.
    lenient: &["settings", "mappings", "aliases"],
    empty_is_absent: &["settings", "mappings", "aliases"],
    ..PLAIN
};

pub(super) static ENRICH: Rules = Rules {
    generated: &["name"],
    lists: &["*.indices", "*.enrich_fields"],
    sets: &["*.indices", "*.enrich_fields"],
    empty_is_absent: &["*.query.match_all.boost"],
    ..PLAIN
};

pub(super) static TRANSFORM: Rules = Rules {
    generated: &["id", "version", "create_time", "authorization", "headers"],
    defaults: || json!({"source": {"query": {"match_all": {}}}}),
    server_decides: &["frequency"],
    times: &[
        "frequency",
        "sync.time.delay",
        "retention_policy.time.max_age",
    ],
    lists: &["source.index", "latest.unique_key"],
    sets: &["source.index"],
    empty_is_absent: &[
        "_meta",
        "description",
        "settings",
        "source.runtime_mappings",
        "source.query.match_all.boost",
    ],
    ..PLAIN
};

pub(super) static OBJECT: Rules = Rules {
    generated: &[
        "coreMigrationVersion",
        "created_at",
        "created_by",
        "managed",
        "migrationVersion",
        "namespaces",
        "originId",
        "sort",
        "typeMigrationVersion",
        "updated_at",
        "updated_by",
        "version",
    ],
    empty_is_absent: &["references"],
    ..PLAIN
};
