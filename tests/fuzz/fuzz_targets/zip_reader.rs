//! A release zip is read, every entry inflated under its bounds. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz zip_reader`.
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
