//! Elasticsearch's door: the service that turns requests into calls of APIs.

mod analytics;
mod api_keys;
mod bodies;
mod bulk;
mod calendars;
mod cluster_info;
mod datafeeds;
mod documents;
mod engine;
mod enrich;
mod filters;
mod ids;
mod indices;
mod ingest;
mod job_lifecycle;
mod job_stats;
mod jobs;
mod license;
mod model_aliases;
mod model_body;
mod model_use;
mod models;
mod nodes;
mod pipelines;
mod query;
mod root;
mod scripts;
mod security;
mod settings;
mod templates;
mod transforms;
mod write;

use std::sync::Arc;

use serde_json::json;

use super::cluster::Cluster;
use super::door::Door;
use super::fault::Faults;
use super::http::{Refusal, Request, Response, Service, decode_component};
use super::profile::Feature;
use super::rest::{
    Answer, Call, Found, Method, Params, Route, Router, render, render_failure, split,
};
use super::security::authenticate;
use super::shape::ML_ENABLED;
use crate::model::failure::Failure;

/// Elasticsearch's API over a cluster.
pub(crate) struct Elasticsearch {
    cluster: Arc<Cluster>,
    router: Router,
    door: Door,
}

impl Elasticsearch {
    pub(crate) fn new(cluster: Arc<Cluster>, faults: Arc<Faults>) -> Self {
        let router = Router::new(routes(&cluster));
        Self {
            cluster,
            router,
            door: Door::new(faults),
        }
    }

    fn call(&self, request: &Request) -> Response {
        let profile = self.cluster.profile();
        match self.prepare(request) {
            Err(response) => *response,
            Ok((route, call)) => {
                let outcome = (route.handler)(&call);
                let warnings = call.warnings();
                match outcome {
                    Ok(answer) => render(answer, request, profile, &warnings),
                    Err(failure) => render_failure(&failure, request, profile, &warnings),
                }
            }
        }
    }

    /// What the REST layer checks before an API sees the call.
    fn prepare<'a>(&'a self, request: &'a Request) -> Result<(Route, Call<'a>), Box<Response>> {
        let profile = self.cluster.profile();
        let refuse = |failure: &Failure| Box::new(render_failure(failure, request, profile, &[]));
        let answer = |answer: Answer| Box::new(render(answer, request, profile, &[]));
        check_content_type_header(request).map_err(|failure| refuse(&failure))?;
        if let Some(fault) = &request.query_fault {
            return Err(refuse(&Failure::illegal_argument(fault.clone())));
        }
        let segments = split(&request.path)
            .map(|segment| decode_component(segment, false).map_err(Failure::illegal_argument))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|failure| refuse(&failure))?;
        let (route, parts) = match self.router.find(Method::parse(&request.method), &segments) {
            Found::Api(route, parts) => (route, parts),
            Found::OtherMethods(methods) => return Err(answer(wrong_method(request, &methods))),
            Found::Nothing => return Err(answer(no_handler(request))),
        };
        if let Some(refusal) = unsupported_content(request) {
            return Err(answer(refusal));
        }
        let subject = if self.cluster.secured() {
            let store = self.cluster.read();
            let subject = authenticate(request, &store, profile, self.cluster.now());
            Some(subject.map_err(|failure| refuse(&failure))?)
        } else {
            None
        };
        let params = Params::new(parts, request.query.clone());
        Ok((route, Call::new(request, params, &self.cluster, subject)))
    }
}

impl Service for Elasticsearch {
    fn answer(&self, request: &Request) -> Response {
        self.door.pass(request, || self.call(request))
    }

    /// Refusals in Elasticsearch's manner.
    fn refuse(&self, refusal: &Refusal) -> Response {
        let failure = match refusal {
            // A body that is too long gets no word, as the real server gives none.
            Refusal::BodyTooLong(_) => return Response::empty(413),
            Refusal::LineTooLong(limit) => Failure::new(
                400,
                "too_long_frame_exception",
                format!("An HTTP line is larger than {limit} bytes."),
            ),
            Refusal::HeadTooLong(limit) => Failure::new(
                400,
                "too_long_frame_exception",
                format!("HTTP header is larger than {limit} bytes."),
            ),
            Refusal::NoRoom { wanted, limit } => Failure::new(
                429,
                "circuit_breaking_exception",
                format!(
                    "[in_flight_requests] Data too large, data for [<http_request>] would be larger than limit of [{limit}/{limit}b]"
                ),
            )
            .with("bytes_wanted", *wanted)
            .with("bytes_limit", *limit)
            .with("durability", "TRANSIENT"),
            Refusal::Malformed(place) => Failure::illegal_argument(format!("bad request: {place}")),
            other => Failure::new(other.status(), "exception", other.reason()),
        };
        render_failure(&failure, &Request::default(), self.cluster.profile(), &[])
    }
}

/// All APIs that this version serves.
fn routes(cluster: &Cluster) -> Vec<Route> {
    let profile = cluster.profile();
    let mut routes = Vec::new();
    let mut add = |list: &[Route]| routes.extend_from_slice(list);
    add(root::ROUTES);
    add(nodes::ROUTES);
    add(settings::ROUTES);
    add(license::ROUTES);
    add(cluster_info::ROUTES);
    add(scripts::ROUTES);
    add(pipelines::ROUTES);
    add(filters::ROUTES);
    add(jobs::ROUTES);
    add(job_lifecycle::ROUTES);
    add(datafeeds::ROUTES);
    add(analytics::ROUTES);
    add(calendars::ROUTES);
    add(templates::ROUTES);
    add(enrich::ROUTES);
    add(transforms::ROUTES);
    add(indices::ROUTES);
    add(documents::ROUTES);
    if profile.has(Feature::InferencePath) {
        add(models::OLD_ROUTES);
    }
    if profile.has(Feature::TrainedModelsPath) {
        add(models::ROUTES);
    }
    if profile.has(Feature::ModelAliases) {
        add(model_aliases::ROUTES);
    }
    if profile.has(Feature::JobReset) {
        add(job_lifecycle::RESET_ROUTES);
    }
    if cluster.secured() {
        add(security::ROUTES);
        add(api_keys::ROUTES);
    }
    if cluster.setting(ML_ENABLED) != "true" {
        routes.retain(|route| !route.path.starts_with("/_ml/"));
    }
    routes
}

fn no_handler(request: &Request) -> Answer {
    let text = format!(
        "no handler found for uri [{}] and method [{}]",
        request.target(),
        request.method
    );
    Answer::refused(400, json!({"error": text}))
}

fn wrong_method(request: &Request, allowed: &[Method]) -> Answer {
    let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    if request.method == "OPTIONS" {
        return Answer::empty(200).with_header("allow", names.join(","));
    }
    let text = format!(
        "Incorrect HTTP method for uri [{}] and method [{}], allowed: [{}]",
        request.target(),
        request.method,
        names.join(", ")
    );
    Answer::refused(405, json!({"error": text, "status": 405}))
        .with_header("allow", names.join(","))
}

/// A `Content-Type` that is not even a media type.
fn check_content_type_header(request: &Request) -> Result<(), Failure> {
    let Some(header) = request.header("content-type") else {
        return Ok(());
    };
    let media = header.split(';').next().unwrap_or_default().trim();
    if media
        .split_once('/')
        .is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty())
    {
        return Ok(());
    }
    let reason = format!("invalid Content-Type header [{header}]");
    Err(Failure::new(
        400,
        "content_type_header_exception",
        format!("java.lang.IllegalArgumentException: {reason}"),
    )
    .because(Failure::illegal_argument(reason)))
}

/// The refusal of a body in a format that is not read here.
fn unsupported_content(request: &Request) -> Option<Answer> {
    if request.body.is_empty() {
        return None;
    }
    let text = match request.header("content-type") {
        None => "Content-Type header is missing".to_owned(),
        Some(header) => {
            let media = header
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase();
            if READABLE.contains(&media.as_str()) {
                return None;
            }
            format!("Content-Type header [{header}] is not supported")
        }
    };
    Some(Answer::refused(406, json!({"error": text, "status": 406})))
}

const READABLE: [&str; 4] = [
    "application/json",
    "application/x-ndjson",
    "application/vnd.elasticsearch+json",
    "application/vnd.elasticsearch+x-ndjson",
];
