//! What a call gives: a value, or a failure that says what to do about it.

use serde_json::Value;

use super::answer::{self, Decision, Refusal};
use crate::error::{Error, ErrorKind, Result};

/// A call that gave no success.
#[derive(Debug)]
pub struct CallError {
    /// What to do about it.
    pub decision: Decision,
    /// The error for people.
    pub error: Error,
}

impl From<CallError> for Error {
    fn from(failed: CallError) -> Self {
        failed.error
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self {
            decision: Decision::Stop,
            error,
        }
    }
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self {
            decision: refusal.decision,
            error: refusal.error,
        }
    }
}

/// What a call gives.
pub type Called<T> = Result<T, CallError>;

/// The JSON of a successful answer, or the refusal.
pub(super) fn read(call: &str, status: u16, body: &[u8], sent: usize) -> Called<Value> {
    if !(200..300).contains(&status) {
        return Err(answer::refusal(call, status, body, sent).into());
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|source| CallError {
        decision: Decision::Unknown,
        error: Error::new(
            ErrorKind::Network,
            format!("the answer to {call} is not JSON, though its status is {status}"),
        )
        .because(source)
        .hint(if call == answer::ROOT {
            answer::NOT_ELASTICSEARCH
        } else {
            "check the address and what stands before the cluster"
        }),
    })
}
