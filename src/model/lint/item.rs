//! Review of filters and their items.

use std::collections::HashMap;

use super::super::filter::item::Pattern;
use super::super::filter::{Filter, MAX_ITEMS};
use super::super::finding::{Finding, Severity};
use super::super::json_text::Node;
use super::super::punycode;
use super::super::version::StackVersion;
use super::public_suffix::{self, Breadth};
use super::refusal;

pub(super) fn review(id: &str, body: &Node) -> Vec<Finding> {
    let version = StackVersion::new(8, 0, 0);
    let mut findings = Vec::new();
    if let Err(failure) = Filter::create(id, body) {
        findings.push(refusal::finding(body, &failure, &version));
    }
    let items = body.get("items").map(super::super::xcontent::string_list);
    if let Some(Ok(items)) = items {
        findings.extend(check_items(&items, |place| format!("/items/{place}")));
        if items.is_empty() {
            findings.push(
                Finding::new(Severity::Note, "filter/empty", "the filter has no items")
                    .at("/items")
                    .why("a rule that includes it never applies; one that excludes it always does")
                    .fix("add items, or leave the filter out"),
            );
        }
    }
    findings
}

/// An item as it is compared with others: without blanks around it and the full
/// stop at its end, in lower case, in ASCII.
#[must_use]
pub fn normal_item(item: &str) -> String {
    let trimmed = item.trim().trim_end_matches('.').to_lowercase();
    punycode::to_ascii(&trimmed).unwrap_or(trimmed)
}

/// Reviews items; `path` says where the item of a place stands.
pub fn check_items(items: &[String], path: impl Fn(usize) -> String) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        let found = check_item(item);
        findings.extend(found.into_iter().map(|finding| finding.at(path(place))));
        if let Some(earlier) = seen.insert(normal_item(item), place) {
            findings
                .extend(repeated(items.get(earlier), item).map(|finding| finding.at(path(place))));
        }
    }
    findings.extend(missing_twins(items, &path));
    if items.len() > MAX_ITEMS && seen.len() > MAX_ITEMS {
        findings.push(
            Finding::new(
                Severity::Error,
                "filter/too-many",
                format!("{} items", items.len()),
            )
            .why("a filter holds at most 10,000 items")
            .fix("split it, or cover items by wildcards"),
        );
    }
    findings
}

fn warning(check: &'static str, what: String) -> Finding {
    Finding::new(Severity::Warning, check, what)
}

fn check_item(item: &str) -> Vec<Finding> {
    let pattern = Pattern::of(item);
    if item.trim().is_empty() || item.trim() == "*" {
        return vec![
            warning("item/ignored", format!("the item {item:?} matches nothing"))
                .why("the native process leaves blank items and a lone * out, without a word")
                .fix("remove it; a rule without scope applies to all values"),
        ];
    }
    let mut findings = Vec::new();
    if item.trim() != item {
        findings.push(
            warning(
                "item/blank",
                format!("the item {item:?} has blanks around it"),
            )
            .why("they are part of the item, so that it matches no value without them")
            .fix("remove the blanks"),
        );
    }
    if pattern.text().contains('*') {
        findings.push(
            warning(
                "item/inner-wildcard",
                format!("the item {item:?} has a * that is not at an end"),
            )
            .why("such a * stands for itself; only values that hold a * match")
            .fix("use * at the beginning or the end only"),
        );
    }
    if item.chars().any(char::is_uppercase) {
        findings.push(
            warning(
                "item/case",
                format!("the item {item:?} has capital letters"),
            )
            .why("matching minds the case, and most sources write domains and hosts in lower case")
            .fix("write it as the documents have it"),
        );
    }
    findings.extend(too_wide(item, pattern));
    findings
}

fn too_wide(item: &str, pattern: Pattern<'_>) -> Option<Finding> {
    let (Pattern::Suffix(part) | Pattern::Contains(part)) = pattern else {
        return is_short(pattern).then(|| short(item));
    };
    let everybody = "a rule with it would hide the names of others as well";
    match public_suffix::breadth(part) {
        Some(Breadth::Public) => Some(
            Finding::new(
                Severity::Error,
                "item/public-suffix",
                format!(
                    "the item {item:?} swallows the public suffix {}",
                    bare(part)
                ),
            )
            .why(format!(
                "everybody can have a domain there, and {everybody}"
            ))
            .fix("name the domains that are trusted"),
        ),
        Some(Breadth::Hosted) => Some(
            warning(
                "item/hosted",
                format!("the item {item:?} takes in all customers of {}", bare(part)),
            )
            .why(format!(
                "they choose their names themselves, and {everybody}"
            ))
            .fix("name the hosts that are trusted"),
        ),
        Some(Breadth::Label) => Some(
            warning(
                "item/top-level",
                format!("the item {item:?} takes in all that ends in one label"),
            )
            .why(format!(
                "if these are domains, it is a whole top-level domain, and {everybody}"
            ))
            .fix("nothing, for an internal domain or for file names; else name the domains"),
        ),
        None => is_short(pattern).then(|| short(item)),
    }
}

/// The part of a domain without the full stops around it.
fn bare(part: &str) -> &str {
    part.trim_matches('.')
}

fn is_short(pattern: Pattern<'_>) -> bool {
    !matches!(pattern, Pattern::Exact(_)) && pattern.text().chars().count() < 3
}

fn short(item: &str) -> Finding {
    warning(
        "item/wide",
        format!("the item {item:?} matches very many values"),
    )
    .why("fewer than three characters beside the wildcard are hardly a choice")
    .fix("write more of the value")
}

fn repeated(earlier: Option<&String>, item: &str) -> Option<Finding> {
    let earlier = earlier?;
    let what = if earlier == item {
        format!("the item {item:?} is there twice")
    } else if earlier.is_ascii() != item.is_ascii() {
        // A name and its ASCII form belong together: both occur in documents.
        return None;
    } else {
        format!("the items {earlier:?} and {item:?} mean the same")
    };
    Some(
        warning("item/duplicate", what)
            .why("the server keeps equal items once")
            .fix("keep one of them"),
    )
}

/// Names in other scripts without their ASCII form, which is what DNS carries.
fn missing_twins(items: &[String], path: &impl Fn(usize) -> String) -> Vec<Finding> {
    let known: std::collections::HashSet<&str> = items.iter().map(String::as_str).collect();
    let twin = |item: &String| {
        let ascii = punycode::to_ascii(&item.to_lowercase())?;
        (!item.is_ascii() && item.contains('.') && !known.contains(ascii.as_str())).then_some(ascii)
    };
    items
        .iter()
        .enumerate()
        .filter_map(|(place, item)| {
            let ascii = twin(item)?;
            let finding = warning(
                "item/punycode",
                format!("the item {item:?} is not there in ASCII"),
            )
            .why("DNS and most logs carry internationalized names in their ASCII form")
            .fix(format!("add {ascii}"));
            Some(finding.at(path(place)))
        })
        .collect()
}
