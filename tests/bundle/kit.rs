//! Small bundles to test with.

use std::collections::BTreeMap;
use std::path::Path;

use sealift::error::Result;
use sealift::io::bundle::{Conditions, Content, Unsealed, VerifiedBundle};
use sealift::io::medium::Medium;
use sealift::model::digest::Digest;
use sealift::model::key::SecretKey;
use sealift::model::label::Label;
use sealift::model::manifest::{FORMAT_VERSION, FileEntry, Manifest, Producer};
use sealift::model::path::BundlePath;
use sealift::model::signed_list::ListHeader;
use sealift::model::time::Timestamp;
use sealift::model::trust::{TrustPolicy, TrustedKey};
use sealift::model::verify_text::verify_text;
use sealift::progress::Silent;

/// When test bundles are created: 2026-01-01.
pub(crate) const CREATED: i64 = 1_767_225_600;

/// A key that is made from one byte.
pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// `seconds` after the creation of test bundles.
pub(crate) fn after(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(CREATED + seconds).unwrap()
}

/// The first line of a test bundle that is good for a year.
pub(crate) fn header() -> ListHeader {
    ListHeader {
        name: Label::parse("test").unwrap(),
        channel: Label::parse("main").unwrap(),
        sequence: 7,
        created: after(0),
        expires: after(365 * 86_400),
        trust: 0,
    }
}

/// A bundle of `files` below `payload/` and its `VERIFY.txt`.
pub(crate) fn unsealed(files: &[(&str, &[u8])]) -> Unsealed {
    let verify = verify_text(&header(), &[key(1).public().id()]);
    let mut contents: BTreeMap<BundlePath, Content> = files
        .iter()
        .map(|(name, bytes)| {
            let path = BundlePath::parse(&format!("payload/{name}")).unwrap();
            (path, Content::Bytes(bytes.to_vec()))
        })
        .collect();
    contents.insert(
        BundlePath::parse("VERIFY.txt").unwrap(),
        Content::Bytes(verify.into_bytes()),
    );
    let entries = contents.iter().map(|(path, content)| {
        let (size, sha256) = content.measure().unwrap();
        FileEntry {
            path: path.clone(),
            size,
            sha256,
            original_name: None,
        }
    });
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        producer: Producer::this(),
        sources: Vec::new(),
        files: entries.collect(),
        artifacts: Vec::new(),
        validation: Vec::new(),
        licenses: Vec::new(),
    };
    Unsealed::new(header(), manifest, contents).unwrap()
}

/// Writes a bundle of `files`, signed by `keys`, to `path`.
pub(crate) fn write(path: &Path, files: &[(&str, &[u8])], keys: &[SecretKey]) -> Digest {
    let unsealed = unsealed(files);
    let text = unsealed.list().unwrap().to_text();
    let signatures: Vec<_> = keys
        .iter()
        .map(|key| (key.public().id(), key.sign(text.as_bytes())))
        .collect();
    unsealed.write(path, &signatures, 2, &Silent).unwrap();
    Digest::of(text.as_bytes())
}

/// A policy that trusts the public halves of `keys`.
pub(crate) fn policy(threshold: u32, keys: &[SecretKey]) -> Result<TrustPolicy> {
    let keys = keys
        .iter()
        .map(|key| TrustedKey {
            key: key.public(),
            label: "test key".to_owned(),
        })
        .collect();
    TrustPolicy::new(keys, threshold, Vec::new())
}

/// Opens the bundle at `path` as somebody who trusts key 1.
pub(crate) fn open(path: &Path) -> Result<VerifiedBundle> {
    open_with(path, &policy(1, &[key(1)])?)
}

/// Opens the bundle at `path` under `policy`, an hour after its creation.
pub(crate) fn open_with(path: &Path, policy: &TrustPolicy) -> Result<VerifiedBundle> {
    VerifiedBundle::open(Medium::file(path)?, &conditions(policy))
}

/// The conditions of [`open_with`].
pub(crate) fn conditions(policy: &TrustPolicy) -> Conditions<'_> {
    Conditions {
        policy,
        now: after(3600),
        memory: None,
        overrides: &[],
        threads: 2,
        progress: &Silent,
    }
}
