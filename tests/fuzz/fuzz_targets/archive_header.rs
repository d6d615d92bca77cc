//! A header of the archive is read; what is taken has one spelling. Run it with
//! `tests/fuzz/run.sh 600 archive_header`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::io::archive::{Found, header, parse_header};

fuzz_target!(|bytes: &[u8]| {
    if let Some(block) = bytes.first_chunk::<512>()
        && let Ok(Found::Member(path, size)) = parse_header(block, 0)
    {
        assert_eq!(&header(&path, size).unwrap(), block);
    }
});
