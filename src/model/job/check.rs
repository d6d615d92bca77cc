//! What the server checks of a job as a whole, in its order
//! (`Job.Builder.validateInputFields`, `AnalysisConfig.Builder.build`).

use std::collections::BTreeSet;

use super::super::detector::{Detector, field_name};
use super::super::failure::Failure;
use super::super::ml_id;
use super::super::time_span::TimeSpan;
use super::{Analysis, Job};

const CATEGORY_FIELD: &str = "mlcategory";

fn refuse(reason: impl Into<String>) -> Result<(), Failure> {
    Err(Failure::bad_request(reason))
}

fn illegal(reason: impl Into<String>) -> Result<(), Failure> {
    Err(Failure::illegal_argument(reason))
}

impl Job {
    /// Checks how the parts go together.
    ///
    /// # Errors
    /// The first refusal that the server would give.
    pub fn check(&self) -> Result<(), Failure> {
        let Some(analysis) = &self.analysis else {
            return illegal("An analysis_config must be set");
        };
        let Some(data) = &self.data else {
            return illegal("A data_description must be set");
        };
        if analysis.fields().contains(data.time_field.as_str()) {
            return illegal("data_description.time_field may not be used in the analysis_config");
        }
        if let Some(interval) = self.background_persist_interval {
            check_persist_interval(interval)?;
        }
        not_less(
            0,
            "renormalization_window_days",
            self.renormalization_window_days,
        )?;
        not_less(0, "results_retention_days", self.results_retention_days)?;
        self.check_ids()?;
        self.check_retention()?;
        self.check_groups()?;
        match self.results_index.as_deref() {
            Some(index) if !index.is_empty() && !ml_id::is_valid(index) => {
                illegal(ml_id::invalid("results_index_name", index))
            }
            _ => Ok(()),
        }
    }

    fn check_ids(&self) -> Result<(), Failure> {
        let id = self.id.as_deref().unwrap_or_default();
        if !ml_id::is_valid(id) {
            return illegal(ml_id::invalid("job_id", id));
        }
        if id.len() > ml_id::MAX_LENGTH {
            return illegal(format!(
                "The job id cannot contain more than {} characters.",
                ml_id::MAX_LENGTH
            ));
        }
        Ok(())
    }

    fn check_retention(&self) -> Result<(), Failure> {
        let (keep, daily) = (
            self.snapshot_retention_days,
            self.daily_snapshot_retention_days,
        );
        not_less(0, "model_snapshot_retention_days", keep)?;
        not_less(0, "daily_model_snapshot_retention_after_days", daily)?;
        match (keep.unwrap_or(10), daily) {
            (keep, Some(daily)) if daily > keep => illegal(format!(
                "The value of 'daily_model_snapshot_retention_after_days' [{daily}] cannot be greater than 'model_snapshot_retention_days' [{keep}]"
            )),
            _ => Ok(()),
        }
    }

    fn check_groups(&self) -> Result<(), Failure> {
        for group in &self.groups {
            if !ml_id::is_valid(group) {
                return illegal(format!(
                    "Invalid group id '{group}'; must be non-empty string and may contain lowercase alphanumeric (a-z and 0-9), \
                     hyphens or underscores; must start and end with alphanumeric"
                ));
            }
            if self.id.as_ref() == Some(group) {
                return Err(Failure::new(
                    400,
                    "resource_already_exists_exception",
                    format!(
                        "job and group names must be unique but job [{group}] and group [{group}] have the same name"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Refuses two detectors that are equal in all but their place.
    ///
    /// # Errors
    /// 400, naming the detector.
    pub fn check_detectors_differ(&self) -> Result<(), Failure> {
        let detectors = self
            .analysis
            .as_ref()
            .map_or(&[][..], |analysis| &analysis.detectors);
        for (place, detector) in detectors.iter().enumerate() {
            let is_same = |earlier: &Detector| {
                earlier.title() == detector.title() && {
                    let described = |detector: &Detector| Detector {
                        description: None,
                        ..detector.clone()
                    };
                    described(earlier) == described(detector)
                }
            };
            if detectors.iter().take(place).any(is_same) {
                return illegal(format!(
                    "Duplicate detectors are not allowed: [{}]",
                    detector.title()
                ));
            }
        }
        Ok(())
    }
}

fn check_persist_interval(interval: TimeSpan) -> Result<(), Failure> {
    let name = "background_persist_interval";
    let seconds = interval.whole_seconds(name)?.seconds();
    not_less(3600, name, Some(seconds))
}

/// With the grouping of thousands that the server's messages have.
fn not_less(least: i64, name: &str, value: Option<i64>) -> Result<(), Failure> {
    match value {
        Some(value) if value < least => illegal(format!(
            "{name} cannot be less than {}. Value = {}",
            grouped(least),
            grouped(value)
        )),
        _ => Ok(()),
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = if value < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Analysis {
    /// Checks how the parts of the analysis go together.
    ///
    /// # Errors
    /// The first refusal that the server would give.
    pub fn check(&self) -> Result<(), Failure> {
        self.bucket_span.positive_seconds("bucket_span")?;
        if let Some(latency) = self.latency {
            latency.whole_seconds("latency")?;
        }
        if self.detectors.is_empty() {
            return refuse("No detectors configured");
        }
        for name in [&self.summary_count_field, &self.categorization_field]
            .into_iter()
            .flatten()
        {
            field_name(name)?;
        }
        self.check_category_field()?;
        self.check_categorization()?;
        self.check_partitions()?;
        let has_metric = self.detectors.iter().any(|detector| {
            detector
                .function
                .is_some_and(|function| function.name() == "metric")
        });
        if has_metric
            && self
                .summary_count_field
                .as_ref()
                .is_some_and(|name| !name.is_empty())
        {
            return refuse(
                "The 'metric' function cannot be used in jobs that will take pre-summarized input",
            );
        }
        self.check_nesting()
    }

    fn term_fields(&self) -> BTreeSet<&str> {
        self.detectors
            .iter()
            .flat_map(Detector::entity_fields)
            .chain(self.influencers.iter().map(String::as_str))
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// All fields that the analysis needs.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&str> {
        let mut fields = self.term_fields();
        let computed = self.detectors.iter().map(|detector| &detector.field);
        fields.extend(
            computed
                .chain([&self.categorization_field, &self.summary_count_field])
                .filter_map(|name| name.as_deref())
                .filter(|name| !name.is_empty()),
        );
        fields
    }

    fn check_category_field(&self) -> Result<(), Failure> {
        let is_used = self
            .detectors
            .iter()
            .flat_map(Detector::entity_fields)
            .any(|name| name == CATEGORY_FIELD);
        match (is_used, &self.categorization_field) {
            (true, None) => {
                refuse("categorization_field_name must be set for mlcategory to be available")
            }
            (false, Some(_)) => refuse(
                "categorization_field_name is set but mlcategory is not used in any detector by/over/partition field",
            ),
            _ => Ok(()),
        }
    }

    fn check_categorization(&self) -> Result<(), Failure> {
        if self.categorization_analyzer.is_some() && self.categorization_field.is_none() {
            return refuse("categorization_analyzer requires setting categorization_field_name");
        }
        let filters = self.categorization_filters.as_deref().unwrap_or_default();
        if filters.is_empty() {
            return Ok(());
        }
        if self.categorization_analyzer.is_some() {
            return refuse(
                "categorization_filters cannot be used with categorization_analyzer - instead specify them as pattern_replace \
                 char_filters in the analyzer",
            );
        }
        if self.categorization_field.is_none() {
            return refuse("categorization_filters require setting categorization_field_name");
        }
        if filters.iter().collect::<BTreeSet<_>>().len() != filters.len() {
            return refuse("categorization_filters contain duplicates");
        }
        if filters.iter().any(String::is_empty) {
            return refuse("categorization_filters are not allowed to contain empty strings");
        }
        Ok(())
    }

    fn check_partitions(&self) -> Result<(), Failure> {
        if !self.per_partition.enabled {
            return Ok(());
        }
        if self.categorization_field.is_none() {
            return refuse(
                "categorization_field_name must be set when per-partition categorization is enabled",
            );
        }
        let mut common: Option<&str> = None;
        for detector in &self.detectors {
            let partition = detector.partition.as_deref();
            if partition == Some(CATEGORY_FIELD) {
                return refuse(
                    "mlcategory cannot be used as a partition_field_name when per-partition categorization is enabled",
                );
            }
            if partition.is_none() && detector.entity_fields().any(|name| name == CATEGORY_FIELD) {
                return refuse(
                    "partition_field_name must be set for detectors that reference mlcategory when per-partition categorization is enabled",
                );
            }
            match (common, partition) {
                (Some(earlier), Some(now)) if earlier != now => {
                    return refuse(format!(
                        "partition_field_name cannot vary between detectors when per-partition categorization is enabled: [{earlier}] and [{now}] are used"
                    ));
                }
                (_, Some(now)) => common = Some(now),
                _ => {}
            }
        }
        Ok(())
    }

    /// A field and another nested in it cannot both be terms.
    fn check_nesting(&self) -> Result<(), Failure> {
        let mut previous: Option<&str> = None;
        for name in self.term_fields() {
            if let Some(outer) = previous
                && name
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.starts_with('.'))
            {
                return refuse(format!(
                    "Fields [{outer}] and [{name}] cannot both be used in the same analysis_config"
                ));
            }
            previous = Some(name);
        }
        Ok(())
    }
}
