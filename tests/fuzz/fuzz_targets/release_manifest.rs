//! A release manifest is read. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz release_manifest`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::release_manifest::ReleaseManifest;

fuzz_target!(|bytes: &[u8]| {
    let _ = ReleaseManifest::parse(bytes, "fuzzed");
});
