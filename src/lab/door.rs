//! Where faults on demand meet a call, the same for both doors.

use std::sync::Arc;
use std::thread;

use serde_json::json;

use super::fault::{Action, Faults};
use super::http::{Cut, Request, Response};

/// Lets calls pass unless a fault was asked for.
pub(crate) struct Door {
    faults: Arc<Faults>,
}

impl Door {
    pub(crate) fn new(faults: Arc<Faults>) -> Self {
        Self { faults }
    }

    /// The answer of `work`, or what a fault makes of it.
    pub(crate) fn pass(&self, request: &Request, work: impl FnOnce() -> Response) -> Response {
        match self.faults.meet(request) {
            None => work(),
            Some(Action::Status(status)) => on_demand(status),
            Some(Action::Drop) => Response::empty(500).cut(Cut::Silent),
            Some(Action::Lose) => work().cut(Cut::Silent),
            Some(Action::Truncate) => {
                let response = work();
                let half = response.length() / 2;
                response.cut(Cut::AfterBody(half))
            }
            Some(Action::Delay(time)) => {
                thread::sleep(time);
                work()
            }
        }
    }
}

/// An answer of this status as it would come from the cluster or, for gateway
/// errors, from a proxy in front of it.
fn on_demand(status: u16) -> Response {
    let kind = match status {
        413 => return Response::empty(413).closing(),
        502 | 504 => {
            return Response::bytes(
                status,
                format!("<html><body><h1>{status}</h1></body></html>").into_bytes(),
            )
            .with_header("content-type", "text/html");
        }
        401 | 403 => "security_exception",
        404 => "resource_not_found_exception",
        409 => "version_conflict_engine_exception",
        429 => "es_rejected_execution_exception",
        503 => "process_cluster_event_timeout_exception",
        _ => "exception",
    };
    let error = json!({"type": kind, "reason": "fault on demand"});
    let body = json!({
        "error": {"root_cause": [error], "type": kind, "reason": "fault on demand"},
        "status": status,
    });
    let response = Response::json(status, &body);
    match status {
        429 => response.with_header("retry-after", "1"),
        _ => response,
    }
}
