//! The verbs: one file per stage, silent.
pub mod fetch;

pub mod key;
pub mod pack;
