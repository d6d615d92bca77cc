//! `foreach`

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::{self, Context};
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Fault, Flow, Run, Step};
use crate::engine::value::{JavaMap, Map, Value};

/// Runs a processor for each element of a list.
pub(in crate::engine::ingest) struct Foreach {
    field: Field,
    step: Box<Step>,
    ignore_missing: bool,
    /// Maps can be gone through as well, and a field of another type fails only
    /// its document (versions from 7.16 on).
    modern: bool,
}

impl Foreach {
    /// Creates the processor.
    pub(super) fn create(config: &mut Config, context: &Context<'_>) -> Result<Self, Failure> {
        let field = config.field("field")?;
        let ignore_missing = config.boolean("ignore_missing", false)?;
        let processors = config.map("processor")?;
        let mut processors = processors.into_iter();
        let (Some((kind, inner)), None) = (processors.next(), processors.next()) else {
            return Err(config.refuse("processor", "Must specify exactly one processor type"));
        };
        Ok(Self {
            field,
            step: Box::new(factory::read_step(&kind, inner, &context.deeper()?)?),
            ignore_missing,
            modern: context.since(7, 16),
        })
    }

    /// Runs the processor on each element in turn, which is `_ingest._value`
    /// meanwhile.
    pub(in crate::engine::ingest) fn run(
        &self,
        document: &mut Document,
        run: &Run<'_>,
    ) -> Result<Flow, Fault> {
        let wrong = |failure: Failure| {
            if self.modern {
                Fault::from(failure)
            } else {
                Fault::fatal(failure)
            }
        };
        let value = self
            .field
            .value(document, self.ignore_missing)
            .map_err(wrong)?
            .unwrap_or_default();
        match &value {
            Value::Null if self.ignore_missing => Ok(Flow::Continue),
            Value::Null => Err(Failure::illegal_argument(format!(
                "field [{}] is null, cannot loop over its elements.",
                self.field.path(document)?
            ))
            .into()),
            Value::List(list) => self.list(&list.items(), document, run),
            Value::Map(map) if self.modern => self.map(&map.entries(), document, run),
            other => {
                let expected = if self.modern {
                    "a list or map"
                } else {
                    "[java.util.List]"
                };
                Err(wrong(Failure::illegal_argument(format!(
                    "field [{}] of type [{}] cannot be cast to {expected}",
                    self.field.path(document)?,
                    other.class_name()
                ))))
            }
        }
    }

    fn list(&self, items: &[Value], document: &mut Document, run: &Run<'_>) -> Result<Flow, Fault> {
        let mut changed = Vec::with_capacity(items.len());
        for item in items {
            let before = document.ingest.put("_value", item.clone());
            let result = self.step.run(document, run);
            if let Ok(Flow::Drop | Flow::Terminate) = result {
                return result;
            }
            let after = document.ingest.put("_value", before.unwrap_or_default());
            result?;
            changed.push(after.unwrap_or_default());
        }
        self.field.set(document, Value::list(changed))?;
        Ok(Flow::Continue)
    }

    fn map(
        &self,
        entries: &[(Value, Value)],
        document: &mut Document,
        run: &Run<'_>,
    ) -> Result<Flow, Fault> {
        let mut changed = JavaMap::new();
        for (key, item) in entries {
            let keys = ["_key", "_value"];
            let before = [key, item].map(Clone::clone);
            let before =
                [0, 1].map(|index| document.ingest.put(keys[index], before[index].clone()));
            let result = self.step.run(document, run);
            if let Ok(Flow::Drop | Flow::Terminate) = result {
                return result;
            }
            let [before_key, before_value] = before.map(Option::unwrap_or_default);
            let key = document.ingest.put("_key", before_key).unwrap_or_default();
            let value = document.ingest.put("_value", before_value);
            result?;
            if !key.is_null() {
                changed.put(key, value.unwrap_or_default());
            }
        }
        self.field.set(document, Value::Map(Map::new(changed)))?;
        Ok(Flow::Continue)
    }
}
