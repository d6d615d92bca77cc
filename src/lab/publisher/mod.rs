//! A local publisher: releases in the shape of GitHub's REST API (version
//! 2022-11-28), over what stands on a [`Shelf`].

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Result;
use crate::lab::http::{Request, Response, Server, ServerOptions};

mod answer;
mod fixtures;
mod shelf;
mod wire;
mod write;

pub use fixtures::{documents, expected, fixtures};
pub use shelf::{Shelf, ShelfAsset, ShelfRelease};

/// The shelf, shared between whoever fills it and the server.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Mutex<Shelf>>);

impl Desk {
    /// A desk in front of `shelf`.
    #[must_use]
    pub fn new(shelf: Shelf) -> Self {
        Self(Arc::new(Mutex::new(shelf)))
    }

    /// The shelf, for a look or a change; requests wait meanwhile.
    pub fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to one request. Addresses in it are those under which the
    /// request came.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Response {
        answer::answer(&mut self.shelf(), request)
    }
}

/// A running local publisher; dropping it stops it.
#[derive(Debug)]
pub struct Publisher {
    server: Server,
    desk: Desk,
}

impl Publisher {
    /// Serves `shelf` on `listen`, on a free port of the loopback address where
    /// none is given.
    ///
    /// # Errors
    /// Kind `Io` when the address cannot be listened on.
    pub fn start(shelf: Shelf, listen: Option<SocketAddr>) -> Result<Self> {
        let desk = Desk::new(shelf);
        let mut options = ServerOptions::default();
        if let Some(listen) = listen {
            options.listen = listen;
        }
        let clerk = desk.clone();
        let server = Server::start(options, move |request: &Request| clerk.answer(request))?;
        Ok(Self { server, desk })
    }

    /// The API's address.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What is served.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }
}
