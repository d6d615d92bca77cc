//! Trained-model inference as Elasticsearch computes it: preprocessors, trees,
//! aggregation, classes, feature importance.
//!
//! [`ModelConfig::parse`] reads the body that creates a model and refuses what the
//! server refuses; [`ModelConfig::compile`] makes a [`Model`] of it;
//! [`Model::infer`] applies that to a document.

mod aggregate;
mod classify;
mod compressed;
mod config;
mod definition;
mod encode;
mod ensemble;
mod fields;
mod forest;
mod importance;
mod model;
mod options;
pub mod parse;
mod shap;
mod stored;
mod update;
mod validate;
mod xcontent;

pub use compressed::decompress;
pub use config::{LARGEST_DEFINITION, ModelConfig};
pub use definition::{
    Aggregator, AggregatorKind, Definition, Encoding, Ends, Ensemble, NGram, Node, Operator,
    Preprocessor, TargetType, TrainedModel, Tree,
};
pub use importance::ImportanceForm;
pub use model::{FieldMap, Model, Setup};
pub use options::{ClassificationOptions, Options, PredictionFieldType, RegressionOptions};
pub use update::Update;
pub use validate::validate;
