//! The entry points of the fuzz targets, under random and under nearly right
//! input: nothing panics, and what is taken is written back the same.

use std::io::Cursor;

use proptest::prelude::{ProptestConfig, any, proptest};
use sealift::io::archive::{Found, header, parse_header};
use sealift::io::bundle::verify_stream;
use sealift::io::files::scratch_folder;
use sealift::io::zip::{ZipLimits, ZipReader};
use sealift::model::key::{PublicKey, SecretKey};
use sealift::model::manifest::Manifest;
use sealift::model::memory::Memory;
use sealift::model::release_manifest::ReleaseManifest;
use sealift::model::signed_list::SignedList;
use sealift::model::trust_root::TrustRoot;
use sealift::model::volume_index::VolumeIndex;

use crate::kit::{conditions, key, policy, unsealed, write};

/// Everything that parses bytes from outside.
fn parse_all(bytes: &[u8]) {
    if let Ok(list) = SignedList::parse(bytes) {
        assert_eq!(list.to_text().as_bytes(), bytes);
    }
    if let Ok(index) = VolumeIndex::parse(bytes) {
        assert_eq!(index.to_text().as_bytes(), bytes);
    }
    if let Ok(manifest) = Manifest::parse(bytes) {
        let again = Manifest::parse(&manifest.to_bytes().unwrap()).unwrap();
        assert_eq!(again, manifest);
    }
    let _ = TrustRoot::parse(bytes);
    let _ = Memory::parse(bytes);
    let _ = ReleaseManifest::parse(bytes, "fuzzed");
    let text = String::from_utf8_lossy(bytes);
    let _ = PublicKey::from_pem(&text);
    let _ = SecretKey::from_pem(&text, Some("x"));
    if let Some(block) = bytes.first_chunk::<512>()
        && let Ok(Found::Member(path, size)) = parse_header(block, 0)
    {
        assert_eq!(&header(&path, size).unwrap(), block);
    }
    if let Ok(mut zip) = ZipReader::new(Cursor::new(bytes), "fuzzed", ZipLimits::default()) {
        for entry in zip.entries().to_vec() {
            let _ = zip.read(&entry);
        }
    }
    let policy = policy(1, &[key(1)]).unwrap();
    let _ = verify_stream(&mut { bytes }, &conditions(&policy));
}

/// Good inputs to start from.
fn seeds() -> Vec<Vec<u8>> {
    let unsealed = unsealed(&[("r/a", b"content")]);
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b");
    write(&path, &[("r/a", b"content")], &[key(1)]);
    vec![
        unsealed.list().unwrap().to_text().into_bytes(),
        unsealed.manifest.to_bytes().unwrap(),
        key(1).public().to_pem().unwrap().into_bytes(),
        key(1).to_pem().unwrap().as_bytes().to_vec(),
        key(1)
            .to_encrypted_pem("x", &[1; 32])
            .unwrap()
            .as_bytes()
            .to_vec(),
        b"# sealift-volumes/1 size=1 volumes=1\n".to_vec(),
        std::fs::read(path).unwrap(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_are_refused_quietly(bytes in proptest::collection::vec(any::<u8>(), 0..1200)) {
        parse_all(&bytes);
    }

    #[test]
    fn nearly_right_bytes_are_refused_quietly(
        seed in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<proptest::sample::Index>(),
    ) {
        let seeds = seeds();
        let mut bytes = seeds[seed.index(seeds.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        parse_all(&bytes);
    }
}
