//! `sealift history`: the receipts of a cluster.

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{escape, table, terminal};
use crate::error::{Error, Result};
use crate::flow::history::{self, History};
use crate::io::cluster::told;
use crate::model::receipt::{Outcome, Receipt};

/// List the receipts of clusters, oldest first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift history --cluster soc-east")]
pub struct HistoryArgs {
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// Lists receipts.
///
/// # Errors
/// As connecting and reading.
pub fn run(args: &HistoryArgs, desk: &Desk) -> Result<Answer> {
    let state = desk.state_folder()?;
    let width = desk.terminal.width();
    fleet::run(&args.target, desk, |cluster, _| {
        let history = history::all(cluster, &state, Desk::clock()?)?;
        let receipts = &history.receipts;
        let label = escape::line(&cluster.label);
        let mut text = if receipts.is_empty() {
            format!("{label}: no receipts")
        } else {
            let header = ["receipt", "bundle", "calls", "state"];
            let rows: Vec<Vec<String>> = receipts.iter().map(|one| row(&history, one)).collect();
            format!("{label}\n{}", table::table(width, &header, &rows))
        };
        for error in &history.unreadable {
            text.push_str(&note(error));
        }
        let documents = receipts.iter().map(|one| document(&history, one));
        let unreadable = history.unreadable.iter().map(terminal::describe);
        Ok(Report {
            json: json!({
                "receipts": documents.collect::<Vec<_>>(),
                "unreadable": unreadable.collect::<Vec<_>>(),
            }),
            text,
            ending: None,
        })
    })
}

/// A receipt that is not in the list, and what to do about it.
fn note(error: &Error) -> String {
    let mut line = format!("\n  note: {}", escape::lines(&told(error)));
    if let Some(next) = error.next_step() {
        line.push_str("; ");
        line.push_str(&escape::lines(next));
    }
    line
}

fn done(receipt: &Receipt) -> usize {
    let done = receipt
        .calls
        .iter()
        .filter(|call| call.outcome == Outcome::Done);
    done.count()
}

fn row(history: &History, receipt: &Receipt) -> Vec<String> {
    let origin = &receipt.header.origin;
    vec![
        receipt.header.id.clone(),
        format!("{} {}", origin.bundle, origin.sequence),
        format!("{} of {}", done(receipt), receipt.calls.len()),
        history.state(receipt).to_owned(),
    ]
}

fn document(history: &History, receipt: &Receipt) -> Value {
    json!({
        "header": receipt.header,
        "state": history.state(receipt),
        "ended": receipt.ended,
        "calls": receipt.calls.iter().map(|call| json!({
            "verb": call.verb,
            "artifact": call.artifact,
            "outcome": call.outcome,
            "reason": call.reason,
        })).collect::<Vec<_>>(),
    })
}
