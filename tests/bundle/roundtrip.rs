//! What is sealed can be opened, by us and by stock tools, and nothing else can.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use proptest::prelude::{ProptestConfig, any, proptest};
use sealift::error::ErrorKind;
use sealift::io::bundle::verify_stream;
use sealift::io::files::scratch_folder;
use sealift::model::path::BundlePath;

use crate::kit::{conditions, key, open, open_with, policy, write};

const FILES: [(&str, &[u8]); 4] = [
    ("r/empty", b""),
    ("r/model.json", b"{\"model\": 1}"),
    ("r/block", &[7; 512]),
    ("s/more", &[9; 700]),
];

#[test]
fn a_sealed_bundle_opens_with_its_members() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    let digest = write(&path, &FILES, &[key(1)]);
    let bundle = open(&path).unwrap();
    assert_eq!(bundle.digest(), digest);
    assert_eq!(
        bundle.evidence().verdict.signers[0].key_id,
        key(1).public().id()
    );
    for (name, content) in FILES {
        let member = BundlePath::parse(&format!("payload/{name}")).unwrap();
        assert_eq!(bundle.read(&member, 700).unwrap(), content);
    }
    let long = BundlePath::parse("payload/s/more").unwrap();
    assert_eq!(
        bundle.read(&long, 699).unwrap_err().kind(),
        ErrorKind::Malformed
    );
    let policy = policy(1, &[key(1)]).unwrap();
    let evidence = verify_stream(&mut fs::File::open(&path).unwrap(), &conditions(&policy));
    assert_eq!(&evidence.unwrap(), bundle.evidence());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = scratch_folder().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    write(&a, &FILES, &[key(1), key(2)]);
    write(&b, &FILES, &[key(2), key(1)]);
    assert_eq!(fs::read(a).unwrap(), fs::read(b).unwrap());
}

#[test]
fn every_flipped_byte_of_a_small_bundle_is_refused() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &[("r/a", b"content")], &[key(1)]);
    let good = fs::read(&path).unwrap();
    let policy = policy(1, &[key(1)]).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x01;
        let refused = verify_stream(&mut bad.as_slice(), &conditions(&policy));
        assert!(refused.is_err(), "byte {at} does not matter");
    }
    fs::write(&path, &good).unwrap();
    for at in (0..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 0x80;
        fs::write(&path, &bad).unwrap();
        assert!(open(&path).is_err(), "byte {at} does not matter");
    }
}

#[test]
fn every_shortened_or_lengthened_bundle_is_refused() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &[("r/a", b"content")], &[key(1)]);
    let good = fs::read(&path).unwrap();
    let policy = policy(1, &[key(1)]).unwrap();
    let refuse = |bytes: &[u8]| {
        let refused = verify_stream(&mut { bytes }, &conditions(&policy));
        assert!(refused.is_err(), "{} bytes", bytes.len());
        fs::write(&path, bytes).unwrap();
        assert!(open(&path).is_err(), "{} bytes", bytes.len());
    };
    for length in (0..good.len()).filter(|length| length % 512 == 0 || length % 331 == 0) {
        refuse(&good[..length]);
    }
    for extra in [1, 511, 512, 1024] {
        refuse(&[good.as_slice(), &vec![0; extra]].concat());
    }
    refuse(&[good.as_slice(), good.as_slice()].concat());
}

#[test]
fn a_member_that_changes_after_the_check_is_noticed() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &[("r/a", b"content")], &[key(1)]);
    let bundle = open(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(7).position(|w| w == b"content").unwrap();
    bytes[at] = b'C';
    fs::write(&path, &bytes).unwrap();
    let member = BundlePath::parse("payload/r/a").unwrap();
    assert!(bundle.read(&member, 100).is_err());
    let mut out = Vec::new();
    let error = bundle.member(&member).unwrap().read_to_end(&mut out);
    assert!(error.is_err());
    assert!(!out.ends_with(b"t"), "the last bytes were given out");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_damage_is_refused(
        at in any::<proptest::sample::Index>(),
        flip in 1_u8..,
        content in proptest::collection::vec(any::<u8>(), 0..1500),
    ) {
        let folder = scratch_folder().unwrap();
        let path = folder.path().join("b.sealift");
        write(&path, &[("r/a", &content), ("r/b", b"other")], &[key(1)]);
        assert!(open(&path).is_ok());
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        fs::write(&path, &bytes).unwrap();
        assert!(open(&path).is_err(), "byte {at}");
    }
}

#[test]
fn stock_tools_accept_the_bundle() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &FILES, &[key(1)]);
    let public = key(1).public();
    fs::write(folder.path().join("key.pem"), public.to_pem().unwrap()).unwrap();
    let id = public.id();
    let script = format!(
        "tar xf b.sealift && openssl pkeyutl -verify -rawin -pubin -inkey key.pem \
         -in SHA256SUMS -sigfile SHA256SUMS.{id}.sig && sha256sum -c --strict SHA256SUMS"
    );
    let said = shell(folder.path(), &script);
    assert!(said.contains("Signature Verified Successfully"), "{said}");
    assert!(said.contains("payload/s/more: OK"), "{said}");
    let text = fs::read_to_string(folder.path().join("VERIFY.txt")).unwrap();
    assert!(
        text.contains(&format!("-sigfile SHA256SUMS.{id}.sig")),
        "{text}"
    );
    // The key's id by the command that the text names.
    let said = shell(
        folder.path(),
        "openssl pkey -pubin -in key.pem -outform DER | sha256sum | cut -c 1-16",
    );
    assert_eq!(said.trim(), id.to_string());
}

#[test]
fn gnu_tar_rebuilds_the_archive_byte_for_byte() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &FILES, &[key(1)]);
    shell(
        folder.path(),
        "mkdir x && tar xf b.sealift -C x && tar tf b.sealift > names && \
         tar cf rebuilt --format=ustar --mtime=@0 --owner=0 --group=0 --numeric-owner \
         --mode=0644 --no-recursion -b1 -C x -T names && cmp b.sealift rebuilt",
    );
}

#[test]
fn a_signature_by_openssl_is_as_good_as_ours() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &FILES, &[key(1)]);
    fs::write(folder.path().join("k"), key(1).to_pem().unwrap()).unwrap();
    shell(
        folder.path(),
        "tar xf b.sealift && openssl pkeyutl -sign -rawin -inkey k -in SHA256SUMS -out sig && \
         cmp sig SHA256SUMS.*.sig",
    );
}

#[test]
fn thresholds_count_distinct_keys() {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b.sealift");
    write(&path, &FILES, &[key(1), key(2)]);
    let all = [key(1), key(2), key(3)];
    assert!(open_with(&path, &policy(2, &all).unwrap()).is_ok());
    let three = open_with(&path, &policy(3, &all).unwrap()).unwrap_err();
    assert_eq!(three.kind(), ErrorKind::Trust);
    let twice = policy(2, &[key(1), key(1)]).unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::Usage);
    assert_eq!(policy(0, &all).unwrap_err().kind(), ErrorKind::Usage);
    assert_eq!(policy(1, &[]).unwrap_err().kind(), ErrorKind::Trust);
    let other = open_with(&path, &policy(1, &[key(3)]).unwrap()).unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Trust);
}

/// Runs `script` in `folder` and gives what it printed.
fn shell(folder: &Path, script: &str) -> String {
    let output = Command::new("sh")
        .args(["-e", "-c", script])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{said}\n{complaint}");
    said
}
