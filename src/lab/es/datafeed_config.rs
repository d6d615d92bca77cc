//! The body of a datafeed, read and completed as the server does it
//! (`DatafeedConfig` and `DatafeedUpdate`).

use serde_json::{Map, Value, json};

use crate::model::failure::Failure;
use crate::model::java::{Random, string_hash};
use crate::model::json_text::{Kind, Node};
use crate::model::ml_id;
use crate::model::time_span::TimeSpan;
use crate::model::version::StackVersion;
use crate::model::xcontent::{self, Field, Read, Stop, Takes, refusal};

/// A datafeed's settings; what is not given is completed on output.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) id: String,
    pub(super) job_id: String,
    pub(super) indices: Vec<String>,
    given: Map<String, Value>,
}

const FIELDS: [Field; 18] = [
    ("datafeed_id", Takes::String),
    ("job_id", Takes::String),
    ("indices", Takes::Strings),
    ("indexes", Takes::Strings),
    ("query_delay", Takes::String),
    ("frequency", Takes::String),
    ("query", Takes::Object),
    ("aggregations", Takes::Object),
    ("aggs", Takes::Object),
    ("script_fields", Takes::Object),
    ("scroll_size", Takes::Number),
    ("chunking_config", Takes::Object),
    ("delayed_data_check_config", Takes::Object),
    ("max_empty_searches", Takes::Number),
    ("indices_options", Takes::Object),
    ("runtime_mappings", Takes::Object),
    ("headers", Takes::Object),
    ("create_time", Takes::Scalar),
];

/// How many of the fields a version knows.
fn fields(version: &StackVersion) -> Vec<Field> {
    FIELDS
        .into_iter()
        .filter(|(name, _)| match *name {
            "runtime_mappings" => version.offers(7, 11),
            "headers" | "create_time" => false,
            _ => true,
        })
        .collect()
}

impl Config {
    /// Reads and checks the body that creates the datafeed `id`.
    pub(super) fn create(id: &str, body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let config = Self::read("datafeed_config", id, body, version)?;
        if config.job_id.is_empty() {
            return Err(Failure::illegal_argument("[job_id] must not be null."));
        }
        config.check()?;
        if config.indices.is_empty() {
            return Err(Failure::bad_request(
                "Invalid indices value '[]' in datafeed configuration",
            ));
        }
        Ok(config)
    }

    /// Reads the body of an update.
    pub(super) fn change(id: &str, body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        Self::read("datafeed_update", id, body, version)
    }

    fn check(&self) -> Result<(), Failure> {
        for (field, id) in [("datafeed_id", &self.id), ("job_id", &self.job_id)] {
            if !ml_id::is_valid(id) {
                return Err(Failure::bad_request(ml_id::invalid(field, id)));
            }
        }
        let has_aggregations = self.given.contains_key("aggregations");
        if has_aggregations && self.given.contains_key("script_fields") {
            return Err(Failure::bad_request(
                "script_fields cannot be used in combination with aggregations",
            ));
        }
        Ok(())
    }

    fn read(name: &str, id: &str, body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut config = Self::default();
        let mut own_id = None;
        xcontent::object(body, name, &fields(version), |field, value| match field {
            "datafeed_id" => {
                own_id = Some(xcontent::string(value)?);
                Ok(())
            }
            _ => config.take(field, value),
        })?;
        config.id = ml_id::agree("datafeed_id", own_id.as_deref(), id)?;
        Ok(config)
    }

    fn take(&mut self, field: &'static str, value: &Node) -> Read<()> {
        let stored = match field {
            "job_id" => {
                self.job_id = xcontent::string(value)?;
                return Ok(());
            }
            "indices" | "indexes" => {
                self.indices = xcontent::string_list(value)?;
                return Ok(());
            }
            "query_delay" | "frequency" => {
                let span = TimeSpan::parse(&xcontent::string(value)?, field)
                    .map_err(|failure| Stop::new(value.at, failure))?;
                json!(span.text())
            }
            "scroll_size" => {
                let size = xcontent::integer(value)?;
                if size < 0 {
                    let reason =
                        format!("Invalid scroll_size value '{size}' in datafeed configuration");
                    return Err(Stop::new(value.at, Failure::bad_request(reason)));
                }
                json!(size)
            }
            "max_empty_searches" => json!(xcontent::integer(value)?),
            "query" => {
                check_query(value)?;
                value.to_value()
            }
            "chunking_config" => chunking(value)?,
            "delayed_data_check_config" => delayed_check(value)?,
            _ => value.to_value(),
        };
        let key = if field == "aggs" {
            "aggregations"
        } else {
            field
        };
        self.given.insert(key.to_owned(), stored);
        Ok(())
    }

    /// The datafeed as it is stored and shown.
    pub(super) fn to_json(&self, version: &StackVersion) -> Value {
        let mut object = Map::new();
        object.insert("datafeed_id".into(), json!(self.id));
        object.insert("job_id".into(), json!(self.job_id));
        let delay = || json!(format!("{}ms", default_delay(&self.job_id)));
        object.insert(
            "query_delay".into(),
            self.given.get("query_delay").cloned().unwrap_or_else(delay),
        );
        if let Some(frequency) = self.given.get("frequency") {
            object.insert("frequency".into(), frequency.clone());
        }
        object.insert("indices".into(), json!(self.indices));
        let query = self.given.get("query").cloned();
        object.insert(
            "query".into(),
            query.unwrap_or_else(|| json!({"match_all": {}})),
        );
        let has_aggregations = self.given.contains_key("aggregations");
        for key in [
            "aggregations",
            "script_fields",
            "runtime_mappings",
            "max_empty_searches",
        ] {
            if let Some(value) = self.given.get(key) {
                object.insert(key.into(), value.clone());
            }
        }
        object.insert(
            "scroll_size".into(),
            self.given
                .get("scroll_size")
                .cloned()
                .unwrap_or_else(|| json!(1000)),
        );
        let mode = || {
            if has_aggregations {
                json!({"mode": "manual", "time_span": "3600000ms"})
            } else {
                json!({"mode": "auto"})
            }
        };
        object.insert(
            "chunking_config".into(),
            self.given
                .get("chunking_config")
                .cloned()
                .unwrap_or_else(mode),
        );
        let check = self.given.get("delayed_data_check_config").cloned();
        object.insert(
            "delayed_data_check_config".into(),
            check.unwrap_or_else(|| json!({"enabled": true})),
        );
        object.insert("indices_options".into(), self.options(version));
        Value::Object(object)
    }

    fn options(&self, version: &StackVersion) -> Value {
        let mut options = json!({
            "expand_wildcards": ["open"],
            "ignore_unavailable": false,
            "allow_no_indices": true,
            "ignore_throttled": true,
        });
        if version.offers(9, 0)
            && let Some(members) = options.as_object_mut()
        {
            members.shift_remove("ignore_throttled");
        }
        if let Some(given) = self.given.get("indices_options").and_then(Value::as_object) {
            for (key, value) in given {
                options[key] = match value {
                    Value::String(one) if key == "expand_wildcards" => {
                        json!(one.split(',').collect::<Vec<_>>())
                    }
                    other => other.clone(),
                };
            }
        }
        options
    }

    /// The stored datafeed with this change.
    pub(super) fn applied(&self, stored: &Value, version: &StackVersion) -> Result<Value, Failure> {
        let text = |key: &str| {
            stored
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let job_id = text("job_id");
        if !self.job_id.is_empty() && self.job_id != job_id {
            return Err(Failure::bad_request("Datafeed's job_id cannot be changed."));
        }
        let stored_indices = stored.get("indices").and_then(Value::as_array);
        let indices = stored_indices
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned);
        let mut given = stored.as_object().cloned().unwrap_or_default();
        given.extend(self.given.clone());
        let updated = Self {
            id: self.id.clone(),
            job_id,
            indices: if self.indices.is_empty() {
                indices.collect()
            } else {
                self.indices.clone()
            },
            given,
        };
        updated.check()?;
        Ok(updated.to_json(version))
    }
}

/// The default delay of queries: between one and two minutes, the same for the
/// same job (`DatafeedConfig.Builder.setDefaultQueryDelay`).
fn default_delay(job_id: &str) -> i64 {
    Random::new(i64::from(string_hash(job_id))).long_between(60_000, 120_000)
}

fn chunking(node: &Node) -> Read<Value> {
    let fields = [("mode", Takes::String), ("time_span", Takes::String)];
    let (mut mode, mut span) = (None, None);
    xcontent::object(node, "chunking_config", &fields, |field, value| {
        let text = xcontent::string(value)?;
        if field == "mode" {
            let lower = text.to_lowercase();
            if !["auto", "manual", "off"].contains(&lower.as_str()) {
                let upper = text.to_uppercase();
                let class = "org.elasticsearch.xpack.core.ml.datafeed.ChunkingConfig.Mode";
                let reason = format!("No enum constant {class}.{upper}");
                return Err(Stop::new(value.at, Failure::illegal_argument(reason)));
            }
            mode = Some(lower);
        } else {
            let parsed =
                TimeSpan::parse(&text, field).map_err(|failure| Stop::new(value.at, failure))?;
            span = Some(parsed.text());
        }
        Ok(())
    })?;
    xcontent::required(node, &[("mode", mode.is_some())])?;
    let mut stored = json!({"mode": mode});
    if let Some(span) = span {
        stored["time_span"] = json!(span);
    }
    Ok(stored)
}

fn delayed_check(node: &Node) -> Read<Value> {
    let fields = [("enabled", Takes::Boolean), ("check_window", Takes::String)];
    let (mut enabled, mut window) = (None, None);
    xcontent::object(
        node,
        "delayed_data_check_config",
        &fields,
        |field, value| {
            if field == "enabled" {
                enabled = Some(xcontent::boolean(value)?);
            } else {
                let text = xcontent::string(value)?;
                let parsed = TimeSpan::parse(&text, field)
                    .map_err(|failure| Stop::new(value.at, failure))?;
                window = Some(parsed.text());
            }
            Ok(())
        },
    )?;
    xcontent::required(node, &[("enabled", enabled.is_some())])?;
    let mut stored = json!({"enabled": enabled});
    if let Some(window) = window {
        stored["check_window"] = json!(window);
    }
    Ok(stored)
}

/// Names of queries that a datafeed may use.
const QUERIES: [&str; 39] = [
    "bool",
    "boosting",
    "constant_score",
    "dis_max",
    "distance_feature",
    "exists",
    "function_score",
    "fuzzy",
    "geo_bounding_box",
    "geo_distance",
    "geo_polygon",
    "geo_shape",
    "has_child",
    "has_parent",
    "ids",
    "intervals",
    "match",
    "match_all",
    "match_bool_prefix",
    "match_none",
    "match_phrase",
    "match_phrase_prefix",
    "more_like_this",
    "multi_match",
    "nested",
    "parent_id",
    "percolate",
    "pinned",
    "prefix",
    "query_string",
    "range",
    "regexp",
    "script",
    "script_score",
    "simple_query_string",
    "term",
    "terms",
    "terms_set",
    "wildcard",
];

/// Refuses a query of an unknown kind.
fn check_query(node: &Node) -> Read<()> {
    let Kind::Object(members) = &node.kind else {
        return Ok(());
    };
    let Some(first) = members.first() else {
        return Ok(());
    };
    if QUERIES.contains(&first.name.as_str()) {
        return Ok(());
    }
    // The server reads the query again from a copy, with places of its own.
    let copy = crate::model::json_text::parse(&node.to_value().to_string());
    let at = copy
        .members()
        .and_then(|members| members.first())
        .map_or(copy.at, |member| member.value.at);
    let inner = refusal(at, &format!("unknown field [{}]", first.name));
    let inner = Failure::new(
        400,
        "named_object_not_found_exception",
        inner.reason().to_owned(),
    );
    let failure = Failure::bad_request("Datafeed query is not parsable").because(inner);
    Err(Stop::new(node.end, failure))
}
