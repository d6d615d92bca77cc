//! Operators.

use super::casts::{
    kind_of, promote, promote_add, promote_conditional, promote_equality, promote_one, promote_xor,
};
use super::{Analyzer, Checked, Typed, Want, argument_error, cast_error, fold, strip};
use crate::engine::painless::ast::{Binary, Comparison, Expr, ExprKind, Unary};
use crate::engine::painless::code::{Cast, Code, Kind, Op};
use crate::engine::painless::error::{Cause, Fault};
use crate::engine::painless::types::Type;

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
    pub(super) fn unary(
        &mut self,
        at: usize,
        operator: Unary,
        operand: &Expr,
        want: Want,
    ) -> Checked<Typed> {
        let operand = strip(operand);
        if operator == Unary::Minus {
            match &operand.kind {
                ExprKind::Integer(digits, radix) => {
                    return Self::integer(operand.at, digits, *radix, true, want);
                }
                ExprKind::Decimal(text) => return Self::decimal(operand.at, text, true),
                _ => {}
            }
        }
        if operator == Unary::Not {
            let code = self.value(operand, Type::BOOLEAN, false, false)?;
            let op = Op::Unary(Unary::Not, Kind::Bool, Box::new(code));
            return Ok(Typed::new(at, op, Type::BOOLEAN));
        }
        let typed = self.expr(operand, Want::VALUE)?;
        let Some(ty) = promote_one(typed.ty, operator != Unary::BitNot) else {
            let name = self.name(typed.ty);
            return cast_error(
                at,
                format!(
                    "cannot apply the {} operator [{}] to the type [{name}]",
                    operator.name(),
                    operator.symbol()
                ),
            );
        };
        let code = self.cast(typed, operand.at, ty, false, false)?;
        let kind = kind_of(ty);
        if let Op::Constant(constant) = code.op
            && let Some(constant) = fold::unary(operator, kind, constant)
        {
            return Ok(Typed::new(at, Op::Constant(constant), ty));
        }
        let typed = Typed::new(at, Op::Unary(operator, kind, Box::new(code)), ty);
        Ok(Self::settle(typed, want))
    }

    /// A `def` result takes the type that is wanted right away.
    pub(super) fn settle(typed: Typed, want: Want) -> Typed {
        match want.target {
            Some(target)
                if typed.ty.is_def()
                    && !target.is_def()
                    && !want.explicit
                    && target != Type::VOID =>
            {
                let mut code =
                    Code::new(0, Op::Cast(Cast::Def(target, false), Box::new(typed.code)));
                code.place = crate::engine::painless::code::NOWHERE;
                Typed { code, ty: target }
            }
            _ => typed,
        }
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

    pub(super) fn binary(
        &mut self,
        at: usize,
        operator: Binary,
        left: &Expr,
        right: &Expr,
        want: Want,
    ) -> Checked<Typed> {
        let (left, right) = (strip(left), strip(right));
        let first = self.expr(left, Want::VALUE)?;
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
            let mut parts = Vec::new();
            for typed in [first, second] {
                match typed.code.op {
                    Op::Concat(inner) => parts.extend(inner),
                    _ => parts.push(typed.code),
                }
            }
            return Ok(Typed::new(at, Op::Concat(parts), Type::STRING));
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

    pub(super) fn compare(
        &mut self,
        at: usize,
        operator: Comparison,
        left: &Expr,
        right: &Expr,
    ) -> Checked<Typed> {
        let (left, right) = (strip(left), strip(right));
        let first = self.expr(left, Want::VALUE)?;
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
        let null = |expr: &Expr| matches!(expr.kind, ExprKind::Null);
        if operator.is_equality() && null(left) && null(right) {
            return argument_error(at, "extraneous comparison of [null] constants");
        }
        let identity = matches!(operator, Comparison::Same | Comparison::NotSame);
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

    pub(super) fn explicit(&mut self, at: usize, class: &str, operand: &Expr) -> Checked<Typed> {
        let Some(ty) = self.library.resolve(class) else {
            return argument_error(at, format!("cannot resolve type [{class}]"));
        };
        let code = self.value(operand, ty, true, false)?;
        Ok(Typed { code, ty })
    }

    pub(super) fn instance_of(&mut self, at: usize, operand: &Expr, class: &str) -> Checked<Typed> {
        let Some(ty) = self.library.resolve(class) else {
            return argument_error(at, format!("Not a type [{class}]."));
        };
        let typed = self.expr(operand, Want::VALUE)?;
        let ty = if ty.is_primitive() { ty.boxed() } else { ty };
        let op = Op::InstanceOf(ty, Box::new(typed.code));
        Ok(Typed::new(at, op, Type::BOOLEAN))
    }

    pub(super) fn conditional(
        &mut self,
        at: usize,
        condition: &Expr,
        (yes, no): (&Expr, &Expr),
        want: Want,
    ) -> Checked<Typed> {
        let condition = self.value(condition, Type::BOOLEAN, false, false)?;
        let (yes, no) = (strip(yes), strip(no));
        let inner = Want { read: true, ..want };
        let first = self.expr(yes, inner)?;
        let second = self.expr(no, inner)?;
        let ty = want
            .target
            .unwrap_or_else(|| promote_conditional(first.ty, second.ty));
        let (explicit, internal) = (want.explicit, want.internal);
        let first = self.cast(first, yes.at, ty, explicit, internal)?;
        let second = self.cast(second, no.at, ty, explicit, internal)?;
        let op = Op::Conditional(Box::new((condition, first, second)));
        Ok(Typed::new(at, op, ty))
    }

    pub(super) fn elvis(
        &mut self,
        at: usize,
        left: &Expr,
        right: &Expr,
        want: Want,
    ) -> Checked<Typed> {
        if want.target.is_some_and(Type::is_primitive) {
            return argument_error(at, "Elvis operator cannot return primitives");
        }
        let (left, right) = (strip(left), strip(right));
        let inner = Want { read: true, ..want };
        let first = self.expr(left, inner)?;
        let second = self.expr(right, inner)?;
        match left.kind {
            ExprKind::Null => {
                return argument_error(at, "Extraneous elvis operator. LHS is null.");
            }
            ExprKind::Bool(_)
            | ExprKind::Integer(..)
            | ExprKind::Decimal(_)
            | ExprKind::Text(_) => {
                return argument_error(at, "Extraneous elvis operator. LHS is a constant.");
            }
            _ => {}
        }
        if first.ty.is_primitive() {
            return argument_error(at, "Extraneous elvis operator. LHS is a primitive.");
        }
        if let ExprKind::Null = right.kind {
            return argument_error(at, "Extraneous elvis operator. RHS is null.");
        }
        let ty = want
            .target
            .unwrap_or_else(|| promote_conditional(first.ty, second.ty));
        let (explicit, internal) = (want.explicit, want.internal);
        let first = self.cast(first, left.at, ty, explicit, internal)?;
        let second = self.cast(second, right.at, ty, explicit, internal)?;
        let op = Op::Elvis(Box::new((first, second)));
        Ok(Typed::new(at, op, ty))
    }
}
