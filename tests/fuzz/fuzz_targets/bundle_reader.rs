//! A whole bundle is read, as it came and with its list signed anew, so that
//! what stands behind the signatures is reached as well. Run it with
//! `tests/fuzz/run.sh 600 bundle_reader`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::io::bundle::{Conditions, verify_stream};
use sealift::model::key::SecretKey;
use sealift::model::time::Timestamp;
use sealift::model::trust::{TrustPolicy, TrustedKey};
use sealift::progress::Silent;

fuzz_target!(|bytes: &[u8]| {
    let key = SecretKey::from_seed(&[1; 32]);
    let label = "fuzzed".to_owned();
    let trusted = TrustedKey {
        key: key.public(),
        label,
    };
    let policy = TrustPolicy::any_of(vec![trusted]).unwrap();
    let conditions = Conditions {
        policy: &policy,
        now: Timestamp::from_seconds(1_767_225_600).unwrap(),
        memory: None,
        overrides: &[],
        threads: 1,
        progress: &Silent,
    };
    let _ = verify_stream(&mut { bytes }, &conditions);
    if let Some(sealed) = seal(bytes, &key) {
        let _ = verify_stream(&mut sealed.as_slice(), &conditions);
    }
});

/// `bytes` with the second member's content replaced by `key`'s signature over
/// that of the first.
fn seal(bytes: &[u8], key: &SecretKey) -> Option<Vec<u8>> {
    let digits = std::str::from_utf8(bytes.get(124..135)?).ok()?;
    let size = usize::from_str_radix(digits, 8).ok()?;
    let list = bytes.get(512..size.checked_add(512)?)?;
    let at = 512 + size.next_multiple_of(512) + 512;
    let mut sealed = bytes.to_vec();
    let signature = key.sign(list);
    sealed.get_mut(at..at + 64)?.copy_from_slice(signature.bytes());
    Some(sealed)
}
