//! A manifest is read and written back the same. Run it with
//! `tests/fuzz/run.sh 600 manifest`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::manifest::Manifest;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(manifest) = Manifest::parse(bytes) {
        let again = Manifest::parse(&manifest.to_bytes().unwrap()).unwrap();
        assert_eq!(again, manifest);
    }
});
