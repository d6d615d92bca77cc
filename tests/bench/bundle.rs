//! `cargo bench --bench bundle`: packing, verifying and starting up against stock
//! tools, as ratios in one run. `SEALIFT_BENCH_MIB` sets the size (2048).
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sealift::io::bundle::{Content, Unsealed};
use sealift::io::files::scratch_folder;
use sealift::model::digest::Digest;
use sealift::model::key::{SecretKey, Signature};
use sealift::model::key_id::KeyId;
use sealift::model::label::Label;
use sealift::model::manifest::{FORMAT_VERSION, FileEntry, Manifest, Producer};
use sealift::model::path::BundlePath;
use sealift::model::signed_list::ListHeader;
use sealift::model::time::Timestamp;
use sealift::progress::Silent;

/// How often each command runs; the fastest counts.
const ROUNDS: usize = 3;

fn main() {
    let mib: u64 = std::env::var("SEALIFT_BENCH_MIB")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2048);
    let folder = scratch_folder().unwrap();
    let home = folder.path();
    let key = SecretKey::from_seed(&[1; 32]);
    fs::write(home.join("k.pub.pem"), key.public().to_pem().unwrap()).unwrap();
    println!("{mib} MiB, fastest of {ROUNDS}, seconds");
    for members in [1, 500] {
        measure(home, &key, mib << 20, members);
    }
    start_up(home);
    refusal(home, &key);
    peak(home, &key);
}

fn measure(home: &Path, key: &SecretKey, size: u64, members: u64) {
    let path = home.join("b.sealift");
    let begun = Instant::now();
    write(&path, key, members, size / members, false);
    let packed = begun.elapsed();
    let one = time(
        home,
        sealift(),
        &[
            "verify",
            "b.sealift",
            "--trust",
            "k.pub.pem",
            "--threads",
            "1",
        ],
    );
    let two = time(
        home,
        sealift(),
        &[
            "verify",
            "b.sealift",
            "--trust",
            "k.pub.pem",
            "--threads",
            "2",
        ],
    );
    let openssl = time(home, "openssl", &["dgst", "-sha256", "b.sealift"]);
    let sha256sum = time(home, "sha256sum", &["b.sealift"]);
    let tar = time(home, "tar", &["cf", "copy.tar", "b.sealift"]);
    println!("{members} members:");
    line("  pack (hash, write, check, sync)", packed, openssl);
    line("  tar cf", tar, openssl);
    line("  verify --threads 1", one, openssl);
    line("  verify --threads 2", two, openssl);
    line("  sha256sum", sha256sum, openssl);
    line("  openssl dgst -sha256", openssl, openssl);
    fs::remove_file(home.join("copy.tar")).unwrap();
    fs::remove_file(path).unwrap();
}

fn line(what: &str, took: Duration, openssl: Duration) {
    let ratio = openssl.as_secs_f64() / took.as_secs_f64();
    println!(
        "{what:<34} {:>8.3}   {ratio:>5.2} x openssl's speed",
        took.as_secs_f64()
    );
}

fn start_up(home: &Path) {
    let ours = time(home, sealift(), &["--version"]);
    let theirs = time(home, "openssl", &["version"]);
    println!("start-up: sealift {ours:.2?}, openssl {theirs:.2?}");
}

/// A bad signature is refused before anything else is read.
fn refusal(home: &Path, key: &SecretKey) {
    for size in [1_u64 << 20, 10 << 30] {
        let path = home.join("bad.sealift");
        sparse(&path, key, size, true);
        let took = time(
            home,
            sealift(),
            &["verify", "bad.sealift", "--trust", "k.pub.pem"],
        );
        println!(
            "bad signature refused at {:>6} MiB in {took:.2?}",
            size >> 20
        );
        fs::remove_file(path).unwrap();
    }
}

/// Peak memory of verifying 10 GiB, by the kernel's own account.
fn peak(home: &Path, key: &SecretKey) {
    let path = home.join("large.sealift");
    sparse(&path, key, 10 << 30, false);
    let output = Command::new("python3")
        .args([
            "-c",
            "import resource, subprocess, sys\n\
             done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n\
             print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
            sealift(),
            "verify",
            "large.sealift",
            "--trust",
            "k.pub.pem",
        ])
        .current_dir(home)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("10 GiB: exit code and peak KiB: {}", said.trim());
}

/// A bundle of two sparse members of zeros, `size` bytes in all.
fn sparse(path: &Path, key: &SecretKey, size: u64, bad: bool) {
    write(path, key, 2, size / 2, true);
    if bad {
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        let list = 512 + list_size(path).next_multiple_of(512);
        file.seek(SeekFrom::Start(list + 512 + 40)).unwrap();
        file.write_all(&[0x55; 8]).unwrap();
    }
}

fn list_size(path: &Path) -> u64 {
    let mut header = [0; 136];
    std::io::Read::read_exact(&mut File::open(path).unwrap(), &mut header).unwrap();
    u64::from_str_radix(std::str::from_utf8(&header[124..135]).unwrap(), 8).unwrap()
}

/// A signed bundle of `count` members of `size` bytes each.
fn write(path: &Path, key: &SecretKey, count: u64, size: u64, zeros: bool) {
    let source = path.with_extension("content");
    let mut file = File::create(&source).unwrap();
    if zeros {
        file.set_len(size).unwrap();
    } else {
        let block: Vec<u8> = (0..1_048_576_u32)
            .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3])
            .collect();
        let mut left = size;
        while left > 0 {
            let part = left.min(block.len() as u64);
            file.write_all(&block[..usize::try_from(part).unwrap()])
                .unwrap();
            left -= part;
        }
    }
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
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        producer: Producer::this(),
        sources: Vec::new(),
        files: files.collect(),
        artifacts: Vec::new(),
        validation: Vec::new(),
        licenses: Vec::new(),
    };
    let header = ListHeader {
        name: Label::parse("bench").unwrap(),
        channel: Label::parse("bench").unwrap(),
        sequence: 1,
        created: Timestamp::from_seconds(1_767_225_600).unwrap(),
        expires: Timestamp::from_seconds(4_102_444_800).unwrap(),
        trust: 0,
    };
    let unsealed = Unsealed::new(header, manifest, contents).unwrap();
    let text = unsealed.list().unwrap().to_text();
    let signatures: [(KeyId, Signature); 1] = [(key.public().id(), key.sign(text.as_bytes()))];
    unsealed.write(path, &signatures, 2, &Silent).unwrap();
    fs::remove_file(source).unwrap();
}

/// The fastest of some runs of a command.
fn time(home: &Path, program: &str, args: &[&str]) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let mut command = Command::new(program);
            command.args(args).current_dir(home);
            let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
            done.unwrap();
            begun.elapsed()
        })
        .min()
        .unwrap()
}

fn sealift() -> &'static str {
    env!("CARGO_BIN_EXE_sealift")
}
