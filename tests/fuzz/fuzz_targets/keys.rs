//! Public keys, plain private keys and trust roots are read: the bytes as a file,
//! and as what a PEM file holds. Run it with `tests/fuzz/run.sh 600 keys`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::base64;
use sealift::model::key::{PublicKey, SecretKey};
use sealift::model::trust_root::TrustRoot;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    read_keys(&text);
    read_keys(&pem("PUBLIC KEY", bytes));
    read_keys(&pem("PRIVATE KEY", bytes));
    if let Ok(root) = TrustRoot::parse(bytes) {
        let again = TrustRoot::parse(&root.to_bytes().unwrap()).unwrap();
        assert_eq!(again, root);
    }
});

fn read_keys(text: &str) {
    if let Ok(key) = PublicKey::from_pem(text) {
        assert_eq!(PublicKey::from_pem(&key.to_pem().unwrap()).unwrap(), key);
    }
    // Without a passphrase: deriving keys from one is slow, `encrypted_key` does it.
    if let Ok(key) = SecretKey::from_pem(text, None) {
        let again = SecretKey::from_pem(&key.to_pem().unwrap(), None).unwrap();
        assert_eq!(again.public(), key.public());
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
