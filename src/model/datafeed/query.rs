//! The query of a datafeed, as far as the names of its parts go.

use serde_json::Value;

use super::super::failure::Failure;
use super::super::json_text::{self, Kind, Node, Position};
use super::super::xcontent::{refusal, suggestion};

/// The queries of the default distribution, in all versions.
const QUERIES: [&str; 64] = [
    "bool",
    "boosting",
    "combined_fields",
    "common",
    "constant_score",
    "dis_max",
    "distance_feature",
    "exists",
    "field_masking_span",
    "function_score",
    "fuzzy",
    "geo_bounding_box",
    "geo_distance",
    "geo_grid",
    "geo_polygon",
    "geo_shape",
    "has_child",
    "has_parent",
    "ids",
    "intervals",
    "knn",
    "match",
    "match_all",
    "match_bool_prefix",
    "match_none",
    "match_phrase",
    "match_phrase_prefix",
    "more_like_this",
    "multi_match",
    "nested",
    "parent_id",
    "percolate",
    "pinned",
    "prefix",
    "query_string",
    "range",
    "rank_feature",
    "regexp",
    "rule",
    "rule_query",
    "script",
    "script_score",
    "semantic",
    "shape",
    "simple_query_string",
    "span_containing",
    "span_first",
    "span_multi",
    "span_near",
    "span_not",
    "span_or",
    "span_term",
    "span_within",
    "sparse_vector",
    "term",
    "terms",
    "terms_set",
    "text_expansion",
    "type",
    "weighted_tokens",
    "wildcard",
    "wrapper",
    "span_gap",
    "vectors",
];

/// How deep queries may nest before they are looked at no more.
const MAX_DEPTH: usize = 50;

/// The first name within a query that stands where a query must, and is none.
#[must_use]
pub fn unknown_query(query: &Value) -> Option<String> {
    let node = json_text::parse(&query.to_string());
    find_unknown(&node, MAX_DEPTH).map(|found| found.name)
}

struct Unknown {
    name: String,
    at: Position,
    /// The clause of a `bool` that holds it, and where.
    clause: Option<(String, Position)>,
}

/// Refuses a query that the server cannot parse. Its reader writes the query down
/// again first: places in the refusal count within that text.
pub(super) fn check(node: &Node) -> Result<(), Failure> {
    let rewritten = json_text::parse(&node.to_value().to_string());
    let unparsable =
        |cause: Failure| Err(Failure::bad_request("Datafeed query is not parsable").because(cause));
    if rewritten.members().is_some_and(<[_]>::is_empty) {
        return unparsable(Failure::illegal_argument(
            "query malformed, empty clause found at [1:2]",
        ));
    }
    let Some(unknown) = find_unknown(&rewritten, MAX_DEPTH) else {
        return Ok(());
    };
    let not_found = Failure::new(
        400,
        "named_object_not_found_exception",
        format!("[{}] unknown field [{}]", unknown.at, unknown.name),
    );
    match unknown.clause {
        None => unparsable(not_found),
        Some((clause, at)) => {
            let suggested = suggestion(&unknown.name, QUERIES.into_iter());
            let parsing = Failure::new(
                400,
                "parsing_exception",
                format!("unknown query [{}]{suggested}", unknown.name),
            )
            .with("line", unknown.at.line)
            .with("col", unknown.at.column)
            .because(not_found);
            unparsable(
                refusal(at, &format!("[bool] failed to parse field [{clause}]")).because(parsing),
            )
        }
    }
}

fn find_unknown(query: &Node, depth: usize) -> Option<Unknown> {
    let member = query.members()?.first()?;
    if !QUERIES.contains(&member.name.as_str()) {
        return Some(Unknown {
            name: member.name.clone(),
            at: member.value.at,
            clause: None,
        });
    }
    let depth = depth.checked_sub(1)?;
    match member.name.as_str() {
        "bool" => member.value.members()?.iter().find_map(|clause| {
            if !["must", "filter", "should", "must_not"].contains(&clause.name.as_str()) {
                return None;
            }
            let queries = match &clause.value.kind {
                Kind::Array(elements) => elements.as_slice(),
                _ => std::slice::from_ref(&clause.value),
            };
            let unknown = queries
                .iter()
                .find_map(|inner| find_unknown(inner, depth))?;
            let place = (clause.name.clone(), unknown.at);
            Some(Unknown {
                clause: Some(place),
                ..unknown
            })
        }),
        "constant_score" => find_unknown(member.value.get("filter")?, depth),
        "nested" => find_unknown(member.value.get("query")?, depth),
        _ => None,
    }
}
