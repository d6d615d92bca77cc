//! The scope of a custom rule: for which values of which fields it holds.

use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::java;
use super::super::json_text::{self, Kind, Member, Node};
use super::super::xcontent::{self, Field, Read, Stop, Takes};
use super::no_enum_constant;

/// Fields and the filters that their values must (not) be in; all must hold.
///
/// Kept in the order in which they were given, which decides how the server
/// writes those down whose hashes collide; it does not matter for equality.
#[derive(Clone, Debug, Default)]
pub struct Scope(Vec<(String, FilterReference)>);

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|entry| other.0.contains(entry))
    }
}

impl Eq for Scope {}

/// A filter, and on which side of it values must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterReference {
    /// The filter.
    pub filter_id: String,
    /// On which side of it.
    pub membership: Membership,
}

/// Whether a rule holds for the values in a filter or for all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Membership {
    /// For the values in the filter.
    #[default]
    Include,
    /// For the values that are not in it.
    Exclude,
}

impl Membership {
    /// The name in a body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
        }
    }
}

const REFERENCE_FIELDS: [Field; 2] = [("filter_id", Takes::String), ("filter_type", Takes::String)];

impl Scope {
    /// Reads the scope of a body.
    ///
    /// # Errors
    /// What the server answers to it. Its reader takes each field's reference
    /// apart, writes it down again, and reads that: places in those refusals
    /// count within the rewritten reference.
    pub fn read(node: &Node) -> Read<Self> {
        let members = node.members().unwrap_or_default();
        let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        let mut scope = Self::default();
        for member in java::hash_order(&names)
            .into_iter()
            .filter_map(|index| members.get(index))
        {
            let reference =
                read_reference(member).map_err(|failure| Stop::new(node.end, failure))?;
            scope.insert(member.name.clone(), reference);
        }
        Ok(scope)
    }

    /// Whether it names no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fields and references.
    pub fn references(&self) -> impl Iterator<Item = (&str, &FilterReference)> {
        self.0
            .iter()
            .map(|(field, reference)| (field.as_str(), reference))
    }

    /// Adds or replaces the reference of a field.
    pub fn insert(&mut self, field: impl Into<String>, reference: FilterReference) {
        let field = field.into();
        match self.0.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) => *known = reference,
            None => self.0.push((field, reference)),
        }
    }

    /// Refuses fields that are not among `available`.
    ///
    /// # Errors
    /// 400, naming the first such field and those that can be chosen.
    pub fn check(&self, available: &[&str]) -> Result<(), Failure> {
        let mut sorted = available.to_vec();
        sorted.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
        sorted.dedup();
        let names: Vec<&str> = self.references().map(|(name, _)| name).collect();
        for name in java::hash_order(&names)
            .into_iter()
            .filter_map(|index| names.get(index))
        {
            if available.contains(name) {
                continue;
            }
            let choice = if sorted.is_empty() {
                "detector has no available fields for scoping".to_owned()
            } else {
                format!("select from [{}]", sorted.join(", "))
            };
            return Err(Failure::bad_request(format!(
                "Invalid detector rule: scope field '{name}' is invalid; {choice}"
            )));
        }
        Ok(())
    }

    /// The scope as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let entries: Vec<(&str, &FilterReference)> = self.references().collect();
        let names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
        let object: Map<String, Value> = java::hash_order(&names)
            .into_iter()
            .filter_map(|index| entries.get(index))
            .map(|(name, reference)| {
                let value = json!({
                    "filter_id": reference.filter_id,
                    "filter_type": reference.membership.name(),
                });
                ((*name).to_owned(), value)
            })
            .collect();
        Value::Object(object)
    }
}

fn read_reference(member: &Member) -> Result<FilterReference, Failure> {
    let rewritten = match &member.value.kind {
        Kind::Object(members) => rewrite(members),
        Kind::Null => "null".to_owned(),
        other => return Err(no_map(other)),
    };
    let node = json_text::parse(&rewritten);
    let (mut filter_id, mut membership) = (None, Membership::default());
    xcontent::object(&node, "filter_ref", &REFERENCE_FIELDS, |name, value| {
        match name {
            "filter_id" => filter_id = Some(xcontent::string(value)?),
            _ => membership = read_membership(value)?,
        }
        Ok(())
    })?;
    xcontent::required(&node, &[("filter_id", filter_id.is_some())])?;
    Ok(FilterReference {
        filter_id: filter_id.unwrap_or_default(),
        membership,
    })
}

/// The members as compact JSON, in the order of a hash map.
fn rewrite(members: &[Member]) -> String {
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let object: Map<String, Value> = java::hash_order(&names)
        .into_iter()
        .filter_map(|index| members.get(index))
        .map(|member| (member.name.clone(), member.value.to_value()))
        .collect();
    Value::Object(object).to_string()
}

fn no_map(kind: &Kind) -> Failure {
    let class = match kind {
        Kind::Array(_) => "java.util.ArrayList",
        Kind::Bool(_) => "java.lang.Boolean",
        Kind::Number(text) if text.contains(['.', 'e', 'E']) => "java.lang.Double",
        Kind::Number(_) => "java.lang.Integer",
        _ => "java.lang.String",
    };
    Failure::class_cast(format!(
        "class {class} cannot be cast to class java.util.Map ({class} and java.util.Map are in module java.base of loader 'bootstrap')"
    ))
}

fn read_membership(value: &Node) -> Read<Membership> {
    let text = xcontent::string(value)?;
    match text.trim().to_lowercase().as_str() {
        "include" => Ok(Membership::Include),
        "exclude" => Ok(Membership::Exclude),
        _ => {
            let class = "org.elasticsearch.xpack.core.ml.job.config.FilterRef.FilterType";
            Err(no_enum_constant(value, class, &text))
        }
    }
}
