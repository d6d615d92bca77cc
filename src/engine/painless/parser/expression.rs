//! Operators, by precedence.

use super::{Parsed, Parser};
use crate::engine::painless::ast::{Binary, Comparison, Expr, ExprKind, Link, Unary};
use crate::engine::painless::token::Kind;

/// An operator between two operands.
#[derive(Clone, Copy)]
enum Infix {
    Binary(Binary),
    Compare(Comparison),
    And,
    Or,
    Elvis,
    InstanceOf,
}

fn infix(symbol: &str) -> Option<(u8, Infix)> {
    Some(match symbol {
        "*" => (12, Infix::Binary(Binary::Mul)),
        "/" => (12, Infix::Binary(Binary::Div)),
        "%" => (12, Infix::Binary(Binary::Rem)),
        "+" => (11, Infix::Binary(Binary::Add)),
        "-" => (11, Infix::Binary(Binary::Sub)),
        "=~" => (10, Infix::Binary(Binary::Find)),
        "==~" => (10, Infix::Binary(Binary::Match)),
        "<<" => (9, Infix::Binary(Binary::ShiftLeft)),
        ">>" => (9, Infix::Binary(Binary::ShiftRight)),
        ">>>" => (9, Infix::Binary(Binary::ShiftRightUnsigned)),
        "<" => (8, Infix::Compare(Comparison::Less)),
        "<=" => (8, Infix::Compare(Comparison::LessEqual)),
        ">" => (8, Infix::Compare(Comparison::Greater)),
        ">=" => (8, Infix::Compare(Comparison::GreaterEqual)),
        "instanceof" => (7, Infix::InstanceOf),
        "==" => (6, Infix::Compare(Comparison::Equal)),
        "!=" => (6, Infix::Compare(Comparison::NotEqual)),
        "===" => (6, Infix::Compare(Comparison::Same)),
        "!==" => (6, Infix::Compare(Comparison::NotSame)),
        "&" => (5, Infix::Binary(Binary::And)),
        "^" => (4, Infix::Binary(Binary::Xor)),
        "|" => (3, Infix::Binary(Binary::Or)),
        "&&" => (2, Infix::And),
        "||" => (1, Infix::Or),
        "?:" => (0, Infix::Elvis),
        _ => return None,
    })
}

#[expect(clippy::option_option, reason = "a plain assignment has no operator")]
fn assignment(symbol: &str) -> Option<Option<Binary>> {
    Some(Some(match symbol {
        "=" => return Some(None),
        "+=" => Binary::Add,
        "-=" => Binary::Sub,
        "*=" => Binary::Mul,
        "/=" => Binary::Div,
        "%=" => Binary::Rem,
        "&=" => Binary::And,
        "^=" => Binary::Xor,
        "|=" => Binary::Or,
        "<<=" => Binary::ShiftLeft,
        ">>=" => Binary::ShiftRight,
        ">>>=" => Binary::ShiftRightUnsigned,
        _ => return None,
    }))
}

impl Parser<'_> {
    /// An expression: operators, then `? :` or an assignment, both to the right.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.nested(|parser| {
            let at = parser.start();
            let left = parser.operators(0)?;
            let first = parser.height;
            if parser.accept("?") {
                let yes = parser.expression()?;
                let second = parser.height;
                parser.expect(":")?;
                let no = parser.expression()?;
                parser.grow(first.max(second))?;
                let kind = ExprKind::Conditional(Box::new(left), Box::new(yes), Box::new(no));
                return Ok(Expr { at, kind });
            }
            let token = parser.token();
            let operator = match token.kind {
                Kind::Symbol => assignment(&token.text),
                _ => None,
            };
            let Some(operator) = operator else {
                return Ok(left);
            };
            parser.take();
            let value = Box::new(parser.expression()?);
            parser.grow(first)?;
            let kind = ExprKind::Assign {
                target: Box::new(left),
                operator,
                value,
                post: false,
            };
            Ok(Expr { at, kind })
        })
    }

    /// Operands with operators of at least this level between them.
    fn operators(&mut self, lowest: u8) -> Parsed<Expr> {
        let at = self.start();
        let first = self.unary()?;
        let mut tallest = self.height;
        let mut links = Vec::new();
        loop {
            let token = self.token();
            let found = match token.kind {
                Kind::Symbol | Kind::Keyword => infix(&token.text),
                _ => None,
            };
            let Some((level, operator)) = found.filter(|(level, _)| *level >= lowest) else {
                self.height = tallest;
                return self.linked(at, first, links);
            };
            self.take();
            if let Infix::Elvis = operator {
                // the only one that groups to the right, and the last of all
                let second = self.nested(|parser| parser.operators(level))?;
                let right = std::mem::replace(&mut self.height, tallest);
                let first = self.linked(at, first, links)?;
                self.grow(right)?;
                let kind = ExprKind::Elvis(Box::new(first), Box::new(second));
                return Ok(Expr { at, kind });
            }
            links.push(self.link(level, operator)?);
            tallest = tallest.max(self.height);
        }
    }

    /// Operands and the operators between them, a level above the tallest of
    /// these; just the first if there are none.
    fn linked(&mut self, at: usize, first: Expr, links: Vec<Link>) -> Parsed<Expr> {
        if links.is_empty() {
            return Ok(first);
        }
        self.grow(0)?;
        let kind = ExprKind::Operators(Box::new(first), links);
        Ok(Expr { at, kind })
    }

    fn link(&mut self, level: u8, operator: Infix) -> Parsed<Link> {
        if let Infix::InstanceOf = operator {
            return self.type_name().map(Link::InstanceOf);
        }
        let second = self.operators(level + 1)?;
        Ok(match operator {
            Infix::Binary(operator) => Link::Binary(operator, second),
            Infix::Compare(operator) => Link::Compare(operator, second),
            Infix::And => Link::Logic(true, second),
            _ => Link::Logic(false, second),
        })
    }

    fn unary(&mut self) -> Parsed<Expr> {
        self.nested(|parser| {
            let at = parser.start();
            for (symbol, step) in [("++", Binary::Add), ("--", Binary::Sub)] {
                if parser.accept(symbol) {
                    let target = parser.chain()?;
                    return Ok(increment(at, target, step, false));
                }
            }
            for (symbol, operator) in [
                ("!", Unary::Not),
                ("~", Unary::BitNot),
                ("+", Unary::Plus),
                ("-", Unary::Minus),
            ] {
                if parser.accept(symbol) {
                    let kind = ExprKind::Unary(operator, Box::new(parser.unary()?));
                    parser.grow(0)?;
                    return Ok(Expr { at, kind });
                }
            }
            if let Some(length) = parser.cast_length() {
                parser.take();
                let class = parser.take_text(length);
                parser.take();
                let kind = ExprKind::Cast(class, Box::new(parser.unary()?));
                parser.grow(0)?;
                return Ok(Expr { at, kind });
            }
            let chain = parser.chain()?;
            for (symbol, step) in [("++", Binary::Add), ("--", Binary::Sub)] {
                if parser.accept(symbol) {
                    return Ok(increment(at, chain, step, true));
                }
            }
            Ok(chain)
        })
    }

    /// If a cast is next, how many tokens its type has. `(a) - b` is one only if
    /// `a` is `def` or a primitive type.
    fn cast_length(&self) -> Option<usize> {
        if !self.is("(") {
            return None;
        }
        let length = self.type_length(1);
        if length == 0 || !self.peek(1 + length).is(")") {
            return None;
        }
        let next = self.peek(2 + length);
        let type_only = self.kind(1) == Kind::Primitive || self.peek(1).is("def");
        let operand = match next.kind {
            Kind::End => false,
            Kind::Keyword => ["new", "true", "false", "null", "this"].contains(&next.text.as_str()),
            Kind::Symbol if ["(", "!", "~"].contains(&next.text.as_str()) => true,
            Kind::Symbol if next.text == "[" => type_only || length > self.plain_type_length(1),
            Kind::Symbol => type_only,
            _ => true,
        };
        (operand || type_only).then_some(length)
    }
}

/// `++` and `--` are compound assignments of one.
fn increment(at: usize, target: Expr, operator: Binary, post: bool) -> Expr {
    let one = Expr {
        at,
        kind: ExprKind::Integer("1".to_owned(), 10),
    };
    let kind = ExprKind::Assign {
        target: Box::new(target),
        operator: Some(operator),
        value: Box::new(one),
        post,
    };
    Expr { at, kind }
}
