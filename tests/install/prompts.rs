//! Questions at a terminal, which the command `script` gives.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::command::Desk;
use crate::kit::{DGA, lab};

/// How long a question may take to be asked, and a command to end.
const LONG: Duration = Duration::from_secs(60);

/// Runs `command` on a terminal, presses Ctrl-C once at `question`, and gives the exit
/// code and what was shown; nothing where there is no `script`.
fn interrupted(command: &Command, question: &str) -> Option<(i32, String)> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let mut script = Command::new("script");
    script
        .args(["-qec", &words.join(" "), "/dev/null"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut child) = script.spawn() else {
        eprintln!("note: there is no script(1), so no question is asked");
        return None;
    };
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = screen.read(&mut chunk) {
            send.send(chunk[..count].to_vec()).unwrap();
        }
    });
    let mut seen = Vec::new();
    let mut pressed = false;
    while let Ok(more) = receive.recv_timeout(LONG) {
        seen.extend(more);
        if !pressed && String::from_utf8_lossy(&seen).contains(question) {
            // The question stands; the answer is awaited a moment later.
            thread::sleep(Duration::from_millis(300));
            keys.write_all(b"\x03").unwrap();
            keys.flush().unwrap();
            pressed = true;
        }
    }
    drop(keys);
    child.kill().ok();
    let seen = String::from_utf8(seen).unwrap();
    assert!(pressed, "{seen}");
    let code = child.wait().unwrap().code();
    Some((code.unwrap_or(-1), seen))
}

#[test]
fn one_interrupt_at_a_question_ends_with_nothing_changed() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    let plain = desk.on_bundle("install", &[]);
    let with_user = desk.on_bundle("install", &["--user", "somebody"]);
    for (command, question) in [
        (plain, "Apply this plan? [y/N]"),
        (with_user, "password of somebody"),
    ] {
        let Some((code, seen)) = interrupted(&command, question) else {
            return;
        };
        assert_eq!(code, 130, "{seen}");
        assert!(seen.contains("interrupted, nothing was changed"), "{seen}");
    }
}
