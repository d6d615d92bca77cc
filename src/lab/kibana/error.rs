//! Kibana's two shapes of errors.

use serde_json::{Value, json};

use crate::lab::http::Response;
use crate::model::failure::Failure;

/// An error in one of the two shapes.
#[derive(Debug)]
pub(super) enum Fault {
    /// `{"statusCode", "error", "message"}`, by the platform.
    Platform(u16, String),
    /// `{"message", "status_code"}`, by the security solution.
    Security(u16, String),
    /// The same with more: a bulk action that failed in part.
    Attributed(u16, String, Value),
}

/// An error of the platform.
pub(super) fn platform(status: u16, message: impl Into<String>) -> Fault {
    Fault::Platform(status, message.into())
}

/// An error of the security solution.
pub(super) fn security(status: u16, message: impl Into<String>) -> Fault {
    Fault::Security(status, message.into())
}

impl Fault {
    /// Status and message, as results of one rule among many name them.
    pub(super) fn parts(&self) -> (u16, &str) {
        match self {
            Self::Platform(status, message)
            | Self::Security(status, message)
            | Self::Attributed(status, message, _) => (*status, message),
        }
    }

    /// The response that carries it.
    pub(super) fn respond(self) -> Response {
        let (status, body) = match self {
            Self::Platform(status, message) => (
                status,
                json!({"statusCode": status, "error": phrase(status), "message": message}),
            ),
            Self::Security(status, message) => {
                (status, json!({"message": message, "status_code": status}))
            }
            Self::Attributed(status, message, attributes) => (
                status,
                json!({"message": message, "status_code": status, "attributes": attributes}),
            ),
        };
        Response::json(status, &body)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Platform(failure.status(), failure.reason().to_owned())
    }
}

/// The words of a status.
pub(super) fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        _ => "Internal Server Error",
    }
}
