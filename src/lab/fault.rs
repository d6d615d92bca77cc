//! Faults on demand, for tests and drills.
//!
//! ```text
//! fault  = verbs path ":" step { "," step }
//! verbs  = "*" | VERB { "|" VERB }
//! path   = the path without its first slash; "*" stands for any text
//! step   = action [ "x" COUNT ] [ "after" COUNT ]
//! action = STATUS          answer this status without doing anything
//!        | "drop"          close the connection without doing anything
//!        | "lose"          do it, then close the connection without an answer
//!        | "truncate"      do it, then send half of the answer
//!        | "delay" TIME    do it after this time (`200ms`, `2s`)
//! ```
//!
//! Steps follow one another: `after` lets so many matching calls pass, then the
//! action meets `x` calls (one without it, `x*` for ever).
//! `PUT _ml/*: 503 x2, drop after 1` answers 503 twice, lets one call pass, and
//! drops the next.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

use super::http::Request;
use super::rest::fits;

/// Longest delay that can be asked for.
const MAX_DELAY: Duration = Duration::from_secs(600);

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// This status instead of the work.
    Status(u16),
    /// The connection is closed; nothing is done.
    Drop,
    /// The work is done; the connection is closed without an answer.
    Lose,
    /// The work is done; half of the answer is sent.
    Truncate,
    /// The work is done after this time.
    Delay(Duration),
}

/// One step of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Matching calls that pass before it.
    pub after: u64,
    /// What happens then.
    pub action: Action,
    /// To how many calls.
    pub times: u64,
}

/// A fault: which calls it meets and what happens to them, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    methods: Vec<String>,
    path: String,
    steps: Vec<Step>,
    passed: u64,
    met: u64,
}

impl Fault {
    /// A fault that meets the next call of `method` (or `*`) on `path` (which may
    /// hold `*`), once.
    #[must_use]
    pub fn once(method: &str, path: &str, action: Action) -> Self {
        Self::nth(method, path, 1, action)
    }

    /// A fault that meets the `n`th matching call (the first is 1), once.
    #[must_use]
    pub fn nth(method: &str, path: &str, n: u64, action: Action) -> Self {
        let after = n.saturating_sub(1);
        Self::new(
            method,
            path,
            vec![Step {
                after,
                action,
                times: 1,
            }],
        )
    }

    /// A fault of several steps.
    #[must_use]
    pub fn new(method: &str, path: &str, steps: Vec<Step>) -> Self {
        Self {
            methods: method.split('|').map(str::to_ascii_uppercase).collect(),
            path: path.trim_start_matches('/').to_owned(),
            steps,
            passed: 0,
            met: 0,
        }
    }

    fn matches(&self, request: &Request) -> bool {
        let verb = self
            .methods
            .iter()
            .any(|method| method == "*" || *method == request.method);
        verb && fits(&self.path, request.path.trim_start_matches('/'))
    }

    /// What happens to one more matching call.
    fn next(&mut self) -> Option<Action> {
        let step = *self.steps.first()?;
        if self.passed < step.after {
            self.passed += 1;
            return None;
        }
        self.met += 1;
        if self.met >= step.times {
            self.steps.remove(0);
            self.passed = 0;
            self.met = 0;
        }
        Some(step.action)
    }
}

/// The faults of a running cluster.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Faults from the start.
    #[must_use]
    pub fn new(faults: Vec<Fault>) -> Self {
        Self(Mutex::new(faults))
    }

    /// Adds one.
    pub fn add(&self, fault: Fault) {
        self.list().push(fault);
    }

    /// How many have something left to do.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.list().len()
    }

    /// Takes all out.
    pub fn clear(&self) {
        self.list().clear();
    }

    /// What happens to this call, by the first fault that has something for it.
    #[must_use]
    pub fn meet(&self, request: &Request) -> Option<Action> {
        let mut list = self.list();
        let action = list
            .iter_mut()
            .filter(|fault| fault.matches(request))
            .find_map(Fault::next);
        list.retain(|fault| !fault.steps.is_empty());
        action
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = |what: &str| {
            Error::new(ErrorKind::Usage, format!("fault {text:?}: {what}"))
                .hint("write it as 'PUT _ml/*: 503 x2, drop after 1'")
        };
        let (target, steps) = text.split_once(": ").ok_or_else(|| bad("no colon"))?;
        let (method, path) = target
            .trim()
            .split_once(' ')
            .ok_or_else(|| bad("no verb before the path"))?;
        let known = |verb: &str| {
            verb == "*" || (!verb.is_empty() && verb.bytes().all(|byte| byte.is_ascii_alphabetic()))
        };
        if !method.split('|').all(known) {
            return Err(bad("the verb is not a word"));
        }
        let steps = steps
            .split(',')
            .map(|step| parse_step(step).map_err(|what| bad(&what)))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self::new(method, path.trim(), steps))
    }
}

fn parse_step(text: &str) -> Result<Step, String> {
    let mut words = text.split_whitespace();
    let action = match words.next() {
        None => return Err("an empty step".to_owned()),
        Some("drop") => Action::Drop,
        Some("lose") => Action::Lose,
        Some("truncate") => Action::Truncate,
        Some("delay") => Action::Delay(
            words
                .next()
                .and_then(parse_time)
                .ok_or("delay needs a time such as 200ms or 2s, at most 600s")?,
        ),
        Some(word) => Action::Status(
            word.parse()
                .ok()
                .filter(|status| (200..600).contains(status))
                .ok_or_else(|| {
                    format!("{word:?} is neither a status nor drop, lose, truncate, delay")
                })?,
        ),
    };
    let mut step = Step {
        after: 0,
        action,
        times: 1,
    };
    while let Some(word) = words.next() {
        if word == "after" {
            step.after = words
                .next()
                .and_then(|count| count.parse().ok())
                .ok_or("after needs a count")?;
        } else if word == "x*" {
            step.times = u64::MAX;
        } else {
            step.times = word
                .strip_prefix('x')
                .and_then(|count| count.parse().ok())
                .filter(|count| *count > 0)
                .ok_or_else(|| format!("{word:?} is neither x and a count nor after"))?;
        }
    }
    Ok(step)
}

fn parse_time(text: &str) -> Option<Duration> {
    let time = if let Some(number) = text.strip_suffix("ms") {
        Duration::from_millis(number.parse().ok()?)
    } else {
        Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)
    };
    (time <= MAX_DELAY).then_some(time)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use super::{Action, Fault, Faults};
    use crate::lab::http::Request;

    fn request(method: &str, path: &str) -> Request {
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            ..Request::default()
        }
    }

    #[test]
    fn steps_follow_one_another() {
        let faults = Faults::new(vec!["PUT _ml/*: 503 x2, drop after 1".parse().unwrap()]);
        let call = request("PUT", "/_ml/filters/x");
        assert_eq!(faults.meet(&request("GET", "/_ml/filters/x")), None);
        assert_eq!(faults.meet(&request("PUT", "/_scripts/x")), None);
        let met: Vec<_> = (0..5).map(|_| faults.meet(&call)).collect();
        let busy = Some(Action::Status(503));
        assert_eq!(met, [busy, busy, None, Some(Action::Drop), None]);
    }

    #[test]
    fn every_action_has_its_word() {
        let cases = [
            ("* *: 429", Action::Status(429)),
            ("PUT|POST _scripts/*: lose", Action::Lose),
            ("GET _ml/info: truncate", Action::Truncate),
            (
                "* api/*: delay 250ms x*",
                Action::Delay(Duration::from_millis(250)),
            ),
        ];
        for (text, action) in cases {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(
                fault.steps.first().map(|step| step.action),
                Some(action),
                "{text}"
            );
        }
        for text in [
            "",
            "PUT: 503",
            "PUT x 503",
            "PUT x: what",
            "PUT x: 99",
            "PUT x: 503 x0",
            "PUT x: drop after",
            "PUT x: delay 3h",
            "PUT x: delay 601s",
            "1 x: drop",
            "PUT x: 503,",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_nth_call_is_met() {
        let faults = Faults::default();
        faults.add(Fault::nth("PUT", "/_scripts/*", 3, Action::Drop));
        let call = request("PUT", "/_scripts/a");
        let met: Vec<_> = (0..4).map(|_| faults.meet(&call).is_some()).collect();
        assert_eq!(met, [false, false, true, false]);
    }
}
