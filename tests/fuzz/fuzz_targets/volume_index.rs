//! An index of volumes is read; what is taken has one spelling. Run it with
//! `tests/fuzz/run.sh 600 volume_index`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::volume_index::VolumeIndex;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(index) = VolumeIndex::parse(bytes) {
        assert_eq!(index.to_text().as_bytes(), bytes);
    }
});
