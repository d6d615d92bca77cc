//! The verbs: one file per stage, silent.
pub mod pack;
