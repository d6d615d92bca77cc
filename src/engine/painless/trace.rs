//! Where errors are reported to have arisen.
//!
//! The compiler of Elasticsearch notes places in the byte code at some operations
//! only; an exception is reported at the last place noted before its
//! instruction. This walk visits the code in the order in which that byte code
//! is written and gives every operation that place.

use super::code::{Act, Chain, Code, Handler, NOWHERE, Op, Program, Step, StepKind, Target};

/// Notes the places of all operations.
pub(super) fn trace(program: &mut Program) {
    for routine in &mut program.routines {
        let mut tracer = Tracer { last: NOWHERE };
        tracer.block(&mut routine.body);
    }
    program.statements.sort_unstable();
    program.statements.dedup();
}

struct Tracer {
    last: u32,
}

impl Tracer {
    fn note(&mut self, place: u32) {
        if place != NOWHERE {
            self.last = place;
        }
    }

    fn block(&mut self, steps: &mut [Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &mut Step) {
        let place = step.place;
        match &mut step.kind {
            StepKind::If(branches, otherwise) => {
                for (condition, body) in branches {
                    self.code(condition);
                    self.block(body);
                }
                self.block(otherwise);
            }
            StepKind::Loop {
                first,
                condition,
                after,
                body,
            } => {
                self.block(first);
                if let Some(condition) = condition {
                    self.code(condition);
                }
                self.note(place);
                step.at = self.last;
                self.block(body);
                if let Some(after) = after {
                    self.code(after);
                }
                return;
            }
            StepKind::DoWhile(body, condition) => {
                self.block(body);
                if let Some(condition) = condition {
                    self.code(condition);
                }
                self.note(place);
            }
            StepKind::Each { over, body, .. } => {
                self.code(over);
                step.at = self.last;
                self.block(body);
                return;
            }
            StepKind::Try(body, handlers) => {
                self.block(body);
                for Handler { body, .. } in handlers {
                    self.block(body);
                }
            }
            StepKind::Declare(steps) => self.block(steps),
            StepKind::Store(_, Some(value), _)
            | StepKind::Return(Some(value))
            | StepKind::Throw(value)
            | StepKind::Evaluate(value) => self.code(value),
            StepKind::Store(_, None, _)
            | StepKind::Return(None)
            | StepKind::Continue
            | StepKind::Break => {}
        }
        step.at = self.last;
    }

    fn all(&mut self, codes: &mut [Code]) {
        for code in codes {
            self.code(code);
        }
    }

    fn pair(&mut self, pair: &mut (Code, Code)) {
        self.code(&mut pair.0);
        self.code(&mut pair.1);
    }

    fn code(&mut self, code: &mut Code) {
        let place = code.place;
        match &mut code.op {
            Op::Constant(_) | Op::Text(_) | Op::Local(_) => {}
            Op::Regex(_) | Op::Lambda(..) | Op::Reference(_) => self.note(place),
            Op::Load(target) => {
                self.receivers(target);
                if !matches!(**target, Target::Local(_)) {
                    self.note(place);
                }
            }
            Op::Assign(assign) => {
                self.receivers(&mut assign.target);
                let on_place = !matches!(assign.target, Target::Local(_));
                if let Some(compound) = &mut assign.compound {
                    self.note(compound.place);
                    if on_place {
                        self.note(assign.place);
                    }
                    assign.load_at = self.last;
                    self.code(&mut assign.value);
                    compound.at = self.last;
                } else {
                    self.code(&mut assign.value);
                }
                if on_place {
                    self.note(assign.place);
                }
                assign.store_at = self.last;
            }
            Op::Math(_, _, pair)
            | Op::Compare(_, _, pair)
            | Op::Same(_, pair)
            | Op::Logic(_, pair)
            | Op::Elvis(pair) => {
                self.note(place);
                self.pair(pair);
            }
            Op::Find(_, pair) => {
                self.note(place);
                self.code(&mut pair.1);
                self.code(&mut pair.0);
            }
            Op::Concat(parts)
            | Op::List(parts)
            | Op::Array(_, parts)
            | Op::NewArray(_, parts)
            | Op::Function(_, parts) => {
                self.note(place);
                self.all(parts);
            }
            Op::Map(entries) => {
                self.note(place);
                for entry in entries {
                    self.pair(entry);
                }
            }
            Op::Unary(_, _, inner) => {
                self.note(place);
                self.code(inner);
            }
            Op::Cast(_, inner) => {
                self.code(inner);
                self.note(place);
            }
            Op::InstanceOf(_, inner) => self.code(inner),
            Op::Chain(chain) => self.chain(chain, place),
            Op::Conditional(parts) => {
                self.note(place);
                self.code(&mut parts.0);
                self.code(&mut parts.1);
                self.code(&mut parts.2);
            }
            Op::NullSafe(_, pair) => {
                self.code(&mut pair.0);
                self.note(place);
                self.code(&mut pair.1);
            }
            Op::Native(_, instance, values) => self.call(values, *instance, place),
            Op::DefCall(call) => self.call(&mut call.values, true, place),
        }
        code.at = self.last;
    }

    fn chain(&mut self, chain: &mut Chain, place: u32) {
        self.note(place);
        self.code(&mut chain.first);
        for link in &mut chain.links {
            match &mut link.act {
                Act::Math(_, _, right)
                | Act::Compare(_, _, right)
                | Act::Same(_, right)
                | Act::Logic(_, right) => self.code(right),
                Act::Cast(_) => self.note(link.place),
                Act::InstanceOf(_) => {}
            }
            link.at = self.last;
        }
    }

    fn call(&mut self, values: &mut [Code], instance: bool, place: u32) {
        match values.split_first_mut() {
            Some((receiver, arguments)) if instance => {
                self.code(receiver);
                self.note(place);
                self.all(arguments);
            }
            _ => {
                self.note(place);
                self.all(values);
            }
        }
    }

    fn receivers(&mut self, target: &mut Target) {
        match target {
            Target::Local(_) => {}
            Target::Dot(receiver, ..)
            | Target::ArrayLength(receiver)
            | Target::Property(receiver, ..) => self.code(receiver),
            Target::MapItem(receiver, index)
            | Target::ListItem(receiver, index)
            | Target::ArrayItem(receiver, index) => {
                self.code(receiver);
                self.code(index);
            }
            Target::Item(receiver, index, _, at) => {
                self.code(receiver);
                self.code(index);
                *at = self.last;
            }
        }
    }
}
