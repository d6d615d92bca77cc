//! From the tree as written to code: checks types and the flow of control as the
//! compiler of Elasticsearch does, with its error messages, and resolves every
//! name.

mod assign;
mod call;
mod casts;
mod chain;
mod expression;
mod fold;
mod function;
mod lambda;
mod links;
mod operator;
mod repeat;
mod scope;
mod statement;

use std::collections::HashMap;

use super::ast::{Expr, ExprKind, Source};
use super::code::{Cast, Code, Op, Program};
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

/// What the reason begins with when only this engine lacks something.
const OFFLINE: &str = "not supported offline: ";

/// A class that does not exist; or one that Elasticsearch has and this engine has
/// not, which is another matter.
fn no_class<T>(place: usize, name: &str, reason: String) -> Checked<T> {
    let known = Library::class_beyond(name).map(|class| format!("{OFFLINE}class [{class}]"));
    argument_error(place, known.unwrap_or(reason))
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

    /// A method or constant that does not exist, or that only this engine lacks.
    fn no_member<T>(
        &self,
        place: usize,
        (ty, name, arity): (Type, &str, usize),
        reason: String,
    ) -> Checked<T> {
        let known = self.library.member_beyond(ty.boxed().class, name, arity);
        let known = known.map(|member| format!("{OFFLINE}method [{member}]"));
        argument_error(place, known.unwrap_or(reason))
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
