//! Bundles on disk: writing one, and the strict reader whose outcome is the
//! only way to a [`VerifiedBundle`].

mod feed;
mod hash;
mod member;
mod read;
mod unjudged;
mod verified;
mod write;

pub use member::MemberReader;
pub use read::{Conditions, verify_stream};
pub use unjudged::UnjudgedBundle;
pub use verified::{Evidence, MemberEvidence, VerifiedBundle};
pub use write::{Content, Unsealed};
