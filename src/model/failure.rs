//! A failure in the shape in which Elasticsearch reports it: status, type,
//! reason, further keys, and the chain of causes.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

/// What the server would answer: `{"type", "reason", …, "caused_by"}` under an
/// HTTP status (Elasticsearch guide, "Error handling" of the REST APIs).
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    status: u16,
    kind: Cow<'static, str>,
    /// Some exceptions of Java have no message.
    reason: Option<String>,
    metadata: Vec<(Cow<'static, str>, Value)>,
    cause: Option<Box<Self>>,
}

impl Failure {
    /// A failure of the type `kind` (`illegal_argument_exception`, …) that the
    /// server answers with the HTTP `status`.
    pub fn new(status: u16, kind: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        Self {
            status,
            kind: kind.into(),
            reason: Some(reason.into()),
            metadata: Vec::new(),
            cause: None,
        }
    }

    /// 400 `illegal_argument_exception`.
    pub fn illegal_argument(reason: impl Into<String>) -> Self {
        Self::new(400, "illegal_argument_exception", reason)
    }

    /// 400 `status_exception`: what the machine-learning plugin calls a bad request.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(400, "status_exception", reason)
    }

    /// 500 `exception`: the server's own fault, or what it takes for it.
    pub fn server(reason: impl Into<String>) -> Self {
        Self::new(500, "exception", reason)
    }

    /// 500 `class_cast_exception`.
    pub fn class_cast(reason: impl Into<String>) -> Self {
        Self::new(500, "class_cast_exception", reason)
    }

    /// 500 `null_pointer_exception`.
    pub fn null_pointer(reason: impl Into<String>) -> Self {
        Self::new(500, "null_pointer_exception", reason)
    }

    /// 500 `array_index_out_of_bounds_exception`, worded as Java words it.
    #[must_use]
    pub fn index_out_of_bounds(index: i64, length: usize) -> Self {
        Self::new(
            500,
            "array_index_out_of_bounds_exception",
            format!("Index {index} out of bounds for length {length}"),
        )
    }

    /// The same failure with one more key beside `type` and `reason`
    /// (`processor_type`, `script_stack`, …); an earlier value of that key goes.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        let key = key.into();
        self.metadata.retain(|(known, _)| *known != key);
        self.metadata.push((key, value.into()));
        self
    }

    /// The same failure without a message, which Elasticsearch shows as a null
    /// `reason`.
    #[must_use]
    pub fn without_reason(mut self) -> Self {
        self.reason = None;
        self
    }

    /// The same failure with what caused it.
    #[must_use]
    pub fn because(mut self, cause: Self) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The `type`, such as `illegal_argument_exception`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The `reason`; empty when there is none.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }

    /// The value of a key beside `type` and `reason`.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&Value> {
        self.metadata
            .iter()
            .find_map(|(known, value)| (known == key).then_some(value))
    }

    /// What caused it.
    #[must_use]
    pub fn cause(&self) -> Option<&Self> {
        self.cause.as_deref()
    }

    /// The innermost cause; the failure itself when there is none.
    #[must_use]
    pub fn root(&self) -> &Self {
        let mut at = self;
        while let Some(cause) = at.cause() {
            at = cause;
        }
        at
    }

    /// The object that stands under `error` in an answer: `type`, `reason`, the
    /// further keys in the order in which they were given, `caused_by`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), self.kind().into());
        object.insert("reason".into(), self.reason.clone().into());
        for (key, value) in &self.metadata {
            object.insert(key.clone().into_owned(), value.clone());
        }
        if let Some(cause) = self.cause() {
            object.insert("caused_by".into(), cause.to_json());
        }
        Value::Object(object)
    }

    /// The failures that the server names under `root_cause`: it follows causes
    /// as long as they are its own exceptions, and from one refusal to parse to
    /// the next (`ElasticsearchException.guessRootCauses`).
    fn guessed_root(&self) -> &Self {
        let mut at = self;
        while let Some(cause) = at.cause() {
            let goes_on =
                cause.is_own_exception() || (at.is_parse_refusal() && cause.is_parse_refusal());
            if !goes_on {
                break;
            }
            at = cause;
        }
        at
    }

    fn is_parse_refusal(&self) -> bool {
        matches!(
            self.kind(),
            "x_content_parse_exception" | "named_object_not_found_exception"
        )
    }

    /// Whether the server's type derives from its own base exception (those of
    /// the Java library and of its parsers do not).
    fn is_own_exception(&self) -> bool {
        !self.is_parse_refusal()
            && !self.kind().starts_with("illegal_")
            && !self.kind().starts_with("json_")
            && !matches!(
                self.kind(),
                "number_format_exception"
                    | "class_cast_exception"
                    | "null_pointer_exception"
                    | "array_index_out_of_bounds_exception"
                    | "pattern_syntax_exception"
                    | "input_coercion_exception"
                    | "date_time_exception"
                    | "zip_exception"
                    | "e_o_f_exception"
                    | "unsupported_operation_exception"
            )
    }

    /// The whole body of an answer: `{"error": {"root_cause": […], …}, "status": N}`.
    #[must_use]
    pub fn to_answer(&self) -> Value {
        let root = Self {
            cause: None,
            ..self.guessed_root().clone()
        };
        let mut error = Map::new();
        error.insert("root_cause".into(), Value::Array(vec![root.to_json()]));
        if let Value::Object(own) = self.to_json() {
            error.extend(own);
        }
        serde_json::json!({"error": error, "status": self.status})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.reason())
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;
    use serde_json::json;

    #[test]
    fn writes_the_shape_of_the_server() {
        let failure = Failure::bad_request("outer")
            .with("processor_type", "set")
            .with("processor_type", "inference")
            .because(Failure::index_out_of_bounds(-1, 3));
        assert_eq!(
            failure.to_json().to_string(),
            json!({
                "type": "status_exception",
                "reason": "outer",
                "processor_type": "inference",
                "caused_by": {
                    "type": "array_index_out_of_bounds_exception",
                    "reason": "Index -1 out of bounds for length 3",
                },
            })
            .to_string()
        );
        assert_eq!(failure.status(), 400);
        assert_eq!(failure.root().status(), 500);
        assert_eq!(
            failure.metadata("processor_type"),
            Some(&json!("inference"))
        );
    }

    #[test]
    fn names_the_root_cause_that_the_server_would_name() {
        let parse = |reason: &'static str| Failure::new(400, "x_content_parse_exception", reason);
        let inner =
            parse("outer").because(parse("inner").because(Failure::illegal_argument("why")));
        assert_eq!(
            inner.to_answer()["error"]["root_cause"][0]["reason"],
            "inner"
        );
        let own = parse("outer").because(parse("inner").because(Failure::bad_request("why")));
        assert_eq!(
            own.to_answer()["error"]["root_cause"],
            json!([{"type": "status_exception", "reason": "why"}])
        );
        let foreign = Failure::bad_request("not parsable").because(Failure::new(
            400,
            "named_object_not_found_exception",
            "unknown",
        ));
        assert_eq!(
            foreign.to_answer()["error"]["root_cause"][0]["reason"],
            "not parsable"
        );
        assert_eq!(foreign.to_answer()["status"], 400);
    }
}
