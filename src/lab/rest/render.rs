//! Answers as HTTP responses.

use serde_json::{Value, json};

use crate::lab::http::{Request, Response};
use crate::lab::profile::{Feature, Profile};
use crate::model::failure::Failure;

use super::answer::{Answer, Content};
use super::filter_path::FilterPath;
use super::pretty::pretty;

/// The response that carries `answer`.
#[must_use]
pub fn render(
    answer: Answer,
    request: &Request,
    profile: &Profile,
    warnings: &[String],
) -> Response {
    let (value, filtered) = match answer.content {
        Content::Json(value) => (value, true),
        Content::Error(value) => (value, false),
        Content::Text(text) => {
            let response = Response::bytes(answer.status, text.into_bytes())
                .with_header("content-type", "text/plain; charset=UTF-8");
            return finish(response, answer.headers, profile, warnings);
        }
        Content::Empty => {
            let response = Response::empty(answer.status)
                .with_header("content-type", content_type(request, profile));
            return finish(response, answer.headers, profile, warnings);
        }
    };
    let filter = request.param("filter_path").and_then(FilterPath::parse);
    let value = match filter {
        Some(filter) if filtered => filter.apply(value),
        _ => value,
    };
    let indented = request
        .param("pretty")
        .is_some_and(|value| value != "false");
    let text = if indented {
        pretty(&value)
    } else {
        value.to_string()
    };
    let response = Response::bytes(answer.status, text.into_bytes())
        .with_header("content-type", content_type(request, profile));
    finish(response, answer.headers, profile, warnings)
}

/// The response that carries `failure`; with `?error_trace` every exception names
/// its class where the real server has a Java stack.
#[must_use]
pub fn render_failure(
    failure: &Failure,
    request: &Request,
    profile: &Profile,
    warnings: &[String],
) -> Response {
    let mut body = failure.to_answer();
    if request
        .param("error_trace")
        .is_some_and(|value| value != "false")
        && let Some(error) = body.get_mut("error")
    {
        add_traces(error, 0);
    }
    let mut answer = Answer::refused(failure.status(), body);
    if failure.status() == 401 {
        for scheme in CHALLENGES {
            answer = answer.with_header("www-authenticate", scheme);
        }
    }
    render(answer, request, profile, warnings)
}

/// The ways to log in, as a 401 lists them.
pub(crate) const CHALLENGES: [&str; 3] = [
    "Bearer realm=\"security\"",
    "ApiKey",
    "Basic realm=\"security\" charset=\"UTF-8\"",
];

fn finish(
    mut response: Response,
    headers: Vec<(&'static str, String)>,
    profile: &Profile,
    warnings: &[String],
) -> Response {
    for warning in warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        let build = profile.build();
        response = response.with_header(
            "warning",
            format!(
                "299 Elasticsearch-{}-{} \"{quoted}\"",
                build.version, build.hash
            ),
        );
    }
    for (name, value) in headers {
        response = response.with_header(name, value);
    }
    if profile.has(Feature::ProductHeader) {
        response = response.with_header("X-elastic-product", "Elasticsearch");
    }
    response
}

fn content_type(request: &Request, profile: &Profile) -> &'static str {
    let compatible = |version: &str| {
        request.header("accept").is_some_and(|accept| {
            accept.contains("application/vnd.elasticsearch+json") && accept.contains(version)
        })
    };
    if !profile.has(Feature::PlainContentType) {
        "application/json; charset=UTF-8"
    } else if compatible("compatible-with=9") {
        "application/vnd.elasticsearch+json;compatible-with=9"
    } else if compatible("compatible-with=8") {
        "application/vnd.elasticsearch+json;compatible-with=8"
    } else if compatible("compatible-with=7") {
        "application/vnd.elasticsearch+json;compatible-with=7"
    } else {
        "application/json"
    }
}

fn add_traces(error: &mut Value, depth: usize) {
    let Value::Object(members) = error else {
        return;
    };
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let class: String = text("type")
        .split('_')
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|char| char.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect();
    let trace = format!("{class}: {}\n", text("reason"));
    members.insert("stack_trace".to_owned(), json!(trace));
    if depth > 32 {
        return;
    }
    if let Some(cause) = members.get_mut("caused_by") {
        add_traces(cause, depth + 1);
    }
    if let Some(Value::Array(roots)) = members.get_mut("root_cause") {
        for root in roots {
            add_traces(root, depth + 1);
        }
    }
}
