//! The verbs: one file per stage, silent.

pub mod apply;
pub mod by_hand;
pub mod check;
pub mod claims;
pub mod clock;
pub mod diff;
pub mod fetch;
pub mod fetch_package;
pub mod fleet;
pub mod gather;
pub mod history;
pub mod install;
pub mod key;
pub mod lint;
pub mod local;
pub mod lock;
pub mod manage;
pub mod observe;
pub mod origins;
pub mod pack;
pub mod preflight;
pub mod prepare;
pub mod publish;
pub mod rehearse;
pub mod release_diff;
pub mod sign;
pub mod split;
pub mod status;
pub mod targets;
pub mod trust;
pub mod validate;

mod advice;
mod conclude;
mod foretell;
mod license;
mod memo;
