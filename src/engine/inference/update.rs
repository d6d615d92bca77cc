//! `inference_config` of an ingest processor: what it changes in the options of
//! the model.

use super::definition::TargetType;
use super::importance::ImportanceForm;
use super::options::{Options, PredictionFieldType, importance_count};
use crate::engine::failure::Failure;
use crate::engine::value::Value;

/// The options that a processor states; the others stay those of the model. By
/// default it changes nothing, as a processor without `inference_config`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// What the update is for; without it, for any model
    target: Option<TargetType>,
    num_top_classes: Option<i32>,
    top_classes_results_field: Option<String>,
    results_field: Option<String>,
    importances: Option<usize>,
    prediction_field_type: Option<PredictionFieldType>,
    importance_form: ImportanceForm,
}

/// Names that a result has anyway.
const RESERVED: [&str; 2] = ["warning", "model_id"];

impl Update {
    /// Reads `inference_config`: an object with the one key `regression` or
    /// `classification`.
    ///
    /// # Errors
    /// As the server when it creates the processor, before it puts the failure
    /// under the processor's type.
    pub fn from_value(config: &Value) -> Result<Self, Failure> {
        let shape = || {
            Failure::bad_request(
                "inference_config must be an object with one inference type mapped to an object.",
            )
        };
        let entries = config.as_map().ok_or_else(shape)?.entries();
        let [(kind, options)] = entries.as_slice() else {
            return Err(shape());
        };
        let options = options.as_map().ok_or_else(shape)?.entries();
        let kind = kind.to_java_string();
        let target = match kind.as_str() {
            "regression" => TargetType::Regression,
            "classification" => TargetType::Classification,
            _ => {
                return Err(Failure::bad_request(format!(
                    "unrecognized inference configuration type [{kind}]. Supported types [classification, regression]"
                )));
            }
        };
        let update = Self {
            target: Some(target),
            ..Self::default()
        };
        update.read(&options, target)
    }

    fn read(mut self, options: &[(Value, Value)], target: TargetType) -> Result<Self, Failure> {
        let mut options = Keys::new(options);
        if target == TargetType::Classification {
            self.num_top_classes = options.int("num_top_classes")?;
            self.top_classes_results_field = options.text("top_classes_results_field")?;
        }
        self.results_field = options.text("results_field")?;
        let importances = options.int("num_top_feature_importance_values")?;
        let mut prediction_field_type = None;
        if target == TargetType::Classification {
            prediction_field_type = options.text("prediction_field_type")?;
        }
        options.no_others()?;
        self.prediction_field_type = prediction_field_type
            .map(|name| PredictionFieldType::from_name(&name))
            .transpose()?;
        self.importances = importances.map(importance_count).transpose()?;
        self.check_unique()?;
        Ok(self)
    }

    /// The same update, with `feature_importance` in this form.
    #[must_use]
    pub fn writing_importance(self, form: ImportanceForm) -> Self {
        Self {
            importance_form: form,
            ..self
        }
    }

    /// The form of `feature_importance`.
    pub(super) fn importance_form(&self) -> ImportanceForm {
        self.importance_form
    }

    fn check_unique(&self) -> Result<(), Failure> {
        let mut known = RESERVED.to_vec();
        for field in [&self.results_field, &self.top_classes_results_field]
            .into_iter()
            .flatten()
        {
            if known.contains(&field.as_str()) {
                return Err(Failure::bad_request(format!(
                    "Invalid inference config. More than one field is configured as [{field}]"
                )));
            }
            known.push(field);
        }
        Ok(())
    }

    /// The options of a model with those of the update in their place.
    ///
    /// # Errors
    /// What the update is for, when the model predicts something else.
    pub fn apply(&self, options: &Options) -> Result<Options, TargetType> {
        if let Some(target) = self.target
            && options.target() != target
        {
            return Err(target);
        }
        let mut options = options.clone();
        match &mut options {
            Options::Regression(options) => {
                set(&mut options.results_field, self.results_field.as_ref());
                set(
                    &mut options.num_top_feature_importance_values,
                    self.importances.as_ref(),
                );
            }
            Options::Classification(options) => {
                set(&mut options.results_field, self.results_field.as_ref());
                set(
                    &mut options.num_top_feature_importance_values,
                    self.importances.as_ref(),
                );
                set(&mut options.num_top_classes, self.num_top_classes.as_ref());
                set(
                    &mut options.top_classes_results_field,
                    self.top_classes_results_field.as_ref(),
                );
                set(
                    &mut options.prediction_field_type,
                    self.prediction_field_type.as_ref(),
                );
            }
        }
        Ok(options)
    }
}

fn set<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

/// The entries of a map, and which of them were asked for.
struct Keys<'k> {
    entries: &'k [(Value, Value)],
    known: Vec<&'static str>,
}

impl<'k> Keys<'k> {
    const fn new(entries: &'k [(Value, Value)]) -> Self {
        Self {
            entries,
            known: Vec::new(),
        }
    }

    fn take(&mut self, name: &'static str) -> Option<&'k Value> {
        self.known.push(name);
        self.entries.iter().find_map(|(key, value)| {
            let found = key.as_str().is_some_and(|key| key.eq_str(name));
            (found && !value.is_null()).then_some(value)
        })
    }

    fn int(&mut self, name: &'static str) -> Result<Option<i32>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(other) => Err(not_castable(other, "java.lang.Integer")),
        }
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.to_str().into_owned())),
            Some(other) => Err(not_castable(other, "java.lang.String")),
        }
    }

    fn no_others(&self) -> Result<(), Failure> {
        let others: Vec<String> = self
            .entries
            .iter()
            .map(|(key, _)| key.to_java_string())
            .filter(|key| !self.known.contains(&key.as_str()))
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        Err(Failure::bad_request(format!(
            "Unrecognized fields [{}].",
            others.join(", ")
        )))
    }
}

fn not_castable(value: &Value, wanted: &str) -> Failure {
    let class = value.class_name();
    Failure::class_cast(format!(
        "class {class} cannot be cast to class {wanted} ({class} and {wanted} are in module java.base of loader 'bootstrap')"
    ))
}
