//! The part of the Kibana Query Language that filters rules: `field: value` with
//! `and`, `or`, `not` and parentheses.

use serde_json::Value;

use crate::lab::rest::fits;

/// How deep parentheses may nest.
const MAX_DEPTH: usize = 20;

/// A parsed expression.
#[derive(Debug, PartialEq)]
pub(super) enum Kql {
    Is(String, String),
    Not(Box<Kql>),
    All(Vec<Kql>),
    Any(Vec<Kql>),
}

impl Kql {
    /// Parses an expression; nothing when it is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut tokens = tokens(text)?;
        tokens.reverse();
        let parsed = any(&mut tokens, 0)?;
        tokens.is_empty().then_some(parsed)
    }

    /// Whether a rule fits.
    pub(super) fn matches(&self, rule: &Value) -> bool {
        match self {
            Self::Is(field, value) => is(rule, field, value),
            Self::Not(inner) => !inner.matches(rule),
            Self::All(parts) => parts.iter().all(|part| part.matches(rule)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(rule)),
        }
    }
}

/// Where an attribute of the saved object stands in the rule.
fn is(rule: &Value, field: &str, wanted: &str) -> bool {
    let name = field
        .strip_prefix("alert.attributes.")
        .map_or(field, |name| name.strip_prefix("params.").unwrap_or(name));
    let name = match name {
        "ruleId" => "rule_id",
        "riskScore" => "risk_score",
        other => other,
    };
    // Before 8.0 two facts stood among the tags.
    if name == "tags" {
        let text = |key: &str| match rule.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        if let Some(value) = wanted.strip_prefix("__internal_immutable:") {
            return text("immutable") == value;
        }
        if let Some(value) = wanted.strip_prefix("__internal_rule_id:") {
            return text("rule_id") == value;
        }
    }
    let fits_value = |value: &Value| match value {
        Value::String(text) => fits(&wanted.to_lowercase(), &text.to_lowercase()),
        Value::Null => false,
        other => {
            wanted == "*"
                || serde_json::from_str(wanted).is_ok_and(|wanted: Value| wanted == *other)
        }
    };
    match rule.get(name) {
        Some(Value::Array(values)) => values.iter().any(fits_value),
        Some(value) => fits_value(value),
        None => false,
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Colon,
    Word(String),
    Quoted(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' | '\n' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ':' => tokens.push(Token::Colon),
            '"' => {
                let mut quoted = String::new();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => quoted.push(chars.next()?),
                        other => quoted.push(other),
                    }
                }
                tokens.push(Token::Quoted(quoted));
            }
            first => {
                let mut word = String::from(first);
                while let Some(next) = chars.next_if(|char| !" \t\n():\"".contains(*char)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

/// The rest of the tokens, the next one last.
type Rest = Vec<Token>;

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(text)) if text.eq_ignore_ascii_case(word))
}

fn any(rest: &mut Rest, depth: usize) -> Option<Kql> {
    let mut parts = vec![all(rest, depth)?];
    while is_word(rest.last(), "or") {
        rest.pop();
        parts.push(all(rest, depth)?);
    }
    if parts.len() == 1 {
        parts.pop()
    } else {
        Some(Kql::Any(parts))
    }
}

fn all(rest: &mut Rest, depth: usize) -> Option<Kql> {
    let mut parts = vec![one(rest, depth)?];
    while is_word(rest.last(), "and") {
        rest.pop();
        parts.push(one(rest, depth)?);
    }
    if parts.len() == 1 {
        parts.pop()
    } else {
        Some(Kql::All(parts))
    }
}

fn one(rest: &mut Rest, depth: usize) -> Option<Kql> {
    if depth > MAX_DEPTH {
        return None;
    }
    if is_word(rest.last(), "not") {
        rest.pop();
        return Some(Kql::Not(Box::new(one(rest, depth + 1)?)));
    }
    match rest.pop()? {
        Token::Open => {
            let inner = any(rest, depth + 1)?;
            (rest.pop()? == Token::Close).then_some(inner)
        }
        Token::Word(field) => {
            if rest.pop()? != Token::Colon {
                return None;
            }
            values(rest, &field)
        }
        _ => None,
    }
}

/// One value, or several in parentheses.
fn values(rest: &mut Rest, field: &str) -> Option<Kql> {
    match rest.pop()? {
        Token::Word(value) | Token::Quoted(value) => Some(Kql::Is(field.to_owned(), value)),
        Token::Open => {
            let (mut parts, mut joined_by_and) = (Vec::new(), false);
            loop {
                match rest.pop()? {
                    Token::Close => break,
                    Token::Word(word) if word.eq_ignore_ascii_case("or") => {}
                    Token::Word(word) if word.eq_ignore_ascii_case("and") => joined_by_and = true,
                    Token::Word(value) | Token::Quoted(value) => {
                        parts.push(Kql::Is(field.to_owned(), value));
                    }
                    _ => return None,
                }
            }
            Some(if joined_by_and {
                Kql::All(parts)
            } else {
                Kql::Any(parts)
            })
        }
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::Kql;

    #[test]
    fn rules_are_filtered() {
        let rule = json!({"name": "DGA activity", "tags": ["Elastic", "dga"], "enabled": true, "immutable": false, "rule_id": "r1"});
        let cases = [
            ("alert.attributes.tags: \"dga\"", true),
            ("alert.attributes.tags:(\"x\" or \"dga\")", true),
            ("alert.attributes.tags:(\"x\" and \"dga\")", false),
            ("alert.attributes.name: DGA*", true),
            (
                "alert.attributes.enabled: true and not alert.attributes.params.immutable: true",
                true,
            ),
            (
                "alert.attributes.params.ruleId: \"r2\" OR (alert.attributes.enabled: true)",
                true,
            ),
            (
                "alert.attributes.tags: \"__internal_immutable:false\"",
                true,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(Kql::parse(text).unwrap().matches(&rule), expected, "{text}");
        }
        for bad in ["", "alert", "a:", "a: \"open", "(a: b", "a: b c: d"] {
            assert_eq!(Kql::parse(bad), None, "{bad}");
        }
        assert_eq!(Kql::parse(&"(".repeat(1000)), None);
    }
}
