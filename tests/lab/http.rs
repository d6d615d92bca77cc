//! The HTTP server against clients that are slow, greedy, broken or many.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use proptest::prelude::{ProptestConfig, any, proptest};
use sealift::lab::http::{Cut, Limits, Request, Response, Server, ServerOptions, exchange};
use sealift::model::gzip;

/// Answers with the method, path and body it was shown.
fn echo(request: &Request) -> Response {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    match request.path.as_str() {
        "/cut" => Response::text(200, "0123456789").cut(Cut::AfterBody(4)),
        "/silent" => Response::text(200, "never seen").cut(Cut::Silent),
        "/panic" => panic!("a bug in the service"),
        path => Response::text(200, format!("{} {path} {body}", request.method)),
    }
}

fn small() -> Limits {
    Limits {
        body: 1000,
        idle: Duration::from_millis(400),
        head_time: Duration::from_millis(300),
        stall: Duration::from_millis(300),
        connections: 600,
        ..Limits::default()
    }
}

fn in_memory(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&exchange(bytes, &echo, &small())).into_owned()
}

fn start() -> Server {
    let options = ServerOptions {
        limits: small(),
        ..ServerOptions::default()
    };
    Server::start(options, echo).unwrap()
}

fn talk(server: &Server, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(server.address()).unwrap();
    socket.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let answer = in_memory(
        b"GET /1 HTTP/1.1\r\nhost: x\r\n\r\n\r\nPUT /2 HTTP/1.1\r\ncontent-length: 2\r\n\r\nhiGET /3 HTTP/1.0\r\n\r\nGET /4 HTTP/1.1\r\n\r\n",
    );
    let order: Vec<_> = ["GET /1 ", "PUT /2 hi", "GET /3 "]
        .iter()
        .map(|text| answer.find(text).unwrap())
        .collect();
    assert!(order.is_sorted(), "{answer}");
    assert!(!answer.contains("GET /4"), "HTTP/1.0 closes: {answer}");
}

#[test]
fn chunked_and_gzip_bodies_arrive_whole() {
    let answer = in_memory(
        b"POST /c HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\ntrailer: 1\r\n\r\nGET /next HTTP/1.1\r\n\r\n",
    );
    assert!(answer.contains("POST /c abc0123456789"), "{answer}");
    assert!(answer.contains("GET /next"), "{answer}");
    let packed = gzip::deflate(b"inflated");
    let mut bytes = format!(
        "PUT /z HTTP/1.1\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    bytes.extend(packed);
    assert!(in_memory(&bytes).contains("PUT /z inflated"));
}

#[test]
fn what_is_too_long_or_unclear_gets_one_answer_and_a_close() {
    let long_line = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(5000));
    let long_head = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(20_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200));
    let bomb = gzip::deflate(&[0; 5000]);
    let mut bomb_request = format!(
        "PUT / HTTP/1.1\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    )
    .into_bytes();
    bomb_request.extend(bomb);
    let cases: [(&[u8], u16); 13] = [
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (long_line.as_bytes(), 414),
        (long_head.as_bytes(), 431),
        (many_headers.as_bytes(), 431),
        (b"PUT / HTTP/1.1\r\ncontent-length: 1001\r\n\r\n", 413),
        (
            b"PUT / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            400,
        ),
        (
            b"PUT / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (
            b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            400,
        ),
        (b"PUT / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", 501),
        (
            b"PUT / HTTP/1.1\r\nexpect: tea\r\ncontent-length: 1\r\n\r\na",
            417,
        ),
        (&bomb_request, 413),
    ];
    for (bytes, status) in cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let answer = in_memory(&[bytes, b"\r\n\r\nGET /after HTTP/1.1\r\n\r\n"].concat());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{shown:?}: {answer}"
        );
        assert!(answer.contains("connection: close"), "{shown:?}: {answer}");
        assert!(!answer.contains("/after"), "{shown:?}: {answer}");
    }
}

#[test]
fn a_request_that_is_cut_off_is_malformed() {
    let cases: [&[u8]; 3] = [
        b"GET / HTTP/1.1\r\n",
        b"PUT / HTTP/1.1\r\ncontent-length: 9\r\n\r\nshort",
        b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    ];
    for bytes in cases {
        let answer = in_memory(bytes);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let server = start();
    let mut socket = TcpStream::connect(server.address()).unwrap();
    socket
        .write_all(b"PUT /e HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut interim = [0; 25];
    socket.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(b"hi").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("PUT /e hi"), "{answer}");
    let refused = talk(
        &server,
        b"PUT /e HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2000\r\n\r\n",
    );
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
}

#[test]
fn slow_clients_are_answered_and_let_go() {
    let server = start();
    let begun = Instant::now();
    let head = talk(&server, b"GET / HT");
    assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
    let body = talk(&server, b"PUT / HTTP/1.1\r\ncontent-length: 5\r\n\r\nab");
    assert!(body.starts_with("HTTP/1.1 408 "), "{body}");
    assert_eq!(
        talk(&server, b""),
        "",
        "an idle client is closed without a word"
    );
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[test]
fn faults_and_bugs_break_one_connection_only() {
    let server = start();
    assert_eq!(talk(&server, b"GET /silent HTTP/1.1\r\n\r\n"), "");
    let cut = talk(&server, b"GET /cut HTTP/1.1\r\n\r\n");
    assert!(
        cut.contains("content-length: 10") && cut.ends_with("0123"),
        "{cut}"
    );
    let bug = talk(&server, b"GET /panic HTTP/1.1\r\n\r\n");
    assert!(bug.starts_with("HTTP/1.1 500 "), "{bug}");
    let fine = talk(&server, b"HEAD /fine HTTP/1.1\r\nconnection: close\r\n\r\n");
    assert!(
        fine.contains("content-length: 11") && fine.ends_with("\r\n\r\n"),
        "{fine}"
    );
}

#[test]
fn five_hundred_idle_connections_are_served_and_stopped() {
    let options = ServerOptions {
        limits: Limits {
            connections: 500,
            ..Limits::default()
        },
        ..ServerOptions::default()
    };
    let server = Server::start(options, echo).unwrap();
    let mut sockets: Vec<_> = (0..500)
        .map(|_| TcpStream::connect(server.address()).unwrap())
        .collect();
    for socket in &mut sockets {
        socket.write_all(b"GET /k HTTP/1.1\r\n\r\n").unwrap();
    }
    for socket in &mut sockets {
        let mut block = [0; 200];
        let count = socket.read(&mut block).unwrap();
        assert!(block[..count].ends_with(b"GET /k "));
    }
    let extra = talk(&server, b"");
    assert!(extra.starts_with("HTTP/1.1 503 "), "{extra}");
    let begun = Instant::now();
    server.stop();
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "idle connections do not hold up a stop"
    );
}

#[test]
fn files_are_streamed_and_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("asset.zip");
    let content: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();
    let server = Server::start(ServerOptions::default(), move |request: &Request| {
        Response::file(request, &path, "application/zip", Some("\"e1\""))
    })
    .unwrap();
    let mut socket = TcpStream::connect(server.address()).unwrap();
    socket
        .write_all(b"GET /asset.zip HTTP/1.1\r\nrange: bytes=100000-\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 206 "));
    assert!(answer.ends_with(&content[100_000..]));
    let head = String::from_utf8_lossy(&answer[..300]).into_owned();
    assert!(
        head.contains("content-range: bytes 100000-299999/300000"),
        "{head}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_the_request_path(bytes in any::<Vec<u8>>()) {
        let _ = exchange(&bytes, &echo, &small());
    }

    #[test]
    fn no_body_bytes_break_the_chunk_reader(bytes in any::<Vec<u8>>()) {
        let mut request = b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        request.extend(bytes);
        let _ = exchange(&request, &echo, &small());
    }

    #[test]
    fn any_split_into_chunks_gives_the_same_body(parts in proptest::collection::vec("[a-z]{1,40}", 0..20)) {
        let mut request = String::from("PUT /p HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
        for part in &parts {
            let _ = write!(request, "{:x}\r\n{part}\r\n", part.len());
        }
        request.push_str("0\r\n\r\n");
        let answer = in_memory(request.as_bytes());
        assert!(answer.ends_with(&format!("PUT /p {}", parts.concat())));
    }
}
