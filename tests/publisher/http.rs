//! The HTTP client against a server of our own.

use std::io::{self, Read};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sealift::error::ErrorKind;
use sealift::io::http::{
    Authorization, Client, Method, Phase, Request, Roots, Settings, Timeouts, Url,
};
use sealift::io::tls::ServerTls;
use sealift::lab::certificate::{Authority, Wants};
use sealift::lab::http::{Cut, Request as Asked, Response, Server, ServerOptions};
use sealift::model::digest::{Digest, Hasher};
use sealift::model::secret::Secret;

fn serve(service: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Server {
    Server::start(ServerOptions::default(), service).unwrap()
}

fn client() -> Client {
    Client::new(Settings::default()).unwrap()
}

fn impatient() -> Client {
    let short = Duration::from_millis(300);
    Client::new(Settings {
        timeouts: Timeouts {
            connect: short,
            response: short,
            receive_body: short,
            idle: short,
            ..Timeouts::default()
        },
        ..Settings::default()
    })
    .unwrap()
}

fn at(server: &Server, path: &str) -> Url {
    Url::parse(&format!("{}{path}", server.url())).unwrap()
}

fn token() -> Authorization {
    Authorization::Bearer(Secret::new("hunter2".to_owned()))
}

#[test]
fn bodies_go_both_ways_with_their_length() {
    let server = serve(|asked: &Asked| {
        assert_eq!(asked.header("transfer-encoding"), None);
        let length = asked.header("content-length").unwrap_or("none").to_owned();
        let kind = asked.header("content-type").unwrap_or("none").to_owned();
        let mut response = Response::bytes(200, asked.body.clone());
        response = response.with_header("x-method", asked.method.clone());
        response
            .with_header("x-length", length)
            .with_header("x-type", kind)
    });
    let client = client();
    let url = at(&server, "/");
    let big = vec![7_u8; 300_000];
    let mut source: &[u8] = &big;
    let cases = [
        (Request::get(url.clone()), "GET", "none", 0),
        (
            Request::new(Method::Delete, url.clone()),
            "DELETE",
            "none",
            0,
        ),
        (Request::new(Method::Post, url.clone()), "POST", "0", 0),
        (
            Request::new(Method::Put, url.clone()).body("application/json", b"{}"),
            "PUT",
            "2",
            2,
        ),
        (
            Request::new(Method::Post, url.clone()).stream("application/zip", &mut source, 300_000),
            "POST",
            "300000",
            300_000,
        ),
    ];
    for (request, method, length, size) in cases {
        let response = client.send(request).unwrap();
        assert_eq!(response.header("x-method"), Some(method));
        assert_eq!(response.header("x-length"), Some(length), "{method}");
        let mut hasher = Hasher::new();
        let mut out = Vec::new();
        let count = response
            .copy_to(&mut out, 1 << 20, &mut |bytes| hasher.update(bytes))
            .unwrap();
        assert_eq!(count, size);
        assert_eq!(out.len() as u64, size);
    }
}

#[test]
fn a_source_that_ends_early_is_told_at_once() {
    let server = serve(|_: &Asked| Response::empty(200));
    let mut source: &[u8] = b"abc";
    let started = Instant::now();
    let request = Request::new(Method::Put, at(&server, "/")).stream("text/plain", &mut source, 10);
    let failure = client().send(request).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(!failure.is_transient());
    let text = format!("{:?}", sealift::error::Error::from(failure));
    assert!(text.contains("7 bytes early"), "{text}");
}

#[test]
fn a_source_that_fails_is_told() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disc on fire"))
        }
    }
    let server = serve(|_: &Asked| Response::empty(200));
    let mut broken = Broken;
    let request = Request::new(Method::Put, at(&server, "/")).stream("text/plain", &mut broken, 10);
    let failure = client().send(request).unwrap_err();
    assert!(format!("{failure:?}").contains("disc on fire"));
}

#[test]
fn an_error_status_comes_with_its_body() {
    let server = serve(|_: &Asked| Response::text(404, "no such thing"));
    let response = client().send(Request::get(at(&server, "/x"))).unwrap();
    assert_eq!(response.status(), 404);
    assert!(!response.is_success());
    assert_eq!(response.bytes(100).unwrap(), b"no such thing");
}

#[test]
fn bodies_end_at_their_limit() {
    let server = serve(|_: &Asked| Response::bytes(200, vec![b'x'; 1000]));
    let get = || client().send(Request::get(at(&server, "/"))).unwrap();
    assert_eq!(get().bytes(1000).unwrap().len(), 1000);
    let error = get().bytes(999).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.to_string().contains("more than 999 bytes"), "{error}");
}

#[test]
fn broken_connections_name_their_phase() {
    let server = serve(|asked: &Asked| match asked.path.as_str() {
        "/silent" => Response::empty(200).cut(Cut::Silent),
        "/half" => Response::bytes(200, vec![0; 1000]).cut(Cut::AfterBody(500)),
        _ => {
            std::thread::sleep(Duration::from_millis(900));
            Response::empty(200)
        }
    });
    let failure = client()
        .send(Request::get(at(&server, "/silent")))
        .unwrap_err();
    assert_eq!(failure.phase(), Phase::Exchange);
    assert!(failure.may_have_arrived() && failure.is_transient());

    let response = client().send(Request::get(at(&server, "/half"))).unwrap();
    let error = response.bytes(1 << 20).unwrap_err();
    assert!(error.to_string().contains("receiving the body"), "{error}");

    let failure = impatient()
        .send(Request::get(at(&server, "/slow")))
        .unwrap_err();
    assert!(
        failure.timed_out() && failure.may_have_arrived(),
        "{failure}"
    );
    let patient = Request::get(at(&server, "/slow")).wait(Duration::from_secs(10));
    assert_eq!(impatient().send(patient).unwrap().status(), 200);
}

#[test]
fn nobody_there_is_a_failure_to_connect() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = Url::parse(&format!("http://127.0.0.1:{port}/?key=hunter2")).unwrap();
    let failure = client().send(Request::get(url)).unwrap_err();
    assert_eq!(failure.phase(), Phase::Connect);
    assert!(failure.is_transient() && !failure.may_have_arrived());
    let error = sealift::error::Error::from(failure);
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.next_step().is_some());
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn credentials_stay_with_their_origin() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = |name: &'static str, asked: &Asked, seen: &Arc<Mutex<Vec<String>>>| {
        let token = asked.header("authorization").unwrap_or("-");
        seen.lock()
            .unwrap()
            .push(format!("{name} {} {token}", asked.path));
    };
    let other = {
        let seen = Arc::clone(&seen);
        serve(move |asked: &Asked| {
            log("other", asked, &seen);
            Response::text(200, "there")
        })
    };
    let there = other.url();
    let first = {
        let seen = Arc::clone(&seen);
        serve(move |asked: &Asked| {
            log("first", asked, &seen);
            match asked.path.as_str() {
                "/a" => Response::empty(302).with_header("location", "/b"),
                "/b" => Response::empty(302).with_header("location", format!("{there}/c")),
                "/round" => Response::empty(301).with_header("location", "round"),
                _ => Response::empty(302),
            }
        })
    };
    let client = client();
    let response = client
        .follow(&at(&first, "/a"), &[], Some(&token()))
        .unwrap();
    assert_eq!(response.bytes(10).unwrap(), b"there");
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "first /a Bearer hunter2",
            "first /b Bearer hunter2",
            "other /c -"
        ]
    );
    for path in ["/round", "/nowhere"] {
        let error = client
            .follow(&at(&first, path), &[], Some(&token()))
            .unwrap_err();
        assert_eq!(error.error.kind(), ErrorKind::Network, "{path}");
    }
    // A plain request gives the redirect itself.
    let response = client.send(Request::get(at(&first, "/a"))).unwrap();
    assert_eq!(response.status(), 302);
}

#[test]
fn unusable_settings_are_refused_early() {
    let error = Client::new(Settings {
        roots: Roots::Pem(b"not a certificate".to_vec()),
        ..Settings::default()
    })
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    let server = serve(|_: &Asked| Response::empty(200));
    let authorization = Authorization::Bearer(Secret::new("with\nnewline".to_owned()));
    let request = Request::get(at(&server, "/")).authorized(Some(&authorization));
    let failure = client().send(request).unwrap_err();
    assert_eq!(failure.phase(), Phase::Prepare);
    assert!(!format!("{failure:?}").contains("newline"), "{failure:?}");
}

#[test]
fn a_peer_is_believed_by_its_authority_only() {
    let loopback = std::net::IpAddr::from([127, 0, 0, 1]);
    let authority = Authority::of(None, &[loopback], &Wants::default()).unwrap();
    let stranger = Authority::of(None, &[loopback], &Wants::default()).unwrap();
    let options = ServerOptions {
        tls: Some(ServerTls::new(authority.chain(), authority.key(), None).unwrap()),
        ..ServerOptions::default()
    };
    let server = Server::start(options, |_: &Asked| Response::text(200, "safe")).unwrap();
    let url = at(&server, "/");
    assert!(url.is_secure());
    let ask = |roots: Roots, url: &Url| {
        let client = Client::new(Settings {
            roots,
            ..Settings::default()
        })
        .unwrap();
        client.send(Request::get(url.clone())).map(|r| r.status())
    };
    let pem = |authority: &Authority| Roots::Pem(authority.certificate().as_bytes().to_vec());
    let pin = |authority: &Authority| {
        let digits = authority
            .fingerprint()
            .to_ascii_lowercase()
            .replace(':', "");
        Roots::Fingerprint(Digest::parse(&digits).unwrap())
    };
    assert_eq!(ask(pem(&authority), &url).unwrap(), 200);
    assert_eq!(ask(pin(&authority), &url).unwrap(), 200);

    for roots in [pem(&stranger), Roots::Platform] {
        let failure = ask(roots, &url).unwrap_err();
        assert_eq!(failure.phase(), Phase::Connect, "{failure:?}");
        assert!(
            !failure.may_have_arrived() && !failure.is_transient(),
            "{failure:?}"
        );
    }
    let failure = ask(pin(&stranger), &url).unwrap_err();
    let text = format!("{:?}", sealift::error::Error::from(failure));
    let shown = authority
        .fingerprint()
        .to_ascii_lowercase()
        .replace(':', "");
    assert!(
        text.contains(&shown),
        "what it presents instead is named: {text}"
    );
}

/// Linux has all of 127/8; the certificate is for 127.0.0.1 only.
#[cfg(target_os = "linux")]
#[test]
fn a_peer_must_have_the_name_it_is_called_by() {
    let authority = Authority::of(None, &[], &Wants::default()).unwrap();
    let options = ServerOptions {
        listen: ([127, 0, 0, 2], 0).into(),
        tls: Some(ServerTls::new(authority.chain(), authority.key(), None).unwrap()),
        ..ServerOptions::default()
    };
    let server = Server::start(options, |_: &Asked| Response::text(200, "safe")).unwrap();
    let client = Client::new(Settings {
        roots: Roots::Pem(authority.certificate().as_bytes().to_vec()),
        ..Settings::default()
    })
    .unwrap();
    let failure = client.send(Request::get(at(&server, "/"))).unwrap_err();
    assert_eq!(failure.phase(), Phase::Connect, "{failure:?}");
    assert!(
        format!("{failure:?}").contains("NotValidForName"),
        "{failure:?}"
    );
}

#[test]
fn an_unencrypted_peer_is_no_tls_server() {
    let server = serve(|_: &Asked| Response::empty(200));
    let url = Url::parse(&server.url().replace("http:", "https:")).unwrap();
    let roots = Roots::Fingerprint(Digest::of(b"nobody"));
    let client = Client::new(Settings {
        roots,
        ..Settings::default()
    })
    .unwrap();
    let failure = client.send(Request::get(url.clone())).unwrap_err();
    assert!(!failure.may_have_arrived(), "{failure:?}");
    let failure = impatient().send(Request::get(url)).unwrap_err();
    assert!(!failure.is_transient(), "{failure:?}");
    let error = sealift::error::Error::from(failure);
    assert!(error.next_step().unwrap().contains("TLS"), "{error:?}");
}
