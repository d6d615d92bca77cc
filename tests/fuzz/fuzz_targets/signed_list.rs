//! A signed list is read; what is taken has one spelling. Run it with
//! `tests/fuzz/run.sh 600 signed_list`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::model::signed_list::SignedList;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(list) = SignedList::parse(bytes) {
        assert_eq!(list.to_text().as_bytes(), bytes);
    }
});
