//! `cargo bench --bench bundle`: packing, verifying and starting up against stock
//! tools, as ratios in one run; peak memory, and the time that a refusal takes.
//!
//! `SEALIFT_BENCH_MIB` sets the size (2048), `SEALIFT_BENCH_SPARSE_MIB` that of the
//! bundle of zeros (10240), which takes no room. Needs three times the size in
//! `TMPDIR`, and leaves nothing there.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sealift::io::archive::{self, ArchiveWriter};
use sealift::io::bundle::{Content, Unsealed};
use sealift::io::files::{self, scratch_folder};
use sealift::model::digest::{Digest, Hasher};
use sealift::model::key::{SecretKey, Signature};
use sealift::model::key_id::KeyId;
use sealift::model::label::Label;
use sealift::model::manifest::{FORMAT_VERSION, FileEntry, Manifest, Producer};
use sealift::model::path::BundlePath;
use sealift::model::signed_list::{
    LIST_NAME, ListEntry, ListHeader, MANIFEST_NAME, SignedList, signature_name,
};
use sealift::model::time::Timestamp;
use sealift::progress::Silent;

/// How often each command runs; the fastest counts.
const ROUNDS: usize = 3;

fn main() {
    let size = mebibytes("SEALIFT_BENCH_MIB", 2048);
    let large = mebibytes("SEALIFT_BENCH_SPARSE_MIB", 10_240);
    let folder = scratch_folder().unwrap();
    let home = folder.path();
    let key = SecretKey::from_seed(&[1; 32]);
    files::write_private_new(&home.join("k.key.pem"), key.to_pem().unwrap().as_bytes()).unwrap();
    fs::write(home.join("k.pub.pem"), key.public().to_pem().unwrap()).unwrap();
    println!("{} MiB, fastest of {ROUNDS}", size >> 20);
    for members in [1, 500] {
        measure(home, &key, size, members);
        packing(home, size, members);
    }
    start_up(home);
    refusal(home, &key, large);
    peak(home, &key, large);
}

/// The size that `variable` asks for, in bytes.
fn mebibytes(variable: &str, usual: u64) -> u64 {
    let asked = std::env::var(variable).ok();
    asked.map_or(usual, |text| text.parse().unwrap()) << 20
}

fn measure(home: &Path, key: &SecretKey, size: u64, members: u64) {
    let path = home.join("b.sealift");
    write(&path, key, members, size / members);
    let verify = |threads: &str| {
        let args = ["verify", "b.sealift", "--trust", "k.pub.pem", "--threads"];
        time(home, sealift(), &[&args[..], &[threads]].concat())
    };
    let (one, two) = (verify("1"), verify("2"));
    let openssl = time(home, "openssl", &["dgst", "-sha256", "b.sealift"]);
    let sha256sum = time(home, "sha256sum", &["b.sealift"]);
    println!("verify, {members} members:");
    line("  sealift, one thread", one, openssl);
    line("  sealift, two threads", two, openssl);
    line("  sha256sum", sha256sum, openssl);
    line("  openssl dgst -sha256", openssl, openssl);
    fs::remove_file(path).unwrap();
}

/// Packing against the same work by stock tools: hash every file, put them into an
/// archive, sync it, and hash it once more.
fn packing(home: &Path, size: u64, members: u64) {
    let folder = home.join("R-20260101-1");
    fs::create_dir(&folder).unwrap();
    let each = size / members;
    for number in 0..members {
        fill(&folder.join(format!("{number:04}.txt")), each);
    }
    let ours = time(
        home,
        sealift(),
        &[
            "pack",
            "R-20260101-1",
            "-o",
            "p.sealift",
            "--key",
            "k.key.pem",
        ],
    );
    let stock = "openssl dgst -sha256 R-20260101-1/* > list && tar cf p.tar list R-20260101-1 \
                 && sync p.tar && openssl dgst -sha256 p.tar";
    let stock = time(home, "sh", &["-c", stock]);
    println!("pack, {members} members of {} MiB:", each >> 20);
    line("  sealift pack", ours, stock);
    line("  openssl, tar, sync, openssl", stock, stock);
    fs::remove_dir_all(folder).unwrap();
    for name in ["p.sealift", "p.tar", "list"] {
        fs::remove_file(home.join(name)).unwrap();
    }
}

fn line(what: &str, took: Duration, stock: Duration) {
    let ratio = stock.as_secs_f64() / took.as_secs_f64();
    println!("{what:<30} {:>8.3} s   {ratio:>5.2} x", took.as_secs_f64());
}

fn start_up(home: &Path) {
    let ours = time(home, sealift(), &["--version"]);
    let theirs = time(home, "openssl", &["version"]);
    println!("start-up: sealift {ours:.2?}, openssl {theirs:.2?}");
}

/// A bad signature is refused before anything else is read.
fn refusal(home: &Path, key: &SecretKey, large: u64) {
    let path = home.join("bad.sealift");
    for size in [1_u64 << 20, large] {
        sparse(&path, key, size, Digest::of(b"never looked at"), true);
        let args = ["verify", "bad.sealift", "--trust", "k.pub.pem"];
        let took = time_ending(home, sealift(), &args, 7);
        println!(
            "bad signature refused at {:>6} MiB in {took:.2?}",
            size >> 20
        );
    }
    fs::remove_file(path).unwrap();
}

/// Peak memory of verifying a large bundle, by the kernel's own account.
fn peak(home: &Path, key: &SecretKey, size: u64) {
    let path = home.join("large.sealift");
    sparse(&path, key, size, zeros(size / SPARSE_MEMBERS), false);
    let output = Command::new("python3")
        .args(["-c", PEAK, sealift(), "verify", "large.sealift"])
        .args(["--trust", "k.pub.pem"])
        .current_dir(home)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("verify of {} MiB: {}", size >> 20, said.trim());
    fs::remove_file(path).unwrap();
}

/// Runs a command and tells its exit code and the peak of its resident memory.
const PEAK: &str = "\
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(f'exit code {done.returncode}, peak {peak / 1024:.1f} MiB')
";

/// How many members a sparse bundle has.
const SPARSE_MEMBERS: u64 = 2;

/// The digest of so many zeros.
fn zeros(size: u64) -> Digest {
    let mut hasher = Hasher::new();
    let block = vec![0; 1 << 20];
    let mut left = size;
    while left > 0 {
        let part = left.min(block.len() as u64);
        hasher.update(&block[..usize::try_from(part).unwrap()]);
        left -= part;
    }
    hasher.finish()
}

/// A bundle of two members of zeros with this `digest`, `size` bytes in all, that
/// takes next to no room on the disk; `bad` breaks its signature.
fn sparse(path: &Path, key: &SecretKey, size: u64, digest: Digest, bad: bool) {
    let each = size / SPARSE_MEMBERS;
    let entry = |number| FileEntry {
        path: BundlePath::parse(&format!("payload/r/{number}")).unwrap(),
        size: each,
        sha256: digest,
        original_name: None,
    };
    let manifest = manifest((0..SPARSE_MEMBERS).map(entry).collect());
    let bytes = manifest.to_bytes().unwrap();
    let listed = |path: &BundlePath, digest| ListEntry {
        digest,
        path: path.clone(),
    };
    let name = |text: &str| BundlePath::parse(text).unwrap();
    let mut entries = vec![listed(&name(MANIFEST_NAME), Digest::of(&bytes))];
    entries.extend(manifest.files.iter().map(|f| listed(&f.path, f.sha256)));
    let list = SignedList::new(header(), entries).unwrap().to_text();
    let mut signature = *key.sign(list.as_bytes()).bytes();
    signature[40] ^= u8::from(bad);
    let mut file = File::create(path).unwrap();
    let mut archive = ArchiveWriter::new(&mut file);
    let mut add = |path: &str, bytes: &[u8]| {
        archive
            .append(&name(path), bytes.len() as u64, bytes)
            .unwrap();
    };
    add(LIST_NAME, list.as_bytes());
    add(&signature_name(key.public().id()), &signature);
    add(MANIFEST_NAME, &bytes);
    for entry in &manifest.files {
        let block = archive::header(&entry.path, each).unwrap();
        file.write_all(&block).unwrap();
        let gap = i64::try_from(each + archive::padding(each)).unwrap();
        file.seek(SeekFrom::Current(gap)).unwrap();
    }
    let end = file.stream_position().unwrap() + archive::END_BYTES;
    file.set_len(end).unwrap();
}

/// A signed bundle of `count` members of `size` bytes each.
fn write(path: &Path, key: &SecretKey, count: u64, size: u64) {
    let source = path.with_extension("content");
    fill(&source, size);
    let content = Content::File(source.clone());
    let (size, sha256): (u64, Digest) = content.measure().unwrap();
    let names = (0..count).map(|n| BundlePath::parse(&format!("payload/r/{n:04}")).unwrap());
    let contents: BTreeMap<_, _> = names.map(|path| (path, content.clone())).collect();
    let files = contents.keys().map(|path| FileEntry {
        path: path.clone(),
        size,
        sha256,
        original_name: None,
    });
    let unsealed = Unsealed::new(header(), manifest(files.collect()), contents).unwrap();
    let text = unsealed.list().unwrap().to_text();
    let signatures: [(KeyId, Signature); 1] = [(key.public().id(), key.sign(text.as_bytes()))];
    unsealed.write(path, &signatures, 2, &Silent).unwrap();
    fs::remove_file(source).unwrap();
}

/// A file of `size` bytes that are not all the same.
fn fill(path: &Path, size: u64) {
    let mut file = File::create(path).unwrap();
    let block: Vec<u8> = (0..1_048_576_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3])
        .collect();
    let mut left = size;
    while left > 0 {
        let part = usize::try_from(left.min(block.len() as u64)).unwrap();
        file.write_all(&block[..part]).unwrap();
        left -= part as u64;
    }
}

fn manifest(files: Vec<FileEntry>) -> Manifest {
    Manifest {
        format_version: FORMAT_VERSION,
        producer: Producer::this(),
        sources: Vec::new(),
        files,
        artifacts: Vec::new(),
        validation: Vec::new(),
        licenses: Vec::new(),
    }
}

fn header() -> ListHeader {
    ListHeader {
        name: Label::parse("bench").unwrap(),
        channel: Label::parse("bench").unwrap(),
        sequence: 1,
        created: Timestamp::from_seconds(1_767_225_600).unwrap(),
        expires: Timestamp::from_seconds(4_102_444_800).unwrap(),
        trust: 0,
    }
}

/// The fastest of some runs of a command that succeeds.
fn time(home: &Path, program: &str, args: &[&str]) -> Duration {
    time_ending(home, program, args, 0)
}

/// The fastest of some runs of a command that ends with `code`.
fn time_ending(home: &Path, program: &str, args: &[&str], code: i32) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let mut command = Command::new(program);
            command.args(args).current_dir(home);
            let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
            assert_eq!(done.unwrap().code(), Some(code), "{program} {args:?}");
            begun.elapsed()
        })
        .min()
        .unwrap()
}

fn sealift() -> &'static str {
    env!("CARGO_BIN_EXE_sealift")
}
