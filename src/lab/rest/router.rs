//! Which API a path and a verb mean.

use std::fmt;

use super::answer::Answered;
use super::call::Call;

/// The verbs that APIs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they are HTTP's own")]
pub enum Method {
    Get,
    Delete,
    Put,
    Post,
    Head,
    Options,
    Patch,
}

impl Method {
    /// The verb of a request line, if any API could use it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "GET" => Self::Get,
            "DELETE" => Self::Delete,
            "PUT" => Self::Put,
            "POST" => Self::Post,
            "HEAD" => Self::Head,
            "OPTIONS" => Self::Options,
            "PATCH" => Self::Patch,
            _ => return None,
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Delete => "DELETE",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
        })
    }
}

/// What an API does with a call.
pub type Handler = fn(&Call) -> Answered;

/// One API: verb, path with `{parameters}`, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The verb.
    pub method: Method,
    /// The path; a segment in braces is a parameter.
    pub path: &'static str,
    /// What it does.
    pub handler: Handler,
}

impl Route {
    /// A route.
    #[must_use]
    pub const fn new(method: Method, path: &'static str, handler: Handler) -> Self {
        Self {
            method,
            path,
            handler,
        }
    }
}

/// What the router found for a path and a verb.
#[derive(Debug)]
pub enum Found {
    /// The API, its template and the parameters of its path.
    Api(Route, Vec<(&'static str, String)>),
    /// The path is known under these verbs only.
    OtherMethods(Vec<Method>),
    /// No API has this path.
    Nothing,
}

/// All routes, grouped by their number of segments.
#[derive(Debug, Default)]
pub struct Router {
    by_length: Vec<Vec<(Vec<&'static str>, Route)>>,
}

impl Router {
    /// A router over `routes`. Among those that fit a path, the one whose first
    /// differing segment is literal wins.
    #[must_use]
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut all = Self::default();
        for route in routes {
            let segments: Vec<_> = split(route.path).collect();
            if all.by_length.len() <= segments.len() {
                all.by_length.resize_with(segments.len() + 1, Vec::new);
            }
            if let Some(list) = all.by_length.get_mut(segments.len()) {
                list.push((segments, route));
            }
        }
        for list in &mut all.by_length {
            list.sort_by_key(|(segments, _)| {
                segments
                    .iter()
                    .map(|segment| segment.starts_with('{'))
                    .collect::<Vec<_>>()
            });
        }
        all
    }

    /// What `path` (decoded segment by segment by `decode`) means under `method`.
    #[must_use]
    pub fn find(&self, method: Option<Method>, segments: &[String]) -> Found {
        let Some(list) = self.by_length.get(segments.len()) else {
            return Found::Nothing;
        };
        let mut methods = Vec::new();
        for (pattern, route) in list {
            let Some(parameters) = fit(pattern, segments) else {
                continue;
            };
            if Some(route.method) == method {
                return Found::Api(*route, parameters);
            }
            methods.push(route.method);
        }
        if methods.is_empty() {
            return Found::Nothing;
        }
        methods.sort_unstable();
        methods.dedup();
        Found::OtherMethods(methods)
    }
}

/// The segments of a path; empty ones (doubled or final slashes) do not count.
pub(crate) fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn fit(pattern: &[&'static str], segments: &[String]) -> Option<Vec<(&'static str, String)>> {
    let mut parameters = Vec::new();
    for (expected, segment) in pattern.iter().zip(segments) {
        let name = expected
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) => parameters.push((name, segment.clone())),
            None if expected == segment => {}
            None => return None,
        }
    }
    Some(parameters)
}
