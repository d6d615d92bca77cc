//! `Pattern`.

use super::arguments::{at, int, sequence};
use super::compiled::Compiled;
use super::matcher;
use super::pipeline::{Of, Pipeline, Step, stream};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Function, Run, Vm, cannot_be_cast, null_pointer, throw};
use crate::engine::regex::Match;
use crate::engine::value::{JavaObject, JavaString, Object, Value};

/// A pattern as a value.
pub(in crate::engine::painless) struct Pattern(Compiled);

impl Pattern {
    pub(in crate::engine::painless) fn value(compiled: Compiled) -> Value {
        Value::Object(Object::new(Self(compiled)))
    }
}

impl JavaObject for Pattern {
    fn class_name(&self) -> &'static str {
        "java.util.regex.Pattern"
    }

    fn to_java_string(&self) -> String {
        self.0.source.clone()
    }
}

pub(super) fn compiled(value: &Value) -> Run<&Compiled> {
    match value {
        Value::Object(object) => match object.downcast::<Pattern>() {
            Some(pattern) => Ok(&pattern.0),
            None => cannot_be_cast(value, "java.util.regex.Pattern"),
        },
        _ => null_pointer("a pattern is null"),
    }
}

pub(super) fn failed<T>(reason: &str) -> Run<T> {
    throw(
        "org.elasticsearch.painless.PainlessError",
        format!("a regular expression took too long: {reason}"),
    )
}

pub(super) fn search(
    vm: &mut Vm<'_>,
    regex: &Compiled,
    text: &str,
    from: usize,
) -> Run<Option<Match>> {
    vm.work(text.len() / 16)?;
    match regex.search.find_from(text, from) {
        Ok(found) => Ok(found),
        Err(error) => failed(&error.to_string()),
    }
}

pub(super) fn whole(vm: &mut Vm<'_>, regex: &Compiled, text: &str) -> Run<Option<Match>> {
    vm.work(text.len() / 16)?;
    match regex.whole.find_from(text, 0) {
        Ok(found) => Ok(found),
        Err(error) => failed(&error.to_string()),
    }
}

impl Vm<'_> {
    /// `text =~ pattern` and `text ==~ pattern`.
    pub(in crate::engine::painless) fn find_pattern(
        &mut self,
        value: &Value,
        text: &Value,
        all: bool,
    ) -> Run<Value> {
        let regex = compiled(value)?.clone();
        let text = Self::pattern_text(text)?;
        let text = text.to_str();
        let found = if all {
            whole(self, &regex, &text)?
        } else {
            search(self, &regex, &text, 0)?
        };
        Ok(Value::Bool(found.is_some()))
    }

    pub(super) fn pattern_text(text: &Value) -> Run<JavaString> {
        match text {
            Value::Str(text) => Ok(text.clone()),
            _ => null_pointer(
                "Cannot invoke \"java.lang.CharSequence.length()\" because \"this.text\" is null",
            ),
        }
    }
}

fn pieces(vm: &mut Vm<'_>, a: &[Value]) -> Run<Vec<JavaString>> {
    let regex = compiled(at(a, 0))?.clone();
    let text = sequence(vm, a, 1)?;
    vm.work(text.len() / 4)?;
    match regex.search.split(&text.to_str(), int(a, 2)) {
        Ok(pieces) => Ok(pieces.into_iter().map(JavaString::from).collect()),
        Err(error) => failed(&error.to_string()),
    }
}

/// A stream of the pieces; the text is looked at when the stream is used.
fn split_as_stream(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let pattern = at(a, 0).clone();
    let split = Function::value(move |vm, a| {
        let pieces = pieces(vm, &[pattern.clone(), at(a, 0).clone()])?;
        super::stream::objects(vm, pieces.into_iter().map(Value::Str).collect())
    });
    let text = stream(Of::Objects, vec![at(a, 1).clone()]);
    Pipeline::then(&[text], |of| Step::Flat(split, of))
}

const PATTERN: &[Row] = &[
    ("Predicate asPredicate()", |_, a| {
        let regex = compiled(at(a, 0))?.clone();
        Ok(Function::value(move |vm, a| {
            let text = Vm::pattern_text(at(a, 0))?;
            Ok(Value::Bool(
                search(vm, &regex, &text.to_str(), 0)?.is_some(),
            ))
        }))
    }),
    ("int flags()", |_, a| {
        Ok(Value::Int(compiled(at(a, 0))?.bits()))
    }),
    ("Matcher matcher(CharSequence)", matcher::new),
    ("String pattern()", |_, a| {
        Ok(Value::str(compiled(at(a, 0))?.source.as_str()))
    }),
    ("static String quote(String)", |vm, a| {
        let text = sequence(vm, a, 0)?;
        vm.new_text(format!("\\Q{}\\E", text.to_str().replace("\\E", "\\E\\\\E\\Q")).into())
    }),
    ("String[] split(CharSequence)", |vm, a| {
        let pieces = pieces(vm, a)?;
        super::text::strings(vm, pieces)
    }),
    ("String[] split(CharSequence,int)", |vm, a| {
        let pieces = pieces(vm, a)?;
        super::text::strings(vm, pieces)
    }),
    ("Stream splitAsStream(CharSequence)", split_as_stream),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.regex.Pattern", &[], PATTERN),
    class("java.util.regex.Matcher", &[], matcher::MATCHER),
];
