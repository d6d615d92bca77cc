//! The practice cluster: an HTTP server over a store that answers as Elasticsearch and Kibana do.
