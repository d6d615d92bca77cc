//! Filters written as TOML.

use super::{FilterText, ItemText, parse_toml};
use crate::error::{Error, ErrorKind, Result};

/// Filters as TOML text that [`super::parse_toml`] reads back.
///
/// # Errors
/// [`ErrorKind::Bug`] for a text that TOML has no form for.
pub fn to_toml(filters: &[FilterText]) -> Result<String> {
    let tables: Vec<String> = filters.iter().map(table).collect();
    let text = tables.join("\n");
    parse_toml(&text, "filters")
        .map_err(|error| Error::new(ErrorKind::Bug, "a filter has no TOML form").because(error))?;
    Ok(text)
}

fn table(filter: &FilterText) -> String {
    let mut lines = vec![format!("[filter.{}]", toml_string(&filter.id))];
    if let Some(description) = &filter.description {
        lines.push(format!("description = {}", toml_string(description)));
    }
    lines.push("items = [".to_owned());
    let items = filter.items.iter();
    lines.extend(items.map(|item| format!("  {},", of_item(item))));
    lines.push("]\n".to_owned());
    lines.join("\n")
}

fn of_item(item: &ItemText) -> String {
    let keys = [
        ("comment", &item.comment),
        ("source", &item.source),
        ("reviewed", &item.reviewed),
        ("expires", &item.expires),
    ];
    let pairs: Vec<String> = keys
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key} = {}", toml_string(value.as_deref()?))))
        .collect();
    if pairs.is_empty() {
        return toml_string(&item.item);
    }
    format!(
        "{{ item = {}, {} }}",
        toml_string(&item.item),
        pairs.join(", ")
    )
}

/// A basic string of TOML: JSON's escapes are among TOML's, but for the slash.
fn toml_string(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{7f}', "\\u007F")
}
