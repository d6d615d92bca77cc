//! A whole bundle is read. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz bundle_reader`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::io::bundle::{Conditions, verify_stream};
use sealift::model::key::SecretKey;
use sealift::model::time::Timestamp;
use sealift::model::trust::{TrustPolicy, TrustedKey};
use sealift::progress::Silent;

fuzz_target!(|bytes: &[u8]| {
    let key = SecretKey::from_seed(&[1; 32]).public();
    let label = "fuzzed".to_owned();
    let policy = TrustPolicy::any_of(vec![TrustedKey { key, label }]).unwrap();
    let conditions = Conditions {
        policy: &policy,
        now: Timestamp::from_seconds(1_767_225_600).unwrap(),
        memory: None,
        overrides: &[],
        threads: 1,
        progress: &Silent,
    };
    let _ = verify_stream(&mut { bytes }, &conditions);
});
