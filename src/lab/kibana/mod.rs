//! Kibana's door: status, spaces, detection rules, saved objects, and the
//! synchronization of those of machine learning.

mod bulk;
mod error;
mod find;
mod import;
mod kql;
mod ml;
mod multipart;
mod query;
mod rights;
mod rule;
mod rule_check;
mod rules;
mod saved_objects;
mod spaces;
mod status;

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::door::Door;
use super::fault::Faults;
use super::http::{Refusal, Request, Response, Service, decode_component};
use super::rest::split;
use super::security::{Subject, authenticate};
use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use error::{Fault, platform};

/// What a route answers: status and JSON, or a fault in one of Kibana's shapes.
type Answered = Result<Reply, Fault>;

/// A good answer.
struct Reply {
    status: u16,
    body: Body,
}

enum Body {
    Json(Value),
    /// Lines of JSON, as exports are.
    Lines(String),
    Nothing,
}

impl Reply {
    fn ok(value: Value) -> Self {
        Self {
            status: 200,
            body: Body::Json(value),
        }
    }
}

/// One call of a Kibana API.
struct Visit<'a> {
    request: &'a Request,
    cluster: &'a Cluster,
    subject: Option<Subject>,
    space: String,
    /// The path below the space, decoded.
    path: Vec<String>,
}

impl Visit<'_> {
    /// The body as JSON.
    fn json(&self) -> Result<Value, Fault> {
        serde_json::from_slice(&self.request.body)
            .map_err(|error| platform(400, format!("Invalid request payload JSON format: {error}")))
    }

    /// A query parameter that is `true` or `false`.
    fn flag(&self, name: &str) -> Result<bool, Fault> {
        match self.request.param(name) {
            None | Some("false") => Ok(false),
            Some("true" | "") => Ok(true),
            Some(other) => Err(platform(
                400,
                format!("[request query]: Invalid value \"{other}\" supplied to \"{name}\""),
            )),
        }
    }

    /// Who calls, as rules name it.
    fn username(&self) -> &str {
        self.subject
            .as_ref()
            .map_or("elastic", |subject| &subject.username)
    }
}

/// Kibana's API over a cluster.
pub(crate) struct Kibana {
    cluster: Arc<Cluster>,
    door: Door,
}

impl Kibana {
    pub(crate) fn new(cluster: Arc<Cluster>, faults: Arc<Faults>) -> Self {
        Self {
            cluster,
            door: Door::new(faults),
        }
    }

    fn call(&self, request: &Request) -> Response {
        let answered = self.visit(request).and_then(|visit| dispatch(&visit));
        let response = match answered {
            Ok(reply) => reply.respond(),
            Err(fault) => fault.respond(),
        };
        let response = response.with_header("kbn-name", self.cluster.identity("node_name"));
        match Timestamp::from_seconds(self.cluster.now() / 1000) {
            Ok(now) => response.with_header("date", now.to_http()),
            Err(_) => response,
        }
    }

    /// What Kibana checks before a route sees the call.
    fn visit<'a>(&'a self, request: &'a Request) -> Result<Visit<'a>, Fault> {
        let mut path = split(&request.path)
            .map(|segment| decode_component(segment, false).map_err(|fault| platform(400, fault)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut space = "default".to_owned();
        if path.first().is_some_and(|first| first == "s") && path.len() > 1 {
            space = path.remove(1);
            path.remove(0);
        }
        let writes = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        if writes && request.header("kbn-xsrf").is_none() && request.header("kbn-version").is_none()
        {
            return Err(platform(400, "Request must contain a kbn-xsrf header."));
        }
        let public = path.join("/") == "api/status";
        let subject = match self.who(request) {
            Ok(subject) => subject,
            Err(_) if public => None,
            Err(failure) => return Err(platform(401, authentication_text(&failure))),
        };
        if !spaces::exists(&self.cluster, &space) {
            return Err(platform(
                404,
                format!("Saved object [space/{space}] not found"),
            ));
        }
        let visit = Visit {
            request,
            cluster: &self.cluster,
            subject,
            space,
            path,
        };
        if !public {
            rights::check(&visit)?;
        }
        Ok(visit)
    }

    fn who(&self, request: &Request) -> Result<Option<Subject>, Failure> {
        if !self.cluster.secured() {
            return Ok(None);
        }
        let store = self.cluster.read();
        authenticate(request, &store, self.cluster.profile(), self.cluster.now()).map(Some)
    }
}

/// A refusal of Elasticsearch as Kibana passes it on.
fn authentication_text(failure: &Failure) -> String {
    format!("[security_exception]: {}", failure.reason())
}

fn dispatch(visit: &Visit) -> Answered {
    let path: Vec<&str> = visit.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["api", "status"] => status::status(visit),
        ["api", "spaces", "space", rest @ ..] => spaces::spaces(visit, rest),
        ["api", "detection_engine", rest @ ..] => rules::route(visit, rest),
        ["api", "ml", "saved_objects", "sync"] => ml::sync(visit),
        ["api", "saved_objects", rest @ ..] => saved_objects::route(visit, rest),
        _ => Err(not_found()),
    }
}

/// No route has this path under this verb.
fn not_found() -> Fault {
    platform(404, "Not Found")
}

impl Reply {
    fn respond(self) -> Response {
        match self.body {
            Body::Json(value) => Response::json(self.status, &value),
            Body::Lines(text) => Response::bytes(self.status, text.into_bytes())
                .with_header("content-type", "application/ndjson"),
            Body::Nothing => Response::empty(self.status),
        }
    }
}

impl Service for Kibana {
    fn answer(&self, request: &Request) -> Response {
        self.door.pass(request, || self.call(request))
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        let status = refusal.status();
        let body = json!({"statusCode": status, "error": error::phrase(status), "message": refusal.reason()});
        Response::json(status, &body)
    }
}
