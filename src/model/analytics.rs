//! Data frame analytics: read, checked, completed and returned as the server does
//! it (`DataFrameAnalyticsConfig` in Elasticsearch).

use serde_json::{Map, Value, json};

use super::byte_size::ByteSize;
use super::failure::Failure;
use super::json_text::Node;
use super::ml_id;
use super::version::StackVersion;
use super::xcontent::{self, Field, Read, Stop, Takes};

mod analysis;
mod place;
mod update;

pub use analysis::Analysis;
pub use place::{Destination, Source};
pub use update::update;

/// The settings of an analytics that an operator can give.
#[derive(Clone, Debug, PartialEq)]
pub struct Analytics {
    /// The id.
    pub id: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it reads.
    pub source: Source,
    /// What it writes.
    pub destination: Destination,
    /// What it computes.
    pub analysis: Analysis,
    /// Which fields it takes.
    pub analyzed_fields: Option<Value>,
    /// How much memory it may take; 1 GiB when nothing is said.
    pub memory: Option<ByteSize>,
    /// Whether it may wait for a node when it is started.
    pub allow_lazy_start: bool,
    /// How many threads it may take.
    pub threads: i32,
}

const FIELDS: [Field; 10] = [
    ("config_type", Takes::String),
    ("id", Takes::String),
    ("description", Takes::String),
    ("source", Takes::Object),
    ("dest", Takes::Object),
    ("analysis", Takes::Object),
    ("analyzed_fields", Takes::Anything),
    ("model_memory_limit", Takes::Scalar),
    ("allow_lazy_start", Takes::Boolean),
    ("max_num_threads", Takes::Number),
];

#[derive(Default)]
struct Body {
    id: Option<String>,
    description: Option<String>,
    source: Option<Source>,
    destination: Option<Destination>,
    analysis: Option<Analysis>,
    analyzed_fields: Option<Value>,
    memory: Option<ByteSize>,
    allow_lazy_start: bool,
    threads: Option<i32>,
}

impl Analytics {
    /// Reads and checks the body that creates the analytics `id`, as `PUT
    /// _ml/data_frame/analytics/{id}` does before it looks at indices.
    ///
    /// # Errors
    /// What a server of `version` answers.
    pub fn create(id: &str, body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut read = Body::default();
        xcontent::object(
            body,
            "data_frame_analytics_config",
            &FIELDS,
            |name, value| read.take(name, value, version),
        )?;
        let id = ml_id::agree("id", read.id.as_deref(), id)?;
        let analytics = read.build(id)?;
        analytics.check()?;
        Ok(analytics)
    }

    fn check(&self) -> Result<(), Failure> {
        if !ml_id::is_valid(&self.id) {
            return Err(Failure::bad_request(ml_id::invalid("id", &self.id)));
        }
        if self.id.len() > ml_id::MAX_LENGTH {
            return Err(Failure::bad_request(format!(
                "Invalid id; '{}' cannot contain more than {} characters.",
                self.id,
                ml_id::MAX_LENGTH
            )));
        }
        if let Some(memory) = self.memory.filter(|memory| memory.bytes() < 1024) {
            return Err(Failure::bad_request(format!(
                "[model_memory_limit] must be at least [1kb]; was [{}]",
                memory.readable()
            )));
        }
        Ok(())
    }

    /// Refuses a destination that the source would read: every pattern of the
    /// source is held against its name.
    ///
    /// # Errors
    /// 400 `validation_exception`.
    pub fn check_destination(&self) -> Result<(), Failure> {
        let indices = &self.source.indices;
        let is_source = indices
            .iter()
            .any(|pattern| place::matches(pattern, &self.destination.index));
        if !is_source {
            return Ok(());
        }
        Err(Failure::new(
            400,
            "validation_exception",
            format!(
                "Validation Failed: 1: Destination index [{}] is included in source expression [{}];",
                self.destination.index,
                indices.join(",")
            ),
        ))
    }

    /// The analytics as a server of `version` returns it; `created` is in
    /// milliseconds since 1970, `seed` is the random seed that the server draws.
    #[must_use]
    pub fn to_json(&self, created: i64, seed: i64, version: &StackVersion) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), json!(self.id));
        if let Some(description) = &self.description {
            object.insert("description".into(), json!(description));
        }
        object.insert("source".into(), self.source.to_json());
        object.insert("dest".into(), self.destination.to_json());
        object.insert("analysis".into(), self.analysis.to_json(seed));
        if let Some(fields) = &self.analyzed_fields {
            object.insert("analyzed_fields".into(), fields.clone());
        }
        let memory = self.memory.map_or_else(|| "1gb".to_owned(), ByteSize::text);
        object.insert("model_memory_limit".into(), json!(memory));
        object.insert("create_time".into(), json!(created));
        object.insert("version".into(), json!(version.number()));
        object.insert("allow_lazy_start".into(), json!(self.allow_lazy_start));
        if version.offers(7, 9) {
            object.insert("max_num_threads".into(), json!(self.threads));
        }
        Value::Object(object)
    }
}

impl Body {
    fn take(&mut self, name: &str, value: &Node, version: &StackVersion) -> Read<()> {
        match name {
            "id" => self.id = Some(xcontent::string(value)?),
            "description" => self.description = Some(xcontent::string(value)?),
            "source" => self.source = Some(Source::read(value, version)?),
            "dest" => self.destination = Some(Destination::read(value)?),
            "analysis" => self.analysis = Some(Analysis::read(value, version)?),
            "analyzed_fields" => self.analyzed_fields = Some(place::field_choice(value)?),
            "model_memory_limit" => self.memory = Some(memory(value)?),
            "allow_lazy_start" => self.allow_lazy_start = xcontent::boolean(value)?,
            "max_num_threads" => self.threads = Some(xcontent::integer(value)?),
            _ => {
                xcontent::string(value)?;
            }
        }
        Ok(())
    }

    fn build(self, id: String) -> Result<Analytics, Failure> {
        let null = |field: &str| Failure::illegal_argument(format!("[{field}] must not be null."));
        let source = self.source.ok_or_else(|| null("source"))?;
        let destination = self.destination.ok_or_else(|| null("dest"))?;
        let analysis = self.analysis.ok_or_else(|| null("analysis"))?;
        let threads = self.threads.unwrap_or(1);
        if threads < 1 {
            return Err(Failure::bad_request(
                "[max_num_threads] must be a positive integer",
            ));
        }
        Ok(Analytics {
            id,
            description: self.description,
            source,
            destination,
            analysis,
            analyzed_fields: self.analyzed_fields,
            memory: self.memory,
            allow_lazy_start: self.allow_lazy_start,
            threads,
        })
    }
}

fn memory(value: &Node) -> Read<ByteSize> {
    ByteSize::parse(&xcontent::string(value)?, "model_memory_limit")
        .map_err(|failure| Stop::new(value.at, failure))
}
