//! A condition of a custom rule: a value of the result, an operator, a bound.

use serde_json::{Value, json};

use super::super::json_text::Node;
use super::super::xcontent::{self, Field, Read, Takes};
use super::no_enum_constant;

/// `applies_to` · `operator` · `value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Which value is compared.
    pub applies_to: AppliesTo,
    /// How it is compared.
    pub operator: Operator,
    /// With what; for [`AppliesTo::Time`] seconds since 1970.
    pub value: f64,
}

/// Which value of a result a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppliesTo {
    /// The value that was seen.
    Actual,
    /// The value that was expected.
    Typical,
    /// The distance between the two.
    DiffFromTypical,
    /// The time of the bucket, in seconds since 1970.
    Time,
}

impl AppliesTo {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Actual,
        Self::Typical,
        Self::DiffFromTypical,
        Self::Time,
    ];

    /// The name in a body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Typical => "typical",
            Self::DiffFromTypical => "diff_from_typical",
            Self::Time => "time",
        }
    }
}

/// How a value is compared with the bound of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Below the bound.
    Lt,
    /// Below the bound or equal to it.
    Lte,
    /// Above the bound.
    Gt,
    /// Above the bound or equal to it.
    Gte,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lt, Self::Lte, Self::Gt, Self::Gte];

    /// The name in a body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
        }
    }

    /// The sign that people write for it.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Gt => ">",
            Self::Gte => ">=",
        }
    }

    /// Whether `value` stands in this relation to `bound`.
    #[must_use]
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Lt => value < bound,
            Self::Lte => value <= bound,
            Self::Gt => value > bound,
            Self::Gte => value >= bound,
        }
    }
}

const FIELDS: [Field; 3] = [
    ("applies_to", Takes::String),
    ("operator", Takes::String),
    ("value", Takes::Number),
];

const PACKAGE: &str = "org.elasticsearch.xpack.core.ml.job.config";

impl Condition {
    /// Reads one condition of a body.
    ///
    /// # Errors
    /// What the server answers to it.
    pub fn read(node: &Node) -> Read<Self> {
        let (mut applies_to, mut operator, mut value) = (None, None, None);
        xcontent::object(node, "rule_condition", &FIELDS, |name, field| {
            match name {
                "applies_to" => applies_to = Some(read_applies_to(field)?),
                "operator" => operator = Some(read_operator(field)?),
                _ => value = Some(xcontent::double(field)?),
            }
            Ok(())
        })?;
        xcontent::required(
            node,
            &[
                ("applies_to", applies_to.is_some()),
                ("operator", operator.is_some()),
                ("value", value.is_some()),
            ],
        )?;
        Ok(Self {
            applies_to: applies_to.unwrap_or(AppliesTo::Actual),
            operator: operator.unwrap_or(Operator::Lt),
            value: value.unwrap_or_default(),
        })
    }

    /// The condition as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let value = if self.value.is_finite() {
            json!(self.value)
        } else {
            json!(self.value.to_string().replace("inf", "Infinity"))
        };
        json!({
            "applies_to": self.applies_to.name(),
            "operator": self.operator.name(),
            "value": value,
        })
    }
}

fn read_applies_to(value: &Node) -> Read<AppliesTo> {
    let text = xcontent::string(value)?;
    AppliesTo::ALL
        .into_iter()
        .find(|known| known.name() == text.to_lowercase())
        .ok_or_else(|| {
            no_enum_constant(value, &format!("{PACKAGE}.RuleCondition.AppliesTo"), &text)
        })
}

fn read_operator(value: &Node) -> Read<Operator> {
    let text = xcontent::string(value)?;
    Operator::ALL
        .into_iter()
        .find(|known| known.name() == text.trim().to_lowercase())
        .ok_or_else(|| no_enum_constant(value, &format!("{PACKAGE}.Operator"), &text))
}
