//! Untrusted text made fit for a terminal.

/// `text` on one line, with everything that could act on a terminal or mislead
/// a reader (control characters, escape sequences, direction marks, invisible
/// separators) written as `\u{..}`.
#[must_use]
pub fn line(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let shown: Box<dyn Iterator<Item = char>> = if is_harmless(c) {
                Box::new(std::iter::once(c))
            } else {
                Box::new(c.escape_default())
            };
            shown
        })
        .collect()
}

/// The same for text of several lines: newlines stay.
#[must_use]
pub fn lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn is_harmless(c: char) -> bool {
    let misleading = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !misleading
}
