//! The practice cluster and the parts that serve it: an HTTP server over
//! in-memory state that answers as Elasticsearch and Kibana do. It is neither.

pub mod certificate;
pub mod cluster;
mod compiled;
mod door;
mod es;
pub mod fault;
pub mod http;
mod kibana;
pub mod options;
pub mod profile;
pub mod publisher;
mod random;
pub mod registry;
pub mod rest;
mod running;
pub mod security;
pub mod shape;
pub mod store;

pub use certificate::Wants;
pub use fault::{Action, Fault};
pub use options::{Grade, LabOptions, License};
pub use profile::Profile;
pub use running::Lab;
pub use shape::Shape;
