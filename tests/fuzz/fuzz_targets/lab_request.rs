//! Any bytes as one connection to the practice cluster: the whole path from the
//! request head to an API and its answer must neither panic nor hang. Run it with
//! `tests/fuzz/run.sh 600 lab_request`.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sealift::lab::{Lab, LabOptions};

fuzz_target!(|bytes: &[u8]| {
    static LAB: OnceLock<Lab> = OnceLock::new();
    let lab = LAB.get_or_init(|| Lab::start(&LabOptions::default()).expect("a lab in memory starts"));
    let _ = lab.exchange(bytes);
});
