//! `Matcher`.

use std::cell::{Cell, RefCell};

use super::Row;
use super::arguments::{at, int, sequence, size, text};
use super::compiled::Compiled;
use super::pattern::{Pattern, compiled, failed, search, whole};
use crate::engine::failure::Failure;
use crate::engine::painless::interpret::{Run, Vm, illegal_argument, null_pointer, throw};
use crate::engine::regex::Match;
use crate::engine::value::{JavaObject, JavaString, Object, Value};

/// A pattern at work on a text.
struct Matcher {
    regex: RefCell<Compiled>,
    text: String,
    /// The part of the text that is looked at, in bytes.
    region: Cell<(usize, usize)>,
    /// The match that was found last.
    found: RefCell<Option<Match>>,
    /// Byte offset to go on from.
    next: Cell<usize>,
    /// Nothing was found from there on.
    ended: Cell<bool>,
}

impl JavaObject for Matcher {
    fn class_name(&self) -> &'static str {
        "java.util.regex.Matcher"
    }

    fn to_java_string(&self) -> String {
        let (start, end) = self.region.get();
        let last = self
            .found
            .borrow()
            .as_ref()
            .map(|found| (found.start(), found.end()));
        let last = last.and_then(|(start, end)| self.text.get(start..end));
        format!(
            "java.util.regex.Matcher[pattern={} region={},{} lastmatch={}]",
            self.regex.borrow().source,
            self.units(start),
            self.units(end),
            last.unwrap_or_default()
        )
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

/// `pattern.matcher(text)`.
pub(super) fn new(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let regex = compiled(at(a, 0))?.clone();
    let text = match at(a, 1) {
        Value::Null => return Vm::pattern_text(&Value::Null).map(Value::Str),
        other => vm.string_of(other)?.to_string(),
    };
    vm.allocate(text.len())?;
    Ok(Value::Object(Object::new(Matcher {
        regex: RefCell::new(regex),
        region: Cell::new((0, text.len())),
        text,
        found: RefCell::new(None),
        next: Cell::new(0),
        ended: Cell::new(false),
    })))
}

/// The match within a longer text.
fn shifted(found: Match, by: usize) -> Match {
    let shift = |(start, end): (usize, usize)| (start + by, end + by);
    Match {
        groups: found
            .groups
            .into_iter()
            .map(|group| group.map(shift))
            .collect(),
    }
}

type Find = fn(&mut Vm<'_>, &Compiled, &str, usize) -> Run<Option<Match>>;

impl Matcher {
    /// UTF-16 units before a byte offset.
    fn units(&self, offset: usize) -> usize {
        self.text
            .get(..offset)
            .unwrap_or_default()
            .encode_utf16()
            .count()
    }

    /// The byte offset that so many UTF-16 units come before.
    fn offset(&self, units: i32) -> Option<usize> {
        let all: Vec<u16> = self.text.encode_utf16().collect();
        let before = all.get(..usize::try_from(units).ok()?)?;
        Some(String::from_utf16_lossy(before).len().min(self.text.len()))
    }

    /// Looks within the region, from a byte offset on; its edges count as those
    /// of the text.
    fn look(&self, vm: &mut Vm<'_>, from: usize, find: Find) -> Run<bool> {
        let (start, end) = self.region.get();
        let part = self.text.get(start..end).unwrap_or_default();
        let regex = self.regex.borrow();
        let found = find(vm, &regex, part, from.saturating_sub(start))?;
        let any = found.is_some();
        self.found.replace(found.map(|found| shifted(found, start)));
        if any {
            self.go_on();
        }
        Ok(any)
    }

    /// Goes on behind the match that was found.
    fn go_on(&self) {
        let span = self.span();
        self.ended.set(false);
        self.next.set(if span.0 == span.1 {
            let rest = self.text.get(span.1..).unwrap_or_default();
            span.1 + rest.chars().next().map_or(1, char::len_utf8)
        } else {
            span.1
        });
    }

    fn span(&self) -> (usize, usize) {
        let found = self.found.borrow();
        found
            .as_ref()
            .map_or((0, 0), |found| (found.start(), found.end()))
    }

    /// `find()`.
    fn advance(&self, vm: &mut Vm<'_>) -> Run<bool> {
        if self.ended.get() || self.next.get() > self.region.get().1 {
            self.found.replace(None);
            return Ok(false);
        }
        let any = self.look(vm, self.next.get(), search)?;
        self.ended.set(!any);
        Ok(any)
    }

    fn reset(&self) {
        self.region.set((0, self.text.len()));
        self.restart();
    }

    fn restart(&self) {
        self.found.replace(None);
        self.next.set(self.region.get().0);
        self.ended.set(false);
    }

    /// What a group of the last match took, in bytes.
    fn group(&self, index: i32) -> Run<Option<(usize, usize)>> {
        let found = self.found.borrow();
        let Some(captures) = &*found else {
            return throw("java.lang.IllegalStateException", "No match found");
        };
        let place = usize::try_from(index)
            .ok()
            .and_then(|index| captures.groups.get(index));
        match place {
            Some(group) => Ok(*group),
            None => throw(
                "java.lang.IndexOutOfBoundsException",
                format!("No group {index}"),
            ),
        }
    }

    fn text_of(&self, span: Option<(usize, usize)>) -> Value {
        let part = span.and_then(|(start, end)| self.text.get(start..end));
        part.map_or(Value::Null, Value::str)
    }
}

fn named(a: &[Value]) -> Run<Value> {
    let matcher = matcher(a)?;
    let name = text(a, 1)?.to_string();
    matcher.group(0)?;
    let index = matcher.regex.borrow().search.group_named(&name);
    match index.and_then(|index| i32::try_from(index).ok()) {
        Some(index) => Ok(matcher.text_of(matcher.group(index)?)),
        None => illegal_argument(format!("No group with name <{name}>")),
    }
}

/// Where a group starts or ends, in UTF-16 units.
fn edge(a: &[Value], end: bool) -> Run<Value> {
    let matcher = matcher(a)?;
    let index = if a.len() > 1 { int(a, 1) } else { 0 };
    Ok(match matcher.group(index)? {
        Some((start, stop)) => size(matcher.units(if end { stop } else { start })),
        None => Value::Int(-1),
    })
}

/// Java's exception about a replacement.
fn refused<T>(failure: &Failure) -> Run<T> {
    let class = match failure.kind() {
        "index_out_of_bounds_exception" => "java.lang.IndexOutOfBoundsException",
        _ => "java.lang.IllegalArgumentException",
    };
    throw(class, failure.reason())
}

fn replace(vm: &mut Vm<'_>, a: &[Value], first: bool) -> Run<Value> {
    let matcher = matcher(a)?;
    let replacement = sequence(vm, a, 1)?.to_string();
    vm.work(matcher.text.len() / 4)?;
    matcher.reset();
    let text = JavaString::from(matcher.text.as_str());
    let regex = matcher.regex.borrow();
    let made = if first {
        regex.search.replace_first(&text, &replacement)
    } else {
        regex.search.replace_all(&text, &replacement)
    };
    match made {
        Ok(text) => vm.new_text(text),
        Err(failure) => refused(&failure),
    }
}

/// `text.replaceAll(pattern, function)`: the function gets the matcher.
pub(super) fn replace_with(vm: &mut Vm<'_>, a: &[Value], first: bool) -> Run<Value> {
    let source = sequence(vm, a, 0)?;
    let made = new(vm, &[at(a, 1).clone(), Value::Str(source)])?;
    let receiver = [made];
    let matcher = matcher(&receiver)?;
    let mut out = String::new();
    let mut copied = 0;
    while matcher.advance(vm)? {
        let (start, end) = matcher.span();
        out.push_str(matcher.text.get(copied..start).unwrap_or_default());
        let new = match vm.call(at(a, 2), &receiver)? {
            Value::Null => return null_pointer("a replacement is null"),
            other => vm.string_of(&other)?,
        };
        out.push_str(&new.to_str());
        copied = end;
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

fn find_from(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let matcher = matcher(a)?;
    vm.work(matcher.text.len() / 16)?;
    let Some(from) = matcher.offset(int(a, 1)) else {
        return throw("java.lang.IndexOutOfBoundsException", "Illegal start index");
    };
    matcher.reset();
    matcher.next.set(from);
    matcher.advance(vm).map(Value::Bool)
}

fn set_region(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let matcher = matcher(a)?;
    vm.work(matcher.text.len() / 16)?;
    let out_of_bounds = |which| throw("java.lang.IndexOutOfBoundsException", which);
    match (matcher.offset(int(a, 1)), matcher.offset(int(a, 2))) {
        (None, _) => out_of_bounds("start"),
        (_, None) => out_of_bounds("end"),
        (Some(start), Some(end)) if start > end => out_of_bounds("start > end"),
        (Some(start), Some(end)) => {
            matcher.region.set((start, end));
            matcher.restart();
            Ok(at(a, 0).clone())
        }
    }
}

/// The first match, if the region begins with it.
fn starts(vm: &mut Vm<'_>, regex: &Compiled, text: &str, _: usize) -> Run<Option<Match>> {
    Ok(search(vm, regex, text, 0)?.filter(|found| found.start() == 0))
}

fn all(vm: &mut Vm<'_>, regex: &Compiled, text: &str, _: usize) -> Run<Option<Match>> {
    whole(vm, regex, text)
}

pub(super) const MATCHER: &[Row] = &[
    ("int end()", |_, a| edge(a, true)),
    ("int end(int)", |_, a| edge(a, true)),
    ("int start()", |_, a| edge(a, false)),
    ("int start(int)", |_, a| edge(a, false)),
    ("boolean find()", |vm, a| {
        matcher(a)?.advance(vm).map(Value::Bool)
    }),
    ("boolean find(int)", find_from),
    ("String group()", |_, a| {
        let matcher = matcher(a)?;
        Ok(matcher.text_of(matcher.group(0)?))
    }),
    ("String group(int)", |_, a| {
        let matcher = matcher(a)?;
        Ok(matcher.text_of(matcher.group(int(a, 1))?))
    }),
    ("String namedGroup(String)", |_, a| named(a)),
    ("int groupCount()", |_, a| {
        Ok(size(matcher(a)?.regex.borrow().search.group_count()))
    }),
    ("boolean hasAnchoringBounds()", |_, _| Ok(Value::Bool(true))),
    ("boolean hasTransparentBounds()", |_, _| {
        Ok(Value::Bool(false))
    }),
    ("boolean lookingAt()", |vm, a| {
        matcher(a)?.look(vm, 0, starts).map(Value::Bool)
    }),
    ("boolean matches()", |vm, a| {
        matcher(a)?.look(vm, 0, all).map(Value::Bool)
    }),
    ("Pattern pattern()", |_, a| {
        Ok(Pattern::value(matcher(a)?.regex.borrow().clone()))
    }),
    ("static String quoteReplacement(String)", |vm, a| {
        let text = sequence(vm, a, 0)?.to_string();
        vm.new_text(text.replace('\\', "\\\\").replace('$', "\\$").into())
    }),
    ("Matcher region(int,int)", set_region),
    ("int regionEnd()", |_, a| {
        let matcher = matcher(a)?;
        Ok(size(matcher.units(matcher.region.get().1)))
    }),
    ("int regionStart()", |_, a| {
        let matcher = matcher(a)?;
        Ok(size(matcher.units(matcher.region.get().0)))
    }),
    ("String replaceAll(String)", |vm, a| replace(vm, a, false)),
    ("String replaceFirst(String)", |vm, a| replace(vm, a, true)),
    ("Matcher reset()", |_, a| {
        matcher(a)?.reset();
        Ok(at(a, 0).clone())
    }),
    ("Matcher usePattern(Pattern)", |_, a| {
        let pattern = match at(a, 1) {
            Value::Null => return illegal_argument("Pattern cannot be null"),
            pattern => compiled(pattern)?.clone(),
        };
        let matcher = matcher(a)?;
        matcher.regex.replace(pattern);
        matcher.found.replace(None);
        matcher.ended.set(false);
        Ok(at(a, 0).clone())
    }),
];
