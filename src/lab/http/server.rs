//! The listening side: a thread that accepts, a thread per connection, and a
//! stop that ends them all.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::{ErrorKind, OrErr, Result};
use crate::io::tls::ServerTls;

use super::budget::Budget;
use super::connection::{Service, serve};
use super::limits::{Limits, Refusal};
use super::stream::{Encrypted, Socket};
use super::write;

/// How long [`Server::stop`] waits for answers under way before it breaks them off.
const GRACE: Duration = Duration::from_secs(3);
/// Address space of a connection's thread; pages are only used when touched.
const STACK: usize = 4 << 20;

/// Where and how to listen.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Address and port; port 0 lets the system pick one.
    pub listen: SocketAddr,
    /// Bounds.
    pub limits: Limits,
    /// Certificate and key, for `https`.
    pub tls: Option<ServerTls>,
}

impl Default for ServerOptions {
    /// Plain HTTP on a free port of the loopback address.
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            limits: Limits::default(),
            tls: None,
        }
    }
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    encrypted: bool,
    house: Arc<House>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct House {
    stopping: AtomicBool,
    limits: Limits,
    budget: Budget,
    tls: Option<ServerTls>,
    guests: Mutex<Guests>,
    empty: Condvar,
}

#[derive(Debug, Default)]
struct Guests {
    next: u64,
    sockets: HashMap<u64, Arc<TcpStream>>,
}

impl Server {
    /// Starts to listen and serve in threads of its own.
    ///
    /// # Errors
    /// Kind `Io` when the address cannot be listened on.
    pub fn start(options: ServerOptions, service: impl Service + 'static) -> Result<Self> {
        let listener = TcpListener::bind(options.listen).or_err(ErrorKind::Io, || {
            format!("cannot listen on {}", options.listen)
        })?;
        let address = listener
            .local_addr()
            .or_err(ErrorKind::Io, || "cannot learn the port".to_owned())?;
        let house = Arc::new(House {
            stopping: AtomicBool::new(false),
            budget: Budget::new(options.limits.in_flight),
            limits: options.limits,
            tls: options.tls,
            guests: Mutex::default(),
            empty: Condvar::new(),
        });
        let encrypted = house.tls.is_some();
        let service: Arc<dyn Service> = Arc::new(service);
        let acceptor = {
            let house = Arc::clone(&house);
            thread::Builder::new()
                .name("lab-accept".to_owned())
                .spawn(move || accept(&listener, &house, &service))
                .or_err(ErrorKind::Io, || "cannot start a thread".to_owned())?
        };
        Ok(Self {
            address,
            encrypted,
            house,
            acceptor: Some(acceptor),
        })
    }

    /// The address listened on, with the port that was picked.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a URL without a final slash.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.encrypted { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Connections open now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.house.guests().sockets.len()
    }

    /// Stops accepting, lets answers under way finish for a moment, closes every
    /// connection and waits for the threads.
    pub fn stop(mut self) {
        self.close();
    }

    fn close(&mut self) {
        let Some(acceptor) = self.acceptor.take() else {
            return;
        };
        self.house.stopping.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; when even that fails, it is already gone.
        let _ = TcpStream::connect_timeout(&self.reachable(), Duration::from_secs(1));
        let _ = acceptor.join();
        self.house.shut(Shutdown::Read);
        if !self.house.wait_until_empty(GRACE) {
            self.house.shut(Shutdown::Both);
            self.house.wait_until_empty(GRACE);
        }
    }

    /// The own address as a client can reach it (`0.0.0.0` is none).
    fn reachable(&self) -> SocketAddr {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

impl House {
    fn guests(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn going(&self) -> bool {
        !self.stopping.load(Ordering::SeqCst)
    }

    /// A number for a new connection; nothing when the house is full.
    fn enter(&self, socket: &Arc<TcpStream>) -> Option<u64> {
        let mut guests = self.guests();
        if guests.sockets.len() >= self.limits.connections {
            return None;
        }
        guests.next += 1;
        let number = guests.next;
        guests.sockets.insert(number, Arc::clone(socket));
        Some(number)
    }

    fn leave(&self, number: u64) {
        let mut guests = self.guests();
        guests.sockets.remove(&number);
        if guests.sockets.is_empty() {
            self.empty.notify_all();
        }
    }

    fn shut(&self, how: Shutdown) {
        for socket in self.guests().sockets.values() {
            let _ = socket.shutdown(how);
        }
    }

    fn wait_until_empty(&self, time: Duration) -> bool {
        let guests = self.guests();
        let (guests, _) = self
            .empty
            .wait_timeout_while(guests, time, |guests| !guests.sockets.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        guests.sockets.is_empty()
    }
}

fn accept(listener: &TcpListener, house: &Arc<House>, service: &Arc<dyn Service>) {
    for socket in listener.incoming() {
        if !house.going() {
            return;
        }
        let Ok(socket) = socket else {
            // Out of descriptors, most likely: let some connections end.
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        welcome(Arc::new(socket), house, service);
    }
}

fn welcome(socket: Arc<TcpStream>, house: &Arc<House>, service: &Arc<dyn Service>) {
    let _ = socket.set_nodelay(true);
    let _ = socket.set_write_timeout(Some(house.limits.stall));
    let Some(number) = house.enter(&socket) else {
        return turn_away(&socket, house, service.as_ref());
    };
    let guest = Guest {
        house: Arc::clone(house),
        number,
    };
    let service = Arc::clone(service);
    // When no thread can be had, dropping the guest closes the connection.
    let _ = thread::Builder::new()
        .name("lab-connection".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            talk(socket, &guest.house, service.as_ref());
            // Who waits for the house to be empty may count on the service being
            // free as well.
            drop(service);
            drop(guest);
        });
}

/// Leaves the house even when the connection's thread unwinds.
struct Guest {
    house: Arc<House>,
    number: u64,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.house.leave(self.number);
    }
}

fn turn_away(socket: &TcpStream, house: &House, service: &dyn Service) {
    if house.tls.is_none() {
        let refusal = Refusal::TooManyConnections(house.limits.connections);
        let response = service.refuse(&refusal).closing();
        let mut socket = socket;
        let _ = write::write(&mut socket, &response, false, false);
    }
}

fn talk(socket: Arc<TcpStream>, house: &House, service: &dyn Service) {
    let going = || house.going();
    match &house.tls {
        None => serve(
            Socket(socket),
            service,
            &house.limits,
            &house.budget,
            &going,
        ),
        Some(tls) => {
            let _ = socket.set_read_timeout(Some(house.limits.head_time));
            if let Ok(stream) = tls.accept(Socket(Arc::clone(&socket))) {
                let channel = Encrypted { stream, socket };
                serve(channel, service, &house.limits, &house.budget, &going);
            }
        }
    }
}
