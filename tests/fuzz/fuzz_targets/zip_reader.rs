//! A release zip is read, every entry inflated under its bounds. Run it with
//! `tests/fuzz/run.sh 600 zip_reader`.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use sealift::io::zip::{ZipLimits, ZipReader};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mut zip) = ZipReader::new(Cursor::new(bytes), "fuzzed", ZipLimits::default()) {
        for entry in zip.entries().to_vec() {
            let _ = zip.read(&entry);
        }
    }
});
