//! Datafeeds: read, checked, completed and returned as the server does it
//! (`DatafeedConfig` and `DatafeedUpdate` in Elasticsearch).

use serde_json::{Map, Value, json};

use super::artifact::{ArtifactId, ArtifactKind};
use super::failure::Failure;
use super::java;
use super::json_text::Node;
use super::time_span::TimeSpan;
use super::version::StackVersion;
use super::xcontent::{self, Field, Read, Stop, Takes};

mod aggregation;
mod query;
mod update;
mod with_job;

pub use query::unknown_query;
pub use update::update;
pub use with_job::check_with_job;

/// The settings of a datafeed that an operator can give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Datafeed {
    /// The id.
    pub id: String,
    /// The job that it feeds.
    pub job_id: Option<String>,
    /// Where it searches.
    pub indices: Vec<String>,
    /// What it searches for; everything when nothing is said.
    pub query: Option<Value>,
    /// How long it waits for late documents.
    pub query_delay: Option<TimeSpan>,
    /// How often it searches.
    pub frequency: Option<TimeSpan>,
    /// Aggregations in place of documents.
    pub aggregations: Option<Value>,
    /// Fields that scripts compute.
    pub script_fields: Option<Value>,
    /// How many documents a page has.
    pub scroll_size: Option<i32>,
    /// How time is divided into searches.
    pub chunking: Option<Value>,
    /// Whether late data are looked for.
    pub delayed_data_check: Option<Value>,
    /// After how many searches without result it stops.
    pub max_empty_searches: Option<i32>,
    /// How index names are expanded.
    pub indices_options: Option<Value>,
    /// Fields that are computed while searching (from 7.11).
    pub runtime_mappings: Option<Value>,
}

const FIELDS: [Field; 17] = [
    ("datafeed_id", Takes::String),
    ("config_type", Takes::String),
    ("job_id", Takes::String),
    ("indexes", Takes::Strings),
    ("indices", Takes::Strings),
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
];

/// The key under which a job carries its datafeed inside, from 7.15 on. sealift
/// treats that as an object of its own, which any version takes.
pub const INLINE: &str = "datafeed_config";

/// Lets the datafeed `body`, which stood inside the job `job`, say whose it is.
pub fn belong(body: &mut Value, job: &str) {
    if let Value::Object(members) = body {
        members.entry("job_id").or_insert_with(|| job.into());
    }
}

/// The datafeed inside the body `raw` of `artifact`, where that is a job with one;
/// its id is the job's where it has none.
#[must_use]
pub fn inside(artifact: &ArtifactId, raw: &Value) -> Option<(ArtifactId, Value)> {
    let feed = (artifact.kind == ArtifactKind::Job).then(|| raw.get(INLINE))??;
    let mut body = feed.is_object().then(|| feed.clone())?;
    let own = body.get("datafeed_id").and_then(Value::as_str);
    let id = own.unwrap_or(&artifact.id).to_owned();
    belong(&mut body, &artifact.id);
    Some((ArtifactId::new(ArtifactKind::Datafeed, id), body))
}

impl Datafeed {
    /// Reads and checks the body that creates the datafeed `id`, as `PUT
    /// _ml/datafeeds/{id}` does before it looks at what the cluster holds.
    ///
    /// # Errors
    /// What a server of `version` answers.
    pub fn create(id: &str, body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut datafeed = Self::read(body, INLINE, version)?;
        id.clone_into(&mut datafeed.id);
        datafeed.check()?;
        Ok(datafeed)
    }

    pub(super) fn read(body: &Node, name: &str, version: &StackVersion) -> Result<Self, Failure> {
        let mut datafeed = Self::default();
        let fields = FIELDS.get(..if version.offers(7, 11) { 17 } else { 16 });
        xcontent::object(body, name, fields.unwrap_or_default(), |name, value| {
            datafeed.take(name, value)
        })?;
        Ok(datafeed)
    }

    fn take(&mut self, name: &str, value: &Node) -> Read<()> {
        match name {
            "job_id" => self.job_id = Some(xcontent::string(value)?),
            "indices" | "indexes" => self.indices = xcontent::string_list(value)?,
            "query_delay" => self.query_delay = Some(span(value, name, TimeSpan::whole_millis)?),
            "frequency" => self.frequency = Some(span(value, name, TimeSpan::positive_seconds)?),
            "query" => {
                query::check(value).map_err(|failure| Stop::new(value.end, failure))?;
                self.query = Some(value.to_value());
            }
            "aggregations" | "aggs" => self.take_aggregations(value)?,
            "script_fields" => self.script_fields = Some(value.to_value()),
            "scroll_size" => self.scroll_size = Some(at_least(0, value, name)?),
            "chunking_config" => self.chunking = Some(chunking(value)?),
            "delayed_data_check_config" => {
                self.delayed_data_check = Some(delayed_data_check(value)?);
            }
            "max_empty_searches" => {
                let count = xcontent::integer(value)?;
                self.max_empty_searches = match count {
                    -1 => None,
                    _ => Some(at_least(1, value, name)?),
                };
            }
            "indices_options" => self.indices_options = Some(value.to_value()),
            "runtime_mappings" => self.runtime_mappings = Some(value.to_value()),
            _ => {
                xcontent::string(value)?;
            }
        }
        Ok(())
    }

    fn take_aggregations(&mut self, value: &Node) -> Read<()> {
        if self.aggregations.is_some() {
            let reason = "Found two aggregation definitions: [aggs] and [aggregations]";
            return Err(Stop::new(value.end, Failure::bad_request(reason)));
        }
        let aggregations = value.to_value();
        aggregation::check(&aggregations).map_err(|failure| Stop::new(value.end, failure))?;
        self.aggregations = Some(aggregations);
        Ok(())
    }

    /// Checks how the parts go together.
    ///
    /// # Errors
    /// The first refusal that the server would give.
    pub fn check(&self) -> Result<(), Failure> {
        if self.job_id.is_none() {
            return Err(Failure::illegal_argument("[job_id] must not be null."));
        }
        if !super::ml_id::is_valid(&self.id) {
            return Err(Failure::bad_request(super::ml_id::invalid(
                "datafeed_id",
                &self.id,
            )));
        }
        if self.indices.is_empty() || self.indices.iter().any(String::is_empty) {
            return Err(invalid_option(
                "indices",
                &format!("[{}]", self.indices.join(", ")),
            ));
        }
        let has_scripts = self
            .script_fields
            .as_ref()
            .and_then(Value::as_object)
            .is_some_and(|scripts| !scripts.is_empty());
        if self.aggregations.is_some() && has_scripts {
            return Err(Failure::bad_request(
                "script_fields cannot be used in combination with aggregations",
            ));
        }
        Ok(())
    }

    /// The datafeed as the server returns it, with all that it adds.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                object.insert(key.to_owned(), value);
            }
        };
        put("datafeed_id", json!(self.id));
        put("job_id", json!(self.job_id));
        let delay = self
            .query_delay
            .unwrap_or_else(|| self.default_query_delay());
        put("query_delay", json!(delay.text()));
        put("frequency", json!(self.frequency.map(TimeSpan::text)));
        put("indices", json!(self.indices));
        put(
            "query",
            self.query
                .clone()
                .unwrap_or_else(|| json!({"match_all": {}})),
        );
        put("aggregations", json!(self.aggregations));
        put("script_fields", json!(self.script_fields));
        put("scroll_size", json!(self.scroll_size.unwrap_or(1000)));
        put(
            "chunking_config",
            self.chunking
                .clone()
                .unwrap_or_else(|| self.default_chunking()),
        );
        let check = self.delayed_data_check.clone();
        put(
            "delayed_data_check_config",
            check.unwrap_or_else(|| json!({"enabled": true})),
        );
        put("max_empty_searches", json!(self.max_empty_searches));
        put("indices_options", self.stored_indices_options());
        put("runtime_mappings", json!(self.runtime_mappings));
        Value::Object(object)
    }

    /// Between one and two minutes, drawn from the id of the job.
    fn default_query_delay(&self) -> TimeSpan {
        let seed = java::string_hash(self.job_id.as_deref().unwrap_or_default());
        TimeSpan::millis(java::Random::new(i64::from(seed)).long_between(60_000, 120_000))
    }

    fn default_chunking(&self) -> Value {
        let interval = self
            .aggregations
            .as_ref()
            .and_then(aggregation::interval_millis);
        match interval {
            Some(millis) => {
                let span = TimeSpan::millis(millis.saturating_mul(1000));
                json!({"mode": "manual", "time_span": span.text()})
            }
            None => json!({"mode": "auto"}),
        }
    }

    fn stored_indices_options(&self) -> Value {
        let mut options = json!({
            "expand_wildcards": ["open"],
            "ignore_unavailable": false,
            "allow_no_indices": true,
            "ignore_throttled": true,
        });
        let given = self.indices_options.as_ref().and_then(Value::as_object);
        if let (Some(options), Some(given)) = (options.as_object_mut(), given) {
            for (key, value) in given {
                let listed = match (key.as_str(), value) {
                    ("expand_wildcards", Value::String(one)) => {
                        json!(one.split(',').collect::<Vec<_>>())
                    }
                    _ => value.clone(),
                };
                options.insert(key.clone(), listed);
            }
        }
        options
    }
}

fn invalid_option(name: &str, value: &str) -> Failure {
    Failure::bad_request(format!(
        "Invalid {name} value '{value}' in datafeed configuration"
    ))
}

fn at_least(least: i32, value: &Node, name: &str) -> Read<i32> {
    let number = xcontent::integer(value)?;
    if number < least {
        let shown = super::job::grouped(i64::from(number));
        return Err(Stop::new(value.at, invalid_option(name, &shown)));
    }
    Ok(number)
}

fn span(
    value: &Node,
    name: &str,
    check: fn(TimeSpan, &str) -> Result<TimeSpan, Failure>,
) -> Read<TimeSpan> {
    TimeSpan::parse(&xcontent::string(value)?, name)
        .and_then(|span| check(span, name))
        .map_err(|failure| Stop::new(value.at, failure))
}

fn chunking(node: &Node) -> Read<Value> {
    let fields = [("mode", Takes::String), ("time_span", Takes::String)];
    let (mut mode, mut time_span) = (None, None);
    xcontent::object(node, "chunking_config", &fields, |name, value| {
        if name == "time_span" {
            time_span = Some(span(value, name, TimeSpan::positive_seconds)?);
            return Ok(());
        }
        let text = xcontent::string(value)?.to_lowercase();
        if !["auto", "manual", "off"].contains(&text.as_str()) {
            let class = "org.elasticsearch.xpack.core.ml.datafeed.ChunkingConfig.Mode";
            let reason = format!("No enum constant {class}.{}", text.to_uppercase());
            return Err(Stop::new(value.at, Failure::illegal_argument(reason)));
        }
        mode = Some(text);
        Ok(())
    })?;
    xcontent::required(node, &[("mode", mode.is_some())])?;
    let mode = mode.unwrap_or_default();
    let refused = |reason: &str| {
        let build = "Failed to build [chunking_config] after last required field arrived";
        let failure = Failure::new(400, "x_content_parse_exception", build);
        Stop::new(node.end, failure.because(Failure::illegal_argument(reason)))
    };
    match (mode == "manual", time_span) {
        (true, None) => Err(refused("when chunk mode is manual time_span is required")),
        (false, Some(_)) => Err(refused(
            "chunk time_span may only be set when mode is manual",
        )),
        (true, Some(span)) => Ok(json!({"mode": mode, "time_span": span.text()})),
        (false, None) => Ok(json!({"mode": mode})),
    }
}

fn delayed_data_check(node: &Node) -> Read<Value> {
    let fields = [("enabled", Takes::Boolean), ("check_window", Takes::String)];
    let (mut enabled, mut window) = (None, None);
    xcontent::object(node, "delayed_data_check_config", &fields, |name, value| {
        match name {
            "enabled" => enabled = Some(xcontent::boolean(value)?),
            _ => window = Some(span(value, name, |span, _| Ok(span))?),
        }
        Ok(())
    })?;
    xcontent::required(node, &[("enabled", enabled.is_some())])?;
    let enabled = enabled.unwrap_or_default();
    Ok(match window {
        Some(window) if enabled => json!({"enabled": true, "check_window": window.text()}),
        _ => json!({"enabled": enabled}),
    })
}
