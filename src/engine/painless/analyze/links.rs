//! Operators that group to the left.

use super::casts::{kind_of, promote, promote_add, promote_equality, promote_one, promote_xor};
use super::{Analyzer, Checked, Typed, Want, argument_error, cast_error, fold, no_class, strip};
use crate::engine::painless::ast::{Binary, Comparison, Expr, ExprKind, Link};
use crate::engine::painless::code::{Chain, Code, Constant, Kind, Op};
use crate::engine::painless::error::{Cause, Fault};
use crate::engine::painless::types::Type;
use crate::engine::value::Value;

/// From how many operators on the code is kept flat as well. Below that a tree
/// runs faster.
const FLAT: usize = 24;

/// The left operand of an operator.
struct Left {
    typed: Typed,
    at: usize,
    /// It is the constant `null`.
    null: bool,
}

/// The type that an operator works in, if it can at all.
pub(super) fn operator_type(operator: Binary, left: Type, right: Type) -> Option<Type> {
    match operator {
        Binary::Add => promote_add(left, right),
        Binary::Mul | Binary::Div | Binary::Rem | Binary::Sub => promote(left, right, true),
        Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightUnsigned => {
            promote_one(right, false).and(promote_one(left, false))
        }
        Binary::And | Binary::Or => promote(left, right, false),
        Binary::Xor => promote_xor(left, right),
        Binary::Find | Binary::Match => Some(Type::BOOLEAN),
    }
}

impl Analyzer {
    /// Operands and the operators between them, from left to right.
    pub(super) fn operators(
        &mut self,
        at: usize,
        first: &Expr,
        links: &[Link],
        want: Want,
    ) -> Checked<Typed> {
        for link in links.iter().rev() {
            if let Link::InstanceOf(class) = link {
                self.instance_type(at, class)?;
            }
        }
        // what the operator behind an operand wants of it
        let wanted = |behind: usize| match links.get(behind) {
            Some(Link::Logic(..)) => Want {
                target: Some(Type::BOOLEAN),
                ..Want::VALUE
            },
            Some(_) => Want::VALUE,
            None => want,
        };
        let first = strip(first);
        let mut left = Left {
            typed: self.expr(first, wanted(0))?,
            at: first.at,
            null: matches!(first.kind, ExprKind::Null),
        };
        for (index, link) in links.iter().enumerate() {
            let mut typed = match link {
                Link::Binary(operator, right) => {
                    self.binary(at, *operator, left, right, wanted(index + 1))?
                }
                Link::Compare(operator, right) => self.compare(at, *operator, left, right)?,
                Link::Logic(and, right) => {
                    let first = self.cast(left.typed, left.at, Type::BOOLEAN, false, false)?;
                    let second = self.value(right, Type::BOOLEAN, false, false)?;
                    let op = Op::Logic(*and, Box::new((first, second)));
                    Typed::new(at, op, Type::BOOLEAN)
                }
                Link::InstanceOf(class) => {
                    let ty = self.instance_type(at, class)?;
                    let op = Op::InstanceOf(ty, Box::new(left.typed.code));
                    Typed::new(at, op, Type::BOOLEAN)
                }
            };
            if index >= FLAT {
                typed.code = Chain::flatten(typed.code);
            }
            left = Left {
                typed,
                at,
                null: false,
            };
        }
        Ok(left.typed)
    }

    fn cannot_apply<T>(
        &self,
        at: usize,
        (name, symbol): (&str, &str),
        left: Type,
        right: Type,
    ) -> Checked<T> {
        cast_error(
            at,
            format!(
                "cannot apply the {name} operator [{symbol}] to the types [{}] and [{}]",
                self.name(left),
                self.name(right)
            ),
        )
    }

    fn binary(
        &mut self,
        at: usize,
        operator: Binary,
        left: Left,
        right: &Expr,
        want: Want,
    ) -> Checked<Typed> {
        let right = strip(right);
        let first = left.typed;
        let second = self.expr(right, Want::VALUE)?;
        if let Binary::Find | Binary::Match = operator {
            let text = self.cast(first, left.at, Type::STRING, false, false)?;
            let pattern = self.cast(second, right.at, Type::PATTERN, false, false)?;
            let op = Op::Find(operator == Binary::Match, Box::new((text, pattern)));
            return Ok(Typed::new(at, op, Type::BOOLEAN));
        }
        let Some(ty) = operator_type(operator, first.ty, second.ty) else {
            let named = (operator.name(), operator.symbol());
            return self.cannot_apply(at, named, first.ty, second.ty);
        };
        if operator == Binary::Add && ty == Type::STRING {
            return Ok(self.concatenation(at, first.code, second.code));
        }
        let shift = operator
            .is_shift()
            .then(|| promote_one(second.ty, false))
            .flatten();
        if ty.is_def() || shift == Some(Type::DEF) {
            let op = Op::Math(operator, Kind::Def, Box::new((first.code, second.code)));
            return Ok(Self::settle(Typed::new(at, op, Type::DEF), want));
        }
        let left = self.cast(first, left.at, ty, false, false)?;
        let right = match shift {
            Some(Type::LONG) => self.cast(second, right.at, Type::INT, true, false)?,
            Some(shift) => self.cast(second, right.at, shift, false, false)?,
            None => self.cast(second, right.at, ty, false, false)?,
        };
        let kind = kind_of(ty);
        if let (Op::Constant(first), Op::Constant(second)) = (&left.op, &right.op) {
            match fold::binary(operator, kind, *first, *second) {
                Some(Ok(constant)) => return Ok(Typed::new(at, Op::Constant(constant), ty)),
                Some(Err(())) if self.folding.is_none() => {
                    let cause = Cause::new("arithmetic_exception", Some("/ by zero".into()));
                    self.folding = Some(Fault::at(at, cause));
                }
                _ => {}
            }
        }
        let op = Op::Math(operator, kind, Box::new((left, right)));
        Ok(Typed::new(at, op, ty))
    }

    /// The text of a constant; `None` if it is none.
    fn constant_text(&self, code: &Code) -> Option<String> {
        match &code.op {
            Op::Text(index) => self.program.texts.get(*index as usize).cloned(),
            Op::Constant(Constant::Null) => None,
            Op::Constant(constant) => Some(Value::from(*constant).to_java_string()),
            _ => None,
        }
    }

    /// `first + second` where one is a string; constants are joined right away.
    fn concatenation(&mut self, at: usize, first: Code, second: Code) -> Typed {
        let mut parts = match first.op {
            Op::Concat(parts) => parts,
            _ => vec![first],
        };
        let more = match second.op {
            Op::Concat(parts) => parts,
            _ => vec![second],
        };
        for part in more {
            let before = parts.last().and_then(|last| self.constant_text(last));
            match before.zip(self.constant_text(&part)) {
                Some((before, text)) => {
                    let text = self.text(&(before + &text));
                    parts.pop();
                    parts.push(Code::new(at, Op::Text(text)));
                }
                None => parts.push(part),
            }
        }
        let single = matches!(
            parts.as_slice(),
            [Code {
                op: Op::Text(_),
                ..
            }]
        );
        let op = match parts.pop() {
            Some(text) if single => text.op,
            last => {
                parts.extend(last);
                Op::Concat(parts)
            }
        };
        Typed::new(at, op, Type::STRING)
    }

    fn compare(
        &mut self,
        at: usize,
        operator: Comparison,
        left: Left,
        right: &Expr,
    ) -> Checked<Typed> {
        let right = strip(right);
        let first = left.typed;
        let second = self.expr(right, Want::VALUE)?;
        let promoted = if operator.is_equality() {
            promote_equality(first.ty, second.ty)
        } else {
            promote(first.ty, second.ty, true)
        };
        let Some(ty) = promoted else {
            let named = (operator.name(), operator.symbol());
            return self.cannot_apply(at, named, first.ty, second.ty);
        };
        if operator.is_equality() && left.null && matches!(right.kind, ExprKind::Null) {
            return argument_error(at, "extraneous comparison of [null] constants");
        }
        let identity = matches!(operator, Comparison::Same | Comparison::NotSame);
        if let (true, Op::Text(_), Op::Text(_)) = (identity, &first.code.op, &second.code.op) {
            // compared while compiling, when every literal is an object of its own
            let op = Op::Constant(Constant::Bool(operator == Comparison::NotSame));
            return Ok(Typed::new(at, op, Type::BOOLEAN));
        }
        let pair = if identity || !ty.is_def() {
            (
                self.cast(first, left.at, ty, false, false)?,
                self.cast(second, right.at, ty, false, false)?,
            )
        } else {
            (first.code, second.code)
        };
        let kind = kind_of(ty);
        let op = if ty == Type::OBJECT || identity && ty.is_def() {
            Op::Same(operator, Box::new(pair))
        } else {
            Op::Compare(operator, kind, Box::new(pair))
        };
        Ok(Typed::new(at, op, Type::BOOLEAN))
    }

    fn instance_type(&mut self, at: usize, class: &str) -> Checked<Type> {
        match self.library.resolve(class) {
            Some(ty) if ty.is_primitive() => Ok(ty.boxed()),
            Some(ty) => Ok(ty),
            None => no_class(at, class, format!("Not a type [{class}].")),
        }
    }
}
