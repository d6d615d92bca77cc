//! Running statements.

use super::{Exception, Run, Throw, Thrown, Vm, null_pointer};
use crate::engine::painless::code::{Cast, Code, Handler, NOWHERE, Step, StepKind};
use crate::engine::painless::types::Type;
use crate::engine::value::Value;

/// How a statement ends.
pub(super) enum Flow {
    Next,
    Continue,
    Break,
    Return(Value),
}

/// A loop that goes round `for` or `while`.
struct Round<'a> {
    condition: Option<&'a Code>,
    after: Option<&'a Code>,
    body: &'a [Step],
    at: u32,
}

impl Vm<'_> {
    pub(super) fn block(&mut self, steps: &[Step]) -> Run<Flow> {
        self.descend()?;
        let mut flow = Ok(Flow::Next);
        for step in steps {
            flow = self.statement(step);
            if !matches!(flow, Ok(Flow::Next)) {
                break;
            }
        }
        self.ascend();
        flow
    }

    fn statement(&mut self, step: &Step) -> Run<Flow> {
        self.step()?;
        match &step.kind {
            StepKind::Evaluate(code) => {
                self.eval(code)?;
                Ok(Flow::Next)
            }
            StepKind::Store(slot, value, zero) => {
                let value = match value {
                    Some(value) => self.eval(value)?,
                    None => (*zero).into(),
                };
                self.set_local(*slot, value);
                Ok(Flow::Next)
            }
            StepKind::Declare(steps) => self.block(steps),
            StepKind::If(branches, otherwise) => {
                for (condition, body) in branches {
                    if self.test(condition)? {
                        return self.block(body);
                    }
                }
                self.block(otherwise)
            }
            StepKind::Loop {
                first,
                condition,
                after,
                body,
            } => {
                self.block(first)?;
                self.rounds(&Round {
                    condition: condition.as_ref(),
                    after: after.as_ref(),
                    body,
                    at: step.at,
                })
            }
            StepKind::DoWhile(body, condition) => self.do_while(body, condition.as_ref(), step.at),
            StepKind::Each {
                slot,
                cast,
                over,
                body,
            } => self.each((*slot, *cast), over, body, step.at),
            StepKind::Try(body, handlers) => self.try_block(body, handlers),
            StepKind::Continue => Ok(Flow::Continue),
            StepKind::Break => Ok(Flow::Break),
            StepKind::Return(None) => Ok(Flow::Return(Value::Null)),
            StepKind::Return(Some(value)) => self.eval(value).map(Flow::Return),
            StepKind::Throw(value) => {
                let value = self.eval(value)?;
                Err(Self::locate(thrown_by(&value), step.at))
            }
        }
    }

    fn rounds(&mut self, round: &Round<'_>) -> Run<Flow> {
        loop {
            if let Some(condition) = round.condition
                && !self.test(condition)?
            {
                return Ok(Flow::Next);
            }
            self.round()
                .map_err(|thrown| Self::locate(thrown, round.at))?;
            match self.block(round.body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
            if let Some(after) = round.after {
                self.eval(after)?;
            }
            self.step()?;
        }
    }

    fn do_while(&mut self, body: &[Step], condition: Option<&Code>, at: u32) -> Run<Flow> {
        loop {
            match self.block(body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
            if let Some(condition) = condition
                && !self.test(condition)?
            {
                return Ok(Flow::Next);
            }
            self.round().map_err(|thrown| Self::locate(thrown, at))?;
            self.step()?;
        }
    }

    fn each(
        &mut self,
        (slot, cast): (u16, Cast),
        over: &Code,
        body: &[Step],
        at: u32,
    ) -> Run<Flow> {
        let over = self.eval(over)?;
        let mut cursor = Self::cursor(&over).map_err(|thrown| Self::locate(thrown, at))?;
        loop {
            let next = self.advance(&mut cursor).and_then(|item| match item {
                Some(item) => self.apply(cast, item).map(Some),
                None => Ok(None),
            });
            let Some(item) = next.map_err(|thrown| Self::locate(thrown, at))? else {
                return Ok(Flow::Next);
            };
            self.set_local(slot, item);
            self.step()?;
            match self.block(body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
    }

    fn try_block(&mut self, body: &[Step], handlers: &[Handler]) -> Run<Flow> {
        let (base, depth) = (self.base, self.depth);
        let thrown = match self.block(body) {
            Ok(flow) => return Ok(flow),
            Err(thrown) => thrown,
        };
        let class = self.library.known(thrown.class);
        let handler = handlers.iter().find(|handler| {
            class
                .is_some_and(|class| Type::of(handler.class).accepts(Type::of(class), self.library))
        });
        let Some(handler) = handler else {
            return Err(thrown);
        };
        self.base = base;
        self.depth = depth;
        let value = Exception::value(thrown.class, thrown.message, thrown.at);
        self.set_local(handler.slot, value);
        self.block(&handler.body)
    }
}

/// The exception that a value is.
pub(in crate::engine::painless) fn thrown_by(value: &Value) -> Throw {
    if let Value::Object(object) = value
        && let Some(exception) = object.downcast::<Exception>()
    {
        return Box::new(Thrown {
            class: exception.class,
            message: exception.message.clone(),
            at: exception.at.get(),
        });
    }
    match null_pointer::<()>("Cannot throw exception because \"null\" is null") {
        Err(thrown) => thrown,
        Ok(()) => Box::new(Thrown {
            class: "java.lang.NullPointerException",
            message: None,
            at: NOWHERE,
        }),
    }
}
