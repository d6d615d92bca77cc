//! One line of comma-separated values, by the rules of the server's own parser.

use crate::engine::failure::Failure;

/// The characters that matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) quote: char,
    pub(super) separator: char,
    pub(super) trim: bool,
}

fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t')
}

impl Rules {
    /// The first `most` columns. Whatever is wrong behind them is not looked at;
    /// an error stands in the place of the column that has it.
    pub(super) fn columns(self, line: &str, most: usize) -> Vec<Result<String, Failure>> {
        let mut cursor = Cursor {
            rules: self,
            chars: line.chars().collect(),
            at: 0,
        };
        let mut columns = Vec::new();
        while columns.len() < most && cursor.at < cursor.chars.len() {
            let column = cursor.column();
            let failed = column.is_err();
            columns.push(column);
            if failed {
                break;
            }
        }
        columns
    }
}

struct Cursor {
    rules: Rules,
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    /// The column that begins here; the cursor goes behind its separator.
    fn column(&mut self) -> Result<String, Failure> {
        let mut start = self.at;
        while let Some(&char) = self.chars.get(self.at) {
            if char == self.rules.quote {
                self.at += 1;
                return self.quoted();
            }
            if char == self.rules.separator {
                self.at += 1;
                return Ok(String::new());
            }
            if !is_blank(char) {
                return self.unquoted(start);
            }
            self.at += 1;
            if self.rules.trim {
                start = self.at;
            }
        }
        // Only blanks were left.
        Ok(String::new())
    }

    fn unquoted(&mut self, start: usize) -> Result<String, Failure> {
        let mut end = self.at;
        while let Some(&char) = self.chars.get(self.at) {
            if char == self.rules.quote || matches!(char, '\n' | '\r') {
                return Err(Failure::illegal_argument(format!(
                    "Illegal character inside unquoted field at {}",
                    self.at
                )));
            }
            self.at += 1;
            if char == self.rules.separator {
                return Ok(self.text(start, end));
            }
            if !(self.rules.trim && is_blank(char)) {
                end = self.at;
            }
        }
        Ok(self.text(start, if self.rules.trim { end } else { self.at }))
    }

    fn quoted(&mut self) -> Result<String, Failure> {
        let mut text = String::new();
        loop {
            let Some(&char) = self.chars.get(self.at) else {
                return Err(Failure::illegal_argument("Unmatched quote"));
            };
            self.at += 1;
            if char != self.rules.quote {
                text.push(char);
                continue;
            }
            if self.chars.get(self.at) != Some(&self.rules.quote) {
                break;
            }
            text.push(char);
            self.at += 1;
        }
        while let Some(&char) = self.chars.get(self.at) {
            if char == self.rules.separator {
                self.at += 1;
                break;
            }
            if !is_blank(char) {
                return Err(Failure::illegal_argument(format!(
                    "character '{char}' after quoted field at {}",
                    self.at
                )));
            }
            self.at += 1;
        }
        Ok(text)
    }

    fn text(&self, start: usize, end: usize) -> String {
        self.chars
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Rules;

    fn columns(line: &str, trim: bool) -> Vec<String> {
        let rules = Rules {
            quote: '"',
            separator: ',',
            trim,
        };
        rules
            .columns(line, 3)
            .into_iter()
            .map(|column| column.unwrap_or_else(|failure| format!("! {}", failure.reason())))
            .collect()
    }

    #[test]
    fn cuts_lines() {
        for (line, trim, expected) in [
            ("1,2,3", false, vec!["1", "2", "3"]),
            ("1,2,3,4\"", false, vec!["1", "2", "3"]),
            ("a,\"b,c\",\"q\"\"q\"", false, vec!["a", "b,c", "q\"q"]),
            (" a , b ,c", false, vec![" a ", " b ", "c"]),
            (" a , b ,c ", true, vec!["a", "b", "c"]),
            (",,", false, vec!["", ""]),
            ("", false, vec![]),
            ("\"x\" ,y", false, vec!["x", "y"]),
            ("a,\"b", false, vec!["a", "! Unmatched quote"]),
            (
                "a,b\"c",
                false,
                vec!["a", "! Illegal character inside unquoted field at 3"],
            ),
            (
                "\"a\"b",
                false,
                vec!["! character 'b' after quoted field at 3"],
            ),
        ] {
            assert_eq!(columns(line, trim), expected, "{line}");
        }
    }
}
