//! A rule given on the command line: as a file, or as its parts.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::cli::managed;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage::rules;
use crate::io::files;
use crate::model::detector::Rule;
use crate::model::version::StackVersion;

/// A rule, or several of a file.
#[derive(Debug, clap::Args)]
#[group(id = "rule", required = true, multiple = true)]
pub(super) struct RuleArgs {
    /// A JSON file with the rule, or with a list of rules
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scope", "when", "action"])]
    from: Option<PathBuf>,
    /// The rule applies when the field's value is in the filter: FIELD=FILTER, or when
    /// it is not: FIELD!=FILTER
    #[arg(long, value_name = "FIELD=FILTER")]
    scope: Vec<String>,
    /// The rule applies when this holds of the result: one of actual, typical,
    /// `diff_from_typical` and time (seconds since 1970), one of < <= > >=, a number
    #[arg(long, value_name = "CONDITION")]
    when: Vec<String>,
    /// What the rule does: `skip_result`, `skip_model_update` [default: `skip_result`]
    #[arg(long, value_name = "ACTION")]
    action: Vec<String>,
}

impl RuleArgs {
    /// The rules, read as a server of `version` reads them.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for a file that cannot be read, [`ErrorKind::Malformed`] for
    /// what is no rule, [`ErrorKind::Usage`] for parts of another form.
    pub(super) fn read(&self, version: &StackVersion) -> Result<Vec<Rule>> {
        if let Some(path) = &self.from {
            let text = files::read_text(path, managed::MAX_FILE)?;
            return rules::parse(&text, &path.display().to_string(), version);
        }
        rules::parse(&self.to_json()?.to_string(), "the command line", version)
    }

    fn to_json(&self) -> Result<Value> {
        let mut rule = Map::new();
        if !self.action.is_empty() {
            rule.insert("actions".to_owned(), json!(self.action));
        }
        let scope: Map<String, Value> = self
            .scope
            .iter()
            .map(|text| scope(text))
            .collect::<Result<_>>()?;
        if !scope.is_empty() {
            rule.insert("scope".to_owned(), Value::Object(scope));
        }
        let conditions: Vec<Value> = self
            .when
            .iter()
            .map(|text| condition(text))
            .collect::<Result<_>>()?;
        if !conditions.is_empty() {
            rule.insert("conditions".to_owned(), Value::Array(conditions));
        }
        Ok(Value::Object(rule))
    }
}

fn scope(text: &str) -> Result<(String, Value)> {
    let (field, filter, kind) = match (text.rsplit_once("!="), text.rsplit_once('=')) {
        (Some((field, filter)), _) => (field, filter, "exclude"),
        (None, Some((field, filter))) => (field, filter, "include"),
        (None, None) => {
            return Err(
                Error::new(ErrorKind::Usage, format!("{text:?} is no scope"))
                    .hint("write FIELD=FILTER, or FIELD!=FILTER"),
            );
        }
    };
    let reference = json!({"filter_id": filter.trim(), "filter_type": kind});
    Ok((field.trim().to_owned(), reference))
}

fn condition(text: &str) -> Result<Value> {
    // The longer signs first: each begins with a shorter one.
    const SIGNS: [(&str, &str); 4] = [("<=", "lte"), (">=", "gte"), ("<", "lt"), (">", "gt")];
    let parts = SIGNS.iter().find_map(|(sign, operator)| {
        let (value, bound) = text.split_once(sign)?;
        let bound: f64 = bound.trim().parse().ok()?;
        Some(json!({"applies_to": value.trim(), "operator": operator, "value": bound}))
    });
    parts.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{text:?} is no condition"))
            .hint("write for example 'actual < 0.2'")
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::{condition, scope};

    #[test]
    fn parts_are_read() {
        let include = json!({"filter_id": "safe", "filter_type": "include"});
        let exclude = json!({"filter_id": "safe", "filter_type": "exclude"});
        assert_eq!(scope("a.b = safe").unwrap(), ("a.b".to_owned(), include));
        assert_eq!(scope("a!=safe").unwrap(), ("a".to_owned(), exclude));
        assert!(scope("safe").is_err());
        for (text, operator, value) in [
            ("actual<0.2", "lt", 0.2),
            ("actual <= -1", "lte", -1.0),
            ("actual>=3e2", "gte", 300.0),
            ("actual > 1", "gt", 1.0),
        ] {
            let expected = json!({"applies_to": "actual", "operator": operator, "value": value});
            assert_eq!(condition(text).unwrap(), expected, "{text}");
        }
        for text in ["actual", "actual < x", "actual = 1", ""] {
            assert!(condition(text).is_err(), "{text}");
        }
    }
}
