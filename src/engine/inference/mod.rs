//! Trained-model inference as Elasticsearch computes it: preprocessors, trees, aggregation.
