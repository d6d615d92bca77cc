//! Custom rules: what to do with results for which scope and conditions hold.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::json_text::Node;
use super::super::version::StackVersion;
use super::super::xcontent::{self, Field, Read, Stop, Takes};
use super::{AppliesTo, Condition, Scope, no_enum_constant};

/// One custom rule (`DetectionRule` in Elasticsearch). It applies when the whole
/// scope and all conditions hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it does. The server takes an empty set; its native process does not.
    pub actions: BTreeSet<Action>,
    /// For which values of which fields.
    pub scope: Scope,
    /// For which results.
    pub conditions: Vec<Condition>,
    /// By how many seconds [`Action::ForceTimeShift`] moves the model's time.
    pub time_shift: Option<i64>,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Makes no result; the model still learns the value.
    SkipResult,
    /// Does not teach the model the value; a result is still made.
    SkipModelUpdate,
    /// Shifts the time within the model (from 8.16).
    ForceTimeShift,
}

impl Action {
    /// All of them, in the order in which the server writes them.
    pub const ALL: [Self; 3] = [
        Self::SkipResult,
        Self::SkipModelUpdate,
        Self::ForceTimeShift,
    ];

    /// The name in a body.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SkipResult => "skip_result",
            Self::SkipModelUpdate => "skip_model_update",
            Self::ForceTimeShift => "force_time_shift",
        }
    }

    /// Whether servers of `version` know it.
    #[must_use]
    pub fn is_known_to(self, version: &StackVersion) -> bool {
        self != Self::ForceTimeShift || version.offers(8, 16)
    }
}

const FIELDS: [Field; 4] = [
    ("actions", Takes::Strings),
    ("scope", Takes::Object),
    ("conditions", Takes::Objects),
    ("params", Takes::Object),
];

impl Rule {
    /// Reads and checks one rule of a body. What concerns its detector is checked
    /// with the detector.
    ///
    /// # Errors
    /// What a server of `version` answers to it.
    pub fn read(node: &Node, version: &StackVersion) -> Read<Self> {
        let mut rule = Self {
            actions: BTreeSet::from([Action::SkipResult]),
            scope: Scope::default(),
            conditions: Vec::new(),
            time_shift: None,
        };
        let has_params = Action::ForceTimeShift.is_known_to(version);
        let fields = FIELDS
            .get(..if has_params { 4 } else { 3 })
            .unwrap_or_default();
        xcontent::object(node, "detection_rule", fields, |name, value| {
            match name {
                "actions" => rule.actions = read_actions(value, version)?,
                "scope" => rule.scope = Scope::read(value)?,
                "conditions" => rule.conditions = xcontent::objects(value, Condition::read)?,
                _ => rule.time_shift = read_params(value)?,
            }
            Ok(())
        })?;
        rule.check()
            .map_err(|failure| Stop::new(node.end, failure))?;
        Ok(rule)
    }

    /// Refuses a rule without scope and conditions, or whose parameters do not
    /// belong to its actions.
    ///
    /// # Errors
    /// 400 as the server words it.
    pub fn check(&self) -> Result<(), Failure> {
        if self.scope.is_empty() && self.conditions.is_empty() {
            return Err(Failure::bad_request(
                "Invalid detector rule: at least scope or a condition is required",
            ));
        }
        match (
            self.actions.contains(&Action::ForceTimeShift),
            self.time_shift,
        ) {
            (true, None) => Err(Failure::bad_request(
                "Invalid detector rule: actions contain force_time_shift, but corresponding parameters are missing",
            )),
            (false, Some(_)) => Err(Failure::bad_request(
                "Invalid detector rule: actions do not contain force_time_shift, but corresponding parameters are present",
            )),
            _ => Ok(()),
        }
    }

    /// Whether the server sees a condition on something else than the time: it
    /// looks at the first condition only.
    #[must_use]
    pub fn shows_condition_on_value(&self) -> bool {
        self.conditions
            .first()
            .is_some_and(|condition| condition.applies_to != AppliesTo::Time)
    }

    /// The rule as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let actions: Vec<&str> = self.actions.iter().map(|action| action.name()).collect();
        object.insert("actions".into(), json!(actions));
        if !self.scope.is_empty() {
            object.insert("scope".into(), self.scope.to_json());
        }
        if !self.conditions.is_empty() {
            let conditions = self.conditions.iter().map(Condition::to_json).collect();
            object.insert("conditions".into(), conditions);
        }
        if let Some(seconds) = self.time_shift {
            let params = json!({"force_time_shift": {"time_shift_amount": seconds}});
            object.insert("params".into(), params);
        }
        Value::Object(object)
    }
}

fn read_actions(value: &Node, version: &StackVersion) -> Read<BTreeSet<Action>> {
    xcontent::string_list(value)?
        .iter()
        .map(|text| {
            Action::ALL
                .into_iter()
                .find(|known| known.name() == text.to_lowercase() && known.is_known_to(version))
                .ok_or_else(|| {
                    let class = "org.elasticsearch.xpack.core.ml.job.config.RuleAction";
                    no_enum_constant(value, class, text)
                })
        })
        .collect()
}

fn read_params(value: &Node) -> Read<Option<i64>> {
    let mut time_shift = None;
    xcontent::object(
        value,
        "rule_params",
        &[("force_time_shift", Takes::Object)],
        |_, shift| {
            let mut amount = None;
            let fields = [("time_shift_amount", Takes::Number)];
            xcontent::object(
                shift,
                "rule_params_for_force_time_shift",
                &fields,
                |_, value| {
                    amount = Some(xcontent::long(value)?);
                    Ok(())
                },
            )?;
            xcontent::required(shift, &[("time_shift_amount", amount.is_some())])?;
            time_shift = amount;
            Ok(())
        },
    )?;
    Ok(time_shift)
}
