//! `analysis_limits`: how much memory a job may take, how many examples it keeps.

use serde_json::{Value, json};

use super::super::byte_size::ByteSize;
use super::super::failure::Failure;
use super::super::json_text::{Kind, Node};
use super::super::xcontent::{self, Read, Stop, Takes, token};

/// Memory and examples; what a body leaves open the server fills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The memory of the model, in mebibytes; 1024 when nothing is said.
    pub memory: Option<i64>,
    /// How many examples of a category are kept; 4 when nothing is said.
    pub examples: Option<i64>,
}

impl Limits {
    /// Reads the limits of a body.
    ///
    /// # Errors
    /// What the server answers to their shape, and to values that are too low.
    pub fn read(node: &Node) -> Read<Self> {
        let mut limits = Self::default();
        let mut last = node;
        let fields = [
            ("model_memory_limit", Takes::Scalar),
            ("categorization_examples_limit", Takes::Number),
        ];
        xcontent::object(node, "analysis_limits", &fields, |name, value| {
            last = value;
            match name {
                "model_memory_limit" => limits.memory = Some(read_memory(value)?),
                _ => limits.examples = Some(xcontent::long(value)?),
            }
            // With the last of its arguments the server builds the object.
            if limits.memory.is_some() && limits.examples.is_some() {
                limits
                    .check()
                    .map_err(|failure| Stop::new(value.at, failure))?;
            }
            Ok(())
        })?;
        limits
            .check()
            .map_err(|failure| Stop::new(node.end, failure))?;
        Ok(limits)
    }

    fn check(&self) -> Result<(), Failure> {
        let refused = |reason: String| {
            let build = "Failed to build [analysis_limits] after last required field arrived";
            Failure::new(400, "x_content_parse_exception", build)
                .because(Failure::bad_request(reason))
        };
        if let Some(memory) = self.memory.filter(|memory| *memory < 1) {
            return Err(refused(format!(
                "model_memory_limit must be at least 1 MiB. Value = {memory}"
            )));
        }
        if let Some(examples) = self.examples.filter(|examples| *examples < 0) {
            return Err(refused(format!(
                "categorization_examples_limit cannot be less than 0. Value = {examples}"
            )));
        }
        Ok(())
    }

    /// Refuses more memory than the cluster allows (`xpack.ml.max_model_memory_limit`,
    /// in mebibytes).
    ///
    /// # Errors
    /// 400 as the server words it.
    pub fn within(&self, most: i64) -> Result<(), Failure> {
        match self.memory {
            Some(memory) if most > 0 && memory > most => Err(Failure::bad_request(format!(
                "model_memory_limit [{}] must be less than the value of the xpack.ml.max_model_memory_limit setting [{}]",
                ByteSize::mebibytes(memory).readable(),
                ByteSize::mebibytes(most).readable()
            ))),
            _ => Ok(()),
        }
    }

    /// The limits as the server returns them, defaults filled in.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "model_memory_limit": format!("{}mb", self.memory.unwrap_or(1024)),
            "categorization_examples_limit": self.examples.unwrap_or(4),
        })
    }
}

fn read_memory(value: &Node) -> Read<i64> {
    match &value.kind {
        Kind::String(text) => ByteSize::parse(text, "model_memory_limit")
            .map(ByteSize::as_mebibytes)
            .map_err(|failure| Stop::new(value.at, failure)),
        Kind::Number(_) => xcontent::long(value),
        other => {
            let reason = format!("Unsupported token [{}]", token(other));
            Err(Stop::new(value.at, Failure::illegal_argument(reason)))
        }
    }
}
