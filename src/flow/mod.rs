//! The verbs: one file per stage, silent.

<<<<<<< HEAD
pub mod apply;
pub mod claims;
pub mod clock;
pub mod fetch;
pub mod history;
pub mod install;
pub mod key;
pub mod lock;
pub mod observe;
=======
pub mod fetch;
pub mod lint;
>>>>>>> 9497fa6 (Lint files, folders and zips, with SARIF)
pub mod pack;
pub mod preflight;
pub mod prepare;
pub mod status;
pub mod targets;
