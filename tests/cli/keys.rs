//! Keys on disk: passphrases, file modes, and what openssl makes of them.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::sandbox::{Run, Sandbox};

fn mode(sandbox: &Sandbox, name: &str) -> u32 {
    let found = fs::metadata(sandbox.path().join(name)).unwrap();
    found.permissions().mode() & 0o777
}

fn set_mode(sandbox: &Sandbox, name: &str, mode: u32) {
    fs::set_permissions(sandbox.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
}

/// A sandbox with the passphrase `long and dull` in the file `phrase`, and the key
/// `alice` under it.
fn with_key() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("phrase", "long and dull\nnothing else counts\n");
    set_mode(&sandbox, "phrase", 0o600);
    let made = sandbox.run(&["key", "new", "alice", "--passphrase-file", "phrase"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(!made.out.contains("not encrypted"), "{}", made.out);
    sandbox
}

/// Shows the private key with this in the environment.
fn show(sandbox: &Sandbox, passphrase: Option<&str>) -> Run {
    let mut command = sandbox.command(&["key", "show", "alice.key.pem"]);
    command.envs(passphrase.map(|text| ("SEALIFT_KEY_PASSPHRASE", text)));
    Run::from(command.output().unwrap())
}

#[test]
fn a_new_key_is_its_owners_alone_and_openssl_reads_it() {
    let sandbox = with_key();
    assert_eq!(mode(&sandbox, "alice.key.pem"), 0o600);
    let script = "openssl pkey -in alice.key.pem -passin 'pass:long and dull' -pubout \
                  | cmp - alice.pub.pem && openssl asn1parse -in alice.key.pem | grep -q scrypt";
    let status = Command::new("sh")
        .args(["-c", script])
        .current_dir(sandbox.path())
        .status();
    assert!(status.unwrap().success());
    let again = sandbox.run(&["key", "new", "alice", "--no-passphrase"]);
    assert_eq!(again.code, 4, "{}", again.err);
    assert!(again.err.contains("exists already"));
}

#[test]
fn a_passphrase_comes_from_a_file_or_the_environment() {
    let sandbox = with_key();
    let by_file = sandbox.run(&[
        "key",
        "show",
        "alice.key.pem",
        "--passphrase-file",
        "phrase",
    ]);
    assert_eq!(by_file.code, 0, "{}", by_file.err);
    let by_environment = show(&sandbox, Some("long and dull"));
    assert_eq!(by_environment.code, 0, "{}", by_environment.err);
    assert_eq!(by_environment.out, by_file.out);
    let public = sandbox.run(&["key", "show", "alice.pub.pem"]);
    assert_eq!(public.out, by_file.out);
    let wrong = show(&sandbox, Some("short"));
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("the passphrase does not open"),
        "{}",
        wrong.err
    );
    // Nobody is there to be asked.
    let none = show(&sandbox, None);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("SEALIFT_KEY_PASSPHRASE"), "{}", none.err);
}

#[test]
fn a_secret_that_others_may_read_is_refused() {
    let sandbox = with_key();
    for other in [0o640, 0o604, 0o620, 0o666] {
        set_mode(&sandbox, "alice.key.pem", other);
        let run = sandbox.run(&["sign", "no.sealift", "--key", "alice.key.pem"]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(
            run.err.contains(&format!("(mode {other:04o})")),
            "{}",
            run.err
        );
        assert!(
            run.err.contains("hint: chmod 600 alice.key.pem"),
            "{}",
            run.err
        );
    }
    set_mode(&sandbox, "alice.key.pem", 0o400);
    set_mode(&sandbox, "phrase", 0o644);
    let run = sandbox.run(&[
        "key",
        "show",
        "alice.key.pem",
        "--passphrase-file",
        "phrase",
    ]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("phrase is a secret"), "{}", run.err);
}
