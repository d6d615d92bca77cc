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
    document_stem(name).is_some()
}

/// The name without folder and extension, in upper case, of a file that is a
/// document; see the module.
#[must_use]
pub fn document_stem(name: &str) -> Option<String> {
    let base = name.rsplit('/').next().unwrap_or(name);
    let (stem, extension) = base.split_once('.').unwrap_or((base, ""));
    let stem = stem.to_ascii_uppercase();
    let known = match extension.to_ascii_lowercase().as_str() {
        "md" | "txt" | "rst" => true,
        "" => NAMES.contains(&stem.as_str()),
        _ => false,
    };
    known.then_some(stem)
}

/// Whether the file `name` is a program, such as the ones that come with risk
/// scores to write the names of a Kibana space into the other files.
pub(super) fn is_program(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| {
        let programs = ["py", "sh", "ps1", "bat"];
        programs
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_document, is_program};

    #[test]
    fn programs_are_known_by_their_extension() {
        assert!(is_program("a/ml_hostriskscore_generate_scripts.py"));
        assert!(!is_program("py") && !is_program("a.py.json"));
    }

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
