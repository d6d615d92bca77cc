//! From tokens to a tree. A recursive descent that follows the grammar of
//! Elasticsearch; the error stands at the token that fits no rule.

mod chain;
mod expression;
mod statement;

use super::ast::Source;
use super::error::{Cause, Fault};
use super::token::{Kind, Token};

/// How deeply expressions and blocks may nest, and how high the tree of an
/// expression may grow (`a + b + c` grows by one with each term).
const MAX_NESTING: usize = 150;

type Parsed<T> = Result<T, Fault>;

/// Reads the tokens of a script.
pub(super) fn parse(tokens: &[Token]) -> Parsed<Source> {
    Parser {
        tokens,
        closers: closers(tokens),
        at: 0,
        depth: 0,
        height: 0,
        tallest: 0,
    }
    .source()
}

/// For each opening parenthesis the place of the one that closes it; 0 for other
/// tokens.
fn closers(tokens: &[Token]) -> Vec<usize> {
    let mut closers = vec![0; tokens.len()];
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.is("(") {
            open.push(index);
        } else if token.is(")")
            && let Some(opener) = open
                .pop()
                .and_then(|opener| closers.get_mut::<usize>(opener))
        {
            *opener = index;
        }
    }
    closers
}

struct Parser<'a> {
    tokens: &'a [Token],
    closers: Vec<usize>,
    at: usize,
    depth: usize,
    /// Height of the expression that was read last.
    height: usize,
    /// Height of the tallest expression within the one being read.
    tallest: usize,
}

static END: Token = Token {
    kind: Kind::End,
    start: usize::MAX,
    text: String::new(),
};

impl<'a> Parser<'a> {
    fn peek(&self, ahead: usize) -> &'a Token {
        let last = self.tokens.last().unwrap_or(&END);
        self.tokens.get(self.at + ahead).unwrap_or(last)
    }

    fn token(&self) -> &'a Token {
        self.peek(0)
    }

    fn start(&self) -> usize {
        self.token().start
    }

    fn kind(&self, ahead: usize) -> Kind {
        self.peek(ahead).kind
    }

    fn is(&self, text: &str) -> bool {
        self.token().is(text)
    }

    fn take(&mut self) -> &'a Token {
        let token = self.token();
        self.at += 1;
        token
    }

    /// Skips this symbol or keyword, if it is next.
    fn accept(&mut self, text: &str) -> bool {
        let found = self.is(text);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.accept(text) {
            return Ok(());
        }
        Err(self.expected(&format!("'{text}'")))
    }

    fn name(&mut self) -> Parsed<String> {
        if self.kind(0) == Kind::Name {
            return Ok(self.take().text.clone());
        }
        Err(self.expected("ID"))
    }

    fn shown(token: &Token) -> String {
        match token.kind {
            Kind::End => "<EOF>".to_owned(),
            _ => token.text.clone(),
        }
    }

    /// The token is not the only one that could stand here.
    fn expected(&self, wanted: &str) -> Fault {
        let token = self.token();
        let reason = format!(
            "unexpected token ['{}'] was expecting one of [{wanted}].",
            Self::shown(token)
        );
        Fault::at(token.start, Cause::illegal_argument(reason))
    }

    /// The token begins none of the things that could stand here.
    fn no_viable(&self) -> Fault {
        let token = self.token();
        let reason = match token.kind {
            Kind::End => "unexpected end of script.".to_owned(),
            _ => format!("invalid sequence of tokens near ['{}'].", token.text),
        };
        let cause =
            Cause::illegal_argument(reason).because(Cause::new("no_viable_alt_exception", None));
        Fault::at(token.start, cause)
    }

    fn bounded(&self, level: usize) -> Parsed<()> {
        if level < MAX_NESTING {
            return Ok(());
        }
        Err(Fault::at(
            self.start(),
            Cause::illegal_argument(format!("scripts may nest at most {MAX_NESTING} levels")),
        ))
    }

    /// Notes that the expression just read and those within it go into one that
    /// is a level higher.
    fn grow(&mut self, others: usize) -> Parsed<()> {
        self.height = self.height.max(others) + 1;
        self.tallest = self.tallest.max(self.height);
        self.bounded(self.height)
    }

    /// Runs a rule one level deeper.
    fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.bounded(self.depth)?;
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    /// How many tokens a type takes from `ahead` on (`int[]`, `Map.Entry`), with
    /// its brackets; 0 if there is none.
    fn type_length(&self, ahead: usize) -> usize {
        let mut at = self.plain_type_length(ahead);
        if at > 0 {
            while self.peek(ahead + at).is("[") && self.peek(ahead + at + 1).is("]") {
                at += 2;
            }
        }
        at
    }

    fn plain_type_length(&self, ahead: usize) -> usize {
        let first = self.peek(ahead);
        if first.kind == Kind::Primitive || first.is("def") {
            return 1;
        }
        if first.kind != Kind::Name {
            return 0;
        }
        let mut at = 1;
        while self.peek(ahead + at).is(".") && self.kind(ahead + at + 1) == Kind::DotName {
            at += 2;
        }
        at
    }

    fn take_text(&mut self, count: usize) -> String {
        (0..count).map(|_| self.take().text.as_str()).collect()
    }

    /// A type with its brackets.
    fn type_name(&mut self) -> Parsed<String> {
        match self.type_length(0) {
            0 => Err(self.no_viable()),
            length => Ok(self.take_text(length)),
        }
    }

    /// A type without brackets.
    fn plain_type_name(&mut self) -> Parsed<String> {
        match self.plain_type_length(0) {
            0 => Err(self.no_viable()),
            length => Ok(self.take_text(length)),
        }
    }
}
