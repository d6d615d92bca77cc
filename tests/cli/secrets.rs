//! Files with secrets and certificates that cannot be used.

use crate::sandbox::Sandbox;

#[test]
fn what_named_a_file_that_cannot_be_used_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("page.html", "no certificate");
    for (option, file, code) in [
        ("--password-file", "missing", 4),
        ("--api-key-file", "missing", 4),
        ("--token-file", "missing", 4),
        ("--ca", "missing.pem", 4),
        ("--ca", "page.html", 2),
    ] {
        let mut args = vec!["status", "--url", "https://127.0.0.1:1", option, file];
        if option == "--password-file" {
            args.extend(["--user", "operator"]);
        }
        let run = sandbox.run(&args);
        assert_eq!(run.code, code, "{option}: {}", run.err);
        assert!(
            run.err.contains(option) && run.err.contains(file),
            "{}",
            run.err
        );
        assert!(run.err.contains("hint: "), "{}", run.err);
    }
}
