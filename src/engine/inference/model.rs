//! A model that is ready to be applied to documents.

use super::classify::classify;
use super::definition::{Definition, TargetType, TrainedModel};
use super::encode::{self, Encoder, Slots};
use super::ensemble::{self, Compiled};
use super::fields::{FieldPath, Fields};
use super::forest::{Forest, Key, MISSING, feature_key};
use super::importance::{Decoder, ImportanceForm, Writing};
use super::options::{ClassificationOptions, Options};
use super::stored::check_loadable;
use super::update::Update;
use crate::engine::failure::Failure;
use crate::engine::value::{JavaMap, Map, Value};
use crate::model::java::parse_double;

/// What surrounds a definition: where the fields come from and what a result
/// holds.
#[derive(Clone, Debug)]
pub struct Setup {
    /// `model_id`
    pub id: String,
    /// `input.field_names`: no other field is seen
    pub field_names: Vec<String>,
    /// `default_field_map`: fields under other names, from name to name
    pub default_field_map: Vec<(String, String)>,
    /// `inference_config`
    pub options: Options,
}

/// Fields that are also to be seen under other names, prepared for use.
#[derive(Clone, Debug, Default)]
pub struct FieldMap(Vec<(FieldPath, String)>);

impl FieldMap {
    /// A map from the name in the document to the name in the model; the entries
    /// apply in the order of a `HashMap` that was filled in the given order.
    pub fn new<'n>(entries: impl IntoIterator<Item = (&'n str, &'n str)>) -> Self {
        let mut map = JavaMap::new();
        for (from, to) in entries {
            map.put_str(from, Value::str(to));
        }
        Self(
            map.iter()
                .map(|(from, to)| (FieldPath::new(&from.to_java_string()), to.to_java_string()))
                .collect(),
        )
    }
}

/// A model, compiled. It can be shared between threads.
#[derive(Clone, Debug)]
pub struct Model {
    id: String,
    fields: Vec<(FieldPath, usize)>,
    default_field_map: FieldMap,
    options: Options,
    target: TargetType,
    labels: Option<Vec<String>>,
    weights: Option<Vec<f64>>,
    encoders: Vec<Encoder>,
    slots: usize,
    features: Vec<usize>,
    forest: Forest,
    compiled: Compiled,
    decoder: Decoder,
}

impl Model {
    /// Compiles a definition.
    ///
    /// # Errors
    /// What the server meets when it checks or loads the definition.
    pub fn new(setup: Setup, definition: Definition) -> Result<Self, Failure> {
        super::validate(&definition)?;
        check_loadable(&definition.model)?;
        let mut forest = Forest::default();
        let (compiled, features) = ensemble::compile(&definition.model, &mut forest)?;
        let decoder = Decoder::new(&features, &definition.preprocessors);
        let mut slots = Slots::default();
        let fields = distinct(&setup.field_names)
            .map(|name| (FieldPath::new(name), slots.of(name)))
            .collect();
        let encoders = encode::compile(definition.preprocessors, &mut slots);
        let features = features.iter().map(|name| slots.of(name)).collect();
        let target = definition.model.target();
        let (labels, weights) = match definition.model {
            TrainedModel::Tree(tree) => (tree.labels, None),
            TrainedModel::Ensemble(ensemble) => (ensemble.labels, ensemble.weights),
        };
        Ok(Self {
            id: setup.id,
            fields,
            default_field_map: FieldMap::new(pairs(&setup.default_field_map)),
            options: setup.options,
            target,
            labels,
            weights,
            encoders,
            slots: slots.len(),
            features,
            forest,
            compiled,
            decoder,
        })
    }

    /// The id of the model.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the model predicts.
    #[must_use]
    pub const fn target(&self) -> TargetType {
        self.target
    }

    /// How many features the trees read.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.features.len()
    }

    /// Applies the model to a document: `document` holds its fields and its
    /// metadata, `ingest` what stands under `_ingest`. The answer is the result
    /// map with `model_id`, or a warning when all of the model's fields are
    /// missing.
    ///
    /// # Errors
    /// What the server answers for this document.
    pub fn infer(
        &self,
        document: &JavaMap,
        ingest: Option<&Map>,
        field_map: &FieldMap,
        update: &Update,
    ) -> Result<Value, Failure> {
        let options = update.apply(&self.options).map_err(|requested| {
            Failure::bad_request(format!(
                "Model [{}] has inference config of type [{}] which is not supported by inference request of type [{}]",
                self.id,
                self.options.target().name(),
                requested.name()
            ))
        })?;
        let mut slots: Vec<Value> = std::iter::repeat_with(Value::default)
            .take(self.slots)
            .collect();
        let mut fields = Fields::new(document, ingest);
        fields.add(&field_map.0);
        fields.add(&self.default_field_map.0);
        let mut found = false;
        for (path, slot) in &self.fields {
            if let (Some(value), Some(place)) = (fields.dig(path), slots.get_mut(*slot)) {
                *place = value;
                found = true;
            }
        }
        let mut result = if found {
            self.result(&mut slots, &options, update.importance_form())?
        } else {
            self.warning()
        };
        result.put_str("model_id", Value::str(self.id.as_str()));
        Ok(Value::Map(Map::new(result)))
    }

    /// The probabilities of the classes, or the one number of a regression, for
    /// features in the order of the model; what is not finite is missing.
    ///
    /// # Errors
    /// What the server answers for such features.
    pub fn raw(&self, features: &[f64]) -> Result<Vec<f64>, Failure> {
        let mut keys: Vec<Key> = features.iter().map(|&value| feature_key(value)).collect();
        keys.resize(self.features.len(), MISSING);
        match self.target {
            TargetType::Regression => Ok(vec![self.compiled.number(&self.forest, &keys)?]),
            TargetType::Classification => self.compiled.probabilities(&self.forest, &keys),
        }
    }

    fn warning(&self) -> JavaMap {
        let text = format!(
            "Model [{}] could not be inferred as all fields were missing",
            self.id
        );
        let mut result = JavaMap::linked();
        result.put_str("warning", Value::str(text));
        result
    }

    fn result(
        &self,
        slots: &mut [Value],
        options: &Options,
        form: ImportanceForm,
    ) -> Result<JavaMap, Failure> {
        for encoder in &self.encoders {
            encoder.run(slots);
        }
        if options.target() != self.target {
            return Err(Failure::bad_request(format!(
                "Cannot infer using configuration for [{}] when model target_type is [{}]",
                options.target().name(),
                self.target.name()
            )));
        }
        let keys: Vec<Key> = self
            .features
            .iter()
            .map(|&slot| slots.get(slot).map_or(MISSING, key))
            .collect();
        let mut result = JavaMap::linked();
        match options {
            Options::Regression(options) => {
                let number = self.compiled.number(&self.forest, &keys)?;
                result.put_str(&options.results_field, Value::Double(number));
            }
            Options::Classification(options) => self.verdict(&keys, options, &mut result)?,
        }
        if options.importances() > 0 {
            let importances = self.compiled.importances(&self.forest, &keys)?;
            let writing = Writing {
                form,
                labels: self.labels.as_deref(),
                classes: match options {
                    Options::Regression(_) => None,
                    Options::Classification(options) => Some(options.prediction_field_type),
                },
                limit: options.importances(),
            };
            let best = self.decoder.decode(&importances, writing)?;
            if !best.is_empty() {
                result.put_str("feature_importance", Value::list(best));
            }
        }
        Ok(result)
    }

    fn verdict(
        &self,
        keys: &[Key],
        options: &ClassificationOptions,
        result: &mut JavaMap,
    ) -> Result<(), Failure> {
        let probabilities = self.compiled.probabilities(&self.forest, keys)?;
        let verdict = classify(
            &probabilities,
            self.labels.as_deref(),
            self.weights.as_deref(),
            options,
        )?;
        result.put_str(&options.results_field, verdict.value);
        if !verdict.top_classes.is_empty() {
            let classes = Value::list(verdict.top_classes);
            result.put_str(&options.top_classes_results_field, classes);
        }
        result.put_str("prediction_probability", Value::Double(verdict.probability));
        result.put_str("prediction_score", Value::Double(verdict.score));
        Ok(())
    }
}

/// A feature's value: a number, or a text that says one in Java's grammar.
fn key(value: &Value) -> Key {
    match value {
        Value::Str(text) => {
            let number = text.as_ascii().and_then(parse_double);
            number.map_or(MISSING, feature_key)
        }
        other => other.as_f64().map_or(MISSING, feature_key),
    }
}

fn distinct(names: &[String]) -> impl Iterator<Item = &str> {
    let mut seen = std::collections::HashSet::new();
    names
        .iter()
        .map(String::as_str)
        .filter(move |name| seen.insert(*name))
}

fn pairs(entries: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    entries
        .iter()
        .map(|(from, to)| (from.as_str(), to.as_str()))
}
