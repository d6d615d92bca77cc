//! Scripts as they are published, on documents with known features.

use std::collections::HashMap;
use std::path::Path;

use sealift::engine::painless::{Context, Options, compile};
use sealift::engine::value::{Value, json};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| json::parse(line.as_bytes()).unwrap())
        .collect()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).unwrap().to_java_string()
}

#[test]
fn published_scripts_build_the_known_features() {
    let data = Path::new(DATA);
    if !data.exists() {
        println!("note: no releases beside the checkout, nothing replayed");
        return;
    }
    let documents: HashMap<String, Value> = lines(&data.join("expected/documents.ndjson"))
        .into_iter()
        .map(|line| (text(&line, "_id"), line.get("_source").unwrap()))
        .collect();
    for (release, script, pipeline) in [
        (
            "ML-DGA-20201129-1",
            "dga_1129447_1.0_ngrams_create",
            "dga_1129447_1.0_ingest_pipeline2",
        ),
        (
            "ML-DGA-20210604-2",
            "ml_dga_ngrams_create_script",
            "ml_dga_inference_pipeline",
        ),
    ] {
        let folder = data.join("releases").join(release);
        let read = |name: &str| {
            let bytes = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
            json::parse(&bytes).unwrap()
        };
        let source = text(&read(script).get("script").unwrap(), "source");
        let script = compile(&source, Context::Ingest, &Options::default()).unwrap();
        let processors = read(pipeline).get("processors").unwrap();
        let first = processors.as_list().unwrap().get(0).unwrap();
        let params = first.get("script").unwrap().get("params").unwrap();
        let features = lines(&data.join(format!("expected/{release}.features.ndjson")));
        assert!(!features.is_empty());
        for line in features {
            let ctx = documents[&text(&line, "_id")].deep_copy().unwrap();
            script.run(ctx.clone(), params.clone()).unwrap();
            assert_eq!(ctx.get("f"), line.get("f"), "{}", text(&line, "_id"));
        }
    }
}
