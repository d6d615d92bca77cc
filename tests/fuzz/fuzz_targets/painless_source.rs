//! Any text is cut into tokens, parsed and analyzed: it compiles or is refused with
//! a place within it. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz painless_source`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::engine::painless::{Context, Options, compile};

fuzz_target!(|source: &str| {
    let options = Options {
        regex_enabled: true,
        ..Options::default()
    };
    for context in [Context::Ingest, Context::Condition, Context::Test] {
        if let Err(error) = compile(source, context, &options)
            && let Some(place) = error.position
        {
            assert!(place.start <= place.offset && place.end <= source.chars().count());
        }
    }
});
