//! HTTP: the only door to the network. One [`Client`] per peer, [`Request`]
//! and [`Response`] as plain structs, and a [`Failure`] that knows in which
//! [`Phase`] an exchange broke off.
//!
//! What the client does and does not do:
//!
//! - every phase has a timeout ([`Timeouts`]); a failure names the phase;
//! - it never follows a redirect by itself: [`Client::follow`] does, and sends
//!   no credentials to another origin;
//! - a status is an answer, not an error; an error status comes with its body;
//! - bodies in memory are read up to a limit that the caller names; others are
//!   streamed;
//! - a body from a reader goes out with its `content-length`, and a reader that
//!   ends early is an error and not a hanging request;
//! - credentials are in [`Authorization`] and [`Proxy`] only, which show nothing
//!   of them in `Debug`; addresses are shown without query and user.

mod client;
mod failure;
mod pin;
mod redirect;
mod request;
mod response;
mod retry;
mod settings;
mod url;

pub use client::Client;
pub use failure::{Failure, Phase};
pub use request::{Authorization, Body, Method, Request};
pub use response::Response;
pub use retry::{Again, Retry, Setback};
pub use settings::{Identity, Proxy, Roots, Settings, Timeouts};
pub use url::{Url, encode_segment};
