//! `sealift history`: the receipts of a cluster.

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{escape, table};
use crate::error::Result;
use crate::flow::history;
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
        let receipts = history::all(cluster, &state)?;
        let rows: Vec<Vec<String>> = receipts.iter().map(row).collect();
        let documents: Vec<Value> = receipts.iter().map(document).collect();
        let label = escape::line(&cluster.label);
        let text = if receipts.is_empty() {
            format!("{label}: no receipts")
        } else {
            let header = ["receipt", "bundle", "calls", "state"];
            format!("{label}\n{}", table::table(width, &header, &rows))
        };
        Ok(Report {
            json: json!({ "receipts": documents }),
            text,
            ending: None,
        })
    })
}

fn done(receipt: &Receipt) -> usize {
    let done = receipt
        .calls
        .iter()
        .filter(|call| call.outcome == Outcome::Done);
    done.count()
}

fn row(receipt: &Receipt) -> Vec<String> {
    let origin = &receipt.header.origin;
    vec![
        receipt.header.id.clone(),
        format!("{} {}", origin.bundle, origin.sequence),
        format!("{} of {}", done(receipt), receipt.calls.len()),
        receipt.state().to_owned(),
    ]
}

fn document(receipt: &Receipt) -> Value {
    json!({
        "header": receipt.header,
        "state": receipt.state(),
        "ended": receipt.ended,
        "calls": receipt.calls.iter().map(|call| json!({
            "verb": call.verb,
            "artifact": call.artifact,
            "outcome": call.outcome,
            "reason": call.reason,
        })).collect::<Vec<_>>(),
    })
}
