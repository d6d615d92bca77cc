//! A door before a practice cluster that is shut for a while from the nth call on:
//! connections are refused.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long the door is shut: longer than the patience of a single call in these
/// tests.
const SHUT: Duration = Duration::from_millis(30);

/// The door; it goes with its value.
pub(crate) struct Door {
    address: SocketAddr,
    shut: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Door {
    /// Leads to `inner`, and refuses at call `n`, counted from 1.
    pub(crate) fn new(inner: SocketAddr, n: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (shut, stop) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicBool::new(false)),
        );
        let flags = (Arc::clone(&shut), Arc::clone(&stop));
        let thread = thread::spawn(move || serve(listener, inner, n, &flags.0, &flags.1));
        Self {
            address,
            shut,
            stop,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether the call at which it shuts has come.
    pub(crate) fn was_shut(&self) -> bool {
        self.shut.load(Ordering::SeqCst)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Visitors, so that the door looks at the flag, also if it is just shut.
        if let Some(thread) = self.thread.take() {
            while !thread.is_finished() {
                drop(TcpStream::connect(self.address));
                thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// Lets one call per connection pass; after `n - 1` of them nobody listens.
fn serve(
    mut listener: TcpListener,
    inner: SocketAddr,
    n: u64,
    shut: &AtomicBool,
    stop: &AtomicBool,
) {
    let address = listener.local_addr().unwrap();
    let mut passed = 0;
    loop {
        if passed + 1 == n && !shut.load(Ordering::SeqCst) {
            // The next call meets a closed door. Nobody can see it come: shut at once.
            drop(listener);
            shut.store(true, Ordering::SeqCst);
            thread::sleep(SHUT);
            listener = TcpListener::bind(address).unwrap();
        }
        let Ok((outer, _)) = listener.accept() else {
            return;
        };
        if stop.load(Ordering::SeqCst) {
            return;
        }
        passed += u64::from(pass(outer, inner).is_some());
    }
}

/// Takes one request to `inner` and its answer back.
fn pass(mut outer: TcpStream, inner: SocketAddr) -> Option<()> {
    let request = request(&mut outer)?;
    let mut behind = TcpStream::connect(inner).ok()?;
    behind.write_all(&request).ok()?;
    let mut answer = Vec::new();
    behind.read_to_end(&mut answer).ok()?;
    outer.write_all(&answer).ok()?;
    drop(outer.shutdown(Shutdown::Both));
    Some(())
}

/// One request, changed so that the connection ends with its answer.
fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut part = [0; 8_192];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let found = name.eq_ignore_ascii_case("content-length");
                found.then(|| value.trim().parse::<usize>().unwrap())
            });
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                let kept = head
                    .lines()
                    .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
                let head: Vec<&str> = kept.chain(["connection: close"]).collect();
                let mut whole = head.join("\r\n").into_bytes();
                whole.extend_from_slice(&bytes[end..]);
                return Some(whole);
            }
        }
        match stream.read(&mut part).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&part[..count]),
        }
    }
}
