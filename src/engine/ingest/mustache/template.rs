//! The syntax of Mustache as the server's compiler (mustache.java) reads it:
//! a template to a tree of nodes.

/// Sections may nest this deep.
const MAX_DEPTH: usize = 64;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine::ingest) enum Node {
    /// Text as it stands.
    Text(String),
    /// `{{name}}`, or `{{{name}}}` and `{{&name}}` when `raw`.
    Variable { name: String, raw: bool },
    /// `{{#name}}…{{/name}}`, or `{{^name}}…{{/name}}` when `inverted`.
    Section {
        name: String,
        inverted: bool,
        body: Vec<Self>,
    },
}

/// Parses a whole template.
///
/// # Errors
/// The message of the server's `mustache_exception`.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, String> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
        open: ['{', '{'].to_vec(),
        close: ['}', '}'].to_vec(),
    };
    parser.nodes(None, 0, true).map(|(nodes, _)| nodes)
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    line: usize,
    open: Vec<char>,
    close: Vec<char>,
}

/// What is known of the line in which the parser stands: whether a tag may be
/// alone on it, in which case the line leaves no blanks behind.
struct Line {
    starts_here: bool,
    only_blanks: bool,
    /// A section that spanned lines closed on this line.
    after_section: bool,
}

impl Parser {
    /// Nodes up to the end, or to the tag that closes `section`. The second
    /// value says whether the closing tag stood at the start of a line.
    fn nodes(
        &mut self,
        section: Option<&str>,
        depth: usize,
        starts_here: bool,
    ) -> Result<(Vec<Node>, bool), String> {
        if depth > MAX_DEPTH {
            return Err(format!("sections nest deeper than {MAX_DEPTH}"));
        }
        let opened_at = self.line;
        let mut nodes = Vec::new();
        let mut text = String::new();
        let mut line = Line {
            starts_here,
            only_blanks: true,
            after_section: section.is_some(),
        };
        while let Some(&char) = self.chars.get(self.at) {
            if self.looking_at(&self.open) {
                let start_of_line = line.starts_here;
                self.at += self.open.len();
                let command = self.command()?;
                let (sigil, name) = split(&command);
                match sigil {
                    Some('/') => {
                        if !(start_of_line && line.only_blanks) {
                            flush(&mut nodes, &mut text);
                        }
                        return if section == Some(name) {
                            Ok((nodes, start_of_line && line.only_blanks))
                        } else {
                            Err(format!(
                                "Mismatched start/end tags: {} != {name} in query-template:{}",
                                section.unwrap_or("null"),
                                self.line
                            ))
                        };
                    }
                    Some('#' | '^') => {
                        let name = name.to_owned();
                        let alone = start_of_line && line.only_blanks;
                        let first_line = self.line;
                        let (body, _) = self.nodes(Some(&name), depth + 1, alone)?;
                        let spans_lines = self.line != first_line;
                        if !line.only_blanks || !spans_lines {
                            flush(&mut nodes, &mut text);
                        }
                        text.clear();
                        nodes.push(Node::Section {
                            name,
                            inverted: sigil == Some('^'),
                            body,
                        });
                        line.after_section = spans_lines;
                    }
                    _ => {
                        flush(&mut nodes, &mut text);
                        self.simple_tag(&command, &mut nodes)?;
                    }
                }
                line.starts_here = false;
                continue;
            }
            self.at += 1;
            if char == '\n' {
                self.line += 1;
                if !line.after_section || !line.only_blanks {
                    text.push('\n');
                }
                flush(&mut nodes, &mut text);
                line = Line {
                    starts_here: true,
                    only_blanks: true,
                    after_section: false,
                };
            } else {
                line.only_blanks &= matches!(char, ' ' | '\t' | '\r');
                text.push(char);
            }
        }
        flush(&mut nodes, &mut text);
        match section {
            Some(name) => Err(format!("Failed to close '{name}' tag at line {opened_at}")),
            None => Ok((nodes, false)),
        }
    }

    fn looking_at(&self, marker: &[char]) -> bool {
        self.chars
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(marker))
    }

    /// What stands between the markers, without outer blanks; the cursor is
    /// behind the closing marker then.
    fn command(&mut self) -> Result<String, String> {
        let mut command = String::new();
        while !self.looking_at(&self.close) {
            let Some(&char) = self.chars.get(self.at) else {
                return Err(self.located("Improperly closed variable"));
            };
            command.push(char);
            self.at += 1;
        }
        self.at += self.close.len();
        let trimmed = command.trim();
        if trimmed.is_empty() {
            return Err(self.located("Empty mustache"));
        }
        Ok(trimmed.to_owned())
    }

    /// A tag that has no body.
    fn simple_tag(&mut self, command: &str, nodes: &mut Vec<Node>) -> Result<(), String> {
        let (sigil, rest) = split(command);
        match sigil {
            Some('!' | '%') => {}
            Some('=') => {
                let rest = rest.strip_suffix('=').unwrap_or(rest);
                let mut markers = rest.split_whitespace().map(|it| it.chars().collect());
                match (markers.next(), markers.next(), markers.next()) {
                    (Some(open), Some(close), None) => {
                        self.open = open;
                        self.close = close;
                    }
                    _ => return Err(self.located("Invalid delimiter string")),
                }
            }
            Some('{') => {
                let name = if self.close == ['}', '}'] {
                    if !self.looking_at(&['}']) {
                        return Err(self.located("Improperly closed variable"));
                    }
                    self.at += 1;
                    rest
                } else {
                    rest.strip_suffix('}').unwrap_or(rest)
                };
                nodes.push(variable(name, true));
            }
            Some('&') => nodes.push(variable(rest, true)),
            Some('>') => {
                return Err(self.located(&format!("Template '{rest}' not found")));
            }
            _ => nodes.push(variable(command, false)),
        }
        Ok(())
    }

    fn located(&self, message: &str) -> String {
        format!("{message} in query-template:{}", self.line)
    }
}

/// The character that says what a tag does, and the rest.
fn split(command: &str) -> (Option<char>, &str) {
    const SIGILS: [char; 9] = ['#', '^', '/', '!', '%', '=', '{', '&', '>'];
    match command.chars().next() {
        Some(first) if SIGILS.contains(&first) => (Some(first), command[1..].trim()),
        _ => (None, command),
    }
}

fn variable(name: &str, raw: bool) -> Node {
    Node::Variable {
        name: name.trim().to_owned(),
        raw,
    }
}

fn flush(nodes: &mut Vec<Node>, text: &mut String) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Node, parse};

    fn text(text: &str) -> Node {
        Node::Text(text.into())
    }

    fn variable(name: &str, raw: bool) -> Node {
        super::variable(name, raw)
    }

    #[test]
    fn reads_tags_and_text() {
        let cases = [
            ("plain {x} }}", vec![text("plain {x} }}")]),
            ("{{a}}", vec![variable("a", false)]),
            ("{{ a.b }}-", vec![variable("a.b", false), text("-")]),
            (
                "{{{a}}}{{& b }}",
                vec![variable("a", true), variable("b", true)],
            ),
            ("{{! note }}x", vec![text("x")]),
            (
                "{{=<% %>=}}<%s%>{{s}}",
                vec![variable("s", false), text("{{s}}")],
            ),
            (
                "{{#a}}x{{/a}}",
                vec![Node::Section {
                    name: "a".into(),
                    inverted: false,
                    body: vec![text("x")],
                }],
            ),
            (
                "l\n  {{^a}}\nx\n  {{/a}}\nm",
                vec![
                    text("l\n"),
                    Node::Section {
                        name: "a".into(),
                        inverted: true,
                        body: vec![text("x\n")],
                    },
                    text("m"),
                ],
            ),
        ];
        for (template, expected) in cases {
            assert_eq!(parse(template), Ok(expected), "{template}");
        }
    }

    #[test]
    fn words_errors_as_the_server() {
        let cases = [
            ("{{s", "Improperly closed variable in query-template:1"),
            (
                "a\n{{{s}}",
                "Improperly closed variable in query-template:2",
            ),
            ("{{ }}", "Empty mustache in query-template:1"),
            ("{{#s}}", "Failed to close 's' tag at line 1"),
            (
                "{{#s}}{{/t}}",
                "Mismatched start/end tags: s != t in query-template:1",
            ),
            (
                "{{/t}}",
                "Mismatched start/end tags: null != t in query-template:1",
            ),
        ];
        for (template, expected) in cases {
            assert_eq!(parse(template), Err(expected.to_owned()), "{template}");
        }
        assert!(parse(&"{{#a}}".repeat(5000)).is_err());
    }
}
