//! The Painless engine and the values it works on.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

mod values;
