//! `Pattern` and `Matcher`.

use std::cell::{Cell, RefCell};

use super::arguments::{at, int, sequence, size};
use super::compiled::Compiled;
use super::{Row, Table, class};
use crate::engine::painless::interpret::{
    Function, Run, Vm, cannot_be_cast, illegal_argument, null_pointer, throw,
};
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

fn pattern(value: &Value) -> Run<&Pattern> {
    match value {
        Value::Object(object) => match object.downcast::<Pattern>() {
            Some(pattern) => Ok(pattern),
            None => cannot_be_cast(value, "java.util.regex.Pattern"),
        },
        _ => null_pointer("a pattern is null"),
    }
}

/// A pattern at work on a text.
pub(super) struct Matcher {
    regex: Compiled,
    text: String,
    /// The match that was found last.
    found: RefCell<Option<Match>>,
    /// Byte offset to go on from.
    next: Cell<usize>,
    /// Where a replacement has copied to, in bytes.
    ended: Cell<bool>,
}

impl JavaObject for Matcher {
    fn class_name(&self) -> &'static str {
        "java.util.regex.Matcher"
    }
}

fn matcher(a: &[Value]) -> Run<&Matcher> {
    if let Value::Object(object) = at(a, 0)
        && let Some(matcher) = object.downcast::<Matcher>()
    {
        return Ok(matcher);
    }
    null_pointer("a matcher is null")
}

fn failed<T>(reason: &str) -> Run<T> {
    throw(
        "org.elasticsearch.painless.PainlessError",
        format!("a regular expression took too long: {reason}"),
    )
}

fn search(vm: &mut Vm<'_>, regex: &Compiled, text: &str, from: usize) -> Run<Option<Match>> {
    vm.work(text.len() / 16)?;
    match regex.search.find_from(text, from) {
        Ok(found) => Ok(found),
        Err(error) => failed(&error.to_string()),
    }
}

fn whole(vm: &mut Vm<'_>, regex: &Compiled, text: &str) -> Run<Option<Match>> {
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
        let regex = pattern(value)?.0.clone();
        let text = Self::pattern_text(text)?;
        let text = text.to_str();
        let found = if all {
            whole(self, &regex, &text)?
        } else {
            search(self, &regex, &text, 0)?
        };
        Ok(Value::Bool(found.is_some()))
    }

    fn pattern_text(text: &Value) -> Run<JavaString> {
        match text {
            Value::Str(text) => Ok(text.clone()),
            _ => null_pointer(
                "Cannot invoke \"java.lang.CharSequence.length()\" because \"this.text\" is null",
            ),
        }
    }
}

fn new_matcher(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let regex = pattern(at(a, 0))?.0.clone();
    let text = match at(a, 1) {
        Value::Null => return Vm::pattern_text(&Value::Null).map(Value::Str),
        other => vm.string_of(other)?.to_string(),
    };
    vm.allocate(text.len())?;
    Ok(Value::Object(Object::new(Matcher {
        regex,
        text,
        found: RefCell::new(None),
        next: Cell::new(0),
        ended: Cell::new(false),
    })))
}

/// Byte offset of what comes after the character at `at`.
fn after_char(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.chars().next().map_or(1, char::len_utf8)
}

fn advance(vm: &mut Vm<'_>, matcher: &Matcher) -> Run<bool> {
    if matcher.ended.get() || matcher.next.get() > matcher.text.len() {
        matcher.found.replace(None);
        return Ok(false);
    }
    let found = search(vm, &matcher.regex, &matcher.text, matcher.next.get())?;
    match &found {
        Some(captures) => {
            let (start, end) = (captures.start(), captures.end());
            matcher.next.set(if start == end {
                after_char(&matcher.text, end)
            } else {
                end
            });
        }
        None => matcher.ended.set(true),
    }
    let any = found.is_some();
    matcher.found.replace(found);
    Ok(any)
}

fn no_match<T>() -> Run<T> {
    throw("java.lang.IllegalStateException", "No match found")
}

/// A group of the last match.
fn group(a: &[Value], index: i32) -> Run<Value> {
    let matcher = matcher(a)?;
    let found = matcher.found.borrow();
    let Some(captures) = &*found else {
        return no_match();
    };
    let index = usize::try_from(index)
        .ok()
        .filter(|index| *index < captures.groups.len());
    let Some(index) = index else {
        return throw(
            "java.lang.IndexOutOfBoundsException",
            format!("No group {}", int(a, 1)),
        );
    };
    Ok(text_of(
        matcher,
        captures.groups.get(index).copied().flatten(),
    ))
}

fn text_of(matcher: &Matcher, span: Option<(usize, usize)>) -> Value {
    let part = span.and_then(|(start, end)| matcher.text.get(start..end));
    part.map_or(Value::Null, Value::str)
}

fn named(a: &[Value]) -> Run<Value> {
    let matcher = matcher(a)?;
    let name = super::arguments::text(a, 1)?.to_string();
    let found = matcher.found.borrow();
    let Some(captures) = &*found else {
        return no_match();
    };
    match matcher.regex.search.group_named(&name) {
        Some(index) => Ok(text_of(
            matcher,
            captures.groups.get(index).copied().flatten(),
        )),
        None => illegal_argument(format!("No group with name <{name}>")),
    }
}

/// Where a group starts or ends, in UTF-16 units.
fn edge(a: &[Value], end: bool) -> Run<Value> {
    let matcher = matcher(a)?;
    let found = matcher.found.borrow();
    let Some(captures) = &*found else {
        return no_match();
    };
    let index = usize::try_from(int(a, 1)).unwrap_or_default();
    let Some((start, stop)) = captures.groups.get(index).copied().flatten() else {
        return Ok(Value::Int(-1));
    };
    let before = matcher
        .text
        .get(..if end { stop } else { start })
        .unwrap_or_default();
    Ok(size(before.encode_utf16().count()))
}

fn replace(vm: &mut Vm<'_>, a: &[Value], first: bool) -> Run<Value> {
    let matcher = matcher(a)?;
    let replacement = sequence(vm, a, 1)?.to_string();
    vm.work(matcher.text.len() / 4)?;
    let text = JavaString::from(matcher.text.as_str());
    let made = if first {
        matcher.regex.search.replace_first(&text, &replacement)
    } else {
        matcher.regex.search.replace_all(&text, &replacement)
    };
    match made {
        Ok(text) => vm.new_text(text),
        Err(failure) => illegal_argument(failure.to_string()),
    }
}

/// `text.replaceAll(pattern, function)`: the function gets the matcher.
pub(super) fn replace_with(vm: &mut Vm<'_>, a: &[Value], first: bool) -> Run<Value> {
    let source = sequence(vm, a, 0)?;
    let made = new_matcher(vm, &[at(a, 1).clone(), Value::Str(source)])?;
    let receiver = [made];
    let matcher = matcher(&receiver)?;
    let mut out = String::new();
    let mut copied = 0;
    while advance(vm, matcher)? {
        let span = matcher
            .found
            .borrow()
            .as_ref()
            .map_or((0, 0), |found| (found.start(), found.end()));
        out.push_str(matcher.text.get(copied..span.0).unwrap_or_default());
        let new = vm.call(at(a, 2), &receiver)?;
        let new = match new {
            Value::Null => return null_pointer("a replacement is null"),
            other => vm.string_of(&other)?,
        };
        out.push_str(&new.to_str());
        copied = span.1;
        if out.len() > vm.limits.text {
            return failed("the result is too long");
        }
        if first {
            break;
        }
    }
    out.push_str(matcher.text.get(copied..).unwrap_or_default());
    vm.new_text(out.into())
}

fn pieces(vm: &mut Vm<'_>, a: &[Value]) -> Run<Vec<JavaString>> {
    let regex = pattern(at(a, 0))?.0.clone();
    let text = sequence(vm, a, 1)?;
    vm.work(text.len() / 4)?;
    match regex.search.split(&text.to_str(), int(a, 2)) {
        Ok(pieces) => Ok(pieces.into_iter().map(JavaString::from).collect()),
        Err(error) => failed(&error.to_string()),
    }
}

const PATTERN: &[Row] = &[
    ("Predicate asPredicate()", |_, a| {
        let regex = pattern(at(a, 0))?.0.clone();
        Ok(Function::value(move |vm, a| {
            let text = Vm::pattern_text(at(a, 0))?;
            Ok(Value::Bool(
                search(vm, &regex, &text.to_str(), 0)?.is_some(),
            ))
        }))
    }),
    ("int flags()", |_, a| {
        Ok(Value::Int(pattern(at(a, 0))?.0.bits()))
    }),
    ("Matcher matcher(CharSequence)", new_matcher),
    ("String pattern()", |_, a| {
        Ok(Value::str(pattern(at(a, 0))?.0.source.as_str()))
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
    ("Stream splitAsStream(CharSequence)", |vm, a| {
        let pieces = pieces(vm, a)?.into_iter().map(Value::Str).collect();
        super::stream::objects(vm, pieces)
    }),
];

const MATCHER: &[Row] = &[
    ("int end()", |_, a| edge(a, true)),
    ("int end(int)", |_, a| edge(a, true)),
    ("int start()", |_, a| edge(a, false)),
    ("int start(int)", |_, a| edge(a, false)),
    ("boolean find()", |vm, a| {
        advance(vm, matcher(a)?).map(Value::Bool)
    }),
    ("boolean find(int)", |vm, a| {
        let matcher = matcher(a)?;
        let units: Vec<u16> = matcher.text.encode_utf16().collect();
        let Some(before) = usize::try_from(int(a, 1))
            .ok()
            .and_then(|from| units.get(..from))
        else {
            return throw("java.lang.IndexOutOfBoundsException", "Illegal start index");
        };
        matcher.next.set(String::from_utf16_lossy(before).len());
        matcher.ended.set(false);
        advance(vm, matcher).map(Value::Bool)
    }),
    ("String group()", |_, a| group(a, 0)),
    ("String group(int)", |_, a| group(a, int(a, 1))),
    ("String namedGroup(String)", |_, a| named(a)),
    ("int groupCount()", |_, a| {
        Ok(size(matcher(a)?.regex.search.group_count()))
    }),
    ("boolean lookingAt()", |vm, a| {
        let matcher = matcher(a)?;
        let found = search(vm, &matcher.regex, &matcher.text, 0)?;
        let found = found.filter(|captures| captures.start() == 0);
        let any = found.is_some();
        matcher.found.replace(found);
        Ok(Value::Bool(any))
    }),
    ("boolean matches()", |vm, a| {
        let matcher = matcher(a)?;
        let found = whole(vm, &matcher.regex, &matcher.text)?;
        let any = found.is_some();
        if let Some(captures) = &found {
            matcher.next.set(captures.end());
        }
        matcher.found.replace(found);
        Ok(Value::Bool(any))
    }),
    ("Pattern pattern()", |_, a| {
        Ok(Pattern::value(matcher(a)?.regex.clone()))
    }),
    ("static String quoteReplacement(String)", |vm, a| {
        let text = sequence(vm, a, 0)?.to_string();
        vm.new_text(text.replace('\\', "\\\\").replace('$', "\\$").into())
    }),
    ("String replaceAll(String)", |vm, a| replace(vm, a, false)),
    ("String replaceFirst(String)", |vm, a| replace(vm, a, true)),
    ("Matcher reset()", |_, a| {
        let matcher = matcher(a)?;
        matcher.found.replace(None);
        matcher.next.set(0);
        matcher.ended.set(false);
        Ok(at(a, 0).clone())
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.regex.Pattern", &[], PATTERN),
    class("java.util.regex.Matcher", &[], MATCHER),
];
