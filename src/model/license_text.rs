//! License files among a publisher's files, and what they are called in a line.

use crate::model::catalog::document_stem;

/// Stems (upper case) of the files that say under which terms a release comes.
const NAMES: [&str; 4] = ["LICENSE", "LICENCE", "COPYING", "NOTICE"];
/// What a file may state beside its text (SPDX specification, annex E).
const SPDX: &str = "SPDX-License-Identifier:";
/// How many lines make the title: `Apache License` alone would say too little.
const TITLE_LINES: usize = 2;
/// The longest title, in characters.
const MAX_TITLE: usize = 200;

/// Whether the file `name` says under which terms a release comes.
#[must_use]
pub fn is_license(name: &str) -> bool {
    document_stem(name).is_some_and(|stem| NAMES.contains(&stem.as_str()))
}

/// What the license in `text` is called: its SPDX identifier where it states one,
/// else its first lines with words in them. Free of control characters.
#[must_use]
pub fn title(text: &str) -> String {
    let stated = text.lines().find_map(|line| line.split_once(SPDX));
    let title = if let Some((_, identifier)) = stated {
        plain(identifier)
    } else {
        let lines = text.lines().map(plain).filter(|line| !line.is_empty());
        lines.take(TITLE_LINES).collect::<Vec<_>>().join(", ")
    };
    title.chars().take(MAX_TITLE).collect()
}

/// `line` without what frames a heading, in single spaces.
fn plain(line: &str) -> String {
    line.split(|c: char| c.is_whitespace() || c.is_control())
        .map(|word| word.trim_matches(['#', '*', '=', '/']))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{is_license, title};

    #[test]
    fn license_files_are_known_by_name() {
        for name in ["LICENSE", "a/License.txt", "COPYING.md", "notice.rst"] {
            assert!(is_license(name), "{name}");
        }
        for name in ["README.md", "LICENSE.json", "licenses/a.txt", "unlicense"] {
            assert!(!is_license(name), "{name}");
        }
    }

    #[test]
    fn a_license_has_a_title() {
        let apache = "\n      Apache License\n   Version 2.0, January 2004\n  http://x\n";
        let long = "x".repeat(300);
        for (text, expected) in [
            (apache, "Apache License, Version 2.0, January 2004"),
            ("# Elastic License 2.0\n", "Elastic License 2.0"),
            ("*****\r\n== MIT\u{1b}[1m ==", "MIT [1m"),
            ("// SPDX-License-Identifier: MIT \nwords", "MIT"),
            ("", ""),
            (long.as_str(), &long[..200]),
        ] {
            assert_eq!(title(text), expected, "{text:?}");
        }
    }
}
