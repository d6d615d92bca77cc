//! The commands around trust: signing apart from packing, roots, volumes.

use std::fs;
use std::path::Path;
use std::process::Command;

use sealift::error::{ErrorKind, Result};
use sealift::flow::trust::{NewRoot, init, rotate, sign, update};
use sealift::flow::{sign as signing, split};
use sealift::io::bundle::{UnjudgedBundle, VerifiedBundle};
use sealift::io::files::{scratch_folder, write_private_new};
use sealift::io::medium::Medium;
use sealift::io::trust_store;
use sealift::model::key::SecretKey;
use sealift::model::trust::TrustedKey;
use sealift::model::trust_file::TrustFile;
use sealift::progress::Silent;

use crate::kit::{after, conditions, key, open, open_with, policy, write};

fn trusted(seed: u8) -> TrustedKey {
    TrustedKey {
        key: key(seed).public(),
        label: format!("key {seed}"),
    }
}

fn root<'a>(seeds: &[u8], threshold: u32, signers: &'a [SecretKey]) -> NewRoot<'a> {
    NewRoot {
        keys: seeds.iter().copied().map(trusted).collect(),
        threshold,
        expires: after(86_400),
        signers,
    }
}

#[test]
fn an_offline_signer_needs_openssl_only() {
    let folder = scratch_folder().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("b"), &[("r/a", b"content")], &[]);
    assert_eq!(open(&at("b")).unwrap_err().kind(), ErrorKind::Trust);
    let payload = fs::read(at("b")).unwrap();
    signing::list_only(&at("b"), &at("list"), 1, &Silent).unwrap();
    write_private_new(&at("k.pem"), key(1).to_pem().unwrap().as_bytes()).unwrap();
    fs::write(at("k.pub.pem"), key(1).public().to_pem().unwrap()).unwrap();
    let made = Command::new("openssl")
        .args([
            "pkeyutl", "-sign", "-rawin", "-inkey", "k.pem", "-in", "list", "-out", "sig",
        ])
        .current_dir(folder.path())
        .status();
    assert!(made.unwrap().success());
    signing::attach(&at("b"), &at("sig"), &at("k.pub.pem"), 1, &Silent).unwrap();
    assert!(open(&at("b")).is_ok());
    let signed = fs::read(at("b")).unwrap();
    // Two blocks for header and signature; every other byte is where it was.
    assert_eq!(signed.len(), payload.len() + 1024);
    assert_eq!(signed[2048..], payload[1024..]);
    fs::write(at("sig"), [0; 64]).unwrap();
    let forged = signing::attach(&at("b"), &at("sig"), &at("k.pub.pem"), 1, &Silent);
    assert_eq!(forged.unwrap_err().kind(), ErrorKind::Trust);
}

#[test]
fn countersigning_meets_a_threshold() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b");
    write(&path, &[("r/a", b"content")], &[key(1)]);
    let both = policy(2, &[key(1), key(2)]).unwrap();
    assert!(open_with(&path, &both).is_err());
    let told = signing::sign(&path, &[key(2)], 1, &Silent).unwrap();
    assert_eq!(told.signed_by.len(), 2);
    assert!(open_with(&path, &both).is_ok());
    signing::sign(&path, &[key(2)], 1, &Silent).unwrap();
    assert_eq!(open_with(&path, &both).unwrap().signatures().len(), 2);
}

#[test]
fn a_bundle_has_room_for_32_signatures() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b");
    write(&path, &[("r/a", b"content")], &[]);
    let keys: Vec<SecretKey> = (1..=33).map(key).collect();
    signing::sign(&path, &keys[..32], 1, &Silent).unwrap();
    let full = signing::sign(&path, &keys[32..], 1, &Silent).unwrap_err();
    assert_eq!(full.kind(), ErrorKind::Usage);
    // Who has signed may sign again.
    signing::sign(&path, &keys[..1], 1, &Silent).unwrap();
    assert_eq!(open(&path).unwrap().signatures().len(), 32);
}

#[test]
fn only_members_of_trust_are_read_as_roots() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b");
    let large = vec![0; 300 << 10];
    write(&path, &[("root.1.json", large.as_slice())], &[]);
    let bundle = UnjudgedBundle::open(Medium::file(&path).unwrap(), 1, &Silent).unwrap();
    assert!(bundle.trust_members().unwrap().is_empty());
}

#[test]
fn roots_hand_over_one_version_at_a_time() {
    let folder = scratch_folder().unwrap();
    let at = |name: &str| folder.path().join(name);
    init(&at("trust"), &root(&[1, 2], 2, &[key(1), key(2)])).unwrap();
    assert!(init(&at("trust"), &root(&[1], 1, &[key(1)])).is_err());
    // The next root waits until enough people of both sides signed.
    rotate(&at("trust"), &at("next"), &root(&[2, 3], 2, &[key(2)])).unwrap();
    let early = update(&at("trust"), &at("next"), &[], 1, &Silent).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::Trust);
    sign(&at("next"), &[key(1)]).unwrap();
    assert!(update(&at("trust"), &at("next"), &[], 1, &Silent).is_err());
    sign(&at("next"), &[key(3)]).unwrap();
    let newest = update(&at("trust"), &at("next"), &[], 1, &Silent).unwrap();
    assert_eq!(newest.root.version, 2);
    let policy = trust_store::load(&[at("trust")], &TrustFile::default()).unwrap();
    assert_eq!(policy.root.unwrap().0, 2);
    assert_eq!(policy.threshold(), 2);
    let nothing = update(&at("trust"), &at("next"), &[], 1, &Silent).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Usage);
}

#[test]
fn a_split_bundle_is_read_in_place_and_joined_by_cat() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &[("r/a", &[5; 5000]), ("r/b", b"x")], &[key(1)]);
    let into = folder.path().join("discs");
    let cut = split::split(&path, 1000, &into, 1, &Silent).unwrap();
    let joined: Vec<u8> = cut
        .files
        .iter()
        .flat_map(|f| fs::read(f).unwrap())
        .collect();
    assert_eq!(joined, fs::read(&path).unwrap());
    for name in ["b.sealift.volumes", "b.sealift.001", "b.sealift"] {
        let opened = open_with_volumes(&into.join(name));
        assert!(opened.is_ok(), "{name}");
    }
    checks_with_sha256sum(&into);
    // A whole file goes before volumes of its name, good or bad.
    fs::copy(&path, into.join("b.sealift")).unwrap();
    let last = cut.files.last().unwrap();
    let kept = fs::read(last).unwrap();
    fs::write(last, b"damaged").unwrap();
    open_with_volumes(&into.join("b.sealift")).unwrap();
    assert!(open_with_volumes(&into.join("b.sealift.001")).is_err());
    fs::write(last, kept).unwrap();
    let again = split::split(&path, 1000, &into, 1, &Silent).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Io);
    for (size, why) in [(0, "none"), (5, "too many")] {
        let refused = split::split(&path, size, &into, 1, &Silent).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage, "{why}");
    }
}

fn open_with_volumes(path: &Path) -> Result<VerifiedBundle> {
    let policy = policy(1, &[key(1)])?;
    VerifiedBundle::open(Medium::open(path, &[])?, &conditions(&policy))
}

fn checks_with_sha256sum(folder: &Path) {
    let status = Command::new("sha256sum")
        .args(["-c", "--strict", "--quiet", "b.sealift.volumes"])
        .current_dir(folder)
        .status();
    assert!(status.unwrap().success());
}
