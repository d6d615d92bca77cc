//! Calling functions of the script and methods of the library.

use super::statement::Flow;
use super::{Run, Vm, illegal_argument, null_pointer, throw_bare};
use crate::engine::painless::code::{DefCall, Referee};
use crate::engine::painless::library::MethodId;
use crate::engine::painless::types::Type;
use crate::engine::value::Value;

/// What a function value calls in the end.
#[derive(Clone, Debug)]
pub(in crate::engine::painless) enum Callee {
    /// A lambda or function of the script, with what it captured.
    Routine(u16, Vec<Value>),
    /// What a reference to a method names.
    Referee(Referee, Vec<Value>),
}

impl Vm<'_> {
    /// Runs a function of the script.
    pub(super) fn call_routine(
        &mut self,
        index: u16,
        arguments: Vec<Value>,
        captured: &[Value],
    ) -> Run<Value> {
        let program = self.program;
        let Some(routine) = program.routines.get(usize::from(index)) else {
            return illegal_argument("a function of another script");
        };
        if self.depth >= self.limits.depth {
            return throw_bare("java.lang.StackOverflowError");
        }
        self.depth += 1;
        let base = std::mem::replace(&mut self.base, self.stack.len());
        let rounds = std::mem::replace(&mut self.rounds, self.limits.rounds);
        self.stack.extend(arguments);
        self.stack.resize(self.base + routine.slots, Value::Null);
        for (slot, value) in routine.captures.iter().zip(captured) {
            self.set_local(*slot, value.clone());
        }
        let result = self.block(&routine.body);
        self.stack.truncate(self.base);
        self.base = base;
        self.rounds = rounds;
        self.depth -= 1;
        match result? {
            Flow::Return(value) => Ok(value),
            _ => Ok(routine.default.map_or(Value::Null, Value::from)),
        }
    }

    /// Calls a method of the library; the receiver, if there is one, comes first.
    pub(in crate::engine::painless) fn invoke(
        &mut self,
        method: MethodId,
        values: &[Value],
    ) -> Run<Value> {
        let method = self.library.method(method);
        (method.native)(self, values)
    }

    /// Calls a method by name, as a call on `def` does.
    pub(in crate::engine::painless) fn call_method(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Run<Value> {
        let class = self.receiver_class(receiver)?;
        let Some(method) = self.library.class(class).method(name, arguments.len()) else {
            return Self::no_method(receiver, name, arguments.len());
        };
        let mut values = Vec::with_capacity(arguments.len() + 1);
        values.push(receiver.clone());
        let parameters = &self.library.method(method).parameters;
        for (value, ty) in arguments.iter().zip(parameters) {
            values.push(self.adapt(value.clone(), Type::DEF, *ty)?);
        }
        self.invoke(method, &values)
    }

    fn receiver_class(&self, receiver: &Value) -> Run<crate::engine::painless::types::ClassId> {
        if receiver.is_null() {
            return null_pointer(
                "Cannot invoke \"Object.getClass()\" because \"receiver\" is null",
            );
        }
        Ok(self.class_of(receiver))
    }

    fn no_method<T>(receiver: &Value, name: &str, arity: usize) -> Run<T> {
        illegal_argument(format!(
            "dynamic method [{}, {name}/{arity}] not found",
            Self::shown_class(receiver)
        ))
    }

    pub(super) fn call_def(&mut self, call: &DefCall) -> Run<Value> {
        let mut values = self.eval_all(&call.values)?;
        let Some((receiver, arguments)) = values.split_first_mut() else {
            return illegal_argument("a call without a receiver");
        };
        let class = self.receiver_class(receiver)?;
        let method = if let Some(method) = call.cache.get(class) {
            method
        } else {
            let found = self
                .library
                .class(class)
                .method(&call.name, arguments.len());
            let Some(method) = found.filter(|_| !matches!(receiver, Value::Array(_))) else {
                return Self::no_method(receiver, &call.name, arguments.len());
            };
            call.cache.set(class, method);
            method
        };
        let parameters = &self.library.method(method).parameters;
        for ((value, from), to) in arguments.iter_mut().zip(&call.types).zip(parameters) {
            if !to.is_def() {
                let taken = std::mem::take(value);
                *value = self.adapt(taken, *from, *to)?;
            }
        }
        self.invoke(method, &values)
    }
}
