//! Filters: lists that the rules of jobs refer to (`MlFilter` in Elasticsearch).

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::json_text::Node;
use super::ml_id;
use super::version::StackVersion;
use super::xcontent::{self, Field, Takes};

pub mod item;

pub mod matcher;

/// How many items a filter may hold.
pub const MAX_ITEMS: usize = 10_000;

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The id.
    pub id: String,
    /// What it is for.
    pub description: Option<String>,
    /// The items, sorted as the server sorts them, each once.
    items: Vec<String>,
}

/// What an update changes: items are added first, then removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterUpdate {
    /// The new description; without one the old is kept.
    pub description: Option<String>,
    /// Items to add; those that are there already do no harm.
    pub add: Vec<String>,
    /// Items to remove; all must be there.
    pub remove: Vec<String>,
}

/// Whether in this version an open job does not load a filter that is new to it:
/// from 7.8.1 to 7.9.2 (elastic/elasticsearch#62948).
#[must_use]
pub fn misses_open_jobs(version: &StackVersion) -> bool {
    (StackVersion::new(7, 8, 1)..=StackVersion::new(7, 9, 2)).contains(version)
}

/// The order of Java's strings: by UTF-16 units.
#[must_use]
pub fn item_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

const FIELDS: [Field; 4] = [
    ("type", Takes::String),
    ("filter_id", Takes::String),
    ("description", Takes::StringOrNull),
    ("items", Takes::Strings),
];

const UPDATE_FIELDS: [Field; 4] = [
    ("filter_id", Takes::String),
    ("description", Takes::StringOrNull),
    ("add_items", Takes::Strings),
    ("remove_items", Takes::Strings),
];

impl Filter {
    /// A filter of these items, in any order.
    ///
    /// # Errors
    /// 400 for an id that the server does not take, or for too many items.
    pub fn new(
        id: impl Into<String>,
        description: Option<String>,
        items: Vec<String>,
    ) -> Result<Self, Failure> {
        let mut filter = Self {
            id: id.into(),
            description,
            items,
        };
        filter.items.sort_by(|a, b| item_order(a, b));
        filter.items.dedup();
        filter.check()?;
        Ok(filter)
    }

    fn check(&self) -> Result<(), Failure> {
        if !ml_id::is_valid(&self.id) {
            return Err(Failure::bad_request(ml_id::invalid("filter_id", &self.id)));
        }
        if self.items.len() > MAX_ITEMS {
            return Err(Failure::bad_request(format!(
                "Filter [{}] contains too many items; up to [10,000] items are allowed",
                self.id
            )));
        }
        Ok(())
    }

    /// Reads and checks the body that creates the filter `id`.
    ///
    /// # Errors
    /// What the server answers.
    pub fn create(id: &str, body: &Node) -> Result<Self, Failure> {
        let (mut own_id, mut description, mut items) = (None, None, Vec::new());
        xcontent::object(body, "type", &FIELDS, |name, value| {
            match name {
                "filter_id" => own_id = Some(xcontent::string(value)?),
                "description" => description = xcontent::string_or_null(value)?,
                "items" => items = xcontent::string_list(value)?,
                _ => {
                    xcontent::string(value)?;
                }
            }
            Ok(())
        })?;
        Self::new(
            ml_id::agree("filter_id", own_id.as_deref(), id)?,
            description,
            items,
        )
    }

    /// The items, sorted.
    #[must_use]
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// The filter after an update.
    ///
    /// # Errors
    /// 400 when an item to remove is not there, or when the result is too large.
    pub fn updated(&self, update: &FilterUpdate) -> Result<Self, Failure> {
        let mut items: std::collections::BTreeSet<&str> =
            self.items.iter().map(String::as_str).collect();
        items.extend(update.add.iter().map(String::as_str));
        for item in &update.remove {
            if !items.remove(item.as_str()) {
                return Err(Failure::bad_request(format!(
                    "Cannot remove item [{item}] as it is not present in filter [{}]",
                    self.id
                )));
            }
        }
        let description = update
            .description
            .clone()
            .or_else(|| self.description.clone());
        Self::new(
            self.id.clone(),
            description,
            items.into_iter().map(str::to_owned).collect(),
        )
    }

    /// The smallest update that makes this filter into `wanted`. A description
    /// cannot be taken away, so that a missing one changes nothing.
    #[must_use]
    pub fn update_to(&self, wanted: &Self) -> FilterUpdate {
        let missing_in = |items: &[String], of: &[String]| -> Vec<String> {
            let known: std::collections::HashSet<&str> = items.iter().map(String::as_str).collect();
            of.iter()
                .filter(|item| !known.contains(item.as_str()))
                .cloned()
                .collect()
        };
        FilterUpdate {
            description: wanted
                .description
                .clone()
                .filter(|text| self.description.as_ref() != Some(text)),
            add: missing_in(&self.items, &wanted.items),
            remove: missing_in(&wanted.items, &self.items),
        }
    }

    /// Reads a filter as the server returns it.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_answer(answer: &Value) -> Result<Self, Failure> {
        let id = answer
            .get("filter_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Self::create(id, &super::json_text::parse(&answer.to_string()))
    }

    /// The filter as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("filter_id".into(), json!(self.id));
        if let Some(description) = &self.description {
            object.insert("description".into(), json!(description));
        }
        object.insert("items".into(), json!(self.items));
        Value::Object(object)
    }
}

impl FilterUpdate {
    /// Reads the body of `POST _ml/filters/{id}/_update`.
    ///
    /// # Errors
    /// What the server answers to its shape.
    pub fn read(id: &str, body: &Node) -> Result<Self, Failure> {
        let mut update = Self::default();
        let mut own_id = None;
        let name = "cluster:admin/xpack/ml/filters/update";
        xcontent::object(body, name, &UPDATE_FIELDS, |name, value| {
            match name {
                "filter_id" => own_id = Some(xcontent::string(value)?),
                "description" => update.description = xcontent::string_or_null(value)?,
                "add_items" => update.add = xcontent::string_list(value)?,
                _ => update.remove = xcontent::string_list(value)?,
            }
            Ok(())
        })?;
        ml_id::agree("filter_id", own_id.as_deref(), id)?;
        Ok(update)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The body of the request.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        if let Some(description) = &self.description {
            object.insert("description".into(), json!(description));
        }
        for (key, items) in [("add_items", &self.add), ("remove_items", &self.remove)] {
            if !items.is_empty() {
                object.insert(key.into(), json!(items));
            }
        }
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::misses_open_jobs;
    use crate::model::version::StackVersion;

    #[test]
    fn some_versions_miss_filters_of_open_jobs() {
        for (version, misses) in [
            ((7, 8, 0), false),
            ((7, 8, 1), true),
            ((7, 9, 2), true),
            ((7, 9, 3), false),
            ((8, 0, 0), false),
        ] {
            let version = StackVersion::new(version.0, version.1, version.2);
            assert_eq!(misses_open_jobs(&version), misses, "{version}");
        }
    }
}
