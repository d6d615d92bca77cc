//! How fast the practice cluster answers: small requests on one connection, and
//! five hundred connections that stay open, with the memory they take.
//!
//! `cargo bench --bench lab`

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use sealift::lab::{Lab, LabOptions};

const REQUEST: &[u8] = b"GET /_ml/filters/none HTTP/1.1\r\nhost: lab\r\n\r\n";

/// Connections that stay open.
const CONNECTIONS: usize = 500;

fn main() {
    let lab = Lab::start(&LabOptions::default()).unwrap();
    let address = lab.elasticsearch_url().replace("http://", "");
    let before = resident();
    one_connection(&address);
    many_connections(&address);
    if let (Some(before), Some(after)) = (before, resident()) {
        println!(
            "resident memory: {before} KiB at the start, {after} KiB with {CONNECTIONS} connections served"
        );
    }
    lab.stop();
}

fn one_connection(address: &str) {
    let mut socket = connect(address);
    let time = Duration::from_secs(3);
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < time {
        exchange(&mut socket);
        count += 1;
    }
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    println!(
        "one keep-alive connection: {rate:.0} requests/s (2,000 wanted, client on the same machine)"
    );
}

fn many_connections(address: &str) {
    let mut sockets: Vec<_> = (0..CONNECTIONS).map(|_| connect(address)).collect();
    let begun = Instant::now();
    for _ in 0..4 {
        for socket in &mut sockets {
            socket.write_all(REQUEST).unwrap();
        }
        for socket in &mut sockets {
            read_answer(socket);
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let served = 4.0 * f64::from(u32::try_from(CONNECTIONS).unwrap());
    println!(
        "{CONNECTIONS} keep-alive connections: all answered 4 times in {seconds:.2} s ({:.0} requests/s)",
        served / seconds
    );
}

fn connect(address: &str) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

fn exchange(socket: &mut TcpStream) {
    socket.write_all(REQUEST).unwrap();
    read_answer(socket);
}

/// Reads one answer; they are small enough to come whole.
fn read_answer(socket: &mut TcpStream) {
    let mut block = [0; 4096];
    let count = socket.read(&mut block).unwrap();
    assert!(block[..count].starts_with(b"HTTP/1.1 404 "));
}

/// Resident memory of this process in KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
