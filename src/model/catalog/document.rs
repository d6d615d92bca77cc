//! Files of a release that are for people.

/// Names (without extension, upper case) under which releases carry documents.
const NAMES: [&str; 7] = [
    "README",
    "LICENSE",
    "LICENCE",
    "NOTICE",
    "CHANGELOG",
    "COPYING",
    "AUTHORS",
];

/// Whether the file `name` is a document, by its well-known name or because it
/// is Markdown or plain text.
pub(super) fn is_document(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let (stem, extension) = base.split_once('.').unwrap_or((base, ""));
    let extension = extension.to_ascii_lowercase();
    match extension.as_str() {
        "md" | "txt" | "rst" => true,
        "" => NAMES.contains(&stem.to_ascii_uppercase().as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_document;

    #[test]
    fn documents_are_known_by_name() {
        for name in ["README.md", "a/License", "LICENSE.txt", "notes.rst"] {
            assert!(is_document(name), "{name}");
        }
        for name in ["LICENSE.json", "script", "a.txt.json", "license.py"] {
            assert!(!is_document(name), "{name}");
        }
    }
}
