//! How fast the offline engine is: `cargo bench --bench engine`.
//!
//! Loading a large definition, trees alone, and whole rehearsals with the share
//! of every processor. Where the recorded releases are not at hand, only our own
//! fixtures and made-up models are used.
//!
//! `engine rehearse-only TAG COUNT` rehearses one recorded release once over that
//! many documents, for a look with a profiler:
//! `valgrind --tool=callgrind --toggle-collect='*rehearse::rehearse*' ...`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod made;
mod rehearsal;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use made::{Dice, LARGE};
use rehearsal::Rehearsal;
use sealift::engine::inference::{LARGEST_DEFINITION, Model, ModelConfig};
use sealift::model::{base64, gzip};
use serde_json::json;

/// The argument under which the program only loads a model and tells its memory.
const LOAD: &str = "load-only";

/// The argument under which it rehearses once.
const ONCE: &str = "rehearse-only";

/// How many documents a rehearsal takes.
const DOCUMENTS: usize = 20_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == LOAD) {
        load(Path::new(&arguments[place + 1]));
        return;
    }
    if let Some(place) = arguments.iter().position(|argument| argument == ONCE) {
        let count = arguments[place + 2].parse().unwrap();
        let report = recorded(&arguments[place + 1], count).once();
        println!("{} of {} agree", report.agreeing, report.compared);
        return;
    }
    let file = std::env::temp_dir().join(format!("sealift-bench-{}.json", std::process::id()));
    std::fs::write(&file, large()).unwrap();
    // A process of its own, so that the memory is that of loading alone.
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program).arg(LOAD).arg(&file).status().unwrap();
    assert!(status.success());
    trees_alone(
        "made up, 291 trees of 97 nodes, 339 features",
        &model(&file),
    );
    std::fs::remove_file(&file).unwrap();
    let own = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"));
    Rehearsal::new(
        &own.join("releases/ML-DGA-20260105-1"),
        &own.join("documents.ndjson"),
        &own.join("none.ndjson"),
        DOCUMENTS,
    )
    .measure();
    let released = shared().join("releases/ML-DGA-20201129-1");
    if !released.exists() {
        println!("skipped: the recorded releases are not at hand");
        return;
    }
    trees_alone(
        "ML-DGA-20201129-1",
        &model(&released.join("dga_1129447_1.0_model.json")),
    );
    for tag in ["ML-DGA-20201129-1", "ML-DGA-20210604-2"] {
        recorded(tag, DOCUMENTS).measure();
    }
}

/// Where the recorded releases and results are.
fn shared() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).to_owned()
}

/// The rehearsal of a recorded release, with the expected results.
fn recorded(tag: &str, count: usize) -> Rehearsal {
    Rehearsal::new(
        &shared().join("releases").join(tag),
        &shared().join("expected/documents.ndjson"),
        &shared().join(format!("expected/{tag}.ndjson")),
        count,
    )
}

/// A model's file with a compressed definition of 12 MB.
fn large() -> String {
    let definition = made::definition(&LARGE).to_string();
    println!(
        "made a definition of {:.1} MB",
        count(definition.len()) / 1e6
    );
    let packed = base64::encode(&gzip::deflate(definition.as_bytes()));
    let body = json!({
        "input": {"field_names": made::fields(&LARGE)},
        "inference_config": {"classification": {}},
        "compressed_definition": packed,
    });
    body.to_string()
}

fn load(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let start = Instant::now();
    let config = ModelConfig::published("m", &bytes, LARGEST_DEFINITION).unwrap();
    let read = start.elapsed();
    let start = Instant::now();
    let model = config.compile().unwrap();
    println!(
        "load it: read in {read:.0?}, compiled in {:.0?}, {} features, peak memory of the process {}",
        start.elapsed(),
        model.feature_count(),
        peak_memory(),
    );
}

fn model(file: &Path) -> Model {
    let bytes = std::fs::read(file).unwrap();
    let config = ModelConfig::published("m", &bytes, LARGEST_DEFINITION).unwrap();
    config.compile().unwrap()
}

fn trees_alone(name: &str, model: &Model) {
    let mut dice = Dice::new(11);
    let documents: Vec<Vec<f64>> = (0..1_000)
        .map(|_| (0..model.feature_count()).map(|_| dice.share()).collect())
        .collect();
    let mut done = 0;
    let mut sum = 0.0;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        for features in &documents {
            sum += model.raw(features).unwrap().iter().sum::<f64>();
        }
        done += documents.len();
    }
    let rate = count(done) / start.elapsed().as_secs_f64();
    assert!(sum.is_finite());
    println!("trees alone, {name}: {rate:.0} documents/s on one core");
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// The most memory that this process ever held, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes.map_or_else(|| "unknown".to_owned(), |kib| format!("{} MiB", kib / 1024))
}
