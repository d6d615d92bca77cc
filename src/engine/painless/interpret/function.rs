//! Functions as values: lambdas, references to methods, and those that the
//! library makes of others.

use std::fmt;
use std::rc::Rc;

use super::{Callee, Run, Vm, class_cast, illegal_argument, null_pointer};
use crate::engine::painless::code::Referee;
use crate::engine::painless::types::{ClassId, Type};
use crate::engine::value::{Array, JavaObject, Object, Value};

/// A function that the library makes.
pub(in crate::engine::painless) type Native = Rc<dyn Fn(&mut Vm<'_>, &[Value]) -> Run<Value>>;

/// A function as a value. It is of every functional interface at once: which one
/// is wanted was checked when the script was compiled, or does not matter.
pub(in crate::engine::painless) enum Function {
    Script(Callee),
    Library(Native),
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

impl JavaObject for Function {
    fn class_name(&self) -> &'static str {
        "org.elasticsearch.painless.PainlessScript$Script$$Lambda"
    }
}

impl Function {
    /// A function of the library as a value.
    pub(in crate::engine::painless) fn value(
        function: impl Fn(&mut Vm<'_>, &[Value]) -> Run<Value> + 'static,
    ) -> Value {
        Value::Object(Object::new(Self::Library(Rc::new(function))))
    }
}

impl Vm<'_> {
    pub(super) fn lambda(index: u16, captured: Vec<Value>) -> Value {
        Value::Object(Object::new(Function::Script(Callee::Routine(
            index, captured,
        ))))
    }

    pub(super) fn reference(&mut self, referee: &Referee) -> Run<Value> {
        let captured = match referee {
            Referee::Bound(slot, _) => {
                let value = self.local(*slot);
                if value.is_null() {
                    return null_pointer("a method of null");
                }
                vec![value]
            }
            _ => Vec::new(),
        };
        let callee = Callee::Referee(referee.clone(), captured);
        Ok(Value::Object(Object::new(Function::Script(callee))))
    }

    /// Calls a function value.
    pub(in crate::engine::painless) fn call(
        &mut self,
        function: &Value,
        arguments: &[Value],
    ) -> Run<Value> {
        self.descend()?;
        let result = self.call_function(function, arguments);
        self.ascend();
        result
    }

    fn call_function(&mut self, function: &Value, arguments: &[Value]) -> Run<Value> {
        let object = match function {
            Value::Object(object) => object,
            Value::Null => return null_pointer("a function that is null"),
            other => return class_cast(format!("{} is no function", other.class_name())),
        };
        self.work(1)?;
        match object.downcast::<Function>() {
            Some(Function::Library(function)) => {
                if self.depth >= self.limits.depth {
                    return super::throw_bare("java.lang.StackOverflowError");
                }
                let function = Rc::clone(function);
                self.depth += 1;
                let result = function(self, arguments);
                self.depth -= 1;
                result
            }
            Some(Function::Script(Callee::Routine(index, captured))) => {
                let wanted = self.program.routines.get(usize::from(*index));
                if wanted.is_some_and(|routine| routine.parameters != arguments.len()) {
                    return illegal_argument(format!(
                        "Incorrect number of parameters for a lambda: {}",
                        arguments.len()
                    ));
                }
                self.call_routine(*index, arguments.to_vec(), captured)
            }
            Some(Function::Script(Callee::Referee(referee, captured))) => {
                self.call_referee(referee, captured, arguments)
            }
            None => class_cast(format!("{} is no function", object.class_name())),
        }
    }

    /// Calls a predicate.
    pub(in crate::engine::painless) fn call_test(
        &mut self,
        function: &Value,
        arguments: &[Value],
    ) -> Run<bool> {
        match self.call(function, arguments)? {
            Value::Bool(value) => Ok(value),
            Value::Null => null_pointer("Cannot unbox null"),
            other => {
                let value = self.apply(
                    crate::engine::painless::code::Cast::Def(Type::BOOLEAN, false),
                    other,
                )?;
                Ok(matches!(value, Value::Bool(true)))
            }
        }
    }

    fn call_referee(
        &mut self,
        referee: &Referee,
        captured: &[Value],
        arguments: &[Value],
    ) -> Run<Value> {
        match referee {
            Referee::Function(index) => self.call_routine(*index, arguments.to_vec(), &[]),
            Referee::Array(ty) => {
                let Some(Value::Int(size)) = arguments.first() else {
                    return illegal_argument("an array needs a size");
                };
                let size = usize::try_from(*size).unwrap_or_default();
                self.grow(size)?;
                let class = ty.array_class(self.library);
                Ok(Value::Array(Array::new(&class, vec![Value::Null; size])))
            }
            Referee::Bound(_, name) => match captured.first() {
                Some(receiver) => self.call_method(receiver, name, arguments),
                None => null_pointer("a method of null"),
            },
            Referee::Method(method, instance) => {
                let row = self.library.method(*method);
                let mut values = Vec::with_capacity(arguments.len());
                let mut rest = arguments;
                if *instance && let Some((receiver, others)) = arguments.split_first() {
                    if receiver.is_null() {
                        return null_pointer("a method of null");
                    }
                    let receiver = self.check(receiver.clone(), Type::of(row.class))?;
                    values.push(receiver);
                    rest = others;
                }
                for (value, ty) in rest.iter().zip(&row.parameters) {
                    values.push(self.adapt(value.clone(), Type::DEF, *ty)?);
                }
                self.invoke(*method, &values)
            }
            Referee::Late(class, name) => self.call_late(*class, name, arguments),
        }
    }

    fn call_late(&mut self, class: ClassId, name: &str, arguments: &[Value]) -> Run<Value> {
        let arity = arguments.len();
        let known = self.library.class(class);
        let found = if name == "new" {
            known
                .constructor(arity)
                .map(|method| Referee::Method(method, false))
        } else {
            let fixed = known.static_method(name, arity);
            fixed
                .map(|method| Referee::Method(method, false))
                .or_else(|| {
                    let method = known.method(name, arity.checked_sub(1)?)?;
                    Some(Referee::Method(method, true))
                })
        };
        match found {
            Some(referee) => self.call_referee(&referee, &[], arguments),
            None => illegal_argument(format!(
                "function reference [{}::{name}/{arity}] matching not found",
                known.canonical
            )),
        }
    }
}
