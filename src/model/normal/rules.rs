//! What is generated, defaulted, unordered or left to the server, kind by kind.
//!
//! Paths are keys joined by dots; `[]` steps into each element of an array and
//! `*` into each value of an object.

use serde_json::{Value, json};

use crate::model::artifact::ArtifactKind;

mod store;

use store::{COMPONENT, ENRICH, INDEX, OBJECT, TEMPLATE, TRANSFORM};

/// The rules of one kind.
pub(super) struct Rules {
    /// Top-level keys that only the server writes.
    pub(super) generated: &'static [&'static str],
    /// The defaults that the server fills in, as JSON; read by [`Rules::defaults`].
    defaults: fn() -> Value,
    /// Paths whose value the server chooses when nobody names one.
    pub(super) server_decides: &'static [&'static str],
    /// Objects below which only named keys are compared.
    pub(super) lenient: &'static [&'static str],
    /// Durations such as `15m`.
    pub(super) times: &'static [&'static str],
    /// Byte sizes such as `1gb`.
    pub(super) sizes: &'static [&'static str],
    /// Lists that may be written as a single value.
    pub(super) lists: &'static [&'static str],
    /// Lists whose order and duplicates mean nothing.
    pub(super) sets: &'static [&'static str],
    /// Empty lists, objects, texts, `null` and `false` that mean "absent".
    pub(super) empty_is_absent: &'static [&'static str],
}

impl Rules {
    pub(super) fn defaults(&self) -> Value {
        (self.defaults)()
    }
}

/// The rules of `kind`.
pub(super) fn of(kind: ArtifactKind) -> &'static Rules {
    match kind {
        ArtifactKind::Component => &COMPONENT,
        ArtifactKind::Template => &TEMPLATE,
        ArtifactKind::Index => &INDEX,
        ArtifactKind::Enrich => &ENRICH,
        ArtifactKind::Transform => &TRANSFORM,
        ArtifactKind::Object => &OBJECT,
        ArtifactKind::Script => &SCRIPT,
        ArtifactKind::Model => &MODEL,
        ArtifactKind::Pipeline => &PIPELINE,
        ArtifactKind::Filter => &FILTER,
        ArtifactKind::Job => &JOB,
        ArtifactKind::Datafeed => &DATAFEED,
        ArtifactKind::Analytics => &ANALYTICS,
        ArtifactKind::Rule => &RULE,
        ArtifactKind::Setting => &PLAIN,
    }
}

fn nothing() -> Value {
    json!({})
}

/// What all kinds have in common: nothing.
const PLAIN: Rules = Rules {
    generated: &[],
    defaults: nothing,
    server_decides: &[],
    lenient: &[],
    times: &[],
    sizes: &[],
    lists: &[],
    sets: &[],
    empty_is_absent: &[],
};

static SCRIPT: Rules = Rules {
    empty_is_absent: &["options"],
    ..PLAIN
};

static PIPELINE: Rules = Rules {
    generated: &[
        "created_date",
        "created_date_millis",
        "modified_date",
        "modified_date_millis",
    ],
    empty_is_absent: &["_meta", "description", "on_failure"],
    ..PLAIN
};

static FILTER: Rules = Rules {
    generated: &["filter_id", "type"],
    defaults: || json!({"items": []}),
    lists: &["items"],
    sets: &["items"],
    empty_is_absent: &["description"],
    ..PLAIN
};

static MODEL: Rules = Rules {
    generated: &[
        "model_id",
        "version",
        "created_by",
        "create_time",
        "license_level",
        "estimated_heap_memory_usage_bytes",
        "estimated_operations",
        "model_size_bytes",
        "model_type",
        "platform_architecture",
        "location",
        "model_package",
        "fully_defined",
    ],
    defaults: || json!({"tags": []}),
    server_decides: &["default_field_map"],
    lenient: &["inference_config"],
    lists: &["input.field_names"],
    sets: &["tags", "input.field_names"],
    empty_is_absent: &["metadata", "description", "default_field_map"],
    ..PLAIN
};

static JOB: Rules = Rules {
    generated: &[
        "job_id",
        "job_type",
        "job_version",
        "create_time",
        "finished_time",
        "last_data_time",
        "established_model_memory",
        "model_snapshot_id",
        "model_snapshot_min_version",
        "datafeed_config",
        "deleting",
        "blocked",
    ],
    defaults: || {
        json!({
            "analysis_config": {"influencers": []},
            "analysis_limits": {"categorization_examples_limit": 4},
            "data_description": {"time_field": "time", "time_format": "epoch_ms"},
            "model_snapshot_retention_days": 10,
            "daily_model_snapshot_retention_after_days": 1,
            "results_index_name": "shared",
            "allow_lazy_open": false,
        })
    },
    server_decides: &[
        "analysis_limits.model_memory_limit",
        "analysis_limits.categorization_examples_limit",
        "analysis_config.detectors[].detector_description",
        "analysis_config.categorization_analyzer",
        "analysis_config.model_prune_window",
        "model_plot_config.annotations_enabled",
        "data_description.format",
    ],
    times: &[
        "analysis_config.bucket_span",
        "analysis_config.latency",
        "analysis_config.model_prune_window",
        "background_persist_interval",
    ],
    sizes: &["analysis_limits.model_memory_limit"],
    lists: &["groups", "analysis_config.influencers"],
    sets: &["groups", "analysis_config.influencers"],
    empty_is_absent: &[
        "groups",
        "description",
        "custom_settings",
        "analysis_config.detectors[].custom_rules",
        "analysis_config.detectors[].use_null",
        "analysis_config.latency",
        "analysis_config.multivariate_by_fields",
    ],
    ..PLAIN
};

static DATAFEED: Rules = Rules {
    generated: &["datafeed_id", "authorization", "headers", "create_time"],
    defaults: || {
        json!({
            "query": {"match_all": {}},
            "scroll_size": 1000,
            "delayed_data_check_config": {"enabled": true},
            "indices_options": {
                "expand_wildcards": ["open"],
                "ignore_unavailable": false,
                "allow_no_indices": true,
                "ignore_throttled": true,
            },
        })
    },
    server_decides: &[
        "query_delay",
        "chunking_config",
        "chunking_config.time_span",
    ],
    times: &[
        "query_delay",
        "frequency",
        "chunking_config.time_span",
        "delayed_data_check_config.check_window",
    ],
    lists: &["indices", "indices_options.expand_wildcards"],
    sets: &["indices", "indices_options.expand_wildcards"],
    empty_is_absent: &["runtime_mappings", "script_fields", "query.match_all.boost"],
    ..PLAIN
};

static ANALYTICS: Rules = Rules {
    generated: &["id", "create_time", "version", "authorization", "headers"],
    defaults: || {
        json!({
            "source": {"query": {"match_all": {}}},
            "dest": {"results_field": "ml"},
            "allow_lazy_start": false,
            "max_num_threads": 1,
        })
    },
    server_decides: &["model_memory_limit", "analyzed_fields"],
    lenient: &["analysis"],
    sizes: &["model_memory_limit"],
    lists: &["source.index"],
    sets: &[
        "source.index",
        "analyzed_fields.includes",
        "analyzed_fields.excludes",
    ],
    empty_is_absent: &[
        "description",
        "source.runtime_mappings",
        "source.query.match_all.boost",
        "analyzed_fields.includes",
        "analyzed_fields.excludes",
        "_meta",
    ],
    ..PLAIN
};

static RULE: Rules = Rules {
    generated: &[
        "id",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "immutable",
        "rule_source",
        "execution_summary",
        "revision",
        "version",
        "enabled",
        "throttle",
        "outcome",
        "alias_target_id",
        "alias_purpose",
        "last_success_at",
        "last_success_message",
        "last_failure_at",
        "last_failure_message",
        "status",
        "status_date",
    ],
    defaults: || {
        json!({
            "from": "now-6m",
            "to": "now",
            "interval": "5m",
            "max_signals": 100,
        })
    },
    server_decides: &[
        "output_index",
        "license",
        "meta",
        "namespace",
        "language",
        "index",
        "type",
        "related_integrations",
        "required_fields",
        "investigation_fields",
    ],
    lists: &["machine_learning_job_id"],
    sets: &["tags", "author", "index", "machine_learning_job_id"],
    empty_is_absent: &[
        "author",
        "false_positives",
        "references",
        "risk_score_mapping",
        "severity_mapping",
        "tags",
        "threat",
        "threat[].technique",
        "threat[].technique[].subtechnique",
        "filters",
        "setup",
        "note",
        "output_index",
        "license",
        "related_integrations",
        "required_fields",
    ],
    ..PLAIN
};
