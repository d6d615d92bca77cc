//! What a call gives: a value, or a failure that says what to do about it.

use super::answer::{Decision, Refusal};
use crate::error::{Error, Result};

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
