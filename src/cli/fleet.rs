//! One command on several clusters: connecting, telling what became of each, and
//! the exit code of the worst.

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::environment::Environment;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, terminal};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::flow::fleet::{self, Outcome};
use crate::flow::install::Bench;
use crate::flow::lock::LEASE;
use crate::io::cluster::{Address, Cluster};
use crate::io::{machine, receipts};
use crate::progress::{Progress, Silent};

/// How many names stand before what several clusters share.
const MAX_NAMES: usize = 8;

/// What one cluster gave: the document, the text, and whether it is good news.
#[derive(Debug)]
pub struct Report {
    /// For machines.
    pub json: Value,
    /// For people; escaped.
    pub text: String,
    /// What the cluster's part ends with, where it is not good news.
    pub ending: Option<ErrorKind>,
}

/// Runs `work` on every cluster that `target` names and puts the reports
/// together. With a single cluster its error is the command's own.
///
/// # Errors
/// As [`TargetArgs::addresses`]; with one cluster, its failure.
pub fn run(
    target: &TargetArgs,
    desk: &Desk,
    work: impl Fn(&Cluster, &dyn Progress) -> Result<Report> + Sync,
) -> Result<Answer> {
    run_or(target, desk, work, |_, error| Err(error))
}

/// The same, where `otherwise` says what comes of a cluster that could not be
/// connected to.
///
/// # Errors
/// As [`run`].
pub fn run_or(
    target: &TargetArgs,
    desk: &Desk,
    work: impl Fn(&Cluster, &dyn Progress) -> Result<Report> + Sync,
    otherwise: impl Fn(&Address, Error) -> Result<Report> + Sync,
) -> Result<Answer> {
    summary(each(target, desk, work, otherwise)?)
}

/// What `work` gives on every cluster that `target` names, or `otherwise` where one
/// could not be connected to.
///
/// # Errors
/// As [`TargetArgs::addresses`].
pub fn each(
    target: &TargetArgs,
    desk: &Desk,
    work: impl Fn(&Cluster, &dyn Progress) -> Result<Report> + Sync,
    otherwise: impl Fn(&Address, Error) -> Result<Report> + Sync,
) -> Result<Vec<Outcome<Report>>> {
    let addresses = target.addresses(desk)?;
    let progress = desk.progress();
    let alone = addresses.len() == 1;
    let outcomes = fleet::each(labelled(addresses), |_, address| {
        let cluster = match Cluster::connect(address.clone()) {
            Ok(cluster) => cluster,
            Err(error) => return otherwise(&address, error),
        };
        if alone {
            work(&cluster, &progress)
        } else {
            work(&cluster, &Quiet(&progress))
        }
    });
    Ok(outcomes)
}

/// The addresses with what each is called.
#[must_use]
pub fn labelled(addresses: Vec<Address>) -> Vec<(String, Address)> {
    addresses
        .into_iter()
        .map(|address| (address.label.clone(), address))
        .collect()
}

/// One answer out of what became of each cluster; its exit code is the worst.
///
/// # Errors
/// With one cluster, its failure.
pub fn summary(mut outcomes: Vec<Outcome<Report>>) -> Result<Answer> {
    if outcomes.len() == 1
        && let Some(only) = outcomes.pop()
    {
        let report = only.result?;
        let document = json!({"clusters": [entry(&only.label, Ok(&report))]});
        let mut answer = Answer::new(&document, report.text)?;
        if let Some(kind) = report.ending {
            answer = answer.ending(kind);
        }
        return Ok(answer);
    }
    let texts: Vec<String> = outcomes
        .iter()
        .map(|outcome| match &outcome.result {
            Ok(report) => report.text.clone(),
            Err(error) => failure(&outcome.label, error),
        })
        .collect();
    together(&outcomes, texts.join("\n"))
}

/// What became of several clusters, told as `text`.
///
/// # Errors
/// [`ErrorKind::Bug`] for reports without JSON form.
pub fn together(outcomes: &[Outcome<Report>], text: String) -> Result<Answer> {
    let entries: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let mut entry = entry(&outcome.label, outcome.result.as_ref());
            entry["seconds"] = json!(outcome.took.as_secs_f64());
            entry
        })
        .collect();
    let endings = outcomes.iter().map(|outcome| match &outcome.result {
        Ok(report) => report.ending,
        Err(error) => Some(error.kind()),
    });
    let answer = Answer::new(&json!({ "clusters": entries }), text)?;
    Ok(match endings.fold(None, worse) {
        Some(kind) => answer.ending(kind),
        None => answer,
    })
}

fn entry(label: &str, result: Result<&Report, &Error>) -> Value {
    match result {
        Ok(report) => {
            let mut entry = json!({ "cluster": label });
            if let (Value::Object(entry), Value::Object(more)) = (&mut entry, &report.json) {
                entry.extend(more.clone());
            }
            entry
        }
        Err(error) => json!({"cluster": label, "error": terminal::describe(error)}),
    }
}

/// An error of one cluster with its causes and the next step.
#[must_use]
pub fn failure(label: &str, error: &Error) -> String {
    let mut lines = vec![format!(
        "{}: error: {}",
        escape::line(label),
        escape::lines(&error.to_string())
    )];
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        lines.push(format!(
            "  caused by: {}",
            escape::lines(&inner.to_string())
        ));
        cause = inner.source();
    }
    if let Some(hint) = error.next_step() {
        lines.push(format!("  hint: {}", escape::lines(hint)));
    }
    lines.join("\n")
}

/// The names of clusters, of many only the first.
#[must_use]
pub fn names(labels: &[&str]) -> String {
    escape::line(&few(labels, MAX_NAMES))
}

/// The first `most` of `names`, and how many more there are.
#[must_use]
pub fn few(names: &[impl AsRef<str>], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let more = match names.len().saturating_sub(most) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

/// The worse of two endings: half-done work before anything else, then failures
/// by their exit code, then differences.
fn worse(a: Option<ErrorKind>, b: Option<ErrorKind>) -> Option<ErrorKind> {
    let rank = |kind: ErrorKind| match kind {
        ErrorKind::Bug => 5,
        ErrorKind::Interrupted => 4,
        ErrorKind::Partial => 3,
        ErrorKind::Difference => 1,
        _ => 2,
    };
    match (a, b) {
        (Some(a), Some(b)) => Some(if (rank(b), b.exit_code()) > (rank(a), a.exit_code()) {
            b
        } else {
            a
        }),
        (a, b) => a.or(b),
    }
}

/// Runs `work` with the bench that changes to clusters need.
///
/// # Errors
/// [`ErrorKind::Usage`] when no state folder is known.
pub fn with_bench<T>(desk: &Desk, work: impl FnOnce(&Bench<'_>) -> Result<T>) -> Result<T> {
    let state = desk.state_folder()?;
    let now = || Desk::clock();
    let clock = Clock::new(&now);
    let holder = holder(&desk.environment, machine::name());
    work(&Bench {
        state: &state,
        holder: &holder,
        clock: &clock,
        pause: receipts::PAUSE,
        lease: LEASE,
    })
}

/// Who is at work, as others on the cluster shall read it: a user, on the
/// machine that the system calls `host`, and the process, so that they can see
/// there whether it is still alive.
fn holder(environment: &Environment, host: Option<String>) -> String {
    let of = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| environment.get(name));
        found.next().map(str::to_owned)
    };
    let user = of(&["USER", "LOGNAME", "USERNAME"]).unwrap_or_else(|| "somebody".to_owned());
    let process = std::process::id();
    match host.or_else(|| of(&["HOSTNAME", "COMPUTERNAME"])) {
        Some(host) => format!("{user}@{host} (process {process})"),
        None => format!("{user} (process {process})"),
    }
}

/// Passes on only whether to stop: bars of several clusters would be a muddle.
struct Quiet<'a>(&'a dyn Progress);

impl Progress for Quiet<'_> {
    fn begin(&self, what: &str, total: Option<u64>) {
        Silent.begin(what, total);
    }
    fn advance(&self, amount: u64) {
        Silent.advance(amount);
    }
    fn end(&self) {
        Silent.end();
    }
    fn note(&self, line: &str) {
        self.0.note(line);
    }
    fn stop_asked(&self) -> bool {
        self.0.stop_asked()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;

    use super::{Report, holder, summary};
    use crate::cli::environment::Environment;
    use crate::error::{Error, ErrorKind};
    use crate::flow::fleet::Outcome;

    #[test]
    fn the_exit_code_is_that_of_the_worst() {
        let fine = || Outcome {
            took: Duration::ZERO,
            label: "a".to_owned(),
            result: Ok(Report {
                json: Value::Null,
                text: "fine".to_owned(),
                ending: None,
            }),
        };
        let bad = |kind| Outcome {
            took: Duration::ZERO,
            label: "b".to_owned(),
            result: Err(Error::new(kind, "bad").hint("look")),
        };
        for (outcomes, code) in [
            (vec![fine(), fine()], 0),
            (vec![fine(), bad(ErrorKind::Network)], 3),
            (vec![bad(ErrorKind::Difference), bad(ErrorKind::Network)], 3),
            (vec![bad(ErrorKind::Partial), bad(ErrorKind::Cluster)], 10),
        ] {
            assert_eq!(summary(outcomes).map(|answer| answer.code).ok(), Some(code));
        }
        let alone = summary(vec![bad(ErrorKind::Cluster)]);
        assert_eq!(
            alone.err().map(|error| error.kind()),
            Some(ErrorKind::Cluster)
        );
    }

    #[test]
    fn the_holder_of_a_lock_names_its_user_and_its_machine() {
        let none = Environment::default();
        let ann = none.with("LOGNAME", "ann").with("HOSTNAME", "shell");
        let process = std::process::id();
        for (environment, host, told) in [
            (&ann, Some("soc7"), "ann@soc7"),
            (&ann, None, "ann@shell"),
            (&none, Some("soc7"), "somebody@soc7"),
            (&none, None, "somebody"),
        ] {
            assert_eq!(
                holder(environment, host.map(str::to_owned)),
                format!("{told} (process {process})")
            );
        }
    }
}
