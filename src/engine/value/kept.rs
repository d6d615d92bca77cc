//! Short texts, kept between documents: keys and the constants of scripts come
//! again and again, and one that is kept costs neither memory nor its hash code.

use std::cell::RefCell;

use super::{JavaString, hash_code_of_str, spread};

/// Texts up to this many bytes are kept.
pub(super) const LONGEST_KEPT: usize = 32;
/// How many texts a thread keeps.
const KEPT: usize = 512;

thread_local! {
    /// Texts that were asked for lately.
    static TEXTS: RefCell<Vec<Option<JavaString>>> = RefCell::new(vec![None; KEPT]);
}

/// A text: the same object as before where it is kept.
#[must_use]
pub fn kept(text: &str) -> JavaString {
    if text.len() > LONGEST_KEPT {
        return JavaString::from(text);
    }
    kept_hashed(text, hash_code_of_str(text))
}

/// As [`kept`], of a text whose hash code is known.
pub(super) fn kept_hashed(text: &str, hash: i32) -> JavaString {
    TEXTS.with_borrow_mut(|texts| {
        let place = spread(hash) as usize % KEPT;
        match texts.get_mut(place) {
            Some(Some(known)) if known.eq_str(text) => known.clone(),
            Some(place) => place.insert(JavaString::from(text)).clone(),
            None => JavaString::from(text),
        }
    })
}
