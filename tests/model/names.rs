//! Names: member paths, tags, repositories, kinds, digests.

use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::digest::{Digest, Hasher};
use sealift::model::label::Label;
use sealift::model::path::BundlePath;
use sealift::model::release::{ReleaseTag, Repository};
use sealift::model::volume_index::{VolumeIndex, volume_name};

#[test]
fn an_index_has_999_volumes_at_most() {
    let index = |count: usize| VolumeIndex {
        size: 1,
        volumes: (1..=count)
            .map(|number| (volume_name("b", number), Digest::of(b"")))
            .collect(),
    };
    assert!(VolumeIndex::parse(index(999).to_text().as_bytes()).is_ok());
    assert!(VolumeIndex::parse(index(1000).to_text().as_bytes()).is_err());
}

#[test]
fn a_label_has_64_plain_characters_at_most() {
    let longest = "a".repeat(64);
    for label in ["main", "ML-DGA_2.0", "7", &longest] {
        assert_eq!(Label::parse(label).unwrap().as_str(), label);
    }
    let too_long = "a".repeat(65);
    for label in ["", "-a", ".a", "a b", "a/b", "caf\u{e9}", "a\n", &too_long] {
        assert!(Label::parse(label).is_err(), "{label:?}");
    }
}

#[test]
fn a_member_name_is_plain_or_refused() {
    let longest = format!("payload/{}", "a".repeat(92));
    let nearly_devices = ["COM10", "abc1", "COMX", "LPT"];
    for name in ["manifest.json", "payload/ML-DGA-1/a_b.json", "a", &longest] {
        assert_eq!(BundlePath::parse(name).unwrap().as_str(), name);
    }
    for name in nearly_devices {
        assert!(BundlePath::parse(name).is_ok(), "{name}");
    }
    let too_long = format!("payload/{}", "a".repeat(93));
    let refused = [
        ("", "empty"),
        ("/etc/passwd", "empty segment"),
        ("a//b", "empty segment"),
        ("a/", "empty segment"),
        ("../a", "starts with a dot"),
        ("a/../b", "starts with a dot"),
        ("./a", "starts with a dot"),
        (".hidden", "starts with a dot"),
        ("a/b.", "ends with a dot"),
        ("a b", "character"),
        ("a\\b", "character"),
        ("C:a", "character"),
        ("a\0b", "character"),
        ("caf\u{e9}", "character"),
        ("a\u{202e}b", "character"),
        ("NUL", "device"),
        ("a/con.txt", "device"),
        ("COM1.json", "device"),
        ("lpt9", "device"),
        (&too_long, "longer than 100"),
    ];
    for (name, why) in refused {
        let error = BundlePath::parse(name).unwrap_err().to_string();
        assert!(error.contains(why), "{name:?}: {error}");
    }
}

#[test]
fn a_slug_is_always_a_member_name() {
    let long = "x".repeat(300);
    for text in [
        "",
        ".",
        "..",
        "a b",
        "../../etc",
        "NUL",
        "con.txt",
        "caf\u{e9}",
        &long,
        "a.",
    ] {
        let slug = BundlePath::slug(text, 60);
        assert!(BundlePath::parse(&slug).is_ok(), "{text:?} -> {slug:?}");
    }
    assert_eq!(
        BundlePath::slug("dga_1.0_model.json", 60),
        "dga_1.0_model.json"
    );
}

#[test]
fn names_that_differ_in_case_collide() {
    let key = |name| BundlePath::parse(name).unwrap().collision_key();
    assert_eq!(key("payload/A.json"), key("PAYLOAD/a.JSON"));
}

#[test]
fn a_tag_is_read_from_the_right() {
    let parts = |text| {
        let tag = ReleaseTag::parse(text).unwrap();
        tag.parts()
            .map(|(family, date, n)| (family.to_owned(), date.to_owned(), n))
    };
    assert_eq!(
        parts("ML-experimental-detections-20201221-1"),
        Some(("ML-experimental-detections".into(), "20201221".into(), 1))
    );
    assert_eq!(
        parts("ML-DGA-20201129-12"),
        Some(("ML-DGA".into(), "20201129".into(), 12))
    );
    for other in ["v1.2.3", "ML-DGA-2020-1", "ML-DGA-20201129", "20201129-1"] {
        assert_eq!(parts(other), None, "{other}");
    }
    for bad in ["", "a/b", "..", "a b", "-\n", ".a", "a."] {
        assert!(ReleaseTag::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_repository_has_an_owner_and_a_name() {
    assert_eq!(
        Repository::parse("elastic/detection-rules").unwrap().name,
        "detection-rules"
    );
    for bad in [
        "", "elastic", "/a", "a/", "a/b/c", "../b", "a/..", "a/b?c", "a /b",
    ] {
        assert!(Repository::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn kinds_sort_in_install_order() {
    let mut ids = [
        ArtifactId::new(ArtifactKind::Rule, "r"),
        ArtifactId::new(ArtifactKind::Datafeed, "d"),
        ArtifactId::new(ArtifactKind::Script, "s"),
        ArtifactId::new(ArtifactKind::Model, "m"),
        ArtifactId::new(ArtifactKind::Job, "j"),
        ArtifactId::new(ArtifactKind::Pipeline, "p"),
        ArtifactId::new(ArtifactKind::Filter, "f"),
        ArtifactId::new(ArtifactKind::Analytics, "a"),
    ];
    ids.sort();
    let order: Vec<&str> = ids.iter().map(|id| id.id.as_str()).collect();
    assert_eq!(order, ["s", "m", "p", "f", "j", "d", "a", "r"]);
    for kind in ArtifactKind::ALL {
        assert_eq!(ArtifactKind::parse(kind.name()).unwrap(), kind);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
    assert!(ArtifactKind::parse("Script").is_err());
}

#[test]
fn a_digest_is_sha256_in_lower_case_hexadecimal() {
    // FIPS 180-4 example "abc".
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Digest::of(b"abc").to_string(), abc);
    let mut hasher = Hasher::new();
    hasher.update(b"a");
    hasher.update(b"bc");
    assert_eq!(hasher.finish(), Digest::parse(abc).unwrap());
    let upper = abc.to_uppercase();
    for bad in [
        "",
        &abc[1..],
        &upper,
        &format!("{abc}0"),
        &abc.replace('b', "g"),
    ] {
        assert!(Digest::parse(bad).is_err(), "{bad:?}");
    }
}
