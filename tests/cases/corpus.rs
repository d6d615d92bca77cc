//! The cases as a corpus for the fuzz targets in `tests/fuzz`: what each parser
//! is given when the cases are run, cut out of the files.
//!
//! `SEALIFT_FUZZ_CORPUS=DIR cargo test --test cases corpus` writes it, one folder
//! per target; `tests/fuzz/run.sh` does that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use sealift::model::digest::Digest;
use sealift::model::manifest::Manifest;
use sealift::model::release_manifest::ReleaseManifest;
use sealift::model::signed_list::SignedList;
use sealift::model::trust_root::TrustRoot;
use sealift::model::volume_index::VolumeIndex;

use crate::bundle::key;
use crate::case::Case;
use crate::{folders, name, run};

/// The largest seed: larger ones would slow a fuzzer down and teach it nothing.
const MAX_SEED: usize = 64 << 10;

/// Whether a parser takes an input.
type Parser = fn(&[u8]) -> bool;

/// Inputs by the fuzz target that they are for.
type Seeds = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

#[test]
fn the_cases_are_a_corpus_for_every_parser() {
    let mut seeds = Seeds::new();
    for folder in folders() {
        let case = Case::read(&folder);
        // Too many of one kind are built for what they are, not for what they say.
        if name(&folder).starts_with("many_") {
            continue;
        }
        let scene = run::set(&case);
        for (path, bytes) in run::files(scene.home.path()) {
            if let Some(bytes) = bytes {
                sort(&mut seeds, &path, bytes);
            }
        }
    }
    add_keys(&mut seeds);
    add_release_manifests(&mut seeds);
    for (target, holds) in [
        ("archive_header", 100),
        ("bundle_reader", 150),
        ("encrypted_key", 2),
        ("keys", 20),
        ("manifest", 20),
        ("release_manifest", 3),
        ("signed_list", 40),
        ("volume_index", 3),
        ("zip_reader", 20),
    ] {
        let found = seeds.get(target).map_or(0, BTreeSet::len);
        assert!(found >= holds, "{found} seeds for {target}");
    }
    // At least one seed that gets past the first check, or mutations never will.
    let good: [(&str, Parser); 5] = [
        ("manifest", |seed| Manifest::parse(seed).is_ok()),
        ("signed_list", |seed| SignedList::parse(seed).is_ok()),
        ("volume_index", |seed| VolumeIndex::parse(seed).is_ok()),
        ("keys", |seed| TrustRoot::parse(seed).is_ok()),
        ("release_manifest", |seed| {
            ReleaseManifest::parse(seed, "seed").is_ok()
        }),
    ];
    for (target, takes) in good {
        let taken = seeds[target].iter().any(|seed| takes(seed));
        assert!(taken, "no good seed for {target}");
    }
    if let Some(home) = std::env::var_os("SEALIFT_FUZZ_CORPUS") {
        write(Path::new(&home), &seeds);
    }
}

/// Gives the file `path` of a case to the targets that would read it.
fn sort(seeds: &mut Seeds, path: &Path, bytes: Vec<u8>) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let extension = path.extension().and_then(|text| text.to_str());
    if name == "b.sealift" {
        for (member, block, content) in members(&bytes) {
            add(seeds, "archive_header", block.to_vec());
            match member.as_str() {
                "SHA256SUMS" => add(seeds, "signed_list", content.to_vec()),
                "manifest.json" => add(seeds, "manifest", content.to_vec()),
                _ => {}
            }
        }
        add(seeds, "bundle_reader", bytes);
    } else if extension == Some("pem") || name.starts_with("root.") {
        add(seeds, "keys", bytes);
    } else if extension == Some("volumes") {
        add(seeds, "volume_index", bytes);
    } else if extension == Some("zip") {
        add(seeds, "zip_reader", bytes);
    }
}

fn add(seeds: &mut Seeds, target: &'static str, seed: Vec<u8>) {
    if seed.len() <= MAX_SEED {
        seeds.entry(target).or_default().insert(seed);
    }
}

/// What looks like members of an archive: name, header and content.
fn members(bytes: &[u8]) -> Vec<(String, &[u8], &[u8])> {
    let mut found = Vec::new();
    for (at, block) in bytes.chunks_exact(512).enumerate() {
        if &block[257..262] != b"ustar" {
            continue;
        }
        let name = String::from_utf8_lossy(&block[..100]);
        let name = name.trim_end_matches('\0').to_owned();
        let size = std::str::from_utf8(&block[124..135]).unwrap_or("0");
        let size = usize::from_str_radix(size, 8).unwrap_or(0);
        let content = &bytes[(at + 1) * 512..];
        found.push((name, block, &content[..size.min(content.len())]));
    }
    found
}

/// Keys of every kind, which the cases hold few of, as files and as the DER in
/// them.
fn add_keys(seeds: &mut Seeds) {
    let key = key(1);
    let public = key.public().to_pem().unwrap();
    let secret = key.to_pem().unwrap().to_string();
    let encrypted = key.to_encrypted_pem("x", &[1; 32]).unwrap().to_string();
    for pem in [&public, &secret] {
        add(seeds, "keys", der(pem));
    }
    for pem in [&public, &secret, &encrypted] {
        add(seeds, "keys", pem.clone().into_bytes());
    }
    // The cost of scrypt set down from 2^14 to 2^7: a fuzzer has little time.
    let mut cheap = der(&encrypted);
    let at = cheap.windows(4).position(|w| w == [2, 2, 0x40, 0]).unwrap();
    cheap[at + 2..at + 4].copy_from_slice(&[0, 0x80]);
    add(seeds, "encrypted_key", cheap);
    add(seeds, "encrypted_key", pbkdf2(&secret));
}

fn der(pem: &str) -> Vec<u8> {
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    sealift::model::base64::decode(&lines.concat()).unwrap()
}

/// The key in `pem` as openssl encrypts it by default, but with one round.
fn pbkdf2(pem: &str) -> Vec<u8> {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("key.pem"), pem).unwrap();
    let made = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-in", "key.pem", "-outform", "DER"])
        .args(["-v2", "aes-256-cbc", "-iter", "1", "-passout", "pass:x"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "openssl");
    made.stdout
}

/// Manifests of releases, which no case holds.
fn add_release_manifests(seeds: &mut Seeds) {
    let digest = Digest::of(b"x");
    let entry =
        format!(r#"{{"compress_size":1,"created_at":"","name":"a","sha256":"{digest}","size":1}}"#);
    let asset = format!(
        r#"{{"created_at":"","description":null,"entries":{{"a":{entry}}},"relative_url":"","zipped_sha256":"{digest}"}}"#
    );
    for text in [
        format!(r#"{{"assets":{{"a.zip":{asset}}},"id":1,"tag_name":"ML-A-20260101-1"}}"#),
        r#"{"assets":{},"author":"a","id":18446744073709551615,"tag_name":"t"}"#.to_owned(),
        r#"{"assets":[],"id":1e400,"tag_name":"t"}"#.to_owned(),
    ] {
        add(seeds, "release_manifest", text.into_bytes());
    }
}

fn write(home: &Path, seeds: &Seeds) {
    for (target, seeds) in seeds {
        let folder = home.join(target);
        fs::create_dir_all(&folder).unwrap();
        for seed in seeds {
            fs::write(folder.join(Digest::of(seed).to_string()), seed).unwrap();
        }
    }
}
