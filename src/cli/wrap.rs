//! Sentences on lines of 80 columns.

/// How wide the lines are: what a plain terminal and a printed page hold.
const COLUMNS: usize = 80;

/// `text` broken at its spaces; the first line begins with `first`, the others
/// are as far in. A word that is longer than a line stays whole.
#[must_use]
pub fn hanging(first: &str, text: &str) -> String {
    let indent = first.chars().count();
    let mut out = first.to_owned();
    let mut column = indent;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > COLUMNS {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::hanging;

    #[test]
    fn lines_are_filled_up_to_80_columns() {
        assert_eq!(hanging("  1. ", "a b"), "  1. a b");
        let words = ["seven77"; 12].join(" ");
        let lines: Vec<String> = hanging("  1. ", &words)
            .lines()
            .map(str::to_owned)
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines.first().map(String::len), Some(5 + 9 * 8 - 1));
        assert_eq!(
            lines.last().map(String::as_str),
            Some("     seven77 seven77 seven77")
        );
        let long = "x".repeat(100);
        assert_eq!(hanging("- ", &long), format!("- {long}"));
    }
}
