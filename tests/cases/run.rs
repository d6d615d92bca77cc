//! Builds a case in a folder of its own and runs every command that opens a
//! bundle over it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sealift::lab::{Lab, LabOptions};
use sealift::model::digest::Digest;
use sealift::model::time::Timestamp;
use sealift::model::trust::TrustedKey;
use sealift::model::trust_root::TrustRoot;
use tempfile::TempDir;

use crate::bundle::{build, key, replace};
use crate::case::{Case, Root, Trust, VolumeChange, Volumes};
use crate::zips;

/// A case as it lies on disk.
pub(crate) struct Scene {
    pub(crate) home: TempDir,
    /// What is opened.
    target: String,
    /// More arguments.
    args: Vec<String>,
}

/// Everything about the case `name` that is not as it must be, going through
/// `commands`, which are told the address of a cluster.
pub(crate) fn check(
    name: &str,
    case: &Case,
    commands: fn(&Case, &str) -> Vec<Vec<String>>,
) -> Vec<String> {
    let mut faults = Vec::new();
    if name.ends_with("_fail") == (case.exit == 0) {
        faults.push(format!("{name}: the name and exit {} disagree", case.exit));
    }
    if case.about.is_empty() || case.exit != 0 && case.message.is_empty() {
        faults.push(format!("{name}: says too little about itself"));
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let good = case.exit == 0;
    let lab = good.then(|| Lab::start(&LabOptions::default()).unwrap());
    let url = match &lab {
        Some(lab) => lab.elasticsearch_url(),
        None => format!("http://{}", listener.local_addr().unwrap()),
    };
    for command in commands(case, &url) {
        // A bundle that was taken would make the next command wait for a cluster.
        if !faults.is_empty() {
            break;
        }
        let scene = set(case);
        let before = files(scene.home.path());
        let (code, said) = run(&scene, &command);
        let after = files(scene.home.path());
        let what = format!("{name}: {}", command[0]);
        if code != case.exit || !said.contains(&case.message) {
            faults.push(format!(
                "{what} ended with {code}, expected {} and {:?}:\n{said}",
                case.exit, case.message
            ));
        }
        if said.chars().any(|c| c.is_control() && c != '\n') {
            faults.push(format!("{what} printed control characters: {said:?}"));
        }
        // Only an installation that went well leaves something behind.
        if before != after && !(good && command[0] == "install") {
            let new: Vec<_> = after
                .keys()
                .filter(|path| !before.contains_key(*path))
                .collect();
            faults.push(format!("{what} changed the folder: {new:?}"));
        }
        match listener.accept() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            _ => faults.push(format!("{what} opened a connection")),
        }
    }
    faults
}

/// What the case goes through first: `pack` for what is to be packed, else `verify`.
pub(crate) fn first(case: &Case, _url: &str) -> Vec<Vec<String>> {
    vec![if is_packed(case) {
        words(&["pack", "-o", "out.sealift", "--key", "key.pem"])
    } else {
        words(&["verify"])
    }]
}

/// What else opens a bundle; `url` is a practice cluster where it must be taken, and
/// a door that nobody may knock at where it must be refused.
pub(crate) fn others(case: &Case, url: &str) -> Vec<Vec<String>> {
    if is_packed(case) {
        return Vec::new();
    }
    vec![
        words(&["inspect"]),
        words(&["plan", "--url", url]),
        words(&["install", "--yes", "--url", url]),
    ]
}

fn is_packed(case: &Case) -> bool {
    case.zip.is_some() || case.pack.is_some()
}

fn words(line: &[&str]) -> Vec<String> {
    line.iter().map(ToString::to_string).collect()
}

fn run(scene: &Scene, command: &[String]) -> (i32, String) {
    let home = scene.home.path();
    let output = Command::new(env!("CARGO_BIN_EXE_sealift"))
        .args(command)
        .arg(&scene.target)
        .args(&scene.args)
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .env("SEALIFT_STATE", home.join("state"))
        .env("COLUMNS", "80")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), said)
}

/// Every file and folder with its content.
pub(crate) fn files(home: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
                found.insert(path, None);
            } else {
                found.insert(path.clone(), Some(fs::read(path).unwrap_or_default()));
            }
        }
    }
    found
}

/// Puts the case on disk.
pub(crate) fn set(case: &Case) -> Scene {
    let home = TempDir::new().unwrap();
    let at = |name: &str| home.path().join(name);
    let mut args = case.args.clone();
    if let Some(zip) = &case.zip {
        fs::write(at("R-20260101-1.zip"), zips::build(zip)).unwrap();
        secret(&at("key.pem"));
        let target = "R-20260101-1.zip".to_owned();
        return Scene { home, target, args };
    }
    if let Some(pack) = &case.pack {
        fs::write(at(&pack.name), pack.text.repeat(pack.times)).unwrap();
        secret(&at("key.pem"));
        let target = pack.name.clone();
        return Scene { home, target, args };
    }
    let (bytes, digest) = build(case);
    let mut target = "b.sealift".to_owned();
    match &case.volumes {
        None => fs::write(at("b.sealift"), &bytes).unwrap(),
        Some(volumes) => {
            target = cut(home.path(), &bytes, volumes);
            args.extend(["--volume-dir".to_owned(), "second".to_owned()]);
        }
    }
    let alone = Trust {
        keys: vec![1],
        ..Trust::default()
    };
    let trust = case.trust.as_ref().unwrap_or(&alone);
    if !trust.nothing {
        fs::create_dir(at("trust")).unwrap();
        fill(&at("trust"), trust);
        args.extend(["--trust".to_owned(), "trust".to_owned()]);
    }
    if let Some(state) = &case.state {
        let text = state.text.replace("DIGEST", &digest.to_string());
        fs::create_dir(at("state")).unwrap();
        fs::write(at("state/channels.json"), text).unwrap();
    }
    Scene { home, target, args }
}

fn secret(path: &Path) {
    fs::write(path, key(1).to_pem().unwrap().as_bytes()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn fill(folder: &Path, trust: &Trust) {
    for (at, seed) in trust.keys.iter().enumerate() {
        let pem = key(*seed).public().to_pem().unwrap();
        fs::write(folder.join(format!("k{at}.pub.pem")), pem).unwrap();
    }
    if let Some(policy) = &trust.policy {
        fs::write(folder.join("trust.toml"), named(policy)).unwrap();
    }
    for extra in &trust.files {
        fs::write(folder.join(&extra.name), named(&extra.text)).unwrap();
    }
    for root in &trust.roots {
        write_root(folder, root);
    }
}

/// `text` with the ids and files of keys 1 to 3 in it.
fn named(text: &str) -> String {
    let mut text = text.to_owned();
    for seed in 1..=3 {
        let public = key(seed).public();
        text = text.replace(&format!("ID{seed}"), &public.id().to_string());
        text = text.replace(&format!("PUB{seed}"), &public.to_pem().unwrap());
        text = text.replace(&format!("SECRET{seed}"), &key(seed).to_pem().unwrap());
    }
    text
}

fn write_root(folder: &Path, root: &Root) {
    let keys: Vec<TrustedKey> = root
        .keys
        .iter()
        .map(|seed| TrustedKey {
            key: key(*seed).public(),
            label: format!("key {seed}"),
        })
        .collect();
    let expires = Timestamp::parse(&root.expires).unwrap();
    let made = TrustRoot::new(root.version, expires, root.threshold, &keys).unwrap();
    let bytes = made.to_bytes().unwrap();
    let name = format!("root.{}.json", root.named.unwrap_or(root.version));
    for seed in &root.signers {
        let id = key(*seed).public().id();
        let signature = key(*seed).sign(&bytes);
        fs::write(folder.join(format!("{name}.{id}.sig")), signature.bytes()).unwrap();
    }
    fs::write(folder.join(name), replace(bytes, &root.damage)).unwrap();
}

/// Cuts `bytes` into volumes and gives the name to open.
fn cut(home: &Path, bytes: &[u8], volumes: &Volumes) -> String {
    let second = home.join("second");
    fs::create_dir(&second).unwrap();
    let at = |volume: usize| home.join(format!("b.sealift.{volume:03}"));
    let pieces: Vec<&[u8]> = bytes.chunks(volumes.size).collect();
    let mut index = format!(
        "# sealift-volumes/1 size={} volumes={}\n",
        bytes.len(),
        pieces.len()
    );
    for (number, piece) in pieces.iter().enumerate() {
        fs::write(at(number + 1), piece).unwrap();
        let name = format!("b.sealift.{:03}", number + 1);
        writeln!(index, "{}  {name}", Digest::of(piece)).unwrap();
    }
    for change in &volumes.changes {
        match change {
            VolumeChange::Remove { volume } => fs::remove_file(at(*volume)).unwrap(),
            VolumeChange::Swap { volume, with } => {
                let (a, b) = (fs::read(at(*volume)).unwrap(), fs::read(at(*with)).unwrap());
                fs::write(at(*volume), b).unwrap();
                fs::write(at(*with), a).unwrap();
            }
            VolumeChange::Copy { volume, to } => {
                fs::copy(at(*volume), at(*to)).unwrap();
            }
            VolumeChange::Cut { volume } => {
                let bytes = fs::read(at(*volume)).unwrap();
                fs::write(at(*volume), &bytes[..bytes.len() - 1]).unwrap();
            }
            VolumeChange::Flip { volume } => {
                let mut bytes = fs::read(at(*volume)).unwrap();
                bytes[0] ^= 1;
                fs::write(at(*volume), bytes).unwrap();
            }
            VolumeChange::Link { volume } => {
                let away = home.join("away");
                fs::rename(at(*volume), &away).unwrap();
                #[cfg(unix)]
                std::os::unix::fs::symlink(&away, at(*volume)).unwrap();
            }
            VolumeChange::Elsewhere { volume, keep } => {
                let name = format!("b.sealift.{volume:03}");
                fs::copy(at(*volume), second.join(name)).unwrap();
                if !keep {
                    fs::remove_file(at(*volume)).unwrap();
                }
            }
            VolumeChange::Index { from, to } => {
                assert!(
                    index.contains(from.as_str()),
                    "{from:?} is not in the index"
                );
                index = index.replace(from, to);
            }
            VolumeChange::Lie { volume } => {
                let name = format!("  b.sealift.{volume:03}");
                let at = index.find(&name).unwrap() - 64;
                let other = if &index[at..=at] == "0" { "1" } else { "0" };
                index.replace_range(at..=at, other);
            }
            VolumeChange::Noindex => index.clear(),
        }
    }
    if !index.is_empty() {
        fs::write(home.join("b.sealift.volumes"), index).unwrap();
    }
    let usual = || "b.sealift.volumes".to_owned();
    volumes.open.clone().unwrap_or_else(usual)
}
