//! A small HTTP/1.1 server on threads of the standard library: keep-alive,
//! pipelining, chunked and gzip request bodies, `Expect: 100-continue`, TLS,
//! bounds on everything that a client sends, and a stop that joins.
//!
//! Framing follows RFC 9112, semantics RFC 9110. A [`Service`] turns a
//! [`Request`] into a [`Response`]; any `Fn(&Request) -> Response` is one.
//!
//! ```
//! use sealift::lab::http::{Request, Response, Server, ServerOptions};
//!
//! let server = Server::start(ServerOptions::default(), |request: &Request| {
//!     Response::text(200, format!("you asked for {}", request.path))
//! })?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! server.stop();
//! # Ok::<(), sealift::error::Error>(())
//! ```

mod body;
mod budget;
mod connection;
mod head;
mod limits;
mod range;
mod request;
mod response;
mod server;
mod stream;
mod write;

pub use budget::Budget;
pub use connection::{Service, exchange};
pub use limits::{Limits, Refusal};
pub use request::{Request, decode_component};
pub use response::{Body, Cut, Response};
pub use server::{Server, ServerOptions};
