//! `POST _ml/anomaly_detectors/{id}/_update`: what may change, and what becomes
//! of the stored job.

use serde_json::{Value, json};

use super::super::detector::{self, Detector, Rule};
use super::super::failure::Failure;
use super::super::json_text::{self, Node};
use super::super::ml_id;
use super::super::time_span::TimeSpan;
use super::super::version::StackVersion;
use super::super::xcontent::{self, Field, Read, Stop, Takes, refusal};
use super::{CategorizationPartition, Job, Limits, ModelPlot, span};

/// Whether a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It runs, is about to, or has failed.
    Open,
    /// It does not run.
    Closed,
}

const FIELDS: [Field; 13] = [
    ("job_id", Takes::String),
    ("groups", Takes::Strings),
    ("description", Takes::StringOrNull),
    ("detectors", Takes::Objects),
    ("model_plot_config", Takes::Object),
    ("analysis_limits", Takes::Object),
    ("background_persist_interval", Takes::String),
    ("renormalization_window_days", Takes::Number),
    ("results_retention_days", Takes::Number),
    ("model_snapshot_retention_days", Takes::Number),
    ("daily_model_snapshot_retention_after_days", Takes::Number),
    ("categorization_filters", Takes::Strings),
    ("custom_settings", Takes::Object),
];

/// Those of later versions, and those that never leave the list.
const MORE_FIELDS: [Field; 2] = [
    ("allow_lazy_open", Takes::Boolean),
    ("per_partition_categorization", Takes::Object),
];

#[derive(Default)]
struct Change {
    job: Job,
    detectors: Vec<DetectorChange>,
    categorization_filters: Option<Vec<String>>,
    allow_lazy_open: Option<bool>,
    has_groups: bool,
}

struct DetectorChange {
    index: i32,
    description: Option<String>,
    rules: Option<Node>,
}

/// The stored job after the update that `body` asks for; `stored` is a job as the
/// server returns it.
///
/// # Errors
/// What a server of `version` answers to the body, or to what it would make of
/// the job.
pub fn update(
    stored: &Value,
    body: &Node,
    state: JobState,
    version: &StackVersion,
) -> Result<Value, Failure> {
    let id = stored
        .get("job_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let change = Change::read(body, version)?;
    ml_id::agree("job_id", change.job.id.as_deref(), id)?;
    if change.job.limits.is_some() && state == JobState::Open {
        return Err(Failure::bad_request(
            "Cannot update analysis_limits while the job is open",
        ));
    }
    let mut updated = stored.clone();
    change.merge(&mut updated, version)?;
    recheck(&updated, version)?;
    Ok(updated)
}

/// The whole job is built anew from the merged settings, with all its checks.
fn recheck(updated: &Value, version: &StackVersion) -> Result<(), Failure> {
    let mut body = updated.clone();
    if let Some(object) = body.as_object_mut() {
        for generated in [
            "create_time",
            "finished_time",
            "model_snapshot_id",
            "deleting",
            "blocked",
        ] {
            object.remove(generated);
        }
    }
    let job = Job::read(&json_text::parse(&body.to_string()), version)?;
    job.check()
}

impl Change {
    fn read(body: &Node, version: &StackVersion) -> Result<Self, Failure> {
        let mut change = Self::default();
        let mut fields = FIELDS.to_vec();
        fields.extend(MORE_FIELDS);
        xcontent::object(body, "job_update", &fields, |name, value| {
            change.take(name, value, version)
        })?;
        Ok(change)
    }

    fn take(&mut self, name: &'static str, value: &Node, version: &StackVersion) -> Read<()> {
        match name {
            "detectors" => {
                self.detectors =
                    xcontent::objects(value, |detector| DetectorChange::read(detector, version))?;
            }
            "categorization_filters" => {
                self.categorization_filters = Some(xcontent::string_list(value)?);
            }
            "allow_lazy_open" => self.allow_lazy_open = Some(xcontent::boolean(value)?),
            "groups" => {
                self.has_groups = true;
                self.job.groups = xcontent::string_list(value)?;
            }
            "background_persist_interval" => {
                // The server's reader builds the update first and fills this in later.
                let interval = span(value, name).map_err(|stop| {
                    let field = refusal(
                        value.at,
                        &format!("[job_update] failed to parse field [{name}]"),
                    );
                    Stop::new(stop.at, field.because(stop.failure))
                })?;
                self.job.background_persist_interval = Some(interval);
            }
            "analysis_limits" => self.job.limits = Some(Limits::read(value)?),
            "model_plot_config" => self.job.model_plot = Some(ModelPlot::read(value)?),
            "per_partition_categorization" => {
                CategorizationPartition::read(value)?;
            }
            _ => self.job.take(name, value, version)?,
        }
        Ok(())
    }

    fn merge(self, updated: &mut Value, version: &StackVersion) -> Result<(), Failure> {
        self.merge_detectors(updated, version)?;
        let Some(object) = updated.as_object_mut() else {
            return Ok(());
        };
        let mut set = |key: &str, value: Value| {
            if !value.is_null() {
                object.insert(key.to_owned(), value);
            }
        };
        if self.has_groups {
            set("groups", json!(self.job.groups));
        }
        set("description", json!(self.job.description));
        set(
            "model_plot_config",
            self.job
                .model_plot
                .as_ref()
                .map_or(Value::Null, |plot| plot.to_json(version)),
        );
        set(
            "renormalization_window_days",
            json!(self.job.renormalization_window_days),
        );
        set(
            "background_persist_interval",
            json!(self.job.background_persist_interval.map(TimeSpan::text)),
        );
        set(
            "model_snapshot_retention_days",
            json!(self.job.snapshot_retention_days),
        );
        set(
            "daily_model_snapshot_retention_after_days",
            json!(self.job.daily_snapshot_retention_days),
        );
        set(
            "results_retention_days",
            json!(self.job.results_retention_days),
        );
        set("custom_settings", json!(self.job.custom_settings));
        set("allow_lazy_open", json!(self.allow_lazy_open));
        if let Some(limits) = &self.job.limits
            && let (Some(stored), Value::Object(new)) = (
                object
                    .get_mut("analysis_limits")
                    .and_then(Value::as_object_mut),
                limits.to_json(),
            )
        {
            // Only what the body said changes; the rest is kept.
            for (key, is_given) in [
                ("model_memory_limit", limits.memory.is_some()),
                ("categorization_examples_limit", limits.examples.is_some()),
            ] {
                if let (true, Some(value)) = (is_given, new.get(key)) {
                    stored.insert(key.to_owned(), value.clone());
                }
            }
        }
        if let (Some(filters), Some(analysis)) = (
            self.categorization_filters,
            object
                .get_mut("analysis_config")
                .and_then(Value::as_object_mut),
        ) {
            analysis.insert("categorization_filters".into(), json!(filters));
        }
        Ok(())
    }

    fn merge_detectors(&self, updated: &mut Value, version: &StackVersion) -> Result<(), Failure> {
        let mut none = Vec::new();
        let detectors = updated
            .pointer_mut("/analysis_config/detectors")
            .and_then(Value::as_array_mut)
            .unwrap_or(&mut none);
        let count = detectors.len();
        for change in &self.detectors {
            let place = usize::try_from(change.index).ok();
            let Some((place, detector)) =
                place.and_then(|place| Some((place, detectors.get_mut(place)?)))
            else {
                return Err(Failure::bad_request(format!(
                    "Supplied detector_index [{}] is >= the number of detectors [{count}]",
                    change.index
                )));
            };
            *detector = change.applied(detector, version)?.to_json(place);
        }
        Ok(())
    }
}

impl DetectorChange {
    fn read(node: &Node, version: &StackVersion) -> Read<Self> {
        let fields = [
            ("detector_index", Takes::Number),
            ("description", Takes::StringOrNull),
            ("custom_rules", Takes::Objects),
        ];
        let (mut index, mut description, mut rules) = (None, None, None);
        xcontent::object(node, "detector_update", &fields, |name, value| {
            match name {
                "detector_index" => index = Some(xcontent::integer(value)?),
                "description" => description = xcontent::string_or_null(value)?,
                _ => {
                    xcontent::objects(value, |rule| Rule::read(rule, version))?;
                    rules = Some(value.clone());
                }
            }
            Ok(())
        })?;
        xcontent::required(node, &[("detector_index", index.is_some())])?;
        Ok(Self {
            index: index.unwrap_or_default(),
            description,
            rules,
        })
    }

    fn applied(&self, stored: &Value, version: &StackVersion) -> Result<Detector, Failure> {
        let mut detector = Detector::read(&json_text::parse(&stored.to_string()), version)?;
        if let Some(description) = &self.description {
            detector.description = Some(description.clone());
        }
        if let Some(rules) = &self.rules {
            detector.rules = xcontent::objects(rules, |rule| Rule::read(rule, version))?;
            detector::check(&detector)?;
        }
        Ok(detector)
    }
}
