//! Anomaly detection jobs: read, checked, completed and returned as the server
//! does it (`Job`, `AnalysisConfig` and `JobUpdate` in Elasticsearch).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::datafeed;
use super::failure::Failure;
use super::json_text::Node;
use super::time_span::TimeSpan;
use super::version::StackVersion;
use super::xcontent::{self, Field, Read, Stop, Takes};

mod analysis;
mod check;
mod limits;
mod parts;
mod update;

pub use analysis::Analysis;
pub(crate) use check::grouped;
pub use limits::Limits;
pub use parts::{CategorizationPartition, DataDescription, ModelPlot};
pub use update::{JobState, update};

/// The settings of a job that an operator can give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// The id.
    pub id: Option<String>,
    /// The groups, which share a namespace with ids.
    pub groups: Vec<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Detectors and what they share.
    pub analysis: Option<Analysis>,
    /// Memory and examples.
    pub limits: Option<Limits>,
    /// Where the time stands in the data.
    pub data: Option<DataDescription>,
    /// Whether the model is drawn.
    pub model_plot: Option<ModelPlot>,
    /// Over how many days scores are adjusted.
    pub renormalization_window_days: Option<i64>,
    /// How often the model is saved.
    pub background_persist_interval: Option<TimeSpan>,
    /// How many days results are kept.
    pub results_retention_days: Option<i64>,
    /// How many days model snapshots are kept.
    pub snapshot_retention_days: Option<i64>,
    /// After how many days only one snapshot a day is kept.
    pub daily_snapshot_retention_days: Option<i64>,
    /// Free data of the operator.
    pub custom_settings: Option<Value>,
    /// The index that results go to, without its prefix.
    pub results_index: Option<String>,
    /// Whether it may wait for a node when it is opened.
    pub allow_lazy_open: bool,
    /// The datafeed to create with it (from 7.15).
    pub datafeed: Option<Value>,
    /// Keys that are there but that only the server may set.
    set_by_server: BTreeSet<&'static str>,
}

/// The keys of a body and what they take; the server's order of its own answers
/// does not matter here.
const FIELDS: [Field; 23] = [
    ("job_id", Takes::String),
    ("job_type", Takes::String),
    ("job_version", Takes::String),
    ("groups", Takes::Strings),
    ("description", Takes::StringOrNull),
    ("create_time", Takes::Scalar),
    ("finished_time", Takes::Scalar),
    ("analysis_config", Takes::Object),
    ("analysis_limits", Takes::Object),
    ("data_description", Takes::Object),
    ("model_plot_config", Takes::Object),
    ("renormalization_window_days", Takes::Number),
    ("background_persist_interval", Takes::String),
    ("results_retention_days", Takes::Number),
    ("model_snapshot_retention_days", Takes::Number),
    ("daily_model_snapshot_retention_after_days", Takes::Number),
    ("custom_settings", Takes::Object),
    ("model_snapshot_id", Takes::StringOrNull),
    ("model_snapshot_min_version", Takes::StringOrNull),
    ("results_index_name", Takes::String),
    ("deleting", Takes::Boolean),
    ("allow_lazy_open", Takes::Boolean),
    (datafeed::INLINE, Takes::Object),
];

impl Job {
    /// Reads and checks the body that creates the job `id`, as `PUT
    /// _ml/anomaly_detectors/{id}` does before it looks at what the cluster holds.
    ///
    /// # Errors
    /// What a server of `version` answers.
    pub fn create(id: &str, body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut job = Self::read(body, version)?;
        job.id = Some(super::ml_id::agree("job_id", job.id.as_deref(), id)?);
        job.check()?;
        job.check_detectors_differ()?;
        let illegal: Vec<&str> = ["model_snapshot_id", "finished_time", "create_time"]
            .into_iter()
            .filter(|key| job.set_by_server.contains(key))
            .collect();
        if illegal.is_empty() {
            return Ok(job);
        }
        Err(Failure::illegal_argument(format!(
            "The job is configured with fields [{}] that are illegal to set at job creation",
            illegal.join(",")
        )))
    }

    /// Reads and checks a body as `POST _ml/anomaly_detectors/_validate` does.
    ///
    /// # Errors
    /// What a server of `version` answers.
    pub fn validate(body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut job = Self::read(body, version)?;
        job.id.get_or_insert_with(|| "ok".to_owned());
        job.check()?;
        job.check_detectors_differ()?;
        Ok(job)
    }

    /// Reads a body without looking at how its parts go together.
    ///
    /// # Errors
    /// What a server of `version` answers to its shape.
    pub fn read(body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut job = Self::default();
        let fields = FIELDS.get(..if version.offers(7, 15) { 23 } else { 22 });
        xcontent::object(
            body,
            "job_details",
            fields.unwrap_or_default(),
            |name, value| job.take(name, value, version),
        )?;
        Ok(job)
    }

    fn take(&mut self, name: &'static str, value: &Node, version: &StackVersion) -> Read<()> {
        match name {
            "job_id" => self.id = Some(xcontent::string(value)?),
            "groups" => self.groups = xcontent::string_list(value)?,
            "description" => self.description = xcontent::string_or_null(value)?,
            "analysis_config" => {
                let analysis = Analysis::read(value, version)?;
                analysis
                    .check()
                    .map_err(|failure| Stop::new(value.end, failure))?;
                self.analysis = Some(analysis);
            }
            "analysis_limits" => self.limits = Some(Limits::read(value)?),
            "data_description" => self.data = Some(DataDescription::read(value)?),
            "model_plot_config" => self.model_plot = Some(ModelPlot::read(value)?),
            "background_persist_interval" => {
                self.background_persist_interval = Some(span(value, name)?);
            }
            "renormalization_window_days" => {
                self.renormalization_window_days = Some(xcontent::long(value)?);
            }
            "results_retention_days" => self.results_retention_days = Some(xcontent::long(value)?),
            "model_snapshot_retention_days" => {
                self.snapshot_retention_days = Some(xcontent::long(value)?);
            }
            "daily_model_snapshot_retention_after_days" => {
                self.daily_snapshot_retention_days = Some(xcontent::long(value)?);
            }
            "custom_settings" => self.custom_settings = Some(value.to_value()),
            "results_index_name" => self.results_index = Some(xcontent::string(value)?),
            "allow_lazy_open" => self.allow_lazy_open = xcontent::boolean(value)?,
            datafeed::INLINE => self.datafeed = Some(value.to_value()),
            "create_time" | "finished_time" => parts::read_time(value, name).map(|()| {
                self.set_by_server.insert(name);
            })?,
            "model_snapshot_id" => {
                if xcontent::string_or_null(value)?.is_some() {
                    self.set_by_server.insert(name);
                }
            }
            "deleting" => {
                xcontent::boolean(value)?;
            }
            _ => {
                xcontent::string_or_null(value)?;
            }
        }
        Ok(())
    }

    /// The filters that the rules of its detectors name, sorted.
    #[must_use]
    pub fn referenced_filters(&self) -> Vec<String> {
        let filters: BTreeSet<&str> = self
            .analysis
            .iter()
            .flat_map(|analysis| &analysis.detectors)
            .flat_map(|detector| &detector.rules)
            .flat_map(|rule| rule.scope.references())
            .map(|(_, reference)| reference.filter_id.as_str())
            .collect();
        filters.into_iter().map(str::to_owned).collect()
    }

    /// The job as a server of `version` returns it, with all that it adds;
    /// `created` is in milliseconds since 1970.
    #[must_use]
    pub fn to_json(&self, created: i64, version: &StackVersion) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                object.insert(key.to_owned(), value);
            }
        };
        put("job_id", json!(self.id));
        put("job_type", json!("anomaly_detector"));
        put("job_version", json!(version.number()));
        if !self.groups.is_empty() {
            put("groups", json!(self.groups));
        }
        put("description", json!(self.description));
        put("create_time", json!(created));
        put(
            "analysis_config",
            self.analysis
                .as_ref()
                .map_or(Value::Null, |analysis| analysis.to_json(version)),
        );
        put(
            "analysis_limits",
            self.limits.clone().unwrap_or_default().to_json(),
        );
        put(
            "data_description",
            self.data.clone().unwrap_or_default().to_json(),
        );
        put(
            "model_plot_config",
            self.model_plot
                .as_ref()
                .map_or(Value::Null, |plot| plot.to_json(version)),
        );
        put(
            "renormalization_window_days",
            json!(self.renormalization_window_days),
        );
        put(
            "background_persist_interval",
            json!(self.background_persist_interval.map(TimeSpan::text)),
        );
        let retention = self
            .snapshot_retention_days
            .unwrap_or(default_retention(version));
        put("model_snapshot_retention_days", json!(retention));
        put(
            "daily_model_snapshot_retention_after_days",
            json!(self.daily_retention(retention, version)),
        );
        put("results_retention_days", json!(self.results_retention_days));
        put("custom_settings", json!(self.custom_settings));
        put("results_index_name", json!(self.stored_results_index()));
        put("allow_lazy_open", json!(self.allow_lazy_open));
        Value::Object(object)
    }

    fn stored_results_index(&self) -> String {
        match self.results_index.as_deref() {
            None | Some("" | "shared") => "shared".to_owned(),
            Some(own) if own.starts_with("custom-") => own.to_owned(),
            Some(own) => format!("custom-{own}"),
        }
    }

    fn daily_retention(&self, retention: i64, version: &StackVersion) -> Option<i64> {
        if !version.offers(7, 8) {
            return None;
        }
        self.daily_snapshot_retention_days
            .or((retention > 1).then_some(1))
    }
}

/// How many days snapshots are kept when a body does not say.
fn default_retention(version: &StackVersion) -> i64 {
    if version.offers(7, 8) { 10 } else { 1 }
}

/// Reads a time span of the field `name`.
pub(super) fn span(value: &Node, name: &str) -> Read<TimeSpan> {
    TimeSpan::parse(&xcontent::string(value)?, name).map_err(|failure| Stop::new(value.at, failure))
}
