//! `inference`: applies a trained model.

use serde_json::Value as Json;

use crate::engine::failure::Failure;
use crate::engine::inference::{FieldMap, ImportanceForm, Update};
use crate::engine::ingest::config::{Config, foreign};
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::Value;

struct Inference {
    model: String,
    target: Field,
    field_map: FieldMap,
    update: Update,
}

/// Creates an `inference` processor.
pub(super) fn create(
    config: &mut Config,
    tag: Option<&str>,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let model = config.string("model_id")?;
    let default_target = match tag {
        Some(tag) => format!("ml.inference.{tag}"),
        None => "ml.inference".to_owned(),
    };
    let target = config
        .optional_string("target_field")?
        .unwrap_or(default_target);
    let field_map = match config.optional_map("field_map")? {
        Some(map) => map,
        // Its name in the versions before 7.8.
        None => config.optional_map("field_mappings")?.unwrap_or_default(),
    };
    let field_map: Vec<(String, String)> = field_map
        .iter()
        .map(|(from, to)| (from.clone(), Value::from(to).to_java_string()))
        .collect();
    let update = match config.optional_map("inference_config")? {
        Some(update) => Update::from_value(&Value::from(&Json::Object(update))).map_err(thrown)?,
        None => Update::default(),
    };
    let form = if context.since(7, 10) {
        ImportanceForm::ByClass
    } else {
        ImportanceForm::Total
    };
    Ok(Box::new(Inference {
        model,
        target: Field::fixed(&target),
        field_map: FieldMap::new(
            field_map
                .iter()
                .map(|(from, to)| (from.as_str(), to.as_str())),
        ),
        update: update.writing_importance(form),
    }))
}

/// Exceptions of Java that are none of the server's own are wrapped.
fn thrown(failure: Failure) -> Failure {
    match failure.kind() {
        "illegal_argument_exception" => foreign("java.lang.IllegalArgumentException", failure),
        "class_cast_exception" => foreign("java.lang.ClassCastException", failure),
        _ => failure,
    }
}

impl Processor for Inference {
    fn run(&self, document: &Document, run: &Run<'_>) -> Result<Flow, Failure> {
        let model = run.environment.model(&self.model)?;
        let result = model.infer(
            &document.fields.borrow(),
            Some(&document.ingest),
            &self.field_map,
            &self.update,
        )?;
        let path = self.target.path(document)?;
        if document.has(&path) {
            document.append(&path, &result, true)?;
        } else {
            document.set(&path, result)?;
        }
        Ok(Flow::Continue)
    }
}
