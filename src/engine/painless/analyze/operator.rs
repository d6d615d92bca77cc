//! Operators with one operand, casts, and those that choose.

use super::casts::{kind_of, promote_conditional, promote_one};
use super::{Analyzer, Checked, Typed, Want, argument_error, cast_error, fold, no_class, strip};
use crate::engine::painless::ast::{Expr, ExprKind, Unary};
use crate::engine::painless::code::{Cast, Code, Kind, Op};
use crate::engine::painless::types::Type;

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

    pub(super) fn explicit(&mut self, at: usize, class: &str, operand: &Expr) -> Checked<Typed> {
        let Some(ty) = self.library.resolve(class) else {
            return no_class(at, class, format!("cannot resolve type [{class}]"));
        };
        let code = self.value(operand, ty, true, false)?;
        Ok(Typed { code, ty })
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
