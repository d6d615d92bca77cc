//! sealift: seal Elastic machine-learning security releases while online, lift
//! them into air-gapped clusters.
//!
//! The data goes one way:
//!
//! ```text
//! source ─fetch→ release ─classify→ catalog ─pack+sign→ bundle ═ air gap ═ ─open+trust→ verified bundle
//!    verified bundle + observation ─→ plan ─apply→ receipt ─→ (status · check · rollback · remove)
//! ```
//!
//! # The floors
//!
//! Imports only point down; `tests/layers.rs` guards it.
//!
//! | floor | what it holds | may use |
//! |---|---|---|
//! | [`cli`] | the front desk: arguments, settings, the terminal | everything |
//! | [`flow`] | the verbs: one file per stage, silent | `lab`, `io`, `engine`, `model` |
//! | [`lab`] | the practice cluster and the local publisher | `io`, `engine`, `model` |
//! | [`io`] | the doors: files, archives, HTTP, Elasticsearch, Kibana, GitHub | `engine`, `model` |
//! | [`engine`] | offline evaluation: pure functions over JSON values | `model` |
//! | [`model`] | the nouns: pure values | nothing but [`error`] |
//!
//! [`error`] and [`progress`] stand beside the floors; everybody may use them.

pub mod cli;
pub mod engine;
pub mod error;
pub mod flow;
pub mod io;
pub mod lab;
pub mod model;
pub mod progress;
