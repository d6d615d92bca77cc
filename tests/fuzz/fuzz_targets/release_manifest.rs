//! A release manifest is read. Run it with
//! `tests/fuzz/run.sh 600 release_manifest`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::release_manifest::ReleaseManifest;

fuzz_target!(|bytes: &[u8]| {
    let _ = ReleaseManifest::parse(bytes, "fuzzed");
});
