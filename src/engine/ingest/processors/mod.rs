//! The processors, a file for each or for a few that are alike.

mod bytes;
mod convert;
mod csv;
mod date;
mod fingerprint;
pub(super) mod foreach;
mod html;
mod inference;
mod json;
mod kv;
mod lists;
mod murmur;
mod network;
mod parse;
pub(super) mod pipeline;
mod set;
mod simple;
mod text;
mod uri;
mod url;

use super::config::Config;
use super::factory::Context;
use super::step::Action;
use crate::engine::failure::Failure;

/// Processors that Elasticsearch has and that need data or services which are
/// not there offline, or have no use in what sealift carries.
const UNSUPPORTED: [&str; 13] = [
    "attachment",
    "circle",
    "enrich",
    "geo_grid",
    "geoip",
    "ip_location",
    "normalize_for_stream",
    "recover_failure_document",
    "redact",
    "registered_domain",
    "reroute",
    "set_security_user",
    "user_agent",
];

/// Creates the processor of a type that [`exists`].
///
/// # Errors
/// What the server says about its configuration.
pub(super) fn create(
    kind: &str,
    tag: Option<&str>,
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Action, Failure> {
    let other = match kind {
        "pipeline" => return pipeline::Call::create(config, context).map(Action::Call),
        "foreach" => return foreach::Foreach::create(config, context).map(Action::Foreach),
        "set" => set::set(config, context),
        "append" => set::append(config, context),
        "remove" => set::remove(config, context),
        "rename" => set::rename(config, context),
        "convert" => convert::create(config, context),
        "lowercase" | "uppercase" | "trim" | "gsub" | "bytes" | "html_strip" | "urldecode" => {
            text::create(kind, config, context)
        }
        "split" => lists::split(config, context),
        "join" => lists::join(config, context),
        "sort" => lists::sort(config, context),
        "date" => date::create(config, context),
        "date_index_name" => date::index_name(config, context),
        "fail" => simple::fail(config, context),
        "drop" => Ok(Box::new(simple::Drop) as _),
        "terminate" => Ok(Box::new(simple::Terminate) as _),
        "fingerprint" => fingerprint::create(config, context),
        "community_id" => network::community_id(config, context),
        "network_direction" => network::network_direction(config, context),
        "uri_parts" => uri::create(config, context),
        "script" => simple::script(config, context),
        "dot_expander" => simple::dot_expander(config, context),
        "dissect" => parse::dissect(config, context),
        "grok" => parse::grok(config, context),
        "csv" => parse::csv(config, context),
        "json" => json::create(config, context),
        "kv" => kv::create(config, context),
        "inference" => inference::create(config, tag, context),
        _ => Ok(simple::unsupported(kind, config)),
    };
    other.map(Action::Other)
}

/// Whether the server has a processor of this type.
pub(super) fn exists(kind: &str, context: &Context<'_>) -> bool {
    let newer = NEWER.iter().find(|(known, ..)| *known == kind);
    (SUPPORTED.contains(&kind) || UNSUPPORTED.contains(&kind))
        && newer.is_none_or(|(_, major, minor)| context.since(*major, *minor))
}

/// Types that came with a version.
const NEWER: [(&str, u32, u32); 8] = [
    ("community_id", 7, 12),
    ("fingerprint", 7, 12),
    ("network_direction", 7, 13),
    ("redact", 8, 7),
    ("registered_domain", 7, 13),
    ("reroute", 8, 8),
    ("terminate", 8, 16),
    ("uri_parts", 7, 12),
];

const SUPPORTED: [&str; 34] = [
    "append",
    "bytes",
    "community_id",
    "convert",
    "csv",
    "date",
    "date_index_name",
    "dissect",
    "dot_expander",
    "drop",
    "fail",
    "fingerprint",
    "foreach",
    "grok",
    "gsub",
    "html_strip",
    "inference",
    "join",
    "json",
    "kv",
    "lowercase",
    "network_direction",
    "pipeline",
    "remove",
    "rename",
    "script",
    "set",
    "sort",
    "split",
    "terminate",
    "trim",
    "uppercase",
    "uri_parts",
    "urldecode",
];
