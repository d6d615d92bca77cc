//! Comparing the engine with recorded answers, and writing down how close it
//! comes: one section of `docs/engine-conformance.md` per part of the engine.

use std::fs;

pub(crate) use super::recordings::shared;

/// The lines of a recorded ndjson file (`corpus/…`), if it is at hand.
pub(crate) fn recorded_lines(path: &str) -> Option<Vec<String>> {
    let text = fs::read_to_string(shared(path)?).expect("the recordings can be read");
    Some(text.lines().map(str::to_owned).collect())
}

/// Asserts that the section `name` of `docs/engine-conformance.md` (between
/// `<!-- name -->` and `<!-- /name -->`) says `body`; with `SEALIFT_BLESS` set,
/// writes it instead.
pub(crate) fn section(name: &str, body: &str) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/engine-conformance.md");
    let page = fs::read_to_string(file).expect("docs/engine-conformance.md is there");
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = page.find(&open).expect("the section opens") + open.len();
    let end = page.find(&close).expect("the section closes");
    let body = format!("{}\n", body.trim());
    if std::env::var_os("SEALIFT_BLESS").is_some() {
        let page = format!("{}{body}{}", &page[..start], &page[end..]);
        fs::write(file, page).expect("docs/engine-conformance.md can be written");
        return;
    }
    assert_eq!(
        &page[start..end],
        body,
        "section {name} of docs/engine-conformance.md is out of date; run with SEALIFT_BLESS=1"
    );
}
