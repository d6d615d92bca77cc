//! Key files and trust roots are read. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz keys`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::key::{PublicKey, SecretKey};
use sealift::model::trust_root::TrustRoot;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _ = PublicKey::from_pem(&text);
    let _ = SecretKey::from_pem(&text, Some("x"));
    let _ = TrustRoot::parse(bytes);
});
