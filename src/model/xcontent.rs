//! Strict reading of request bodies in the manner of Elasticsearch's
//! `ObjectParser`: the same fields, the same refusals, at the same places.

use super::failure::Failure;
use super::json_text::{Kind, Member, Node, Position};

mod scalar;
mod suggestion;

pub use scalar::{
    boolean, double, double_or_null, integer, long, string, string_list, string_or_null,
};
pub use suggestion::suggestion;

/// A refusal, and where the server's reader stood when it refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The token at which the reader stood.
    pub at: Position,
    /// The answer.
    pub failure: Failure,
}

/// What reading gives.
pub type Read<T> = Result<T, Stop>;

impl Stop {
    /// A refusal at a place.
    #[must_use]
    pub fn new(at: Position, failure: Failure) -> Self {
        Self { at, failure }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        stop.failure
    }
}

/// A refusal of the reader itself: `[line:column] …`.
#[must_use]
pub fn refusal(at: Position, message: &str) -> Failure {
    Failure::new(
        400,
        "x_content_parse_exception",
        format!("[{at}] {message}"),
    )
}

/// The kinds of values that a field takes (`ObjectParser.ValueType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A string.
    String,
    /// A string or `null`.
    StringOrNull,
    /// A string or an array.
    Strings,
    /// A number, or a string that holds one.
    Number,
    /// A number, a string that holds one, or `null`.
    NumberOrNull,
    /// `true`, `false`, or a string that says so.
    Boolean,
    /// An object.
    Object,
    /// An object or an array.
    Objects,
    /// An object or a string.
    ObjectOrString,
    /// Anything but an object or an array.
    Scalar,
    /// Anything but `null` and numbers.
    Anything,
}

impl Takes {
    fn accepts(self, kind: &Kind) -> bool {
        match kind {
            Kind::Null => matches!(self, Self::StringOrNull | Self::NumberOrNull | Self::Scalar),
            Kind::Bool(_) => matches!(self, Self::Boolean | Self::Scalar | Self::Anything),
            Kind::Number(_) => matches!(self, Self::Number | Self::NumberOrNull | Self::Scalar),
            Kind::String(_) => !matches!(self, Self::Object | Self::Objects),
            Kind::Array(_) => matches!(self, Self::Strings | Self::Objects | Self::Anything),
            Kind::Object(_) => matches!(
                self,
                Self::Object | Self::Objects | Self::ObjectOrString | Self::Anything
            ),
            Kind::Broken(_) => true,
        }
    }
}

/// One field that a body may have.
pub type Field = (&'static str, Takes);

/// The name of the server's token for a value.
#[must_use]
pub fn token(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null | Kind::Broken(_) => "VALUE_NULL",
        Kind::Bool(_) => "VALUE_BOOLEAN",
        Kind::Number(_) => "VALUE_NUMBER",
        Kind::String(_) => "VALUE_STRING",
        Kind::Array(_) => "START_ARRAY",
        Kind::Object(_) => "START_OBJECT",
    }
}

/// What the server's reader says where the text stops being JSON.
#[must_use]
pub fn syntax(error: &super::json_text::SyntaxError) -> Failure {
    let kind = if error.is_end {
        "json_e_o_f_exception"
    } else {
        "json_parse_exception"
    };
    Failure::new(
        400,
        kind,
        format!(
            "{}\n at [line: {}, column: {}]",
            error.message, error.at.line, error.at.column
        ),
    )
}

/// Reads the members of an object in their order, each once, and hands them to
/// `take`; `name` is what the reader calls itself in its refusals.
///
/// # Errors
/// What the server answers to a body of another shape, with an unknown field, or
/// with a value that `take` refuses.
pub fn object<'a>(
    node: &'a Node,
    name: &str,
    fields: &[Field],
    mut take: impl FnMut(&'static str, &'a Node) -> Read<()>,
) -> Read<()> {
    let Kind::Object(members) = &node.kind else {
        return Err(not_an_object(node, name));
    };
    for member in members {
        let known = known_field(member, name, fields)?;
        take(known, &member.value).map_err(|stop| {
            let failure = refusal(
                stop.at,
                &format!("[{name}] failed to parse field [{known}]"),
            );
            Stop::new(stop.at, failure.because(stop.failure))
        })?;
    }
    Ok(())
}

fn not_an_object(node: &Node, name: &str) -> Stop {
    if let Kind::Broken(error) = &node.kind {
        let failure = refusal(node.at, &format!("[{name}] failed to parse object"));
        return Stop::new(node.at, failure.because(syntax(error)));
    }
    let found = token(&node.kind);
    Stop::new(
        node.at,
        refusal(
            node.at,
            &format!("[{name}] Expected START_OBJECT but was: {found}"),
        ),
    )
}

fn known_field(member: &Member, name: &str, fields: &[Field]) -> Read<&'static str> {
    let at = member.value.at;
    if let Kind::Broken(error) = &member.value.kind {
        let failure = refusal(at, &format!("[{name}] failed to parse object"));
        return Err(Stop::new(at, failure.because(syntax(error))));
    }
    let Some(&(known, takes)) = fields.iter().find(|(known, _)| *known == member.name) else {
        let suggested = suggestion(&member.name, fields.iter().map(|(known, _)| *known));
        let message = format!("[{name}] unknown field [{}]{suggested}", member.name);
        return Err(Stop::new(at, refusal(member.at, &message)));
    };
    if !takes.accepts(&member.value.kind) {
        let found = token(&member.value.kind);
        let message = format!("[{name}] {known} doesn't support values of type: {found}");
        return Err(Stop::new(at, refusal(at, &message)));
    }
    Ok(known)
}

/// The objects of a field that takes one object or an array of them.
///
/// # Errors
/// When an element is something else, and whatever `read` refuses.
pub fn objects<'a, T>(node: &'a Node, mut read: impl FnMut(&'a Node) -> Read<T>) -> Read<Vec<T>> {
    match &node.kind {
        Kind::Array(elements) => elements
            .iter()
            .map(|element| match &element.kind {
                Kind::Array(_) => Err(nested(element)),
                Kind::Broken(error) => Err(Stop::new(element.at, syntax(error))),
                _ => read(element),
            })
            .collect(),
        _ => Ok(vec![read(node)?]),
    }
}

/// The refusal of an array within an array.
fn nested(element: &Node) -> Stop {
    let reason = "expected value but got [START_ARRAY]";
    Stop::new(
        element.at,
        Failure::new(500, "illegal_state_exception", reason),
    )
}

/// The refusal of an object that lacks constructor arguments: `Required [a, b]`.
///
/// # Errors
/// When one of `present` is not.
pub fn required(node: &Node, present: &[(&str, bool)]) -> Read<()> {
    let missing: Vec<&str> = present
        .iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(field, _)| *field)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let reason = format!("Required [{}]", missing.join(", "));
    Err(Stop::new(node.end, Failure::illegal_argument(reason)))
}
