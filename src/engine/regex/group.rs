//! Groups of a pattern, and how often something may come.

use std::fmt::Write as _;

use super::error::PatternError;
use super::translate::{MAX_DEPTH, Translator};

impl Translator<'_> {
    /// What says how often the element before it comes, if anything does.
    pub(super) fn quantifier(&mut self) -> Result<(), PatternError> {
        while self.flags.comments && self.peek().is_some_and(|char| char.is_ascii_whitespace()) {
            self.at += 1;
        }
        match self.peek() {
            Some(char @ ('*' | '+' | '?')) => {
                self.at += 1;
                self.unbounded |= char != '?';
                self.out.push(char);
            }
            Some('{') => self.counted()?,
            _ => return Ok(()),
        }
        if let Some(char @ ('?' | '+')) = self.peek() {
            self.at += 1;
            self.out.push(char);
        }
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    fn counted(&mut self) -> Result<(), PatternError> {
        self.at += 1;
        let Some(min) = self.number() else {
            return Err(self.error("Illegal repetition", Some(self.at)));
        };
        let mut max = Some(min.clone());
        if self.eat(",") {
            max = self.number();
            if max.is_none() && self.peek() != Some('}') {
                return Err(self.error("Illegal repetition", Some(self.at)));
            }
        }
        if self.peek() != Some('}') {
            return Err(self.error("Unclosed counted closure", Some(self.at)));
        }
        let count = |digits: &str| digits.parse::<i32>().ok();
        let in_order = match &max {
            Some(max) => count(max).is_some() && count(&min) <= count(max),
            None => true,
        };
        if !in_order || count(&min).is_none() {
            return Err(self.error("Illegal repetition range", Some(self.at)));
        }
        self.at += 1;
        self.unbounded |= max.is_none();
        let max = max.unwrap_or_default();
        let _ = write!(self.out, "{{{min},{max}}}");
        Ok(())
    }

    /// Digits, if there are any.
    fn number(&mut self) -> Option<String> {
        let mut digits = String::new();
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        (!digits.is_empty()).then_some(digits)
    }

    /// A group; false for flags, which hold from there on.
    pub(super) fn group(&mut self) -> Result<bool, PatternError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PatternError::unsupported("groups that deep", self.pattern));
        }
        self.at += 1;
        let outer = self.flags;
        let (mut behind, unbounded) = (false, self.unbounded);
        if self.eat("?") {
            let plain = ["<=", "<!", "=", "!", ">", ":"]
                .into_iter()
                .find(|it| self.eat(it));
            if let Some(kind) = plain {
                behind = kind.starts_with('<');
                self.unbounded &= !behind;
                let _ = write!(self.out, "(?{kind}");
            } else if self.eat("<") {
                self.group_name()?;
            } else if !self.inline_flags()? {
                // Flags for the rest of the group around.
                self.depth -= 1;
                return Ok(false);
            }
        } else {
            self.out.push('(');
        }
        self.alternatives()?;
        if behind && self.unbounded {
            let description = "Look-behind group does not have an obvious maximum length";
            return Err(self.error(description, self.at.checked_sub(1)));
        }
        self.unbounded |= unbounded;
        if !self.eat(")") {
            return Err(self.error("Unclosed group", Some(self.chars.len())));
        }
        self.out.push(')');
        self.flags = outer;
        self.depth -= 1;
        Ok(true)
    }

    fn group_name(&mut self) -> Result<(), PatternError> {
        if !self.peek().is_some_and(|char| char.is_ascii_alphabetic()) {
            return Err(self.error(
                "capturing group name does not start with a Latin letter",
                Some(self.at),
            ));
        }
        let mut name = String::new();
        while let Some(char) = self.peek().filter(char::is_ascii_alphanumeric) {
            name.push(char);
            self.at += 1;
        }
        if !self.eat(">") {
            return Err(self.error(
                "named capturing group is missing trailing '>'",
                Some(self.at),
            ));
        }
        if self.names.contains(&name) {
            let description = format!("Named capturing group <{name}> is already defined");
            return Err(self.error(&description, Some(self.at - 1)));
        }
        let _ = write!(self.out, "(?<{name}>");
        self.names.push(name);
        Ok(())
    }

    /// `(?i-m:` opens a group (true), `(?i)` changes the flags from here on.
    fn inline_flags(&mut self) -> Result<bool, PatternError> {
        let mut on = true;
        loop {
            match self.peek() {
                Some('-') if on => on = false,
                Some(':') => {
                    self.at += 1;
                    let sign = if self.flags.insensitive { "" } else { "-" };
                    let _ = write!(self.out, "(?{sign}i:");
                    return Ok(true);
                }
                Some(')') => {
                    self.at += 1;
                    let sign = if self.flags.insensitive { "" } else { "-" };
                    let _ = write!(self.out, "(?{sign}i)");
                    return Ok(false);
                }
                Some(flag) if self.flags.set(flag, on) => {}
                Some(_) => return Err(self.error("Unknown inline modifier", Some(self.at))),
                None => return Err(self.error("Unclosed group", Some(self.at))),
            }
            self.at += 1;
        }
    }
}
