//! Where things are written, and what the process ends with.

use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::Sandbox;

#[test]
fn a_wrong_command_line_ends_with_2() {
    let sandbox = Sandbox::new();
    for args in [
        &["no-such-command"][..],
        &[],
        &["man", "--no-such-flag"],
        &["man", "nothing"],
    ] {
        let run = sandbox.run(args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.out.is_empty(), "{args:?}: {}", run.out);
        assert!(!run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn a_wrong_command_line_is_a_document_too() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["--json", "plan", "a.sealift", "--bogus"]);
    assert_eq!(run.code, 2);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["command"], "plan");
    assert_eq!(document["error"]["exit"], 2);
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.contains("--bogus"), "{message}");
    assert!(
        document["error"]["hint"]
            .as_str()
            .unwrap()
            .contains("--help")
    );
    let help = sandbox.run(&["--json", "plan", "--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Usage:"), "{}", help.out);
}

#[test]
fn a_settings_file_with_a_mistake_is_named_with_its_line() {
    let sandbox = Sandbox::new();
    let cases = [
        (
            "[fetch]\nrepo = 'a/b'\n",
            "line 2 column 1: unknown field `repo`",
        ),
        ("[fetch\n", "line 1"),
        ("[cluster.a]\nurl = 5\n", "line 2"),
        ("[cluster.a]\nspce = 'x'\n", "unknown field `spce`"),
        ("surprise = 1\n", "unknown field `surprise`"),
    ];
    for (text, expected) in cases {
        let path = sandbox.write("sealift.toml", text);
        let run = sandbox.run(&["man", "--config", path.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{text:?}");
        assert!(run.err.contains(expected), "{text:?}: {}", run.err);
        assert!(run.err.contains("sealift.toml"), "{text:?}: {}", run.err);
    }
}

#[test]
fn a_settings_file_in_the_working_directory_is_not_read() {
    let sandbox = Sandbox::new();
    sandbox.write("sealift.toml", "surprise = 1\n");
    assert_eq!(sandbox.run(&["man"]).code, 0);
}

#[test]
fn settings_come_from_flag_then_environment_then_config_folder() {
    let sandbox = Sandbox::new();
    let config = sandbox.path().join(".config/sealift");
    std::fs::create_dir_all(&config).unwrap();
    let home = config.join("sealift.toml");
    std::fs::write(&home, "from_home = 1\n").unwrap();
    let variable = sandbox.write("variable.toml", "from_variable = 1\n");
    let flag = sandbox.write("flag.toml", "from_flag = 1\n");

    let mut command = sandbox.command(&["man"]);
    let err = |command: &mut std::process::Command| {
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    assert!(err(&mut command).contains("from_home"));
    command.env("SEALIFT_CONFIG", &variable);
    assert!(err(&mut command).contains("from_variable"));
    command.arg("--config").arg(&flag);
    assert!(err(&mut command).contains("from_flag"));
}

#[test]
fn json_is_one_document_on_standard_output() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["man", "--json"]);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["command"], "man");
    assert!(document["result"]["roff"].is_string());

    let run = sandbox.run(&["man", "--json", "--config", "missing.toml"]);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(run.code, 2);
    assert_eq!(document["error"]["exit"], 2);
    assert_eq!(document["error"]["kind"], "usage");
    assert!(run.err.starts_with("error: "), "{}", run.err);
}

#[test]
fn color_is_asked_for_or_absent() {
    let sandbox = Sandbox::new();
    let plain = sandbox.run(&["man", "--config", "missing.toml"]);
    assert!(!plain.err.contains('\u{1b}'));
    let colored = sandbox.run(&["man", "--config", "missing.toml", "--color", "always"]);
    assert!(colored.err.contains("\u{1b}[1;31merror:"));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{err}");
    assert!(err.is_empty(), "{err}");
}

#[test]
fn exit_codes_are_one_per_kind() {
    use sealift::error::ErrorKind;
    let codes: Vec<u8> = ErrorKind::ALL.iter().map(|kind| kind.exit_code()).collect();
    assert_eq!(codes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 130]);
    let mut names: Vec<&str> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ErrorKind::ALL.len());
}
