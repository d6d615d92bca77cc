//! Loops.

use super::casts::legal_cast;
use super::statement::{Around, Flow, Stepped, is_bool, place_of};
use super::{Analyzer, Checked, Want, argument_error, cast_error};
use crate::engine::painless::ast::{Block, Expr, Stmt, StmtKind};
use crate::engine::painless::code::{NOWHERE, Step, StepKind};
use crate::engine::painless::types::Type;

impl Analyzer {
    pub(super) fn loop_statement(
        &mut self,
        at: usize,
        word: &str,
        (first, condition, after, body): (Option<&Stmt>, Option<&Expr>, Option<&Expr>, &Block),
    ) -> Checked<Stepped> {
        let mark = self.scope().enter();
        let mut opening = Vec::new();
        if let Some(first) = first {
            let kind = match &first.kind {
                StmtKind::Expression(expr) => {
                    StepKind::Evaluate(self.expr(expr, Want::NOTHING)?.code)
                }
                _ => self.statement(first, Around::default())?.0,
            };
            opening.push(Step {
                place: place_of(first.at),
                at: NOWHERE,
                kind,
            });
        }
        let mut continuous = condition.is_none();
        let mut code = None;
        if let Some(condition) = condition {
            let tested = self.condition(condition)?;
            match is_bool(condition) {
                Some(false) => return argument_error(at, format!("extraneous {word} loop")),
                Some(true) if body.is_none() => {
                    return argument_error(at, format!("no paths escape from {word} loop"));
                }
                Some(true) => continuous = true,
                None => code = Some(tested),
            }
        }
        let after = match after {
            Some(after) => Some(self.expr(after, Want::NOTHING)?.code),
            None => None,
        };
        let mut flow = Flow::default();
        let mut steps = Vec::new();
        if let Some(body) = body {
            let inner;
            (steps, inner) = self.blocks(body, Around::LOOP)?;
            if inner.escapes_loop && !inner.any_continue {
                return argument_error(at, format!("extraneous {word} loop"));
            }
            if continuous && !inner.any_break {
                flow.method = true;
                flow.all = true;
            }
        }
        self.scope().leave(mark);
        let kind = StepKind::Loop {
            first: opening,
            condition: code,
            after,
            body: steps,
        };
        Ok((kind, flow))
    }

    pub(super) fn do_statement(
        &mut self,
        at: usize,
        body: &Block,
        condition: &Expr,
    ) -> Checked<Stepped> {
        let Some(body) = body else {
            return argument_error(at, "extraneous do-while loop");
        };
        let (steps, inner) = self.blocks(body, Around::LOOP)?;
        if inner.escapes_loop && !inner.any_continue {
            return argument_error(at, "extraneous do-while loop");
        }
        let code = self.condition(condition)?;
        let mut flow = Flow::default();
        let code = match is_bool(condition) {
            Some(false) => return argument_error(at, "extraneous do-while loop"),
            Some(true) => {
                if !inner.any_break {
                    flow.method = true;
                    flow.all = true;
                }
                None
            }
            None => Some(code),
        };
        Ok((StepKind::DoWhile(steps, code), flow))
    }

    pub(super) fn each_statement(
        &mut self,
        at: usize,
        (class, name): (&str, &str),
        over: &Expr,
        body: &Block,
    ) -> Checked<Stepped> {
        let iterable = self.expr(over, Want::VALUE)?;
        let Some(ty) = self.library.resolve(class) else {
            return argument_error(
                at,
                format!("invalid foreach loop: type [{class}] not found"),
            );
        };
        let mark = self.scope().enter();
        let slot = self.define(at, name, ty, true)?;
        let Some(body) = body else {
            return argument_error(at, "extraneous foreach loop");
        };
        let (steps, inner) = self.blocks(body, Around::LOOP)?;
        if inner.escapes_loop && !inner.any_continue {
            return argument_error(at, "extraneous foreach loop");
        }
        let element = if iterable.ty.is_array() {
            iterable.ty.element()
        } else if iterable.ty.is_def() || Type::ITERABLE.accepts(iterable.ty, self.library) {
            Type::DEF
        } else {
            let name = self.name(iterable.ty);
            return argument_error(
                at,
                format!("invalid foreach loop: cannot iterate over type [{name}]."),
            );
        };
        let Some(cast) = legal_cast(self.library, element, ty, true, true) else {
            let (from, to) = (self.name(element), self.name(ty));
            return cast_error(at, format!("Cannot cast from [{from}] to [{to}]."));
        };
        self.scope().leave(mark);
        let kind = StepKind::Each {
            slot,
            cast,
            over: iterable.code,
            body: steps,
        };
        Ok((kind, Flow::default()))
    }
}
