//! Keys of documents, kept between documents: the same ones come again and
//! again, and one that is kept costs neither memory nor its hash code.

use std::cell::RefCell;

use crate::engine::value::{JavaString, hash_code_of_str, spread};

/// Keys up to this many bytes are kept.
pub(super) const LONGEST_KEPT: usize = 32;
/// How many keys a thread keeps.
const KEPT: usize = 512;

thread_local! {
    /// Keys that were read lately: documents have the same ones again and again.
    static KEYS: RefCell<Vec<Option<JavaString>>> = RefCell::new(vec![None; KEPT]);
}

/// A key, the one that is kept where there is one.
pub(super) fn known(text: &str) -> JavaString {
    let hash = hash_code_of_str(text);
    KEYS.with_borrow_mut(|keys| {
        let place = spread(hash) as usize % KEPT;
        match keys.get_mut(place) {
            Some(Some(known)) if known.eq_str(text) => known.clone(),
            Some(place) => place.insert(JavaString::from(text)).clone(),
            None => JavaString::from(text),
        }
    })
}
