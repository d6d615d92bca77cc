//! Trained-model inference as Elasticsearch computes it: preprocessors, trees, aggregation.

mod definition;
pub mod parse;
mod xcontent;

pub use definition::{
    Aggregator, AggregatorKind, Definition, Encoding, Ensemble, NGram, Node, Operator,
    Preprocessor, TargetType, TrainedModel, Tree,
};
