//! How clusters are reached: addresses in turn, bodies streamed and compressed,
//! bounded calls, no redirect, no proxy unless asked, clocks compared.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sealift::error::{Error, ErrorKind};
use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::{Access, Elasticsearch};
use sealift::io::http::{Authorization, Method, Proxy, Url};
use sealift::lab::http::{Request as Asked, Response, Server, ServerOptions};
use sealift::lab::{Lab, LabOptions, Shape};
use sealift::model::preflight::{KibanaFacts, Needs};
use sealift::model::secret::Secret;
use serde_json::{Value, json};

use crate::kit::{access, address};

/// A server of its own.
pub(crate) fn serve(service: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Server {
    Server::start(ServerOptions::default(), service).unwrap()
}

/// What Elasticsearch says at its root.
pub(crate) fn root(uuid: &str) -> Response {
    Response::json(
        200,
        &json!({"cluster_uuid": uuid, "cluster_name": "c", "tagline": "You Know, for Search",
            "version": {"number": "8.19.0", "build_flavor": "default"}}),
    )
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// An address at which nobody listens.
fn dead() -> Url {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    url(&format!("http://127.0.0.1:{port}"))
}

fn several(urls: Vec<Url>) -> Access {
    let mut access = access("http://127.0.0.1:1", None);
    access.urls = urls;
    access
}

#[test]
fn addresses_are_tried_in_turn_and_the_good_one_stays() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let good = serve(move |asked: &Asked| {
        seen.lock().unwrap().push(asked.path.clone());
        root("u")
    });
    let all = vec![dead(), url(&good.url()), dead()];
    let cluster = Elasticsearch::connect(several(all)).unwrap();
    assert!(cluster.address().starts_with(&good.url()));
    for _ in 0..3 {
        cluster.call(Method::Get, "/x", &Value::Null).unwrap();
    }
    assert_eq!(*calls.lock().unwrap(), ["/", "/x", "/x", "/x"]);
    good.stop();
    let failed = cluster.call(Method::Get, "/x", &Value::Null).unwrap_err();
    assert_eq!(failed.error.kind(), ErrorKind::Network);
}

#[test]
fn an_address_of_another_cluster_is_refused() {
    let first = serve(|_: &Asked| root("one"));
    let second = serve(|asked: &Asked| {
        assert_eq!(asked.path, "/", "nothing else is sent there");
        root("two")
    });
    let all = vec![url(&first.url()), url(&second.url())];
    let cluster = Elasticsearch::connect(several(all)).unwrap();
    first.stop();
    let failed = cluster.call(Method::Put, "/x", &json!({})).unwrap_err();
    assert_eq!(failed.error.kind(), ErrorKind::Usage, "{:?}", failed.error);
}

#[test]
fn bodies_are_streamed_with_their_length_and_compressed_where_asked() {
    let seen = Arc::new(Mutex::new(Vec::<(usize, usize)>::new()));
    let kept = Arc::clone(&seen);
    let server = serve(move |asked: &Asked| {
        if asked.path == "/" {
            return root("u");
        }
        assert_eq!(asked.header("transfer-encoding"), None);
        let length = asked.header("content-length").unwrap().parse().unwrap();
        kept.lock().unwrap().push((length, asked.body.len()));
        Response::json(200, &json!({"acknowledged": true}))
    });
    let large = json!({"definition": "A".repeat(10_000_000)});
    for compress in [false, true] {
        let mut access = access(&server.url(), None);
        access.compress = compress;
        let cluster = Elasticsearch::connect(access).unwrap();
        cluster.call(Method::Put, "/x", &large).unwrap();
        let small = json!({"a": "b".repeat(5000)});
        cluster.call(Method::Put, "/x", &small).unwrap();
    }
    let seen = seen.lock().unwrap();
    let told: Vec<_> = seen
        .iter()
        .map(|(sent, inflated)| (*inflated, sent < inflated))
        .collect();
    let (large, small) = (10_000_017, 5008);
    assert_eq!(
        told,
        [(large, false), (small, false), (large, true), (small, true)]
    );
}

#[test]
fn redirects_are_answers_and_never_followed() {
    let other = serve(|asked: &Asked| {
        assert_eq!(asked.header("authorization"), None, "credentials leaked");
        root("elsewhere")
    });
    let target = other.url();
    let server = serve(move |_: &Asked| Response::empty(302).with_header("location", &*target));
    let authorization = Authorization::Bearer(Secret::new("t0ken".to_owned()));
    let error = Elasticsearch::connect(access(&server.url(), Some(authorization))).unwrap_err();
    assert!(
        error.next_step().unwrap().contains("not followed"),
        "{error:?}"
    );
}

#[test]
fn credentials_go_as_they_should() {
    let server = serve(|asked: &Asked| match asked.header("authorization") {
        Some("Bearer t0ken" | "ApiKey k3y" | "Basic dTpw") => root("u"),
        _ => Response::json(401, &json!({"error": {"type": "security_exception"}})),
    });
    let secret = |text: &str| Secret::new(text.to_owned());
    for (authorization, fine) in [
        (Authorization::Bearer(secret("t0ken")), true),
        (Authorization::ApiKey(secret("k3y")), true),
        (
            Authorization::Basic {
                user: "u".to_owned(),
                password: secret("p"),
            },
            true,
        ),
        (Authorization::Bearer(secret("wrong")), false),
    ] {
        let connected = Elasticsearch::connect(access(&server.url(), Some(authorization)));
        assert_eq!(connected.is_ok(), fine);
    }
}

#[test]
fn a_whole_call_has_its_end() {
    // An answer that trickles is never idle, and never done.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::Write as _;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let mut access = access(&format!("http://{address}"), None);
    access.http.timeouts.whole = Duration::from_millis(300);
    access.patience.retries = 0;
    let begun = Instant::now();
    let error = Elasticsearch::connect(access).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(begun.elapsed() < Duration::from_secs(5), "{error:?}");
}

#[test]
fn a_proxy_is_used_only_where_it_is_asked_for() {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let proxy = serve(move |_: &Asked| {
        *count.lock().unwrap() += 1;
        Response::empty(407)
    });
    let cluster = serve(|_: &Asked| root("u"));
    assert!(Elasticsearch::connect(access(&cluster.url(), None)).is_ok());
    assert_eq!(*asked.lock().unwrap(), 0);
    let mut through = access(&cluster.url(), None);
    through.patience.retries = 0;
    through.http.proxy = Proxy::Through(Secret::new(proxy.url()));
    let error: Error = Elasticsearch::connect(through).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[test]
fn clocks_that_differ_are_told() {
    for (ahead, told) in [(0, 0), (600, 600), (-600, -600)] {
        let mut shape = Shape::default();
        shape.clock_ahead = ahead;
        let options = LabOptions {
            shape,
            ..LabOptions::default()
        };
        let lab = Lab::start(&options).unwrap();
        let cluster = Cluster::connect(address(&lab, None)).unwrap();
        let needs = Needs::default();
        let facts = cluster
            .elasticsearch
            .facts(&needs, KibanaFacts::default())
            .unwrap();
        let seen = facts.clock_ahead.unwrap();
        assert!((seen - told).abs() <= 5, "{seen} instead of {told}");
    }
}
