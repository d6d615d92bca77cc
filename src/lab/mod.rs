//! The practice cluster and the parts that serve it: an HTTP server over
//! in-memory state that answers as Elasticsearch and Kibana do.

pub mod http;
pub mod publisher;
