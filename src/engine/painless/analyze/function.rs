//! Functions of the script, and its body, which is one too.

use super::{Analyzer, Checked, Scope, Signature, argument_error};
use crate::engine::painless::Context;
use crate::engine::painless::ast::{Function, Source};
use crate::engine::painless::code::{Constant, Routine};
use crate::engine::painless::types::Type;

impl Analyzer {
    pub(super) fn declare_functions(&mut self, functions: &[Function]) -> Checked<()> {
        for (index, function) in functions.iter().enumerate() {
            let Some(result) = self.library.resolve(&function.result) else {
                return argument_error(
                    function.at,
                    format!(
                        "invalid function definition: return type [{}] not found for function [{}/{}]",
                        function.result,
                        function.name,
                        function.parameters.len()
                    ),
                );
            };
            let mut parameters = Vec::new();
            for (class, _) in &function.parameters {
                let Some(ty) = self.library.resolve(class) else {
                    return argument_error(
                        function.at,
                        format!(
                            "invalid function definition: parameter type [{class}] not found for function [{}/{}]",
                            function.name,
                            function.parameters.len()
                        ),
                    );
                };
                parameters.push(ty);
            }
            let key = (function.name.clone(), parameters.len());
            if self.functions.contains_key(&key) {
                return argument_error(
                    function.at,
                    format!(
                        "invalid function definition: found duplicate function [{}/{}].",
                        function.name,
                        parameters.len()
                    ),
                );
            }
            self.functions.insert(
                key,
                Signature {
                    index: u16::try_from(index).unwrap_or(u16::MAX),
                    result,
                    parameters,
                },
            );
            self.program.routines.push(Routine::default());
        }
        Ok(())
    }

    pub(super) fn function(&mut self, index: usize, function: &Function) -> Checked<()> {
        let key = (function.name.clone(), function.parameters.len());
        let Some(signature) = self.functions.get(&key) else {
            return Ok(());
        };
        let (result, parameters) = (signature.result, signature.parameters.clone());
        self.scopes.push(Scope::new(result, false));
        for ((_, name), ty) in function.parameters.iter().zip(&parameters) {
            self.define(function.at, name, *ty, false)?;
        }
        if function.body.is_empty() {
            return argument_error(
                function.at,
                format!(
                    "invalid function definition: found no statements for function [{}] with [{}] parameters",
                    function.name,
                    parameters.len()
                ),
            );
        }
        let (body, flow) = self.body(&function.body, function.at)?;
        if !flow.method && result != Type::VOID {
            return argument_error(
                function.at,
                format!(
                    "invalid function definition: not all paths provide a return value for function [{}] with [{}] parameters",
                    function.name,
                    parameters.len()
                ),
            );
        }
        let scope = self.scopes.pop();
        if let Some(routine) = self.program.routines.get_mut(index) {
            *routine = Routine {
                parameters: parameters.len(),
                slots: scope.map_or(0, |scope| scope.slots.into()),
                body,
                ..Routine::default()
            };
        }
        Ok(())
    }

    /// The body of the script: a function with the variables of the context.
    pub(super) fn main(&mut self, source: &Source, context: Context) -> Checked<()> {
        let result = context.result();
        self.scopes.push(Scope::new(result, false));
        for name in context.variables() {
            self.define(0, name, Type::MAP, false)?;
        }
        if source.body.is_empty() {
            // the map of the context is the only one that counts as a parameter
            let parameters = context.variables().len() - 1;
            return argument_error(
                source.at,
                format!(
                    "invalid function definition: found no statements for function [execute] with [{parameters}] parameters"
                ),
            );
        }
        let (body, flow) = self.body(&source.body, source.at)?;
        let scope = self.scopes.pop();
        let default = match result {
            Type::BOOLEAN => Constant::Bool(false),
            _ => Constant::Null,
        };
        self.program.main = u16::try_from(self.program.routines.len()).unwrap_or(u16::MAX);
        self.program.routines.push(Routine {
            parameters: context.variables().len(),
            slots: scope.map_or(0, |scope| scope.slots.into()),
            body,
            default: (!flow.method).then_some(default),
            ..Routine::default()
        });
        Ok(())
    }
}
