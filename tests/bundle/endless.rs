//! Streams that do not end: refused after as much as it takes to know.

use std::io::{self, Read};

use sealift::error::ErrorKind;
use sealift::io::archive::header;
use sealift::io::bundle::verify_stream;
use sealift::io::files::scratch_folder;
use sealift::model::path::BundlePath;

use crate::kit::{conditions, key, policy, write};

/// How much more than the good part of a stream may be read.
const SLACK: u64 = 64 << 10;

/// A stream that counts what is taken from it.
struct Counted<R> {
    inner: R,
    taken: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.taken += count as u64;
        Ok(count)
    }
}

/// `block` over and over.
struct Repeated {
    block: [u8; 512],
    at: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = self.block[self.at % 512];
            self.at += 1;
        }
        Ok(buffer.len())
    }
}

/// The header of an empty member.
fn empty(name: &str) -> [u8; 512] {
    header(&BundlePath::parse(name).unwrap(), 0).unwrap()
}

/// A good bundle.
fn bundle() -> Vec<u8> {
    let folder = scratch_folder().unwrap();
    let path = folder.path().join("b");
    write(&path, &[("r/a", b"content")], &[key(1)]);
    std::fs::read(path).unwrap()
}

/// Reads `start` and then `block` for ever; how it was refused.
fn refused(start: &[u8], block: &[u8; 512]) -> (ErrorKind, String) {
    let mut stream = Counted {
        inner: start.chain(Repeated {
            block: *block,
            at: 0,
        }),
        taken: 0,
    };
    let policy = policy(1, &[key(1)]).unwrap();
    let error = verify_stream(&mut stream, &conditions(&policy)).unwrap_err();
    let most = start.len() as u64 + SLACK;
    assert!(stream.taken <= most, "{} bytes read", stream.taken);
    (error.kind(), error.to_string())
}

#[test]
fn members_without_end_are_refused_at_the_first() {
    let bundle = bundle();
    // Without the two blocks of the end.
    let members = &bundle[..bundle.len() - 1024];
    let (kind, said) = refused(members, &empty("payload/r/b"));
    assert_eq!(kind, ErrorKind::Integrity);
    assert!(said.contains("payload/r/b"), "{said}");
}

#[test]
fn zeros_without_end_are_refused_after_the_end() {
    let (kind, said) = refused(&bundle(), &[0; 512]);
    assert_eq!(kind, ErrorKind::Malformed);
    assert!(said.contains("bytes follow the end"), "{said}");
}

#[test]
fn signatures_without_end_are_refused_at_the_first() {
    let bundle = bundle();
    let size = std::str::from_utf8(&bundle[124..135]).unwrap();
    let size = usize::from_str_radix(size, 8).unwrap();
    let list = &bundle[..512 + size.next_multiple_of(512)];
    let (kind, said) = refused(list, &empty("SHA256SUMS.0000000000000000.sig"));
    assert_eq!(kind, ErrorKind::Trust);
    assert!(said.contains("is not a signature"), "{said}");
}

#[test]
fn a_list_without_end_is_not_even_begun() {
    let name = BundlePath::parse("SHA256SUMS").unwrap();
    let huge = header(&name, (4 << 20) + 1).unwrap();
    let (kind, said) = refused(&huge, &[b'#'; 512]);
    assert_eq!(kind, ErrorKind::Malformed);
    assert!(said.contains("at most 4194304 are read"), "{said}");
}
