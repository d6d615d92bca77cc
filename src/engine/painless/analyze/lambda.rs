//! Lambdas and references to methods.

use super::{Analyzer, Checked, Scope, Typed, Want, argument_error};
use crate::engine::painless::ast::Stmt;
use crate::engine::painless::code::{Op, Referee, Routine};
use crate::engine::painless::error::{Cause, Fault};
use crate::engine::painless::library::Method;
use crate::engine::painless::types::Type;

impl Analyzer {
    /// The one abstract method of the interface that is wanted; `None` on `def`.
    fn interface(&self, at: usize, what: &str, want: Want) -> Checked<Option<&'static Method>> {
        let Some(target) = want.target.filter(|target| !target.is_def()) else {
            return Ok(None);
        };
        let functional = self.library.class(target.class).functional;
        if let Some(method) = functional.filter(|_| !target.is_array()) {
            Ok(Some(self.library.method(method)))
        } else {
            let shown = self.name(target);
            argument_error(
                at,
                format!("Cannot {what} to [{shown}], not a functional interface"),
            )
        }
    }

    pub(super) fn lambda(
        &mut self,
        at: usize,
        parameters: &[(Option<String>, String)],
        body: &[Stmt],
        want: Want,
    ) -> Checked<Typed> {
        let interface = self.interface(at, "pass lambda", want)?;
        if let Some(method) = interface
            && method.parameters.len() != parameters.len()
        {
            let shown = want
                .target
                .map(|target| self.name(target))
                .unwrap_or_default();
            return Err(Fault::nowhere(Cause::illegal_argument(format!(
                "Incorrect number of parameters for [{}] in [{shown}]",
                method.name
            ))));
        }
        let result = match interface.map(|method| method.result) {
            None | Some(Type::VOID) => Type::DEF,
            Some(result) => result,
        };
        let mut types = Vec::new();
        for (index, (class, _)) in parameters.iter().enumerate() {
            let ty = match class {
                Some(class) => match self.library.resolve(class) {
                    Some(ty) => ty,
                    None => {
                        return argument_error(at, format!("cannot resolve type [{class}]"));
                    }
                },
                None => interface
                    .and_then(|method| method.parameters.get(index).copied())
                    .unwrap_or(Type::DEF),
            };
            types.push(ty);
        }
        self.scopes.push(Scope::new(result, true));
        for ((_, name), ty) in parameters.iter().zip(&types) {
            self.define(at, name, *ty, true)?;
        }
        if body.is_empty() {
            return argument_error(at, "cannot generate empty lambda");
        }
        let (body, flow) = self.body(body, at)?;
        if !flow.method {
            return argument_error(at, "not all paths return a value for lambda");
        }
        let Some(scope) = self.scopes.pop() else {
            return argument_error(at, "illegal tree structure");
        };
        let (outer, inner): (Vec<u16>, Vec<u16>) =
            scope.captures.unwrap_or_default().into_iter().unzip();
        let index = u16::try_from(self.program.routines.len()).unwrap_or(u16::MAX);
        self.program.routines.push(Routine {
            parameters: parameters.len(),
            slots: scope.slots.into(),
            captures: inner,
            body,
            default: None,
        });
        let ty = want
            .target
            .filter(|target| !target.is_def())
            .unwrap_or(Type::STRING);
        Ok(Typed::new(
            at,
            Op::Lambda(index, outer),
            Self::function_type(ty, want),
        ))
    }

    /// A function on a `def` has no type of its own.
    fn function_type(ty: Type, want: Want) -> Type {
        if want.target.is_none_or(Type::is_def) {
            Type::DEF
        } else {
            ty
        }
    }

    pub(super) fn reference(
        &mut self,
        at: usize,
        symbol: &str,
        method: &str,
        want: Want,
    ) -> Checked<Typed> {
        let interface = self.interface(at, "convert function reference", want)?;
        let arity = interface.map(|method| method.parameters.len());
        let referee = if symbol == "this" {
            self.own_function(at, method, arity)?
        } else if let Some(ty) = self.library.resolve(symbol) {
            self.class_reference(at, ty, method, arity)?
        } else {
            let Some(variable) = self.variable(symbol) else {
                return argument_error(at, format!("variable [{symbol}] is not defined"));
            };
            Referee::Bound(variable.slot, method.to_owned())
        };
        let ty = want.target.unwrap_or(Type::DEF);
        let ty = Self::function_type(ty, want);
        Ok(Typed::new(at, Op::Reference(Box::new(referee)), ty))
    }

    fn own_function(&self, at: usize, name: &str, arity: Option<usize>) -> Checked<Referee> {
        let found = self
            .functions
            .iter()
            .find(|((known, count), _)| known == name && arity.is_none_or(|arity| arity == *count));
        if let Some((_, signature)) = found {
            Ok(Referee::Function(signature.index))
        } else {
            let arity = arity.unwrap_or_default();
            argument_error(
                at,
                format!("function reference [this::{name}/{arity}] not found"),
            )
        }
    }

    fn class_reference(
        &self,
        at: usize,
        ty: Type,
        name: &str,
        arity: Option<usize>,
    ) -> Checked<Referee> {
        if name == "new" && ty.is_array() {
            return Ok(Referee::Array(ty));
        }
        let Some(arity) = arity else {
            return Ok(Referee::Late(ty.class, name.to_owned()));
        };
        let class = self.library.class(ty.class);
        let found = if name == "new" {
            class.constructor(arity).map(|method| (method, false))
        } else {
            let fixed = class
                .static_method(name, arity)
                .map(|method| (method, false));
            fixed.or_else(|| {
                let method = class.method(name, arity.checked_sub(1)?)?;
                Some((method, true))
            })
        };
        if let Some((method, instance)) = found {
            Ok(Referee::Method(method, instance))
        } else {
            let shown = self.name(ty);
            argument_error(
                at,
                format!("function reference [{shown}::{name}/{arity}] matching not found"),
            )
        }
    }
}
