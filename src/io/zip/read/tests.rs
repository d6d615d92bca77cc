//! Foreign zips that are read, and those that are refused.

#![allow(clippy::unwrap_used)]

use super::{DIRECTORY_BYTES, END_SIGNATURE, ZipLimits, ZipReader};
use crate::error::Result;
use std::io::{Cursor, Write as _};
use zip::write::{SimpleFileOptions, ZipWriter};

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn open(bytes: &[u8]) -> Result<ZipReader<Cursor<Vec<u8>>>> {
    open_within(bytes, ZipLimits::default())
}

fn open_within(bytes: &[u8], limits: ZipLimits) -> Result<ZipReader<Cursor<Vec<u8>>>> {
    ZipReader::new(Cursor::new(bytes.to_vec()), "test.zip", limits)
}

fn refusal(bytes: &[u8]) -> String {
    told(open(bytes))
}

fn told(opened: Result<ZipReader<Cursor<Vec<u8>>>>) -> String {
    let error = opened.unwrap_err();
    format!(
        "{error}: {}",
        std::error::Error::source(&error).map_or_else(String::new, ToString::to_string)
    )
}

#[test]
fn a_plain_zip_gives_its_files() {
    let mut zip = open(&zip_of(&[("a/b.json", b"{}"), ("c.txt", b"text")])).unwrap();
    let entries = zip.entries().to_vec();
    assert_eq!(entries[0].name, "a/b.json");
    assert_eq!(zip.read(&entries[1]).unwrap(), b"text");
}

#[test]
fn an_archive_must_end_where_it_says() {
    let good = zip_of(&[("a", b"a")]);
    let trailing = [good.as_slice(), b"x"].concat();
    assert!(refusal(&trailing).contains("bytes follow its end record"));
    let doubled = [good.as_slice(), good.as_slice()].concat();
    assert!(refusal(&doubled).contains("does not end at the end record"));
    let mut prefixed = b"#!/bin/sh\n".to_vec();
    prefixed.extend_from_slice(&good);
    assert!(refusal(&prefixed).contains("does not end at the end record"));
    assert!(refusal(b"PK").contains("no end record"));
}

#[test]
fn a_bomb_is_refused_before_it_is_inflated() {
    let zeros = vec![0; 4 << 20];
    assert!(refusal(&zip_of(&[("bomb", &zeros)])).contains("beyond belief"));
}

#[test]
fn all_entries_together_have_a_limit() {
    let limits = ZipLimits {
        total_bytes: 5,
        ..ZipLimits::default()
    };
    assert!(open_within(&zip_of(&[("a", b"123"), ("b", b"45")]), limits).is_ok());
    let over = open_within(&zip_of(&[("a", b"123"), ("b", b"456")]), limits);
    assert!(told(over).contains("makes the zip larger than accepted"));
}

#[test]
fn a_directory_has_a_limit_before_it_is_read() {
    let size = DIRECTORY_BYTES + 1;
    let mut bytes = vec![0; usize::try_from(size).unwrap()];
    bytes.extend_from_slice(&END_SIGNATURE);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&[1, 0, 1, 0]);
    bytes.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend_from_slice(&[0; 6]);
    assert!(refusal(&bytes).contains("its directory is larger than"));
}

#[test]
fn a_name_of_another_encoding_is_refused() {
    let mut bytes = zip_of(&[("qqq", b"")]);
    let places: Vec<usize> = (0..bytes.len() - 2)
        .filter(|at| bytes[*at..].starts_with(b"qqq"))
        .collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bytes[at] = 0x82;
    }
    assert!(refusal(&bytes).contains("not UTF-8"));
}

#[test]
fn a_changed_byte_of_content_is_seen() {
    let mut bytes = zip_of(&[("a", b"some text that deflates to itself")]);
    let at = bytes.windows(4).position(|w| w == b"text").unwrap_or(45);
    bytes[at] ^= 1;
    let mut zip = open(&bytes).unwrap();
    let entry = zip.entries()[0].clone();
    assert!(zip.read(&entry).is_err());
}
