//! `sealift job rules`: custom rules in words, and changes of them.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed, prompt};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage::rules::{self, Edit};
use crate::flow::manage::{self, Action};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::detector::{Rule, words};

/// The rules of a job
///
/// Without an action the rules are shown in words. A change is merged with what is
/// there, reviewed, written, and read back. Rules work on results from then on only.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift job rules dns-exfiltration --add rule.json --detector 0 --cluster soc"
)]
pub struct RulesArgs {
    /// The job
    id: String,
    /// Add the rule, or the rules, of a JSON file
    #[arg(long, value_name = "FILE", group = "change")]
    add: Option<PathBuf>,
    /// Remove the rule of a place
    #[arg(long, value_name = "PLACE", group = "change")]
    remove: Option<usize>,
    /// Make the rules exactly those of a JSON file
    #[arg(long, value_name = "FILE", group = "change")]
    set: Option<PathBuf>,
    /// The detector's place
    #[arg(long, value_name = "PLACE", default_value_t = 0)]
    detector: usize,
    /// Close and reset the job afterwards, so that the past is looked at again (7.14)
    #[arg(long, requires = "change")]
    reset: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// Shows or changes.
///
/// # Errors
/// As connecting, reading and changing.
pub(super) fn run(args: &RulesArgs, desk: &Desk) -> Result<Answer> {
    let cluster = managed::connect(&args.target, desk)?;
    let edits = edits(args, &cluster)?;
    if edits.is_empty() {
        return show(args, &cluster);
    }
    let artifact = ArtifactId::new(ArtifactKind::Job, args.id.as_str());
    if args.reset && !cluster.version().offers(7, 14) {
        return Err(Error::new(
            ErrorKind::Policy,
            format!("version {} cannot reset jobs", cluster.version()),
        )
        .hint(format!(
            "change the rules, then `sealift job clone {} NEW_ID`",
            args.id
        )));
    }
    for edit in &edits {
        desk.terminal.note(&escape::line(&of_edit(edit)));
    }
    prompt::confirm(
        &format!("change the rules of job {}?", escape::line(&args.id)),
        args.yes,
    )?;
    let mut done = None;
    for edit in &edits {
        done = Some(rules::edit(&cluster, &args.id, args.detector, edit)?);
    }
    let mut notes = done
        .as_ref()
        .map_or_else(Vec::new, |done| done.notes.clone());
    if args.reset {
        manage::act(&cluster, &artifact, &Action::Close { force: false })?;
        manage::act(&cluster, &artifact, &Action::Reset)?;
        notes = vec!["the job was closed and reset: open it and start its datafeed from the time that is to be looked at again".to_owned()];
    }
    let after: Vec<Rule> = done.map_or_else(Vec::new, |done| done.after);
    let told: Vec<String> = after.iter().map(words::of_rule).collect();
    let mut lines: Vec<String> = told
        .iter()
        .enumerate()
        .map(|(place, told)| format!("rule {place}: {told}"))
        .collect();
    if lines.is_empty() {
        lines.push("no rules".to_owned());
    }
    lines.extend(notes.iter().map(|note| format!("note: {note}")));
    let written: Vec<Value> = after.iter().map(Rule::to_json).collect();
    let result = json!({"job": args.id, "detector": args.detector, "rules": written, "words": told, "notes": notes});
    Answer::new(&result, escape::lines(&lines.join("\n")))
}

fn edits(args: &RulesArgs, cluster: &Elasticsearch) -> Result<Vec<Edit>> {
    let read = |path: &PathBuf| {
        let text = files::read_text(path, managed::MAX_FILE)?;
        rules::parse(&text, &path.display().to_string(), cluster.version())
    };
    if let Some(path) = &args.add {
        return Ok(read(path)?.into_iter().map(Edit::Add).collect());
    }
    if let Some(path) = &args.set {
        return Ok(vec![Edit::Set(read(path)?)]);
    }
    Ok(args.remove.map(Edit::Remove).into_iter().collect())
}

fn of_edit(edit: &Edit) -> String {
    match edit {
        Edit::Add(rule) => format!("+ {}", words::of_rule(rule)),
        Edit::Remove(place) => format!("- rule {place}"),
        Edit::Set(rules) => {
            let told: Vec<String> = rules.iter().map(words::of_rule).collect();
            format!(
                "= {}",
                if told.is_empty() {
                    "no rules".to_owned()
                } else {
                    told.join("; ")
                }
            )
        }
    }
}

fn show(args: &RulesArgs, cluster: &Elasticsearch) -> Result<Answer> {
    let job = manage::show(
        cluster,
        &ArtifactId::new(ArtifactKind::Job, args.id.as_str()),
    )?;
    let detectors = rules::detectors(&job, cluster.version())?;
    let told: Vec<Value> = detectors
        .iter()
        .enumerate()
        .map(|(index, detector)| {
            let rules: Vec<Value> = detector
                .rules
                .iter()
                .map(|rule| json!({"words": words::of_rule(rule), "rule": rule.to_json()}))
                .collect();
            json!({"detector": index, "description": detector.title(), "rules": rules})
        })
        .collect();
    let lines: Vec<String> = detectors
        .iter()
        .enumerate()
        .flat_map(|(index, detector)| words::of_detector(index, detector))
        .collect();
    Answer::new(
        &json!({"job": args.id, "detectors": told}),
        escape::lines(&lines.join("\n")),
    )
}
