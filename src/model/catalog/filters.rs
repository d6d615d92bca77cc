//! Filters in TOML: tables `[filter.ID]`.

use serde_json::Value;

use crate::error::Result;
use crate::model::artifact::ArtifactKind;
use crate::model::filter_text::FilterText;
use crate::model::manifest::Part;

use super::classify::{Found, malformed};

/// The filters of a TOML file; none when it has no table `filter`.
pub(super) fn of_toml(value: &Value) -> Result<Vec<Found>> {
    let Some(filters) = value.get("filter") else {
        return Ok(Vec::new());
    };
    let filters = filters
        .as_object()
        .ok_or_else(|| malformed("filters are tables [filter.ID]"))?;
    filters
        .iter()
        .map(|(id, body)| {
            FilterText::of_value(id, body)?;
            let escaped = id.replace('~', "~0").replace('/', "~1");
            let part = Part::Pointer(format!("/filter/{escaped}"));
            Ok(Found::new(ArtifactKind::Filter, id, Some(part), body))
        })
        .collect()
}
