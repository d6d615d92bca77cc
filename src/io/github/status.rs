//! What the API's refusals mean.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::io::http::{Again, Response, Setback};
use crate::model::time::Timestamp;

/// A refusal's text is not read beyond this.
const MAX_REFUSAL: u64 = 64 << 10;
/// Nor shown beyond this.
const MAX_SHOWN: usize = 300;

/// The response, if it says that it was done.
pub(super) fn good(response: Response) -> Result<Response, Setback> {
    if response.is_success() {
        Ok(response)
    } else {
        Err(refusal(response))
    }
}

/// What a refusal means and whether asking again may help.
pub(super) fn refusal(response: Response) -> Setback {
    let status = response.status();
    let who = response.url().origin();
    let wait = wait(&response);
    let limited = matches!(status, 403 | 429) && wait.is_some();
    let message = message(response);
    let error = |what: &str| {
        let text = format!("{who} {what} (status {status})");
        let error = Error::new(ErrorKind::Network, text);
        match &message {
            Some(message) => error.because(message.as_str()),
            None => error,
        }
    };
    let (error, again) = match status {
        _ if limited => {
            let wait = wait.unwrap_or_default();
            let error = error("has had enough requests from here");
            (error.hint(limit_hint(wait)), Again::After(wait))
        }
        401 => {
            let error = error("does not accept the token");
            (error.hint("check that it has not expired"), Again::No)
        }
        403 => {
            let error = error("forbids it");
            let hint = "the token may lack a permission, or a proxy may be in the way";
            (error.hint(hint), Again::No)
        }
        404 => (error("does not have it"), Again::No),
        408 | 429 | 500..=599 => (error("cannot answer now"), Again::Soon),
        _ => (error("gave an unexpected answer"), Again::No),
    };
    Setback { error, again }
}

/// How long the peer asks us to wait: `retry-after` in seconds, or the time at
/// which an exhausted limit starts anew.
fn wait(response: &Response) -> Option<Duration> {
    let number = |name: &str| response.header(name)?.trim().parse::<u64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(Duration::from_secs(seconds));
    }
    let exhausted = number("x-ratelimit-remaining") == Some(0);
    let reset = number("x-ratelimit-reset").filter(|_| exhausted)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(reset.saturating_sub(now) + 1))
}

fn limit_hint(wait: Duration) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let until = now
        .ok()
        .and_then(|now| i64::try_from((now + wait).as_secs()).ok())
        .and_then(|seconds| Timestamp::from_seconds(seconds).ok());
    match until {
        Some(until) => format!("try again after {until}; with a token the limit is higher"),
        None => "try again later; with a token the limit is higher".to_owned(),
    }
}

/// The API's own words: `message` of its JSON.
fn message(response: Response) -> Option<String> {
    let bytes = response.bytes(MAX_REFUSAL).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let message = value.get("message")?.as_str()?;
    let errors = value.get("errors").and_then(Value::as_array);
    let codes: Vec<&str> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("code").or(error.get("message"))?.as_str())
        .collect();
    let mut text: String = message.chars().take(MAX_SHOWN).collect();
    if !codes.is_empty() {
        text = format!("{text} ({})", codes.join(", "));
    }
    Some(text)
}
