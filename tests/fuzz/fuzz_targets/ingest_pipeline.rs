//! A pipeline and a document, both made of the bytes: the pipeline is refused or
//! compiled, the document goes through it within the limits, without a panic. The
//! bytes are a pipeline, a zero byte and a document. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz ingest_pipeline`.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use sealift::engine::ingest::{Environment, Options, StoredScript};
use serde_json::{Value, json};

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let read = |part: Option<&[u8]>| serde_json::from_slice::<Value>(part?).ok();
    let Some(pipeline) = read(parts.next()) else {
        return;
    };
    let document = read(parts.next()).unwrap_or_else(|| {
        json!({"a": "b=1 c=2", "n": 5, "l": [1, "x", {"k": null}], "m": {"a.b": "2020-08-31"}})
    });
    let mut environment = Environment::new(Options::default());
    let script = StoredScript {
        lang: "painless".to_owned(),
        source: "ctx.n = params.size()".to_owned(),
    };
    environment.put_script("s", script);
    // A pipeline of its own may be called, by itself as well.
    let _ = environment.put_pipeline("p", &pipeline);
    let now = Duration::from_secs(1_600_000_000);
    let _ = environment.run("p", &document, &[("_index", "i"), ("_id", "1")], now);
    let body = json!({"pipeline": pipeline, "docs": [{"_source": document}]});
    for verbose in [false, true] {
        let _ = environment.simulate(None, &body, verbose, now);
    }
});
