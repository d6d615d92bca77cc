//! Painless: scripts of ingest pipelines, compiled and run offline.
//!
//! ```
//! use sealift::engine::painless::{Context, Options, compile};
//! use sealift::engine::value::{Value, json};
//!
//! let script = compile("ctx.n = ctx.a.length() * params.by", Context::Ingest, &Options::default()).unwrap();
//! let ctx = json::parse(br#"{"a": "word"}"#).unwrap();
//! let params = json::parse(br#"{"by": 10}"#).unwrap();
//! script.run(ctx.clone(), params).unwrap();
//! assert_eq!(ctx.get("n"), Some(Value::Int(40)));
//! ```
//!
//! The language is that of Elasticsearch: see the
//! [language specification](https://www.elastic.co/guide/en/elasticsearch/painless/current/painless-lang-spec.html).
//! The way of a script: text → `lexer` → `parser` → tree (`ast`) →
//! `analyze` (types, flow, names) → `code` → `interpret`; `methods` is the
//! allow list. Nothing is looked up by name while a script runs, except what is
//! asked of a `def`.

mod analyze;
mod ast;
mod code;
mod error;
mod interpret;
mod lexer;
mod library;
mod limits;
mod methods;
mod parser;
mod token;
mod trace;
mod types;

pub use error::{Cause, Phase, Position, ScriptError};
pub use limits::Limits;

use code::Program;
use error::Fault;
use interpret::Vm;
use types::Type;

use crate::engine::value::Value;

/// What a script is for: which variables it has and what it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A `script` processor: `ctx` and `params`; returns nothing.
    Ingest,
    /// The `if` of a processor: `ctx` is read-only; returns a boolean.
    Condition,
    /// `painless_test` of the execute API: `params`; returns anything.
    Test,
}

impl Context {
    const fn result(self) -> Type {
        match self {
            Self::Ingest => Type::VOID,
            Self::Condition => Type::BOOLEAN,
            Self::Test => Type::OBJECT,
        }
    }

    const fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Ingest | Self::Condition => &["params", "ctx"],
            Self::Test => &["params"],
        }
    }
}

/// How to compile and run a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `script.painless.regex.enabled`: whether regex literals are allowed.
    pub regex_enabled: bool,
    /// Bounds.
    pub limits: Limits,
}

/// A compiled script; may be run any number of times, by several threads.
#[derive(Debug)]
pub struct Script {
    source: Vec<char>,
    program: Program,
    context: Context,
    limits: Limits,
}

/// Compiles a script.
///
/// # Errors
/// A `compile error` as Elasticsearch gives it.
pub fn compile(source: &str, context: Context, options: &Options) -> Result<Script, ScriptError> {
    let text: Vec<char> = source.chars().collect();
    match translate(&text, context, options) {
        Ok(program) => Ok(Script {
            source: text,
            program,
            context,
            limits: options.limits,
        }),
        Err(fault) => Err(ScriptError::compile(&text, fault)),
    }
}

/// Whether `source` has a literal of a regular expression, which a cluster
/// compiles only where `script.painless.regex.enabled` lets it. Text that is no
/// Painless has none.
#[must_use]
pub fn uses_regex(source: &str) -> bool {
    let text: Vec<char> = source.chars().collect();
    text.len() <= Limits::default().source
        && lexer::tokens(&text)
            .is_ok_and(|tokens| tokens.iter().any(|token| token.kind == token::Kind::Regex))
}

fn translate(text: &[char], context: Context, options: &Options) -> Result<Program, Fault> {
    if text.len() > options.limits.source {
        return Err(Fault::nowhere(Cause::illegal_argument(format!(
            "exceeded max allowed inline script size in bytes [{}] with size [{}] for script",
            options.limits.source,
            text.len()
        ))));
    }
    let tokens = lexer::tokens(text)?;
    let source = parser::parse(&tokens)?;
    let mut program = analyze::analyze(&source, context, options)?;
    trace::trace(&mut program);
    Ok(program)
}

impl Script {
    /// Runs the script on `ctx` (a map, which it may change) with `params`.
    ///
    /// # Errors
    /// A `runtime error` as Elasticsearch gives it. What the script changed
    /// before stays changed.
    pub fn run(&self, ctx: Value, params: Value) -> Result<Value, ScriptError> {
        self.run_at(ctx, params, 0)
    }

    /// As [`run`](Self::run), with the time that the script sees, in milliseconds
    /// since 1970.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_at(&self, ctx: Value, params: Value, now: i64) -> Result<Value, ScriptError> {
        let mut vm = Vm::new(&self.program, self.limits, now);
        if let Value::Map(params) = &params {
            params.borrow_mut().fix();
        }
        let arguments = match self.context {
            Context::Ingest => vec![params, ctx],
            Context::Condition => vec![params, interpret::freeze(ctx)],
            Context::Test => vec![params],
        };
        vm.run(arguments).map_err(|thrown| {
            let offset = (thrown.at < interpret::UNKNOWN).then_some(thrown.at as usize);
            let fault = Fault {
                offset,
                cause: thrown.cause(),
            };
            ScriptError::run(&self.source, &self.program.statements, fault)
        })
    }

    /// The text of the script.
    #[must_use]
    pub fn source(&self) -> String {
        self.source.iter().collect()
    }
}
