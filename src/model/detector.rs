//! Detectors of anomaly detection jobs and their custom rules: read as the
//! server reads them, checked as it checks them, written as it returns them.

use serde_json::{Map, Value, json};

use super::json_text::Node;
use super::version::StackVersion;
use super::xcontent::{self, Field, Read, Stop, Takes};

mod check;
mod condition;
mod function;
mod rule;
mod scope;
pub mod words;

pub use check::{check, field_name};
pub use condition::{AppliesTo, Condition, Operator};
pub use function::{Family, Function};
pub use rule::{Action, Rule};
pub use scope::{FilterReference, Membership, Scope};

/// One detector (`Detector` in Elasticsearch), without its place in the job.
#[derive(Clone, Debug, PartialEq)]
pub struct Detector {
    /// What it is called; the server makes one up when a body has none.
    pub description: Option<String>,
    /// The function; a detector without one counts as `metric` for its rules.
    pub function: Option<Function>,
    /// The field it computes over.
    pub field: Option<String>,
    /// The field by whose values it models.
    pub by: Option<String>,
    /// The field that spans the population.
    pub over: Option<String>,
    /// The field by which it is split.
    pub partition: Option<String>,
    /// Whether events without the by or partition field make up a series.
    pub use_null: bool,
    /// Which frequent entities are left out: `all`, `none`, `by`, `over`.
    pub exclude_frequent: Option<String>,
    /// The custom rules.
    pub rules: Vec<Rule>,
}

const FIELDS: [Field; 10] = [
    ("detector_description", Takes::String),
    ("function", Takes::String),
    ("field_name", Takes::String),
    ("by_field_name", Takes::String),
    ("over_field_name", Takes::String),
    ("partition_field_name", Takes::String),
    ("use_null", Takes::Boolean),
    ("exclude_frequent", Takes::String),
    ("custom_rules", Takes::Objects),
    ("detector_index", Takes::Number),
];

impl Detector {
    /// Reads and checks one detector of a body.
    ///
    /// # Errors
    /// What a server of `version` answers to it.
    pub fn read(node: &Node, version: &StackVersion) -> Read<Self> {
        let mut detector = Self {
            description: None,
            function: None,
            field: None,
            by: None,
            over: None,
            partition: None,
            use_null: false,
            exclude_frequent: None,
            rules: Vec::new(),
        };
        xcontent::object(node, "detector", &FIELDS, |name, value| {
            detector.take(name, value, version)
        })?;
        check(&detector).map_err(|failure| Stop::new(node.end, failure))?;
        Ok(detector)
    }

    fn take(&mut self, name: &str, value: &Node, version: &StackVersion) -> Read<()> {
        match name {
            "detector_description" => self.description = Some(xcontent::string(value)?),
            "function" => {
                let function = Function::parse(&xcontent::string(value)?);
                self.function = Some(function.map_err(|failure| Stop::new(value.at, failure))?);
            }
            "field_name" => self.field = Some(xcontent::string(value)?),
            "by_field_name" => self.by = Some(xcontent::string(value)?),
            "over_field_name" => self.over = Some(xcontent::string(value)?),
            "partition_field_name" => self.partition = Some(xcontent::string(value)?),
            "use_null" => self.use_null = xcontent::boolean(value)?,
            "exclude_frequent" => self.exclude_frequent = Some(exclude_frequent(value)?),
            "custom_rules" => {
                self.rules = xcontent::objects(value, |rule| Rule::read(rule, version))?;
            }
            // The server numbers detectors by their place, whatever a body says.
            _ => {
                xcontent::integer(value)?;
            }
        }
        Ok(())
    }

    /// The by, over and partition fields that are set, in this order.
    pub fn entity_fields(&self) -> impl Iterator<Item = &str> {
        [&self.by, &self.over, &self.partition]
            .into_iter()
            .filter_map(|field| field.as_deref())
    }

    /// The description, or the one that the server makes up.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.description {
            Some(description) => description.clone(),
            None => self.default_description(),
        }
    }

    fn default_description(&self) -> String {
        let part = |before: &str, field: &Option<String>, after: &str| match field.as_deref() {
            None | Some("") => String::new(),
            Some(name) => format!("{before}{}{after}", quoted(name)),
        };
        let option = |name: &str, value: Option<&str>| {
            value.map_or_else(String::new, |value| format!(" {name}={value}"))
        };
        [
            self.function.map_or("", Function::name).to_owned(),
            part("(", &self.field, ")"),
            part(" by ", &self.by, ""),
            part(" over ", &self.over, ""),
            option("usenull", self.use_null.then_some("true")),
            part(" partitionfield=", &self.partition, ""),
            option("excludefrequent", self.exclude_frequent.as_deref()),
        ]
        .concat()
    }

    /// The detector as the server returns it at place `index` of a job.
    #[must_use]
    pub fn to_json(&self, index: usize) -> Value {
        let mut object = Map::new();
        object.insert("detector_description".into(), self.title().into());
        if let Some(function) = self.function {
            object.insert("function".into(), function.name().into());
        }
        for (name, field) in [
            ("field_name", &self.field),
            ("by_field_name", &self.by),
            ("over_field_name", &self.over),
            ("partition_field_name", &self.partition),
        ] {
            if let Some(field) = field {
                object.insert(name.into(), field.clone().into());
            }
        }
        if self.use_null {
            object.insert("use_null".into(), true.into());
        }
        if let Some(frequent) = &self.exclude_frequent {
            object.insert("exclude_frequent".into(), frequent.clone().into());
        }
        if !self.rules.is_empty() {
            object.insert(
                "custom_rules".into(),
                self.rules.iter().map(Rule::to_json).collect(),
            );
        }
        object.insert("detector_index".into(), json!(index));
        Value::Object(object)
    }
}

fn exclude_frequent(value: &Node) -> Read<String> {
    let text = xcontent::string(value)?;
    let lower = text.to_lowercase();
    if ["all", "none", "by", "over"].contains(&lower.as_str()) {
        return Ok(lower);
    }
    let class = "org.elasticsearch.xpack.core.ml.job.config.Detector.ExcludeFrequent";
    Err(no_enum_constant(value, class, &text))
}

/// What Java says of a name that an enumeration does not have.
fn no_enum_constant(value: &Node, class: &str, name: &str) -> Stop {
    let reason = format!("No enum constant {class}.{}", name.to_uppercase());
    Stop::new(value.end, super::failure::Failure::illegal_argument(reason))
}

/// A field name as descriptions show it: in quotes when it has other characters
/// than letters, digits and underscores.
fn quoted(field: &str) -> String {
    if field.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return field.to_owned();
    }
    format!("\"{}\"", field.replace('\\', "\\\\").replace('"', "\\\""))
}
