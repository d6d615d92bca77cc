//! Calls of functions, methods and constructors.

use super::{Analyzer, Checked, Seen, Typed, Want, argument_error, no_class};
use crate::engine::painless::ast::Expr;
use crate::engine::painless::code::{Cache, Code, DefCall, Op};
use crate::engine::painless::types::Type;

impl Analyzer {
    fn arguments(&mut self, arguments: &[Expr], types: &[Type]) -> Checked<Vec<Code>> {
        let mut codes = Vec::with_capacity(arguments.len() + 1);
        for (argument, ty) in arguments.iter().zip(types) {
            codes.push(self.value(argument, *ty, false, true)?);
        }
        Ok(codes)
    }

    pub(super) fn call_local(
        &mut self,
        at: usize,
        name: &str,
        arguments: &[Expr],
    ) -> Checked<Typed> {
        let key = (name.to_owned(), arguments.len());
        let Some(signature) = self.functions.get(&key) else {
            let count = arguments.len();
            return argument_error(
                at,
                format!("Unknown call [{name}] with [{count}] arguments."),
            );
        };
        let (index, result) = (signature.index, signature.result);
        let types = signature.parameters.clone();
        let codes = self.arguments(arguments, &types)?;
        Ok(Typed::new(at, Op::Function(index, codes), result))
    }

    pub(super) fn new_object(
        &mut self,
        at: usize,
        class: &str,
        arguments: &[Expr],
    ) -> Checked<Typed> {
        let Some(ty) = self.library.resolve(class) else {
            return no_class(at, class, format!("Not a type [{class}]."));
        };
        let Some(method) = self.library.class(ty.class).constructor(arguments.len()) else {
            let (shown, count) = (self.name(ty), arguments.len());
            return argument_error(
                at,
                format!("constructor [{shown}, <init>/{count}] not found"),
            );
        };
        let types = &self.library.method(method).parameters;
        let codes = self.arguments(arguments, types)?;
        Ok(Typed::new(at, Op::Native(method, false, codes), ty))
    }

    pub(super) fn new_array(
        &mut self,
        at: usize,
        class: &str,
        items: &[Expr],
        filled: bool,
    ) -> Checked<Typed> {
        let Some(ty) = self.library.resolve(class) else {
            return no_class(at, class, format!("Not a type [{class}]."));
        };
        let element = if filled { ty.element() } else { Type::INT };
        let mut codes = Vec::with_capacity(items.len());
        for item in items {
            codes.push(self.value(item, element, false, true)?);
        }
        let op = if filled {
            Op::Array(ty, codes)
        } else {
            Op::NewArray(ty, codes)
        };
        Ok(Typed::new(at, op, ty))
    }

    pub(super) fn call(
        &mut self,
        at: usize,
        receiver: &Expr,
        (name, safe): (&str, bool),
        arguments: &[Expr],
        want: Want,
    ) -> Checked<Typed> {
        let seen = self.visit(receiver, Want::VALUE)?;
        let (seen, guarded) = self.guard(seen, at, safe);
        let count = arguments.len();
        let typed = match seen {
            Seen::Partial(symbol) => {
                return no_class(at, &symbol, format!("cannot resolve symbol [{symbol}]"));
            }
            Seen::Static(ty) => {
                let method = self.library.class(ty.class).static_method(name, count);
                let Some(method) = method.filter(|_| !ty.is_array()) else {
                    let shown = self.name(ty);
                    return self.no_member(
                        at,
                        (ty, name, count),
                        format!("static method [{shown}, {name}/{count}] not found"),
                    );
                };
                let row = self.library.method(method);
                let codes = self.arguments(arguments, &row.parameters)?;
                Typed::new(at, Op::Native(method, false, codes), row.result)
            }
            Seen::Value(receiver) if receiver.ty.is_def() => {
                let typed = self.call_def(at, receiver.code, name, arguments)?;
                Self::settle(typed, want)
            }
            Seen::Value(receiver) => {
                let ty = receiver.ty;
                let method = self.library.class(ty.boxed().class).method(name, count);
                let Some(method) = method.filter(|_| !ty.is_array()) else {
                    let shown = self.name(ty);
                    return self.no_member(
                        at,
                        (ty, name, count),
                        format!("member method [{shown}, {name}/{count}] not found"),
                    );
                };
                let row = self.library.method(method);
                let mut codes = self.arguments(arguments, &row.parameters)?;
                codes.insert(0, receiver.code);
                Typed::new(at, Op::Native(method, true, codes), row.result)
            }
        };
        Self::unguard(typed, at, guarded)
    }

    fn call_def(
        &mut self,
        at: usize,
        receiver: Code,
        name: &str,
        arguments: &[Expr],
    ) -> Checked<Typed> {
        let mut values = vec![receiver];
        let mut types = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let want = Want {
                internal: true,
                ..Want::VALUE
            };
            let given = self.expr(argument, want)?;
            if given.ty == Type::VOID {
                return argument_error(
                    at,
                    format!("Argument(s) cannot be of [void] type when calling method [{name}]."),
                );
            }
            types.push(given.ty);
            values.push(given.code);
        }
        let call = DefCall {
            name: name.to_owned(),
            values,
            types,
            cache: Cache::default(),
        };
        Ok(Typed::new(at, Op::DefCall(Box::new(call)), Type::DEF))
    }
}
