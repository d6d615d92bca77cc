//! Something that stands between the installer and a practice cluster, and may do
//! what it likes with a call: pass it on, answer it itself, or have something else
//! happen meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::Elasticsearch;
use sealift::io::http::Url;
use sealift::lab::Lab;
use sealift::lab::http::{Request as Asked, Response, Server};
use serde_json::{Value, json};

use crate::kit::{address, connect};
use crate::reach::serve;

/// Passes a call on to the cluster, and gives its answer.
pub(crate) type Pass<'a> = &'a dyn Fn(&Asked) -> Response;

/// A front before `lab` whose calls are answered by `hook`.
pub(crate) fn front(
    lab: &Lab,
    hook: impl Fn(&Asked, Pass<'_>) -> Response + Send + Sync + 'static,
) -> Server {
    let url = lab.elasticsearch_url();
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let host = host.to_owned();
    serve(move |asked| hook(asked, &|asked| pass(&host, asked)))
}

/// The cluster behind `front`; Kibana is reached past it.
pub(crate) fn behind(lab: &Lab, front: &Server) -> Cluster {
    let mut address = address(lab, None);
    address.elasticsearch.urls = vec![Url::parse(&front.url()).unwrap()];
    Cluster::connect(address).unwrap()
}

/// Whether `asked` is `method` on a path that begins with `path`.
pub(crate) fn is(asked: &Asked, method: &str, path: &str) -> bool {
    asked.method == method && asked.path.starts_with(path)
}

/// What a proxy says while the cluster does not answer it.
pub(crate) fn unavailable() -> Response {
    Response::json(503, &json!({"message": "no answer yet"}))
}

fn pass(host: &str, asked: &Asked) -> Response {
    let mut path = asked.path.clone();
    if !asked.raw_query.is_empty() {
        path = format!("{path}?{}", asked.raw_query);
    }
    let kind = asked.header("content-type").unwrap_or("application/json");
    let head = format!(
        "{} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        asked.method,
        asked.body.len(),
    );
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&asked.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.unwrap() + 4);
    let head = String::from_utf8_lossy(head);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    Response::json(status, &body)
}

/// Whether nobody came here before; says so once.
#[derive(Debug, Default)]
pub(crate) struct Once(AtomicBool);

impl Once {
    pub(crate) fn first(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }
}

/// A connection past the front, for what others do meanwhile.
pub(crate) fn past(lab: &Lab) -> Elasticsearch {
    connect(lab).elasticsearch
}
