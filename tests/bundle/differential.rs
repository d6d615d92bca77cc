//! What our reader takes, Python's `tarfile`, GNU tar and the `tar` crate read as
//! the same members with the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use sealift::io::files::scratch_folder;
use sealift::model::digest::Digest;

use crate::kit::{key, open, write};

type Members = Vec<(String, Digest)>;

#[test]
fn all_readers_agree_on_what_a_bundle_holds() {
    let large = vec![3; 100_000];
    let sets: [&[(&str, &[u8])]; 3] = [
        &[("r/a", b"")],
        &[
            ("r/a", b"x"),
            ("r/b", &[0; 512]),
            ("r/deep/er/c", &[1; 513]),
        ],
        &[
            ("r/large", &large),
            ("s/A-b_c.d", b"{}"),
            ("s/z", &[255; 1024]),
        ],
    ];
    for files in sets {
        let folder = scratch_folder().unwrap();
        let path = folder.path().join("b.sealift");
        write(&path, files, &[key(1), key(2)]);
        let ours = ours(&path);
        assert_eq!(ours, by_crate(&path));
        assert_eq!(ours, by_gnu_tar(folder.path(), &path));
        if let Some(python) = by_python(&path) {
            assert_eq!(ours, python);
        }
    }
}

/// List, signatures, and what the list names, as our reader gives it out.
fn ours(path: &Path) -> Members {
    let bundle = open(path).unwrap();
    let mut members = vec![("SHA256SUMS".to_owned(), Digest::of(bundle.list_bytes()))];
    for (id, signature) in bundle.signatures() {
        let name = format!("SHA256SUMS.{id}.sig");
        members.push((name, Digest::of(signature.bytes())));
    }
    for entry in &bundle.list().entries {
        let content = bundle.read(&entry.path, 1 << 20).unwrap();
        members.push((entry.path.to_string(), Digest::of(&content)));
    }
    members
}

fn by_crate(path: &Path) -> Members {
    let mut archive = tar::Archive::new(fs::File::open(path).unwrap());
    let entries = archive.entries().unwrap().raw(true);
    entries
        .map(|entry| {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (name, Digest::of(&content))
        })
        .collect()
}

fn by_gnu_tar(folder: &Path, path: &Path) -> Members {
    let names = run("tar", &["tf", path.to_str().unwrap()]).unwrap();
    let out = folder.join("out");
    fs::create_dir(&out).unwrap();
    let to = out.to_str().unwrap();
    run("tar", &["xf", path.to_str().unwrap(), "-C", to]).unwrap();
    names
        .lines()
        .map(|name| {
            (
                name.to_owned(),
                Digest::of(&fs::read(out.join(name)).unwrap()),
            )
        })
        .collect()
}

/// None where there is no Python.
fn by_python(path: &Path) -> Option<Members> {
    let script = "import sys, tarfile, hashlib\n\
        archive = tarfile.open(sys.argv[1], 'r:')\n\
        for m in archive:\n \
        print(hashlib.sha256(archive.extractfile(m).read()).hexdigest(), m.name)";
    let said = run("python3", &["-c", script, path.to_str().unwrap()])?;
    let mut members = BTreeMap::new();
    let mut order = Vec::new();
    for line in said.lines() {
        let (digest, name) = line.split_once(' ').unwrap();
        members.insert(name.to_owned(), Digest::parse(digest).unwrap());
        order.push(name.to_owned());
    }
    let digest = |name: String| {
        let digest = members[&name];
        (name, digest)
    };
    Some(order.into_iter().map(digest).collect())
}

fn run(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}
