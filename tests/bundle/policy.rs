//! What makes a policy, and whose signatures count.

use sealift::error::ErrorKind;
use sealift::model::key::SecretKey;
use sealift::model::key_id::KeyId;
use sealift::model::trust::{RevokedKey, TrustPolicy, TrustedKey};
use sealift::model::trust_root::{SignedRoot, TrustRoot, root_version};

use crate::kit::{after, key, policy};

fn trusted(key: &SecretKey) -> TrustedKey {
    TrustedKey {
        key: key.public(),
        label: "test key".to_owned(),
    }
}

#[test]
fn without_keys_there_is_no_policy() {
    let error = policy(1, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trust);
    assert!(error.to_string().contains("no trusted key is configured"));
}

#[test]
fn a_key_counts_once_however_often_it_signs() {
    let message = b"what is signed";
    let signed = (key(1).public().id(), key(1).sign(message));
    let twice = [signed, signed];
    let both = policy(2, &[key(1), key(2)]).unwrap();
    let error = both.judge(message, &twice).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trust);
    assert!(error.to_string().contains("the key has signed already"));
    let one = policy(1, &[key(1)])
        .unwrap()
        .judge(message, &twice)
        .unwrap();
    assert_eq!(one.signers.len(), 1);
    assert_eq!(one.ignored.len(), 1);
}

#[test]
fn a_revoked_key_does_not_carry_the_threshold() {
    let keys = || vec![trusted(&key(1)), trusted(&key(2))];
    let revoked = || {
        vec![RevokedKey {
            id: key(2).public().id(),
            reason: "lost".to_owned(),
        }]
    };
    assert!(TrustPolicy::new(keys(), 2, Vec::new()).is_ok());
    assert!(TrustPolicy::new(keys(), 1, revoked()).is_ok());
    let error = TrustPolicy::new(keys(), 2, revoked()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("cannot work with 1 usable key"));
}

#[test]
fn a_root_names_its_keys_by_what_they_are() {
    let keys = [trusted(&key(1)), trusted(&key(2))];
    let root = TrustRoot::new(1, after(86_400), 1, &keys).unwrap();
    let text = String::from_utf8(root.to_bytes().unwrap()).unwrap();
    assert_eq!(TrustRoot::parse(text.as_bytes()).unwrap(), root);
    let id = |seed: u8| key(seed).public().id();
    let other = |from: KeyId, to: KeyId| text.replace(&from.to_string(), &to.to_string());
    let with = |from: &str, to: &str| text.replace(from, to);
    for (changed, why) in [
        (other(id(1), id(3)), "names a key"),
        (
            with("\"version\": 1", "\"version\": 0"),
            "a version above 0",
        ),
        (
            with("\"threshold\": 1", "\"threshold\": 3"),
            "a threshold of 3",
        ),
    ] {
        assert_ne!(changed, text);
        let error = TrustRoot::parse(changed.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_root_has_room_for_64_keys() {
    let keys: Vec<TrustedKey> = (1..=65).map(|seed| trusted(&key(seed))).collect();
    let root = |count: usize| {
        let root = TrustRoot::new(1, after(86_400), 1, &keys[..count]).unwrap();
        TrustRoot::parse(&root.to_bytes().unwrap())
    };
    assert!(root(64).is_ok());
    assert!(
        root(65)
            .unwrap_err()
            .to_string()
            .contains("at most 64 keys")
    );
}

#[test]
fn a_root_takes_no_signature_that_does_not_hold() {
    let root = TrustRoot::new(1, after(86_400), 1, &[trusted(&key(1))]).unwrap();
    let mut signed = SignedRoot::new(root.to_bytes().unwrap(), Vec::new()).unwrap();
    let of_another = key(1).sign(b"another text");
    let error = signed.add(&key(1).public(), of_another).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trust);
    let good = key(1).sign(&signed.bytes);
    signed.add(&key(1).public(), good).unwrap();
    assert!(signed.check_own().is_ok());
}

#[test]
fn a_root_has_one_name() {
    assert_eq!(root_version("root.12.json"), Some(12));
    for other in [
        "root.012.json",
        "root.+1.json",
        "root..json",
        "root.1.json.sig",
    ] {
        assert_eq!(root_version(other), None, "{other}");
    }
}
