//! Values and what is asked of them: `a.b[0].c(d)`.

use super::{Parsed, Parser};
use crate::engine::painless::ast::{Expr, ExprKind, Stmt, StmtKind};
use crate::engine::painless::token::Kind;

impl Parser<'_> {
    pub(super) fn chain(&mut self) -> Parsed<Expr> {
        let at = self.start();
        let outer = std::mem::take(&mut self.tallest);
        let (kind, plain_array) = self.primary()?;
        let mut expr = Expr { at, kind };
        loop {
            self.height = self.tallest;
            self.grow(0)?;
            let at = self.start();
            let kind = if self.is(".") || self.is("?.") {
                let safe = self.take().text == "?.";
                self.after_dot(expr, safe)?
            } else if self.is("[") && !plain_array {
                self.take();
                let index = self.expression()?;
                self.expect("]")?;
                ExprKind::Brace(Box::new(expr), Box::new(index))
            } else {
                self.tallest = self.tallest.max(outer);
                return Ok(expr);
            };
            expr = Expr { at, kind };
        }
    }

    fn after_dot(&mut self, receiver: Expr, safe: bool) -> Parsed<ExprKind> {
        let receiver = Box::new(receiver);
        let name = match self.kind(0) {
            Kind::DotName | Kind::DotInteger => self.take().text.clone(),
            _ => return Err(self.no_viable()),
        };
        if self.is("(") {
            let arguments = self.arguments()?;
            return Ok(ExprKind::Call(receiver, name, arguments, safe));
        }
        Ok(ExprKind::Dot(receiver, name, safe))
    }

    /// A value; and whether it is `new T[n]`, after which a bracket is a further
    /// dimension rather than an index.
    fn primary(&mut self) -> Parsed<(ExprKind, bool)> {
        let token = self.token();
        let kind = match token.kind {
            Kind::Octal => {
                let digits = self.take().text.trim_start_matches('0');
                let digits = if digits.is_empty() { "0" } else { digits };
                ExprKind::Integer(digits.to_owned(), 8)
            }
            Kind::Hex => {
                let text = &self.take().text;
                ExprKind::Integer(text.get(2..).unwrap_or_default().to_owned(), 16)
            }
            Kind::Integer => ExprKind::Integer(self.take().text.clone(), 10),
            Kind::Decimal => ExprKind::Decimal(self.take().text.clone()),
            Kind::Text => ExprKind::Text(unquote(&self.take().text)),
            Kind::Regex => self.regex(),
            Kind::Name => {
                let name = self.take().text.clone();
                if self.is("(") {
                    ExprKind::CallLocal(name, self.arguments()?)
                } else {
                    ExprKind::Name(name)
                }
            }
            Kind::Keyword if token.text == "new" => return self.new_value(),
            Kind::Keyword if ["true", "false"].contains(&token.text.as_str()) => {
                ExprKind::Bool(self.take().text == "true")
            }
            Kind::Keyword if token.text == "null" => {
                self.take();
                ExprKind::Null
            }
            Kind::Symbol if token.text == "(" => {
                let more = self.redundant();
                self.at += more + 1;
                let inner = self.expression()?;
                for _ in 0..=more {
                    self.expect(")")?;
                }
                ExprKind::Group(Box::new(inner))
            }
            Kind::Symbol if token.text == "[" => self.list_or_map()?,
            _ => return Err(self.no_viable()),
        };
        Ok((kind, false))
    }

    /// How many parentheses have nothing between them and the next ones.
    fn redundant(&self) -> usize {
        let closer = |index: usize| self.closers.get(index).copied().unwrap_or_default();
        (self.at..self.tokens.len())
            .take_while(|&at| closer(at + 1) > 0 && closer(at) == closer(at + 1) + 1)
            .count()
    }

    fn regex(&mut self) -> ExprKind {
        let text = &self.take().text;
        let end = text.rfind('/').unwrap_or_default();
        let pattern = text.get(1..end).unwrap_or_default();
        let flags = text.get(end + 1..).unwrap_or_default();
        ExprKind::Regex(pattern.to_owned(), flags.to_owned())
    }

    fn list_or_map(&mut self) -> Parsed<ExprKind> {
        self.take();
        if self.accept("]") {
            return Ok(ExprKind::List(Vec::new()));
        }
        if self.accept(":") {
            if !self.accept("]") {
                return Err(self.no_viable());
            }
            return Ok(ExprKind::Map(Vec::new()));
        }
        let first = self.expression()?;
        if self.is(":") {
            return self.map(first);
        }
        let mut items = vec![first];
        while self.accept(",") {
            items.push(self.expression()?);
        }
        if !self.accept("]") {
            return Err(self.no_viable());
        }
        Ok(ExprKind::List(items))
    }

    fn map(&mut self, first: Expr) -> Parsed<ExprKind> {
        let mut key = first;
        let mut entries = Vec::new();
        loop {
            if !self.accept(":") {
                return Err(self.no_viable());
            }
            entries.push((key, self.expression()?));
            if !self.accept(",") {
                break;
            }
            key = self.expression()?;
        }
        if !self.accept("]") {
            return Err(self.no_viable());
        }
        Ok(ExprKind::Map(entries))
    }

    fn new_value(&mut self) -> Parsed<(ExprKind, bool)> {
        self.take();
        let class = self.plain_type_name()?;
        if self.is("(") {
            return Ok((ExprKind::New(class, self.arguments()?), false));
        }
        if !self.is("[") {
            return Err(self.no_viable());
        }
        if self.peek(1).is("]") {
            self.at += 2;
            if !self.accept("{") {
                return Err(self.no_viable());
            }
            let mut items = Vec::new();
            while !self.is("}") {
                if !items.is_empty() {
                    self.expect(",")?;
                }
                items.push(self.expression()?);
            }
            self.expect("}")?;
            return Ok((ExprKind::NewArray(format!("{class}[]"), items, true), false));
        }
        let mut sizes = Vec::new();
        while self.accept("[") {
            sizes.push(self.expression()?);
            self.expect("]")?;
        }
        let class = class + &"[]".repeat(sizes.len());
        Ok((ExprKind::NewArray(class, sizes, false), true))
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.is(")") {
            if !arguments.is_empty() && !self.accept(",") {
                return Err(self.no_viable());
            }
            arguments.push(self.argument()?);
        }
        self.expect(")")?;
        Ok(arguments)
    }

    fn argument(&mut self) -> Parsed<Expr> {
        let at = self.start();
        if let Some(length) = self.lambda_length() {
            return self.lambda(at, length);
        }
        let length = if self.is("this") {
            1
        } else {
            self.type_length(0)
        };
        if length > 0 && self.peek(length).is("::") {
            let symbol = self.take_text(length);
            self.take();
            let named = self.kind(0) == Kind::Name || self.is("new");
            if !named {
                return Err(self.no_viable());
            }
            let kind = ExprKind::Reference(symbol, self.take().text.clone());
            return Ok(Expr { at, kind });
        }
        self.expression()
    }

    /// If a lambda is next, how many tokens there are before its arrow.
    fn lambda_length(&self) -> Option<usize> {
        let length = if self.is("(") {
            let mut at = 1;
            while !self.peek(at).is(")") {
                if at > 1 {
                    if !self.peek(at).is(",") {
                        return None;
                    }
                    at += 1;
                }
                at += self.parameter_length(at)?;
            }
            at + 1
        } else {
            self.parameter_length(0)?
        };
        self.peek(length).is("->").then_some(length)
    }

    fn parameter_length(&self, ahead: usize) -> Option<usize> {
        let typed = self.type_length(ahead);
        if typed > 0 && self.kind(ahead + typed) == Kind::Name {
            return Some(typed + 1);
        }
        (self.kind(ahead) == Kind::Name).then_some(1)
    }

    fn lambda(&mut self, at: usize, length: usize) -> Parsed<Expr> {
        let arrow = self.at + length;
        self.accept("(");
        let mut parameters = Vec::new();
        while self.at < arrow && !self.is(")") {
            self.accept(",");
            let class = match self.parameter_length(0) {
                Some(1) | None => None,
                Some(_) => Some(self.type_name()?),
            };
            parameters.push((class, self.name()?));
        }
        self.accept(")");
        self.expect("->")?;
        let body = if self.is("{") {
            self.block()?.map_or_else(Vec::new, |body| body.statements)
        } else {
            let value = self.expression()?;
            vec![Stmt {
                at,
                kind: StmtKind::Return(Some(value)),
            }]
        };
        let kind = ExprKind::Lambda { parameters, body };
        Ok(Expr { at, kind })
    }
}

/// The text of a string literal: only the quote and the backslash are escaped.
fn unquote(literal: &str) -> String {
    let inner = literal.get(1..literal.len() - 1).unwrap_or_default();
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            text.extend(chars.next());
        } else {
            text.push(c);
        }
    }
    text
}
