//! Statements, and where control can go.

use super::{Analyzer, Checked, Want, argument_error, cast_error, no_class, strip};
use crate::engine::painless::ast::{
    Block, Body, Branch, Catch, Expr, ExprKind, Stmt, StmtKind, Variable,
};
use crate::engine::painless::code::{Code, Constant, Handler, NOWHERE, Step, StepKind};
use crate::engine::painless::error::{Cause, Fault};
use crate::engine::painless::types::Type;

/// What a statement does to the flow of control.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Flow {
    /// Every path leaves the function.
    pub(super) method: bool,
    /// Every path leaves the loop.
    pub(super) escapes_loop: bool,
    /// Nothing after it can be reached.
    pub(super) all: bool,
    pub(super) any_continue: bool,
    pub(super) any_break: bool,
}

impl Flow {
    const LEAVE: Self = Self {
        method: true,
        escapes_loop: true,
        all: true,
        any_continue: false,
        any_break: false,
    };

    /// Both of two branches.
    fn and(self, other: Self) -> Self {
        Self {
            method: self.method && other.method,
            escapes_loop: self.escapes_loop && other.escapes_loop,
            all: self.all && other.all,
            any_continue: self.any_continue || other.any_continue,
            any_break: self.any_break || other.any_break,
        }
    }
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Around {
    /// It is the last of its function.
    last_source: bool,
    in_loop: bool,
    /// It is the last of a loop.
    last_loop: bool,
    begin_loop: bool,
}

impl Around {
    pub(super) const LOOP: Self = Self {
        last_source: false,
        in_loop: true,
        last_loop: false,
        begin_loop: true,
    };
}

pub(super) type Stepped = (StepKind, Flow);

pub(super) fn place_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NOWHERE)
}

pub(super) fn is_bool(expr: &Expr) -> Option<bool> {
    match strip(expr).kind {
        ExprKind::Bool(value) => Some(value),
        _ => None,
    }
}

impl Analyzer {
    /// The statements of a function.
    pub(super) fn body(&mut self, body: &[Stmt], place: usize) -> Checked<(Vec<Step>, Flow)> {
        let around = Around {
            last_source: true,
            ..Around::default()
        };
        self.block(body, place, around)
    }

    fn block(&mut self, body: &[Stmt], place: usize, around: Around) -> Checked<(Vec<Step>, Flow)> {
        let mark = self.scope().enter();
        let mut steps = Vec::with_capacity(body.len());
        let mut flow = Flow::default();
        for (index, statement) in body.iter().enumerate() {
            if flow.all {
                return argument_error(place, "invalid block: unreachable statement");
            }
            let last = index + 1 == body.len();
            let inner = Around {
                in_loop: around.in_loop,
                last_loop: last && (around.begin_loop || around.last_loop),
                last_source: last && around.last_source,
                begin_loop: false,
            };
            let (kind, next) = self.statement(statement, inner)?;
            steps.push(Step {
                place: place_of(statement.at),
                at: NOWHERE,
                kind,
            });
            let before = flow;
            flow = next;
            flow.any_break |= before.any_break;
            flow.any_continue |= before.any_continue;
        }
        self.scope().leave(mark);
        Ok((steps, flow))
    }

    /// The statements of a block. That all paths leave it is not passed on: the
    /// compiler looks for unreachable statements within one block only.
    pub(super) fn blocks(&mut self, body: &Body, around: Around) -> Checked<(Vec<Step>, Flow)> {
        let (steps, flow) = self.block(&body.statements, body.at, around)?;
        Ok((steps, Flow { all: false, ..flow }))
    }

    pub(super) fn statement(&mut self, statement: &Stmt, around: Around) -> Checked<Stepped> {
        let at = statement.at;
        match &statement.kind {
            StmtKind::If(branches, otherwise) => {
                self.if_statement(branches, otherwise.as_ref(), around)
            }
            StmtKind::While(condition, body) => {
                self.mark_statement(at);
                let parts = (None, Some(condition), None, body);
                self.loop_statement(at, "while", parts)
            }
            StmtKind::For {
                first,
                condition,
                after,
                body,
            } => {
                self.mark_statement(at);
                let parts = (first.as_deref(), condition.as_ref(), after.as_ref(), body);
                self.loop_statement(at, "for", parts)
            }
            StmtKind::DoWhile(body, condition) => {
                self.mark_statement(at);
                self.do_statement(at, body, condition)
            }
            StmtKind::Each {
                class,
                name,
                over,
                body,
            } => {
                self.mark_statement(at);
                self.each_statement(at, (class, name), over, body)
            }
            StmtKind::Try(body, catches) => {
                self.mark_statement(at);
                self.try_statement(at, body, catches, around)
            }
            StmtKind::Declare(class, variables) => self.declare(class, variables),
            StmtKind::Continue => {
                if !around.in_loop {
                    return argument_error(at, "invalid continue statement: not inside loop");
                }
                if around.last_loop {
                    return argument_error(at, "extraneous continue statement");
                }
                let flow = Flow {
                    all: true,
                    any_continue: true,
                    ..Flow::default()
                };
                Ok((StepKind::Continue, flow))
            }
            StmtKind::Break => {
                if !around.in_loop {
                    return argument_error(at, "invalid break statement: not inside loop");
                }
                let flow = Flow {
                    all: true,
                    escapes_loop: true,
                    any_break: true,
                    ..Flow::default()
                };
                Ok((StepKind::Break, flow))
            }
            StmtKind::Return(value) => {
                self.mark_statement(at);
                let result = self.scope().result;
                let value = match value {
                    Some(value) => Some(self.value(value, result, false, true)?),
                    None if result != Type::VOID => {
                        let name = self.name(result);
                        return cast_error(at, format!("cannot cast from [{name}] to [void]"));
                    }
                    None => None,
                };
                Ok((StepKind::Return(value), Flow::LEAVE))
            }
            StmtKind::Throw(value) => {
                self.mark_statement(at);
                let value = self.value(value, Type::EXCEPTION, false, false)?;
                Ok((StepKind::Throw(value), Flow::LEAVE))
            }
            StmtKind::Expression(expr) => {
                self.mark_statement(at);
                self.expression_statement(expr, around)
            }
        }
    }

    fn expression_statement(&mut self, expr: &Expr, around: Around) -> Checked<Stepped> {
        let result = self.scope().result;
        let gives = around.last_source && result != Type::VOID;
        let want = if gives { Want::VALUE } else { Want::NOTHING };
        let typed = self.expr(expr, want)?;
        if gives && typed.ty != Type::VOID {
            let code = self.cast(typed, strip(expr).at, result, false, true)?;
            return Ok((StepKind::Return(Some(code)), Flow::LEAVE));
        }
        Ok((StepKind::Evaluate(typed.code), Flow::default()))
    }

    pub(super) fn condition(&mut self, condition: &Expr) -> Checked<Code> {
        self.value(condition, Type::BOOLEAN, false, false)
    }

    fn if_statement(
        &mut self,
        branches: &[Branch],
        otherwise: Option<&Block>,
        around: Around,
    ) -> Checked<Stepped> {
        let mut codes = Vec::with_capacity(branches.len());
        let mut all: Option<Flow> = None;
        for branch in branches {
            self.mark_statement(branch.at);
            let condition = self.condition(&branch.condition)?;
            let body = match &branch.body {
                Some(body) if is_bool(&branch.condition).is_none() => body,
                _ => return argument_error(branch.at, "extraneous if block"),
            };
            let (steps, flow) = self.blocks(body, around)?;
            all = Some(all.map_or(flow, |all| all.and(flow)));
            codes.push((condition, steps));
        }
        let mut last = Vec::new();
        let mut flow = Flow::default();
        match (otherwise, branches.last()) {
            (Some(Some(otherwise)), _) => (last, flow) = self.blocks(otherwise, around)?,
            (Some(None), Some(branch)) => {
                return argument_error(branch.at, "extraneous else block.");
            }
            _ => {}
        }
        let flow = all.map_or(flow, |all| all.and(flow));
        Ok((StepKind::If(codes, last), flow))
    }

    fn declare(&mut self, class: &str, variables: &[Variable]) -> Checked<Stepped> {
        let mut steps = Vec::new();
        for variable in variables {
            let at = variable.at;
            self.mark_statement(at);
            if self.library.resolve(&variable.name).is_some() {
                return argument_error(
                    at,
                    format!(
                        "invalid declaration: type [{}] cannot be a name",
                        variable.name
                    ),
                );
            }
            let Some(ty) = self.library.resolve(class) else {
                let reason = format!("invalid declaration: cannot resolve type [{class}]");
                return no_class(at, class, reason);
            };
            let value = match &variable.value {
                Some(value) => Some(self.value(value, ty, false, false)?),
                None => None,
            };
            let slot = self.define(at, &variable.name, ty, false)?;
            steps.push(Step {
                place: place_of(at),
                at: NOWHERE,
                kind: StepKind::Store(slot, value, zero(ty)),
            });
        }
        Ok((StepKind::Declare(steps), Flow::default()))
    }

    fn try_statement(
        &mut self,
        at: usize,
        body: &Block,
        catches: &[Catch],
        around: Around,
    ) -> Checked<Stepped> {
        let Some(body) = body else {
            return argument_error(at, "extraneous try statement");
        };
        let (steps, mut flow) = self.blocks(body, around)?;
        let mut handlers = Vec::new();
        for catch in catches {
            self.mark_statement(catch.at);
            let (handler, next) = self.catch(catch, around)?;
            handlers.push(handler);
            flow = flow.and(next);
        }
        Ok((StepKind::Try(steps, handlers), flow))
    }

    fn catch(&mut self, catch: &Catch, around: Around) -> Checked<(Handler, Flow)> {
        let at = catch.at;
        if self.library.resolve(&catch.name).is_some() {
            return argument_error(
                at,
                format!(
                    "invalid catch declaration: type [{}] cannot be a name",
                    catch.name
                ),
            );
        }
        let Some(ty) = self.library.resolve(&catch.class) else {
            return argument_error(
                at,
                format!(
                    "invalid catch declaration: cannot resolve type [{}]",
                    catch.class
                ),
            );
        };
        let mark = self.scope().enter();
        let slot = self.define(at, &catch.name, ty, false)?;
        if !Type::EXCEPTION.accepts(ty, self.library) {
            let (from, to) = (self.name(ty), self.name(Type::EXCEPTION));
            return Err(Fault::at(
                at,
                Cause::class_cast(format!("cannot cast from [{from}] to [{to}]")),
            ));
        }
        let (body, flow) = match &catch.body {
            Some(body) => self.blocks(body, around)?,
            None => (Vec::new(), Flow::default()),
        };
        self.scope().leave(mark);
        let handler = Handler {
            class: ty.class,
            slot,
            body,
        };
        Ok((handler, flow))
    }
}

/// The value of a variable that was given none.
fn zero(ty: Type) -> Constant {
    match ty {
        Type::BOOLEAN => Constant::Bool(false),
        Type::BYTE => Constant::Byte(0),
        Type::SHORT => Constant::Short(0),
        Type::CHAR => Constant::Char(0),
        Type::INT => Constant::Int(0),
        Type::LONG => Constant::Long(0),
        Type::FLOAT => Constant::Float(0.0),
        Type::DOUBLE => Constant::Double(0.0),
        _ => Constant::Null,
    }
}
