//! Release zips as a case asks for them, written here byte by byte.

use crate::bundle::from_end;
use crate::case::{Entry, Zip, ZipChange};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// The zip's bytes.
pub(crate) fn build(zip: &Zip) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for entry in &zip.entries {
        let offset = u32::try_from(out.len()).unwrap();
        let content = entry.text.repeat(entry.times).into_bytes();
        let packed = deflate(&content);
        let shared = shared(entry, &content, &packed);
        out.extend_from_slice(LOCAL);
        out.extend_from_slice(&shared);
        out.extend_from_slice(entry.name.as_bytes());
        out.extend_from_slice(&packed);
        directory.extend_from_slice(CENTRAL);
        directory.extend_from_slice(&[20, 3]);
        directory.extend_from_slice(&shared);
        directory.extend_from_slice(&[0; 6]);
        let mode = entry.mode.unwrap_or(0o100_644);
        directory.extend_from_slice(&(mode << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(entry.name.as_bytes());
    }
    let count = u16::try_from(zip.entries.len()).unwrap().to_le_bytes();
    let start = u32::try_from(out.len()).unwrap();
    out.extend_from_slice(&directory);
    out.extend_from_slice(END);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    zip.changes.iter().fold(out, change)
}

/// The fields that the local and the central header share: version to the length
/// of the extra field (APPNOTE 4.3.7).
fn shared(entry: &Entry, content: &[u8], packed: &[u8]) -> Vec<u8> {
    let mut fields = vec![20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0];
    fields.extend_from_slice(&crc32(content).to_le_bytes());
    fields.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_le_bytes());
    fields.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
    fields.extend_from_slice(&u16::try_from(entry.name.len()).unwrap().to_le_bytes());
    fields.extend_from_slice(&[0; 2]);
    fields
}

fn change(mut bytes: Vec<u8>, change: &ZipChange) -> Vec<u8> {
    match change {
        ZipChange::Central {
            entry,
            at,
            value,
            width,
        } => {
            let start = nth(&bytes, CENTRAL, *entry);
            put(&mut bytes, start + at, *value, *width);
        }
        ZipChange::Local {
            entry,
            at,
            value,
            width,
        } => {
            let start = nth(&bytes, LOCAL, *entry);
            put(&mut bytes, start + at, *value, *width);
        }
        ZipChange::End { at, value, width } => {
            let start = nth(&bytes, END, 0);
            put(&mut bytes, start + at, *value, *width);
        }
        ZipChange::Text { from, to, skip } => {
            assert_eq!(from.len(), to.len());
            let start = nth(&bytes, from.as_bytes(), *skip);
            bytes[start..start + to.len()].copy_from_slice(to.as_bytes());
        }
        ZipChange::Append { text } => bytes.extend_from_slice(text.as_bytes()),
        ZipChange::Prefix { text } => bytes = [text.as_bytes(), &bytes].concat(),
        ZipChange::Twice => bytes = [bytes.as_slice(), &bytes].concat(),
        ZipChange::Truncate { to } => bytes.truncate(from_end(*to, bytes.len())),
    }
    bytes
}

/// Writes `value` little-endian.
fn put(bytes: &mut [u8], at: usize, value: u64, width: usize) {
    bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
}

/// Where the nth `wanted` starts, counted from 0.
fn nth(bytes: &[u8], wanted: &[u8], n: usize) -> usize {
    bytes
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| *window == wanted)
        .nth(n)
        .unwrap()
        .0
}

fn deflate(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// CRC-32 as zips use it (APPNOTE 4.4.7).
fn crc32(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}
