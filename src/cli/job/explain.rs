//! `sealift job explain`: rules judged by recorded anomalies, before they are shipped.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::filter::read_texts;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage::{self, filters, rules};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::files;
use crate::io::http::{Method, encode_segment};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::explain::{
    Example, Explanation, Fate, Record, RuleEffect, explain, read_records,
};
use crate::model::filter::Filter;
use crate::model::job::Job;
use crate::model::json_text;
use crate::model::lint::Surroundings;
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

/// How large a file of anomalies may be.
const MAX_ANOMALIES: u64 = 2 << 30;
/// How many records a cluster gives at once.
const MAX_RECORDS: usize = 10_000;
/// How many items are shown for a filter.
const SHOWN_ITEMS: usize = 10;

/// Which recorded anomalies the rules of a job would have hidden
///
/// With --job-file, --filters and --anomalies nothing is asked of a cluster; what is
/// not given comes from the cluster. With --rules the rules of a file are judged in
/// place of those of the job.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift job explain dns --job-file job.json --filters filters.toml --anomalies records.ndjson"
)]
pub struct ExplainArgs {
    /// The job
    id: String,
    /// Recorded anomalies: a record a line, or the answer of the records API or of a search
    #[arg(long, value_name = "FILE")]
    anomalies: Option<PathBuf>,
    /// The job as a JSON file
    #[arg(long, value_name = "FILE")]
    job_file: Option<PathBuf>,
    /// Filters: filters.toml, a JSON file, or a plain list named after its filter
    #[arg(long, value_name = "FILE")]
    filters: Vec<PathBuf>,
    /// Rules to judge in place of those of the job
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The detector whose rules --rules replaces
    #[arg(long, value_name = "PLACE", default_value_t = 0)]
    detector: usize,
    /// Also write what would have become of each anomaly to FILE, one JSON object a line
    #[arg(long, value_name = "FILE")]
    each: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
}

/// Reads, judges, tells.
///
/// # Errors
/// As reading files and the cluster.
pub(super) fn run(args: &ExplainArgs, desk: &Desk) -> Result<Answer> {
    let mut cluster = Lazy {
        target: &args.target,
        desk,
        cluster: None,
    };
    let mut job = job(args, &mut cluster)?;
    if let Some(path) = &args.rules {
        replace_rules(&mut job, args.detector, path)?;
    }
    let filters = filters(args, &job, &mut cluster, desk)?;
    let text = anomalies(args, &mut cluster, desk)?;
    let name = args.anomalies.as_ref().map_or_else(
        || "the cluster's answer".to_owned(),
        |path| path.display().to_string(),
    );
    let records = read_records(&name, &text)?;
    let told = explain(&job, &filters, &records);
    if let Some(path) = &args.each {
        files::write_atomic(path, each(&job, &records, &told).as_bytes())?;
    }
    Answer::new(&to_json(&told), escape::lines(&to_text(&args.id, &told)))
}

/// A cluster that is only asked when something is missing.
struct Lazy<'a> {
    target: &'a TargetArgs,
    desk: &'a Desk,
    cluster: Option<Elasticsearch>,
}

impl Lazy<'_> {
    fn get(&mut self, missing: &str) -> Result<&Elasticsearch> {
        if self.cluster.is_none() {
            let cluster = managed::connect(self.target, self.desk).map_err(|error| {
                error.context(format!(
                    "{missing} is not given and has to come from a cluster"
                ))
            })?;
            self.cluster = Some(cluster);
        }
        self.cluster
            .as_ref()
            .ok_or_else(|| Error::new(ErrorKind::Bug, "the cluster was just connected"))
    }
}

fn job(args: &ExplainArgs, cluster: &mut Lazy<'_>) -> Result<Job> {
    let (body, version) = if let Some(path) = &args.job_file {
        (managed::read_body(path)?, Surroundings::NEWEST)
    } else {
        let cluster = cluster.get("the job")?;
        let artifact = ArtifactId::new(ArtifactKind::Job, args.id.as_str());
        (manage::show(cluster, &artifact)?, cluster.version().clone())
    };
    read_job(&args.id, &body, &version)
}

fn read_job(id: &str, body: &Value, version: &StackVersion) -> Result<Job> {
    let artifact = ArtifactId::new(ArtifactKind::Job, id);
    let body = crate::model::body::for_cluster(&artifact, body, version, None);
    let mut job = Job::read(&json_text::parse(&body.to_string()), version).map_err(|failure| {
        Error::new(ErrorKind::Malformed, format!("the job {id} cannot be read")).because(failure)
    })?;
    job.id = Some(id.to_owned());
    Ok(job)
}

fn replace_rules(job: &mut Job, place: usize, path: &Path) -> Result<()> {
    let text = files::read_text(path, managed::MAX_FILE)?;
    let rules = rules::parse(&text, &path.display().to_string(), &Surroundings::NEWEST)?;
    let detector = job
        .analysis
        .as_mut()
        .and_then(|analysis| analysis.detectors.get_mut(place));
    match detector {
        Some(detector) => {
            detector.rules = rules;
            Ok(())
        }
        None => Err(Error::new(
            ErrorKind::Usage,
            format!("the job has no detector at place {place}"),
        )),
    }
}

fn filters(
    args: &ExplainArgs,
    job: &Job,
    cluster: &mut Lazy<'_>,
    desk: &Desk,
) -> Result<Vec<Filter>> {
    let wanted: BTreeSet<String> = job.referenced_filters().into_iter().collect();
    let now = desk.now()?;
    let mut found: Vec<Filter> = Vec::new();
    for path in &args.filters {
        let stem = path
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        for text in read_texts(&stem, path)? {
            let filter = text.filter(now).map_err(|failure| {
                Error::new(
                    ErrorKind::Malformed,
                    format!("filter {} of {} cannot be used", text.id, path.display()),
                )
                .because(failure)
            })?;
            found.push(filter);
        }
    }
    for id in wanted {
        if found.iter().any(|filter| filter.id == id) {
            continue;
        }
        match filters::read(cluster.get(&format!("the filter {id}"))?, &id)? {
            Some(filter) => found.push(filter),
            None => desk.terminal.note(&escape::line(&format!(
                "note: the cluster has no filter {id}; it counts as empty"
            ))),
        }
    }
    Ok(found)
}

fn anomalies(args: &ExplainArgs, cluster: &mut Lazy<'_>, desk: &Desk) -> Result<String> {
    if let Some(path) = &args.anomalies {
        return files::read_text(path, MAX_ANOMALIES);
    }
    let path = format!(
        "/_ml/anomaly_detectors/{}/results/records",
        encode_segment(&args.id)
    );
    let body =
        json!({"page": {"from": 0, "size": MAX_RECORDS}, "sort": "record_score", "desc": true});
    let answer = cluster
        .get("the file of anomalies")?
        .call(Method::Post, &path, &body)?;
    let count = answer
        .get("count")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    if count > MAX_RECORDS as u64 {
        desk.terminal.note(&format!(
            "note: the {MAX_RECORDS} highest of {count} records are looked at"
        ));
    }
    Ok(answer.to_string())
}

/// What would have become of each record, one JSON object a line.
fn each(job: &Job, records: &[Record<'_>], told: &Explanation) -> String {
    let analysis = job.analysis.as_ref();
    let detectors = analysis.map_or(&[][..], |analysis| &analysis.detectors);
    let line = |(record, fate): (&Record<'_>, &Option<Fate>)| {
        let fate = fate.as_ref()?;
        let detector = detectors.get(record.detector_index)?;
        let rules: Vec<usize> = fate
            .rules
            .iter()
            .filter_map(|place| Some(told.rules.get(*place)?.rule))
            .collect();
        let mut line = example_json(&Example::of(detector, record));
        line["detector"] = json!(record.detector_index);
        line["result"] = json!(if fate.skipped { "skipped" } else { "kept" });
        line["learned"] = json!(!fate.untaught);
        line["rules"] = json!(rules);
        Some(format!("{line}\n"))
    };
    records.iter().zip(&told.fates).filter_map(line).collect()
}

fn example_json(example: &Example) -> Value {
    let entities: serde_json::Map<String, Value> = example
        .entities
        .iter()
        .map(|(field, value)| (field.clone(), json!(value)))
        .collect();
    json!({"timestamp": example.timestamp, "score": example.score, "entities": entities})
}

fn example_line(example: &Example) -> String {
    let entities: Vec<String> = example
        .entities
        .iter()
        .map(|(field, value)| format!("{field}={value}"))
        .collect();
    let when = Timestamp::from_seconds(example.timestamp / 1000)
        .map_or_else(|_| example.timestamp.to_string(), |time| time.to_string());
    format!(
        "  e.g. {when} score {:.1} {}",
        example.score,
        entities.join(" ")
    )
}

fn to_json(told: &Explanation) -> Value {
    let rules: Vec<Value> = told.rules.iter().map(rule_json).collect();
    json!({
        "records": told.records,
        "foreign": told.foreign,
        "skipped": told.skipped,
        "kept": told.kept(),
        "untaught": told.untaught,
        "highest_skipped": told.highest_skipped,
        "kept_examples": told.kept_examples.iter().map(example_json).collect::<Vec<_>>(),
        "rules": rules,
    })
}

fn rule_json(rule: &RuleEffect) -> Value {
    let scope: Vec<Value> = rule
        .items
        .iter()
        .map(|((field, filter), items)| json!({"field": field, "filter": filter, "items": items}))
        .collect();
    let examples: Vec<Value> = rule.examples.iter().map(example_json).collect();
    json!({
        "detector": rule.detector,
        "rule": rule.rule,
        "words": rule.words,
        "seen": rule.seen,
        "matched": rule.matched,
        "alone": rule.alone,
        "highest": rule.highest,
        "scope": scope,
        "examples": examples,
    })
}

fn to_text(id: &str, told: &Explanation) -> String {
    let mut lines = vec![format!(
        "job {id}: {} recorded anomalies, {} would have been skipped (highest score {:.1}), {} would stay",
        told.records,
        told.skipped,
        told.highest_skipped,
        told.kept()
    )];
    if told.foreign > 0 {
        lines.push(format!(
            "{} records are of other jobs or detectors and were left out",
            told.foreign
        ));
    }
    for rule in &told.rules {
        lines.push(String::new());
        lines.push(format!(
            "detector {} rule {}: {}",
            rule.detector, rule.rule, rule.words
        ));
        lines.push(format!(
            "  applies to {} of {} anomalies, to {} of them alone; highest score {:.1}",
            rule.matched, rule.seen, rule.alone, rule.highest
        ));
        lines.extend(item_lines(rule));
        lines.extend(rule.examples.iter().map(example_line));
    }
    if !told.kept_examples.is_empty() {
        lines.push(String::new());
        lines.push("what would stay, the highest first".to_owned());
        lines.extend(told.kept_examples.iter().map(example_line));
    }
    lines.push(String::new());
    lines.extend(meaning(told));
    lines.join("\n")
}

fn item_lines(rule: &RuleEffect) -> Vec<String> {
    let mut lines = Vec::new();
    for ((field, filter), items) in &rule.items {
        let mut by_count: Vec<(&String, &usize)> = items.iter().collect();
        by_count.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        lines.push(format!(
            "  {filter} on {field}: {} items are responsible",
            by_count.len()
        ));
        lines.extend(
            by_count
                .iter()
                .take(SHOWN_ITEMS)
                .map(|(item, count)| format!("    {count:>6}  {item}")),
        );
        if by_count.len() > SHOWN_ITEMS {
            lines.push(format!(
                "    and {} more (--json has all)",
                by_count.len() - SHOWN_ITEMS
            ));
        }
    }
    lines
}

/// The three ways to be rid of a value, with the figures at hand.
fn meaning(told: &Explanation) -> Vec<String> {
    vec![
        "what the ways to set values aside do:".to_owned(),
        format!(
            "  skip_result        {} results go; the model still learns their values",
            told.skipped
        ),
        format!(
            "  skip_model_update  {} results stay; the model does not learn their values",
            told.untaught
        ),
        format!(
            "  a datafeed query   would take the documents of {} anomalies away: no result, no learning, and all other detectors of the job miss them too",
            told.skipped.max(told.untaught)
        ),
        "  none of them changes results that are there already".to_owned(),
    ]
}
