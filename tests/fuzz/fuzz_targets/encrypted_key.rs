//! The bytes as what an encrypted private key file holds, opened with a
//! passphrase: the work that it may ask for is bounded. Run it with
//! `tests/fuzz/run.sh 600 encrypted_key`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::base64;
use sealift::model::key::SecretKey;

fuzz_target!(|der: &[u8]| {
    let text = base64::encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let label = "ENCRYPTED PRIVATE KEY";
    let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"));
    let _ = SecretKey::from_pem(&pem, Some("x"));
});
