//! Filters as text that people review: `filters.toml`, and plain lists with one
//! item a line.
//!
//! ```toml
//! [filter.safe_domains]
//! description = "domains that the site trusts"
//! items = [
//!   "intranet.example",
//!   { item = "*.partner.example", comment = "the partner's clients", source = "contract 12",
//!     reviewed = "2026-01-31", expires = "2026-12-31" },
//! ]
//! ```
//!
//! A plain list has one item a line; ` # ` begins a comment, in which `source:`,
//! `reviewed:` and `expires:` may stand, separated by semicolons.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::filter::Filter;
use super::finding::{Finding, Severity};
use super::time::Timestamp;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::{lint, toml};

mod writing;

pub use writing::to_toml;

/// A filter with what people noted about its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterText {
    /// The id.
    pub id: String,
    /// What it is for.
    pub description: Option<String>,
    /// The items, in the order of the text.
    pub items: Vec<ItemText>,
}

/// One item, and why it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemText {
    /// The item.
    pub item: String,
    /// Why it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who asked for it, or where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When somebody last looked at it: a date, `2026-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<String>,
    /// The last day on which it holds: a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    filter: BTreeMap<String, Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    description: Option<String>,
    items: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Plain(String),
    Noted(ItemText),
}

/// The filters of the TOML `text`, by id; `name` is what messages call it.
///
/// # Errors
/// [`ErrorKind::Malformed`] with line and column for text of another shape, and
/// for dates that are none.
pub fn parse_toml(text: &str, name: &str) -> Result<Vec<FilterText>> {
    let document: Document = toml::parse(text, name, ErrorKind::Malformed)?;
    document
        .filter
        .into_iter()
        .map(|(id, table)| table.named(&id).map_err(|error| error.context(name)))
        .collect()
}

impl Table {
    fn named(self, id: &str) -> Result<FilterText> {
        let items = self.items.into_iter().map(|entry| match entry {
            Entry::Plain(item) => ItemText {
                item,
                ..ItemText::default()
            },
            Entry::Noted(noted) => noted,
        });
        let items: Vec<ItemText> = items.collect();
        for item in &items {
            check_dates(item, &format!("filter {id}"))?;
        }
        Ok(FilterText {
            id: id.to_owned(),
            description: self.description,
            items,
        })
    }
}

/// The filter `id` of a plain list; `name` is what messages call the text.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the line, for dates that are none.
pub fn parse_list(id: &str, text: &str, name: &str) -> Result<FilterText> {
    let mut items = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let (item, comment) = split_comment(line);
        if item.is_empty() {
            continue;
        }
        let mut noted = ItemText {
            item: item.to_owned(),
            ..ItemText::default()
        };
        take_notes(&mut noted, comment);
        check_dates(&noted, &format!("{name} line {}", place + 1))?;
        items.push(noted);
    }
    Ok(FilterText {
        id: id.to_owned(),
        description: None,
        items,
    })
}

/// The item of a line of a plain list; empty where it has none.
#[must_use]
pub fn item_of_line(line: &str) -> &str {
    split_comment(line).0
}

/// A comment begins the line or follows a blank; a `#` within an item is its own.
fn split_comment(line: &str) -> (&str, &str) {
    let line = line.trim();
    if let Some(comment) = line.strip_prefix('#') {
        return ("", comment);
    }
    let after_blank = |at: &usize| {
        line.get(..*at)
            .is_some_and(|before| before.ends_with([' ', '\t']))
    };
    match line.match_indices('#').map(|(at, _)| at).find(after_blank) {
        Some(at) => {
            let (item, comment) = line.split_at(at);
            (item.trim(), comment.trim_start_matches('#'))
        }
        None => (line, ""),
    }
}

fn take_notes(item: &mut ItemText, comment: &str) {
    let mut words = Vec::new();
    for part in comment
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let noted = part
            .split_once(':')
            .map(|(key, value)| (key.trim(), value.trim().to_owned()));
        match noted {
            Some(("source", value)) => item.source = Some(value),
            Some(("reviewed", value)) => item.reviewed = Some(value),
            Some(("expires", value)) => item.expires = Some(value),
            _ => words.push(part),
        }
    }
    if !words.is_empty() {
        item.comment = Some(words.join("; "));
    }
}

fn check_dates(item: &ItemText, name: &str) -> Result<()> {
    for (key, date) in [("reviewed", &item.reviewed), ("expires", &item.expires)] {
        if let Some(date) = date
            && start_of(date).is_none()
        {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{name}: item {:?}: {key} is no date: {date:?}", item.item),
            )
            .hint("write a date such as 2026-01-31"));
        }
    }
    Ok(())
}

/// When a date begins, in UTC.
fn start_of(date: &str) -> Option<Timestamp> {
    if date.len() != 10 {
        return None;
    }
    Timestamp::parse(&format!("{date}T00:00:00Z")).ok()
}

impl ItemText {
    /// Whether its last day is over at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        const DAY: i64 = 86_400;
        let expires = self.expires.as_deref().and_then(start_of);
        expires.is_some_and(|day| now.seconds() >= day.seconds().saturating_add(DAY))
    }
}

impl FilterText {
    /// The filter `id` as one table of the TOML says it.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for a value of another shape, and for dates that are
    /// none.
    pub fn of_value(id: &str, value: &serde_json::Value) -> Result<Self> {
        let table: Table = Table::deserialize(value).or_err(ErrorKind::Malformed, || {
            format!("the filter {id} is not as filters are written")
        })?;
        table.named(id)
    }

    /// The items that have expired at `now`, with their places.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Vec<(usize, &ItemText)> {
        let items = self.items.iter().enumerate();
        items.filter(|(_, item)| item.is_expired(now)).collect()
    }

    /// The filter of all items that have not expired at `now`.
    ///
    /// # Errors
    /// What the server would say of id and number of items.
    pub fn filter(&self, now: Timestamp) -> std::result::Result<Filter, Failure> {
        let live = self.items.iter().filter(|item| !item.is_expired(now));
        let items = live.map(|item| item.item.clone()).collect();
        Filter::new(self.id.clone(), self.description.clone(), items)
    }

    /// The body of the request that makes the filter with all of its items.
    #[must_use]
    pub fn body(&self) -> serde_json::Value {
        let mut object = serde_json::Map::new();
        if let Some(description) = &self.description {
            object.insert("description".into(), description.clone().into());
        }
        let items: Vec<&str> = self.items.iter().map(|item| item.item.as_str()).collect();
        object.insert("items".into(), items.into());
        serde_json::Value::Object(object)
    }

    /// The filter of a cluster as text; notes of `known` are kept for the items
    /// that are in both.
    #[must_use]
    pub fn of_filter(filter: &Filter, known: Option<&Self>) -> Self {
        let noted = |item: &String| {
            let known =
                known.and_then(|known| known.items.iter().find(|noted| noted.item == *item));
            known.cloned().unwrap_or_else(|| ItemText {
                item: item.clone(),
                ..ItemText::default()
            })
        };
        Self {
            id: filter.id.clone(),
            description: filter.description.clone(),
            items: filter.items().iter().map(noted).collect(),
        }
    }

    /// What is wrong with the items, expired ones included.
    #[must_use]
    pub fn review(&self, now: Timestamp) -> Vec<Finding> {
        let items: Vec<String> = self.items.iter().map(|item| item.item.clone()).collect();
        let mut findings =
            lint::check_items(&items, |place| format!("/filter/{}/items/{place}", self.id));
        for (place, item) in self.expired(now) {
            let finding = Finding::new(
                Severity::Warning,
                "item/expired",
                format!("the item {:?} has expired", item.item),
            )
            .at(format!("/filter/{}/items/{place}", self.id))
            .why("it is left out when the filter is put or updated")
            .fix("review it: remove it, or give it a later date");
            findings.push(finding);
        }
        findings
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::time::Timestamp;
    use super::{FilterText, ItemText, parse_list, parse_toml, to_toml};

    const TOML: &str = r#"
[filter.safe_domains]
description = "trusted"
items = [
  "intranet.example",
  { item = "*.partner.example", comment = "clients", source = "contract 12", reviewed = "2026-01-31", expires = "2026-12-31" },
]
"#;

    #[test]
    fn toml_and_lists_say_the_same() {
        let from_toml = parse_toml(TOML, "filters.toml").unwrap();
        let list = "# heading\nintranet.example\n\n*.partner.example  # clients; source: contract 12; reviewed: 2026-01-31; expires: 2026-12-31\n";
        let from_list = parse_list("safe_domains", list, "list").unwrap();
        assert_eq!(from_toml[0].items, from_list.items);
        assert_eq!(
            parse_toml(&to_toml(&from_toml).unwrap(), "again").unwrap(),
            from_toml
        );
    }

    #[test]
    fn items_hold_until_the_end_of_their_last_day() {
        let filter = &parse_toml(TOML, "filters.toml").unwrap()[0];
        let on = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(
            filter
                .filter(on("2026-12-31T23:59:59Z"))
                .unwrap()
                .items()
                .len(),
            2
        );
        let later = filter.filter(on("2027-01-01T00:00:00Z")).unwrap();
        assert_eq!(later.items(), ["intranet.example"]);
        assert_eq!(
            filter.review(on("2027-01-01T00:00:00Z"))[0].check,
            "item/expired"
        );
    }

    #[test]
    fn odd_items_survive_the_round_trip() {
        for item in ["a#b", "with \"quotes\" \\ and\ttab", "é\u{7f}", "x # y"] {
            let filter = FilterText {
                id: "f".to_owned(),
                description: None,
                items: vec![ItemText {
                    item: item.to_owned(),
                    ..ItemText::default()
                }],
            };
            let text = to_toml(std::slice::from_ref(&filter)).unwrap();
            assert_eq!(parse_toml(&text, "x").unwrap(), [filter], "{text}");
        }
        assert_eq!(parse_list("f", "a#b", "x").unwrap().items[0].item, "a#b");
    }

    #[test]
    fn mistakes_are_refused_with_their_place() {
        for text in [
            "[filter.f]\nitem = []",
            "[filter.f]\nitems = [1]",
            "[filter.f]\nitems = [{ item = \"a\", expires = \"soon\" }]",
            "x = 1",
        ] {
            assert!(parse_toml(text, "x").is_err(), "{text}");
        }
        assert!(parse_list("f", "a # expires: 2026-13-01", "x").is_err());
    }
}
