//! Calling functions of the script and methods of the library.

use super::def::no_class;
use super::statement::Flow;
use super::{Run, Vm, illegal_argument, throw_bare};
use crate::engine::painless::code::{Code, DefCall, Referee};
use crate::engine::painless::library::MethodId;
use crate::engine::painless::methods::standin;
use crate::engine::painless::types::Type;
use crate::engine::value::{Value, visits};

/// From which length on a text counts as work: that many units for a step.
const UNITS: usize = 128;

/// The same for the elements of a list: to look at one takes longer.
const ELEMENTS: usize = 16;

/// What a function value calls in the end.
#[derive(Clone, Debug)]
pub(in crate::engine::painless) enum Callee {
    /// A lambda or function of the script, with what it captured.
    Routine(u16, Vec<Value>),
    /// What a reference to a method names.
    Referee(Referee, Vec<Value>),
}

impl Vm<'_> {
    /// Evaluates in order.
    pub(super) fn eval_all(&mut self, codes: &[Code]) -> Run<Vec<Value>> {
        let mut values = Vec::with_capacity(codes.len());
        for code in codes {
            values.push(self.eval(code)?);
        }
        Ok(values)
    }

    /// Evaluates in order and hands the values on; a few of them need no vector.
    #[inline]
    pub(super) fn with_values(
        &mut self,
        codes: &[Code],
        take: impl FnOnce(&mut Self, &mut [Value]) -> Run<Value>,
    ) -> Run<Value> {
        match codes {
            [one] => {
                let one = self.eval(one)?;
                take(self, &mut [one])
            }
            [one, two] => {
                let one = self.eval(one)?;
                let two = self.eval(two)?;
                take(self, &mut [one, two])
            }
            [one, two, three] => {
                let one = self.eval(one)?;
                let two = self.eval(two)?;
                let three = self.eval(three)?;
                take(self, &mut [one, two, three])
            }
            codes => {
                let mut values = self.eval_all(codes)?;
                take(self, &mut values)
            }
        }
    }

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
        if !method.quick
            && let Some(receiver) = values.first()
        {
            self.charge(receiver)?;
        }
        if method.on_collections
            && let Some(Value::Object(object)) = values.first()
            && let Some(result) = standin::call(self, object, method, values)
        {
            return result;
        }
        (method.native)(self, values)
    }

    /// Counts the work that goes with the length of a receiver, and what
    /// comparisons and hash codes went through since the last time.
    fn charge(&mut self, receiver: &Value) -> Run<()> {
        let visits = visits();
        let seen = std::mem::replace(&mut self.visits, visits);
        self.steps += visits.wrapping_sub(seen);
        let steps = match receiver {
            Value::Str(text) => text.len() / UNITS,
            Value::List(list) | Value::FrozenList(list) => list.len() / ELEMENTS,
            _ => 0,
        };
        if steps == 0 {
            return Ok(());
        }
        self.work(steps)
    }

    /// Calls a method by name, as a call on `def` does.
    pub(in crate::engine::painless) fn call_method(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Run<Value> {
        if receiver.is_null() {
            return no_class(true);
        }
        let class = self.class_of(receiver);
        let Some(method) = self.library.class(class).method(name, arguments.len()) else {
            return self.no_method(receiver, name, arguments.len());
        };
        let mut values = Vec::with_capacity(arguments.len() + 1);
        values.push(receiver.clone());
        let parameters = &self.library.method(method).parameters;
        for (value, ty) in arguments.iter().zip(parameters) {
            values.push(self.adapt(value.clone(), Type::DEF, *ty)?);
        }
        self.invoke(method, &values)
    }

    fn no_method<T>(&self, receiver: &Value, name: &str, arity: usize) -> Run<T> {
        let class = self.class_of(receiver);
        if let Some(member) = self.library.member_beyond(class, name, arity) {
            return illegal_argument(format!("not supported offline: method [{member}]"));
        }
        illegal_argument(format!(
            "dynamic method [{}, {name}/{arity}] not found",
            Self::shown_class(receiver)
        ))
    }

    pub(super) fn call_def(&mut self, call: &DefCall) -> Run<Value> {
        self.with_values(&call.values, |vm, values| vm.dispatch(call, values))
    }

    /// Calls the method that the class of the first value has.
    fn dispatch(&mut self, call: &DefCall, values: &mut [Value]) -> Run<Value> {
        let Some((receiver, arguments)) = values.split_first_mut() else {
            return illegal_argument("a call without a receiver");
        };
        if receiver.is_null() {
            return no_class(call.cache.linked());
        }
        let class = self.class_of(receiver);
        let method = if let Some(method) = call.cache.get(class) {
            method
        } else {
            let found = self
                .library
                .class(class)
                .method(&call.name, arguments.len());
            let Some(method) = found.filter(|_| !matches!(receiver, Value::Array(_))) else {
                return self.no_method(receiver, &call.name, arguments.len());
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
        self.invoke(method, values)
    }
}
