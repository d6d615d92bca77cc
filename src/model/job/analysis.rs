//! `analysis_config`: the detectors of a job and what they share.

use serde_json::{Map, Value, json};

use super::super::detector::Detector;
use super::super::failure::Failure;
use super::super::json_text::{Node, Position};
use super::super::time_span::TimeSpan;
use super::super::version::StackVersion;
use super::super::xcontent::{self, Field, Read, Stop, Takes, refusal};
use super::CategorizationPartition;

/// What a job analyzes.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// The detectors, in their order.
    pub detectors: Vec<Detector>,
    /// The length of a bucket.
    pub bucket_span: TimeSpan,
    /// How late data may come.
    pub latency: Option<TimeSpan>,
    /// The field that is sorted into categories.
    pub categorization_field: Option<String>,
    /// What is cut out of that field beforehand.
    pub categorization_filters: Option<Vec<String>>,
    /// How that field is cut into words.
    pub categorization_analyzer: Option<Value>,
    /// Whether each partition has categories of its own.
    pub per_partition: CategorizationPartition,
    /// The field that counts the events that a document stands for.
    pub summary_count_field: Option<String>,
    /// The fields that may bear the blame.
    pub influencers: Vec<String>,
    /// Whether by fields are modelled together.
    pub multivariate_by_fields: Option<bool>,
    /// After what time without data models go (from 7.15).
    pub model_prune_window: Option<TimeSpan>,
}

const FIELDS: [Field; 11] = [
    ("detectors", Takes::Objects),
    ("bucket_span", Takes::String),
    ("categorization_field_name", Takes::String),
    ("categorization_filters", Takes::Strings),
    ("categorization_analyzer", Takes::ObjectOrString),
    ("per_partition_categorization", Takes::Object),
    ("latency", Takes::String),
    ("summary_count_field_name", Takes::String),
    ("influencers", Takes::Strings),
    ("multivariate_by_fields", Takes::Boolean),
    ("model_prune_window", Takes::String),
];

/// The spans that came before the detectors: the server takes them over only when
/// the detectors are read, and then refuses them at a place further on.
type Waiting = Vec<(&'static str, Position, String)>;

impl Analysis {
    /// Reads the analysis of a body.
    ///
    /// # Errors
    /// What a server of `version` answers to its shape.
    pub fn read(node: &Node, version: &StackVersion) -> Read<Self> {
        let mut analysis = Self {
            detectors: Vec::new(),
            bucket_span: TimeSpan::minutes(5),
            latency: None,
            categorization_field: None,
            categorization_filters: None,
            categorization_analyzer: None,
            per_partition: CategorizationPartition::default(),
            summary_count_field: None,
            influencers: Vec::new(),
            multivariate_by_fields: None,
            model_prune_window: None,
        };
        let fields = FIELDS.get(..if version.offers(7, 15) { 11 } else { 10 });
        let mut waiting = Waiting::new();
        let mut has_detectors = false;
        xcontent::object(
            node,
            "analysis_config",
            fields.unwrap_or_default(),
            |name, value| match name {
                "detectors" => {
                    analysis.detectors =
                        xcontent::objects(value, |detector| Detector::read(detector, version))?;
                    has_detectors = true;
                    analysis.take_waiting(std::mem::take(&mut waiting), value)
                }
                "bucket_span" | "latency" | "model_prune_window" if !has_detectors => {
                    waiting.push((name, value.at, xcontent::string(value)?));
                    Ok(())
                }
                _ => analysis.take(name, value),
            },
        )?;
        xcontent::required(node, &[("detectors", has_detectors)])?;
        Ok(analysis)
    }

    fn take_waiting(&mut self, waiting: Waiting, detectors: &Node) -> Read<()> {
        for (name, at, text) in waiting {
            self.set_span(name, &text).map_err(|failure| {
                let field = refusal(
                    at,
                    &format!("[analysis_config] failed to parse field [{name}]"),
                );
                let build = refusal(
                    at,
                    "failed to build [analysis_config] after last required field arrived",
                );
                Stop::new(detectors.end, build.because(field.because(failure)))
            })?;
        }
        Ok(())
    }

    fn set_span(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let span = TimeSpan::parse(text, name)?;
        match name {
            "bucket_span" => self.bucket_span = span,
            "latency" => self.latency = Some(span),
            _ => self.model_prune_window = Some(span),
        }
        Ok(())
    }

    fn take(&mut self, name: &str, value: &Node) -> Read<()> {
        match name {
            "categorization_field_name" => {
                self.categorization_field = Some(xcontent::string(value)?);
            }
            "categorization_filters" => {
                self.categorization_filters = Some(xcontent::string_list(value)?);
            }
            "categorization_analyzer" => self.categorization_analyzer = Some(value.to_value()),
            "per_partition_categorization" => {
                self.per_partition = CategorizationPartition::read(value)?;
            }
            "summary_count_field_name" => self.summary_count_field = Some(xcontent::string(value)?),
            "influencers" => self.influencers = xcontent::string_list(value)?,
            "multivariate_by_fields" => {
                self.multivariate_by_fields = Some(xcontent::boolean(value)?);
            }
            _ => self
                .set_span(name, &xcontent::string(value)?)
                .map_err(|failure| Stop::new(value.at, failure))?,
        }
        Ok(())
    }

    /// The analysis as a server of `version` returns it.
    #[must_use]
    pub fn to_json(&self, version: &StackVersion) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                object.insert(key.to_owned(), value);
            }
        };
        put("bucket_span", json!(self.bucket_span.text()));
        put(
            "categorization_field_name",
            json!(self.categorization_field),
        );
        put("categorization_filters", json!(self.categorization_filters));
        put(
            "categorization_analyzer",
            json!(self.categorization_analyzer),
        );
        if self.categorization_field.is_some() && version.offers(7, 9) {
            put("per_partition_categorization", self.per_partition.to_json());
        }
        put("latency", json!(self.latency.map(TimeSpan::text)));
        put("summary_count_field_name", json!(self.summary_count_field));
        let detectors = self.detectors.iter().enumerate();
        put(
            "detectors",
            detectors
                .map(|(index, detector)| detector.to_json(index))
                .collect(),
        );
        put("influencers", json!(self.influencers));
        put("multivariate_by_fields", json!(self.multivariate_by_fields));
        if version.offers(7, 15) {
            let window = self
                .model_prune_window
                .unwrap_or_else(|| self.default_prune_window());
            put("model_prune_window", json!(window.text()));
        }
        Value::Object(object)
    }

    /// Thirty days rounded to whole buckets, at least twenty buckets.
    fn default_prune_window(&self) -> TimeSpan {
        const THIRTY_DAYS: i64 = 30 * 86_400;
        let bucket = self.bucket_span.seconds().max(1);
        let mut window = (bucket / 2).saturating_add(THIRTY_DAYS);
        window -= window % bucket;
        if window < THIRTY_DAYS {
            window = window.saturating_add(bucket);
        }
        TimeSpan::from_seconds(window.max(bucket.saturating_mul(20)))
    }
}
