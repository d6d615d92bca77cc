//! `cargo bench --bench explain`: 100,000 anomaly records against a filter of
//! 10,000 items with wildcards, as a ratio to a scan of all items for each record.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use sealift::model::explain::{explain, read_records};
use sealift::model::filter::Filter;
use sealift::model::filter::item::Pattern;
use sealift::model::job::Job;
use sealift::model::json_text::parse;
use sealift::model::version::StackVersion;

const RECORDS: usize = 100_000;
const ITEMS: usize = 10_000;
/// Records that the scan looks at; its time is scaled up.
const SCANNED: usize = 1_000;

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn filter(numbers: &mut Numbers) -> Filter {
    let items = (0..ITEMS).map(|place| {
        let name = format!("d{place}x{}", numbers.below(1_000_000));
        match place % 20 {
            0..=13 => format!("{name}.example"),
            14..=16 => format!("*.{name}.example"),
            17..=18 => format!("{name}*"),
            _ => format!("*{name}*"),
        }
    });
    Filter::new("safe", None, items.collect()).unwrap()
}

fn records(filter: &Filter, numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for place in 0..RECORDS {
        let host = if numbers.below(3) == 0 {
            let item = &filter.items()[usize::try_from(numbers.below(ITEMS as u64)).unwrap()];
            format!("h{place}{}", item.replace('*', "w"))
        } else {
            format!(
                "host{}.corp{}.example",
                numbers.below(50_000),
                numbers.below(500)
            )
        };
        let score = numbers.below(100);
        writeln!(
            text,
            r#"{{"job_id":"j","result_type":"record","probability":0.00012,"record_score":{score},"initial_record_score":{score},"bucket_span":900,"detector_index":0,"is_interim":false,"timestamp":1600000{place:06},"function":"high_count","function_description":"count","typical":[{}.5],"actual":[{}],"over_field_name":"host","over_field_value":"{host}","influencers":[{{"influencer_field_name":"host","influencer_field_values":["{host}"]}}]}}"#,
            numbers.below(10),
            numbers.below(1000)
        )
        .unwrap();
    }
    text
}

fn job() -> Job {
    let body = r#"{"analysis_config": {"detectors": [{"function": "high_count", "over_field_name": "host", "custom_rules": [
        {"scope": {"host": {"filter_id": "safe"}}},
        {"scope": {"host": {"filter_id": "safe", "filter_type": "exclude"}}, "conditions": [{"applies_to": "actual", "operator": "lt", "value": 5}]}]}]},
        "data_description": {"time_field": "t"}}"#;
    Job::create("j", &parse(body), &StackVersion::new(8, 16, 0)).unwrap()
}

fn best_of(times: usize, mut work: impl FnMut()) -> Duration {
    (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap()
}

fn main() {
    let mut numbers = Numbers(7);
    let filter = filter(&mut numbers);
    let text = records(&filter, &mut numbers);
    let job = job();
    let filters = [filter];
    let mut matched = 0;
    let ours = best_of(3, || {
        let records = read_records("records", &text).unwrap();
        matched = explain(&job, &filters, &records).rules[0].matched;
    });
    let values: Vec<serde_json::Value> = text
        .lines()
        .take(SCANNED)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut scanned = 0;
    let scan = best_of(3, || {
        scanned = values
            .iter()
            .filter(|record| {
                let host = record["over_field_value"].as_str().unwrap();
                filters[0]
                    .items()
                    .iter()
                    .filter(|item| Pattern::of(item).matches(host))
                    .count()
                    > 0
            })
            .count();
    });
    let first: Vec<&str> = text.lines().take(SCANNED).collect();
    let first = first.join("\n");
    let check = explain(&job, &filters, &read_records("records", &first).unwrap());
    assert_eq!(check.rules[0].matched, scanned, "the scan finds the same");
    let whole_scan = scan.as_secs_f64() * (RECORDS / SCANNED) as f64;
    println!(
        "{RECORDS} records ({} MB), {ITEMS} items, {matched} matched",
        text.len() / 1_000_000
    );
    println!("explain, reading included: {:.3} s", ours.as_secs_f64());
    println!("scan of all items (scaled from {SCANNED} records): {whole_scan:.3} s");
    println!("ratio: {:.0} times", whole_scan / ours.as_secs_f64());
}
