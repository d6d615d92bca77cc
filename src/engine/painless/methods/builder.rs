//! `StringBuilder` and `StringBuffer`.

use std::cell::RefCell;

use super::arguments::{at, int, position, sequence, size, unit};
use super::search::{find, find_last};
use super::text::{beyond_text, substring};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer};
use crate::engine::value::{JavaObject, JavaString, Object, Value};

struct Builder {
    units: RefCell<Vec<u16>>,
    class: &'static str,
}

impl JavaObject for Builder {
    fn class_name(&self) -> &str {
        self.class
    }

    fn to_java_string(&self) -> String {
        String::from_utf16_lossy(&self.units.borrow())
    }
}

fn new(vm: &mut Vm<'_>, a: &[Value], class: &'static str) -> Run<Value> {
    let units = match a {
        [] => Vec::new(),
        _ => sequence(vm, a, 0)?.to_utf16(),
    };
    Ok(Value::Object(Object::new(Builder {
        units: RefCell::new(units),
        class,
    })))
}

fn builder(a: &[Value]) -> Run<&Builder> {
    if let Value::Object(object) = at(a, 0)
        && let Some(builder) = object.downcast::<Builder>()
    {
        return Ok(builder);
    }
    null_pointer("a string builder is null")
}

fn content(a: &[Value]) -> Run<JavaString> {
    Ok(JavaString::from_utf16(&builder(a)?.units.borrow()))
}

/// Puts text in place of a part.
fn splice(vm: &mut Vm<'_>, a: &[Value], range: (i32, i32), text: &JavaString) -> Run<Value> {
    let mut units = builder(a)?.units.borrow_mut();
    let length = units.len();
    let clamp = |n: i32| usize::try_from(n).ok().map(|n| n.min(length));
    let (Some(start), Some(end)) = (clamp(range.0), clamp(range.1)) else {
        return beyond_text(format!(
            "start {}, end {}, length {length}",
            range.0, range.1
        ));
    };
    if start > end || usize::try_from(range.0).is_ok_and(|start| start > length) {
        return beyond_text(format!(
            "start {}, end {}, length {length}",
            range.0, range.1
        ));
    }
    vm.allocate(text.len())?;
    if length - (end - start) + text.len() > vm.limits.text {
        return crate::engine::painless::interpret::beyond("a string builder is too long");
    }
    units.splice(start..end, text.units());
    Ok(at(a, 0).clone())
}

fn append(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = vm.string_of(at(a, 1))?;
    let end = i32::try_from(builder(a)?.units.borrow().len()).unwrap_or(i32::MAX);
    splice(vm, a, (end, end), &text)
}

fn insert(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = vm.string_of(at(a, 2))?;
    let (offset, length) = (int(a, 1), builder(a)?.units.borrow().len());
    if usize::try_from(offset).map_or(true, |offset| offset > length) {
        return beyond_text(format!("offset {offset}, length {length}"));
    }
    splice(vm, a, (offset, offset), &text)
}

fn index(a: &[Value]) -> Run<usize> {
    let (index, length) = (int(a, 1), builder(a)?.units.borrow().len());
    match usize::try_from(index) {
        Ok(index) if index < length => Ok(index),
        _ => beyond_text(format!("index {index}, length {length}")),
    }
}

fn delete_char(a: &[Value]) -> Run<Value> {
    let index = index(a)?;
    builder(a)?.units.borrow_mut().remove(index);
    Ok(at(a, 0).clone())
}

fn set_char(a: &[Value]) -> Run<Value> {
    let index = index(a)?;
    if let Some(place) = builder(a)?.units.borrow_mut().get_mut(index) {
        *place = unit(a, 2);
    }
    Ok(Value::Null)
}

fn set_length(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let Ok(length) = usize::try_from(int(a, 1)) else {
        return beyond_text(format!("String index out of range: {}", int(a, 1)));
    };
    if length > vm.limits.text {
        return crate::engine::painless::interpret::beyond("a string builder is too long");
    }
    vm.allocate(length)?;
    builder(a)?.units.borrow_mut().resize(length, 0);
    Ok(Value::Null)
}

fn reverse(a: &[Value]) -> Run<Value> {
    let mut units = builder(a)?.units.borrow_mut();
    let mut reversed = Vec::with_capacity(units.len());
    // pairs of surrogates keep their order
    for c in char::decode_utf16(units.iter().copied()) {
        match c {
            Ok(c) => reversed.extend(c.encode_utf16(&mut [0; 2]).iter().rev().copied()),
            Err(lone) => reversed.push(lone.unpaired_surrogate()),
        }
    }
    reversed.reverse();
    *units = reversed;
    Ok(at(a, 0).clone())
}

fn append_part(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let whole = sequence(vm, a, 1)?;
    let part = substring(&whole, int(a, 2), int(a, 3))?;
    append(vm, &[at(a, 0).clone(), Value::Str(part)])
}

const BUILDER: &[Row] = &[
    ("new()", |vm, a| new(vm, a, "java.lang.StringBuilder")),
    ("new(CharSequence)", |vm, a| {
        new(vm, a, "java.lang.StringBuilder")
    }),
    ("StringBuilder append(def)", append),
    ("StringBuilder append(CharSequence,int,int)", append_part),
    ("StringBuilder appendCodePoint(int)", |vm, a| {
        let point = u32::try_from(int(a, 1)).ok().and_then(char::from_u32);
        let text = Value::str(point.unwrap_or('?').to_string().as_str());
        append(vm, &[at(a, 0).clone(), text])
    }),
    ("int capacity()", |_, a| {
        Ok(size(builder(a)?.units.borrow().len().max(16)))
    }),
    ("StringBuilder delete(int,int)", |vm, a| {
        splice(vm, a, (int(a, 1), int(a, 2)), &JavaString::from(""))
    }),
    ("StringBuilder deleteCharAt(int)", |_, a| delete_char(a)),
    ("int indexOf(String)", |vm, a| {
        let needle = sequence(vm, a, 1)?;
        Ok(position(find(&content(a)?, &needle, 0)))
    }),
    ("int indexOf(String,int)", |vm, a| {
        let needle = sequence(vm, a, 1)?;
        let from = usize::try_from(int(a, 2)).unwrap_or_default();
        Ok(position(find(&content(a)?, &needle, from)))
    }),
    ("StringBuilder insert(int,def)", insert),
    ("int lastIndexOf(String)", |vm, a| {
        let needle = sequence(vm, a, 1)?;
        Ok(position(find_last(&content(a)?, &needle, usize::MAX)))
    }),
    ("int lastIndexOf(String,int)", |vm, a| {
        let needle = sequence(vm, a, 1)?;
        Ok(match usize::try_from(int(a, 2)) {
            Ok(from) => position(find_last(&content(a)?, &needle, from)),
            Err(_) => Value::Int(-1),
        })
    }),
    ("int codePointBefore(int)", |_, a| {
        super::points::code_point_before(&content(a)?, int(a, 1))
    }),
    ("int codePointCount(int,int)", |_, a| {
        let part = substring(&content(a)?, int(a, 1), int(a, 2))?;
        Ok(size(char::decode_utf16(part.units()).count()))
    }),
    ("int offsetByCodePoints(int,int)", |_, a| {
        let whole = Value::Str(content(a)?);
        super::points::offset_by_code_points(&[whole, at(a, 1).clone(), at(a, 2).clone()])
    }),
    ("void getChars(int,int,char[],int)", |_, a| {
        super::points::get_chars(&content(a)?, a)
    }),
    ("StringBuilder replace(int,int,String)", |vm, a| {
        let text = sequence(vm, a, 3)?;
        splice(vm, a, (int(a, 1), int(a, 2)), &text)
    }),
    ("StringBuilder reverse()", |_, a| reverse(a)),
    ("void setCharAt(int,char)", |_, a| set_char(a)),
    ("void setLength(int)", set_length),
    ("String substring(int)", |vm, a| {
        let whole = content(a)?;
        let end = i32::try_from(whole.len()).unwrap_or(i32::MAX);
        let part = substring(&whole, int(a, 1), end)?;
        vm.new_text(part)
    }),
    ("String substring(int,int)", |vm, a| {
        let part = substring(&content(a)?, int(a, 1), int(a, 2))?;
        vm.new_text(part)
    }),
    ("String toString()", |vm, a| {
        let text = content(a)?;
        vm.new_text(text)
    }),
    ("int length()", |_, a| {
        Ok(size(builder(a)?.units.borrow().len()))
    }),
    ("char charAt(int)", |_, a| {
        let index = index(a)?;
        Ok(Value::Char(
            builder(a)?
                .units
                .borrow()
                .get(index)
                .copied()
                .unwrap_or_default(),
        ))
    }),
    ("int codePointAt(int)", |_, a| {
        let index = index(a)?;
        let point = super::search::code_point(&content(a)?, index);
        Ok(Value::Int(point.unwrap_or_default().cast_signed()))
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.lang.Appendable", &[], &[]),
    class(
        "java.lang.StringBuilder",
        &["java.lang.CharSequence", "java.lang.Appendable"],
        BUILDER,
    ),
    class(
        "java.lang.StringBuffer",
        &[
            "java.lang.CharSequence",
            "java.lang.Appendable",
            "java.lang.StringBuilder",
        ],
        &[
            ("new()", |vm, a| new(vm, a, "java.lang.StringBuffer")),
            ("new(CharSequence)", |vm, a| {
                new(vm, a, "java.lang.StringBuffer")
            }),
        ],
    ),
];
