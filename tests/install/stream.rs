//! An upgrade and its rollback while documents come in: none meets a missing
//! pipeline, script or model, and each is enriched by the old bundle or by the
//! new one, never by a mixture.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use sealift::flow::prepare::{self, DefaultPipeline, Wish};
use sealift::flow::rehearse::compare::difference;
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::model::plan::Permissions;
use sealift::model::receipt::Receipt;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{CAREFUL, DGA, PLAIN, Recipe, Room, call, connect, folder, install, lab, release};

/// How long the stream goes on after the work.
const PAUSE: Duration = Duration::from_millis(300);

/// What the stream gets back for its documents.
#[derive(Default)]
struct Seen {
    documents: AtomicUsize,
    strange: Mutex<Vec<String>>,
}

/// Runs `work` while a thread indexes `documents` into `requests`, and another
/// sends them through `_simulate` of `entry`; each result must be `known`.
fn under_a_stream<T>(
    lab: &Lab,
    entry: Option<&str>,
    documents: &[Value],
    known: Known<'_>,
    work: impl FnOnce() -> T,
) -> (T, usize) {
    let stop = AtomicBool::new(false);
    let seen = Seen::default();
    let result = thread::scope(|scope| {
        if let Some(entry) = entry {
            let (stop, seen) = (&stop, &seen);
            scope.spawn(move || {
                let cluster = connect(lab);
                while !stop.load(Ordering::Relaxed) {
                    simulate(&cluster, entry, documents, known, seen);
                }
            });
        }
        scope.spawn(|| {
            let cluster = connect(lab);
            while !stop.load(Ordering::Relaxed) {
                index(&cluster, documents, known, &seen);
            }
        });
        // The stream ends with the work, however that ends.
        let guard = Guard(&stop);
        let result = work();
        drop(guard);
        result
    });
    let strange = seen.strange.into_inner().unwrap();
    assert!(
        strange.is_empty(),
        "{} strange: {:?}",
        strange.len(),
        strange.first()
    );
    (result, seen.documents.into_inner())
}

/// Stops the stream when it goes.
struct Guard<'s>(&'s AtomicBool);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

type Known<'k> = &'k (dyn Fn(usize, &Value) -> bool + Sync);

impl Seen {
    fn take(&self, number: usize, source: Option<&Value>, known: Known<'_>, answer: &Value) {
        self.documents.fetch_add(1, Ordering::Relaxed);
        if !source.is_some_and(|source| known(number, source)) {
            self.strange.lock().unwrap().push(answer.to_string());
        }
    }
}

fn simulate(cluster: &Cluster, entry: &str, documents: &[Value], known: Known<'_>, seen: &Seen) {
    let docs: Vec<Value> = documents
        .iter()
        .map(|source| json!({"_source": source}))
        .collect();
    let path = format!("/_ingest/pipeline/{entry}/_simulate");
    match cluster
        .elasticsearch
        .call(Method::Post, &path, &json!({ "docs": docs }))
    {
        Ok(answer) => {
            for (number, one) in answer["docs"].as_array().unwrap().iter().enumerate() {
                seen.take(number, one.pointer("/doc/_source"), known, one);
            }
        }
        Err(failed) => seen
            .strange
            .lock()
            .unwrap()
            .push(format!("{:?}", failed.error)),
    }
}

fn index(cluster: &Cluster, documents: &[Value], known: Known<'_>, seen: &Seen) {
    for (number, source) in documents.iter().enumerate() {
        let path = format!("/requests/_doc/{number}");
        let put = cluster.elasticsearch.call(Method::Put, &path, source);
        if let Err(failed) = put {
            seen.strange
                .lock()
                .unwrap()
                .push(format!("{:?}", failed.error));
            return;
        }
        let got = cluster
            .elasticsearch
            .call(Method::Get, &path, &Value::Null)
            .unwrap();
        seen.take(number, got.get("_source"), known, &got);
    }
}

/// What `documents` become in the pipeline `entry`.
fn outcomes(lab: &Lab, entry: &str, documents: &[Value]) -> Vec<Value> {
    let docs: Vec<Value> = documents
        .iter()
        .map(|source| json!({"_source": source}))
        .collect();
    let path = format!("/_ingest/pipeline/{entry}/_simulate");
    let mut answer = call(lab, Method::Post, &path, &json!({ "docs": docs }));
    let answers = answer["docs"].as_array_mut().unwrap();
    answers
        .iter_mut()
        .map(|one| one["doc"]["_source"].take())
        .collect()
}

fn set_default(lab: &Lab, pipeline: &str) {
    let settings = json!({"settings": {"index.default_pipeline": pipeline}});
    call(lab, Method::Put, "/requests", &settings);
}

fn undo(room: &Room, cluster: &Cluster, receipt: &Receipt) {
    let undo = prepare::prepare_rollback(cluster, receipt, PLAIN.permissions, &Silent).unwrap();
    room.with(|bench| undo.apply(cluster, bench, &Silent))
        .unwrap();
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| line.get("_source").cloned().unwrap_or(line))
        .collect()
}

#[test]
fn scripts_and_pipelines_of_the_same_names_switch_as_one() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    // Each part of the chain leaves its own trace, so that a mixture shows.
    let of = |generation: u64| {
        let files = release(DGA).into_iter().map(|(name, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            let text = text
                .replace("ctx.ngrams = pieces;", &format!("ctx.ngrams = pieces; ctx.a = {generation};"))
                .replace("ctx.ml_is_dga = verdict;", &format!("ctx.ml_is_dga = verdict; ctx.b = {generation};"))
                .replace(
                    r#""processors":[{"script":{"id":"dga_ngrams_create""#,
                    &format!(
                        r#""processors":[{{"set":{{"field":"c","value":{generation}}}}},{{"script":{{"id":"dga_ngrams_create""#
                    ),
                )
                .replace(
                    r#""processors":[{"pipeline""#,
                    &format!(r#""processors":[{{"set":{{"field":"d","value":{generation}}}}},{{"pipeline""#),
                );
            (name, text.into_bytes())
        });
        let recipe = Recipe {
            releases: vec![(DGA.to_owned(), files.collect())],
            sequence: generation,
            ..Recipe::of(&[])
        };
        recipe.bundle(room.path())
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents.ndjson");
    let mut documents = lines(&std::fs::read_to_string(fixtures).unwrap());
    documents.truncate(20);
    let (first, second) = (of(1), of(2));
    install(&room, &cluster, &first, &PLAIN).unwrap();
    set_default(&lab, "dns_enrich_pipeline");
    let old = outcomes(&lab, "dns_enrich_pipeline", &documents);
    assert!(
        old.iter()
            .any(|one| one["a"] == 1 && one["b"] == 1 && one["c"] == 1 && one["d"] == 1)
    );
    let known_old = old.clone();
    let new = Mutex::new(None::<Vec<Value>>);
    // What the new one makes of the documents is the old with the other number.
    let known = |number: usize, source: &Value| {
        let mut as_new = known_old[number].clone();
        for key in ["a", "b", "c", "d"] {
            if let Some(value) = as_new.get_mut(key) {
                *value = json!(2);
            }
        }
        *source == known_old[number] || *source == as_new
    };
    let ((), sent) = under_a_stream(
        &lab,
        Some("dns_enrich_pipeline"),
        &documents,
        &known,
        || {
            for _ in 0..3 {
                let done = install(&room, &cluster, &second, &PLAIN).unwrap();
                *new.lock().unwrap() = Some(outcomes(&lab, "dns_enrich_pipeline", &documents));
                undo(&room, &cluster, &done.receipt.unwrap());
            }
        },
    );
    assert!(sent > 100, "only {sent} documents");
    assert_ne!(new.into_inner().unwrap().unwrap(), old);
    assert_eq!(outcomes(&lab, "dns_enrich_pipeline", &documents), old);
}

#[test]
fn the_release_of_2020_gives_way_to_that_of_2021() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !shared.exists() {
        eprintln!("skipped: no published releases beside the project");
        return;
    }
    let room = Room::new();
    let lab = lab("8.0.0-SNAPSHOT");
    let cluster = connect(&lab);
    let of = |tag: &str, sequence| {
        let recipe = Recipe {
            releases: vec![(tag.to_owned(), folder(&shared.join("releases").join(tag)))],
            sequence,
            ..Recipe::of(&[])
        };
        recipe.bundle(room.path())
    };
    let documents =
        lines(&std::fs::read_to_string(shared.join("expected/documents.ndjson")).unwrap());
    let documents: Vec<Value> = documents.into_iter().step_by(10).collect();
    let (tag_one, tag_two) = ("ML-DGA-20201129-1", "ML-DGA-20210604-2");
    install(&room, &cluster, &of(tag_one, 1), &PLAIN).unwrap();
    set_default(&lab, "dns_enrich_pipeline");
    let old = outcomes(&lab, "dns_enrich_pipeline", &documents);
    let expected = |tag: &str| -> Vec<Value> {
        let text = std::fs::read_to_string(shared.join(format!("expected/{tag}.ndjson"))).unwrap();
        lines(&text).into_iter().step_by(10).collect()
    };
    let new = expected(tag_two);
    let close = |a: &Value, b: &Value| difference(&a.into(), &b.into()).is_none();
    let known =
        |number: usize, source: &Value| close(&old[number], source) || close(&new[number], source);
    let wish = Wish {
        // The index had its default pipeline from somebody else.
        permissions: Permissions {
            adopt: true,
            ..CAREFUL
        },
        prune: true,
        default_pipelines: vec![DefaultPipeline {
            index: "requests".to_owned(),
            pipeline: None,
        }],
        ..PLAIN
    };
    let second = of(tag_two, 2);
    let (receipt, up) = under_a_stream(&lab, None, &documents, &known, || {
        let done = install(&room, &cluster, &second, &wish).unwrap();
        thread::sleep(PAUSE);
        done.receipt.unwrap()
    });
    assert_eq!(
        outcomes(&lab, "ml_dga_ingest_pipeline", &documents).len(),
        new.len()
    );
    let ((), down) = under_a_stream(&lab, None, &documents, &known, || {
        undo(&room, &cluster, &receipt);
        thread::sleep(PAUSE);
    });
    assert_eq!(outcomes(&lab, "dns_enrich_pipeline", &documents), old);
    assert!(up > 30 && down > 30, "{up} and {down} documents");
    eprintln!("{up} documents met the upgrade, {down} its rollback");
}
