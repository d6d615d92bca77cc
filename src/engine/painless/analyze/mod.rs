//! From the tree as written to code: checks types and the flow of control as the
//! compiler of Elasticsearch does, with its error messages, and resolves every
//! name.

mod assign;
mod call;
mod casts;
mod chain;
mod expression;
mod fold;
mod lambda;
mod links;
mod operator;
mod repeat;
mod scope;
mod statement;

use std::collections::HashMap;

use super::ast::{Expr, ExprKind, Function, Source};
use super::code::{Cast, Code, Constant, Op, Program, Routine};
use super::error::{Cause, Fault};
use super::library::Library;
use super::types::Type;
use super::{Context, Options};
use casts::legal_cast;
use scope::{Scope, Variable};

type Checked<T> = Result<T, Fault>;

/// Analyzes a script.
pub(super) fn analyze(source: &Source, context: Context, options: &Options) -> Checked<Program> {
    let mut analyzer = Analyzer {
        library: Library::get(),
        regex_enabled: options.regex_enabled,
        functions: HashMap::new(),
        program: Program::default(),
        texts: HashMap::new(),
        scopes: Vec::new(),
        folding: None,
    };
    analyzer.declare_functions(&source.functions)?;
    for (index, function) in source.functions.iter().enumerate() {
        analyzer.function(index, function)?;
    }
    analyzer.main(source, context)?;
    match analyzer.folding {
        Some(fault) => Err(fault),
        None => Ok(analyzer.program),
    }
}

/// What surrounds an expression.
#[derive(Clone, Copy, Debug, Default)]
struct Want {
    /// Its value is used.
    read: bool,
    /// The type it should have.
    target: Option<Type>,
    /// Within an explicit cast.
    explicit: bool,
    /// Boxing is allowed.
    internal: bool,
}

impl Want {
    const NOTHING: Self = Self {
        read: false,
        target: None,
        explicit: false,
        internal: false,
    };
    const VALUE: Self = Self {
        read: true,
        ..Self::NOTHING
    };
}

/// Code and the type of its value.
#[derive(Debug)]
struct Typed {
    code: Code,
    ty: Type,
}

impl Typed {
    fn new(place: usize, op: Op, ty: Type) -> Self {
        Self {
            code: Code::new(place, op),
            ty,
        }
    }
}

/// What a name or a dotted name can stand for.
enum Seen {
    Value(Typed),
    Static(Type),
    /// The beginning of a qualified class name.
    Partial(String),
}

/// A function of the script.
struct Signature {
    index: u16,
    result: Type,
    parameters: Vec<Type>,
}

struct Analyzer {
    library: &'static Library,
    regex_enabled: bool,
    functions: HashMap<(String, usize), Signature>,
    program: Program,
    texts: HashMap<String, u32>,
    /// The function being analyzed and the lambdas in it, innermost last.
    scopes: Vec<Scope>,
    /// The first division by zero among constants: only found when all else is
    /// well.
    folding: Option<Fault>,
}

fn argument_error<T>(place: usize, reason: impl Into<String>) -> Checked<T> {
    Err(Fault::at(place, Cause::illegal_argument(reason)))
}

fn cast_error<T>(place: usize, reason: impl Into<String>) -> Checked<T> {
    Err(Fault::at(place, Cause::class_cast(reason)))
}

/// The expression without parentheses around it.
fn strip(mut expr: &Expr) -> &Expr {
    while let ExprKind::Group(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

impl Analyzer {
    fn name(&self, ty: Type) -> String {
        ty.name(self.library)
    }

    fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::new(Type::VOID, false));
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(&index) = self.texts.get(text) {
            return index;
        }
        let index = u32::try_from(self.program.texts.len()).unwrap_or(u32::MAX);
        self.program.texts.push(text.to_owned());
        self.texts.insert(text.to_owned(), index);
        index
    }

    fn mark_statement(&mut self, place: usize) {
        self.program.statements.push(place);
    }

    /// Finds a variable, capturing it where it belongs to a surrounding function.
    fn variable(&mut self, name: &str) -> Option<Variable> {
        let mut level = self.scopes.len();
        let found = loop {
            level = level.checked_sub(1)?;
            let scope = self.scopes.get(level)?;
            if let Some(variable) = scope.find(name) {
                break variable.clone();
            }
            // only a lambda sees what is around it
            scope.captures.as_ref()?;
        };
        let mut variable = found;
        for scope in self.scopes.iter_mut().skip(level + 1) {
            let slot = scope.capture(&variable);
            variable.slot = slot;
            variable.read_only = true;
        }
        Some(variable)
    }

    fn is_defined(&self, name: &str) -> bool {
        for scope in self.scopes.iter().rev() {
            if scope.find(name).is_some() {
                return true;
            }
            if scope.captures.is_none() {
                return false;
            }
        }
        false
    }

    fn define(&mut self, place: usize, name: &str, ty: Type, read_only: bool) -> Checked<u16> {
        if self.is_defined(name) {
            return argument_error(place, format!("variable [{name}] is already defined"));
        }
        Ok(self.scope().define(name, ty, read_only))
    }

    fn declare_functions(&mut self, functions: &[Function]) -> Checked<()> {
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

    fn function(&mut self, index: usize, function: &Function) -> Checked<()> {
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
    fn main(&mut self, source: &Source, context: Context) -> Checked<()> {
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

    /// Converts a value to a type.
    fn cast(
        &mut self,
        typed: Typed,
        place: usize,
        target: Type,
        explicit: bool,
        internal: bool,
    ) -> Checked<Code> {
        let Some(cast) = legal_cast(self.library, typed.ty, target, explicit, internal) else {
            return cast_error(
                place,
                format!(
                    "Cannot cast from [{}] to [{}].",
                    self.name(typed.ty),
                    self.name(target)
                ),
            );
        };
        if typed.ty == target {
            return Ok(typed.code);
        }
        if let (Op::Constant(constant), Cast::Number(ty)) = (&typed.code.op, cast)
            && target.is_primitive()
            && let Some(constant) = fold::convert(*constant, ty)
        {
            return Ok(Code::new(place, Op::Constant(constant)));
        }
        Ok(Code::new(place, Op::Cast(cast, Box::new(typed.code))))
    }

    /// The value of an expression as a value of type `target`.
    fn value(
        &mut self,
        expr: &Expr,
        target: Type,
        explicit: bool,
        internal: bool,
    ) -> Checked<Code> {
        let want = Want {
            read: true,
            target: Some(target),
            explicit,
            internal,
        };
        let place = strip(expr).at;
        let typed = self.expr(expr, want)?;
        self.cast(typed, place, target, explicit, internal)
    }
}
