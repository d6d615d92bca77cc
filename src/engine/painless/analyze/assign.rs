//! Assignments.

use super::casts::{kind_of, legal_cast, promote_one, promote_xor};
use super::links::operator_type;
use super::{Analyzer, Checked, Typed, Want, argument_error, cast_error, strip};
use crate::engine::painless::ast::{Binary, Expr, ExprKind};
use crate::engine::painless::code::{Assign, Cast, Compound, Gives, NOWHERE, Op};
use crate::engine::painless::types::Type;

impl Analyzer {
    pub(super) fn assign(&mut self, expr: &Expr, want: Want) -> Checked<Typed> {
        let ExprKind::Assign {
            target,
            operator,
            value,
            post,
        } = &expr.kind
        else {
            return argument_error(expr.at, "illegal tree structure");
        };
        let at = expr.at;
        let left = strip(target);
        let place = self.target(left, want.read || operator.is_some())?;
        let mut ty = place.ty;
        let (code, value_type, compound);
        if let Some(operator) = operator {
            let typed;
            (typed, compound) = self.compound(at, *operator, ty, value)?;
            value_type = compound.as_ref().map_or(typed.ty, |_| typed.ty);
            code = typed.code;
        } else if place.dynamic {
            let typed = self.expr(value, Want::VALUE)?;
            if typed.ty == Type::VOID {
                return argument_error(at, "invalid assignment: cannot assign type [void]");
            }
            ty = typed.ty;
            value_type = typed.ty;
            code = typed.code;
            compound = None;
        } else {
            code = self.value(value, ty, false, false)?;
            value_type = ty;
            compound = None;
        }
        let gives = match (want.read, post) {
            (false, _) => Gives::Nothing,
            (true, true) => Gives::Before,
            (true, false) => Gives::After,
        };
        let assign = Assign {
            target: place.target,
            value: code,
            value_type,
            compound,
            gives,
            place: u32::try_from(left.at).unwrap_or(NOWHERE),
            load_at: NOWHERE,
            store_at: NOWHERE,
        };
        let ty = if want.read { ty } else { Type::VOID };
        Ok(Typed::new(at, Op::Assign(Box::new(assign)), ty))
    }

    fn compound(
        &mut self,
        at: usize,
        operator: Binary,
        left: Type,
        value: &Expr,
    ) -> Checked<(Typed, Option<Compound>)> {
        let right = strip(value);
        let typed = self.expr(right, Want::VALUE)?;
        let ty = match operator {
            Binary::And | Binary::Or | Binary::Xor => promote_xor(left, typed.ty),
            _ => operator_type(operator, left, typed.ty),
        };
        let Some(ty) = ty else {
            return cast_error(
                at,
                format!(
                    "invalid compound assignment: cannot apply [{}=] to types [{}] and [{}]",
                    operator.symbol(),
                    self.name(left),
                    self.name(typed.ty)
                ),
            );
        };
        let right_type = match promote_one(typed.ty, false).filter(|_| operator.is_shift()) {
            Some(_) if ty.is_def() => (Type::DEF, false),
            Some(Type::LONG) => (Type::INT, true),
            Some(shift) => (shift, false),
            None => (ty, false),
        };
        let concat = operator == Binary::Add && ty == Type::STRING;
        let value_type = typed.ty;
        let code = if concat {
            // every type can be appended, but the compiler asks for a cast first
            let fits = legal_cast(self.library, typed.ty, ty, right_type.1, false).is_some();
            if fits && matches!(typed.code.op, Op::Concat(_)) {
                typed.code
            } else {
                self.cast(typed, right.at, ty, right_type.1, false)?
            }
        } else {
            self.cast(typed, right.at, right_type.0, right_type.1, false)?
        };
        let up = legal_cast(self.library, left, ty, false, false);
        let down = legal_cast(self.library, ty, left, true, false);
        let (Some(up), Some(down)) = (up, down) else {
            let (from, to) = if up.is_none() { (left, ty) } else { (ty, left) };
            return cast_error(
                at,
                format!(
                    "Cannot cast from [{}] to [{}].",
                    self.name(from),
                    self.name(to)
                ),
            );
        };
        let compound = Compound {
            operator,
            kind: kind_of(ty),
            concat,
            up: if ty.is_def() { Cast::None } else { up },
            down: if ty.is_def() && left.is_def() {
                Cast::None
            } else {
                down
            },
            place: u32::try_from(at).unwrap_or(NOWHERE),
            at: NOWHERE,
        };
        Ok((
            Typed {
                code,
                ty: value_type,
            },
            Some(compound),
        ))
    }
}
