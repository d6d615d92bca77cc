//! `Optional` and its primitive kin.

use super::arguments::at;
use super::{Native, Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer, throw};
use crate::engine::painless::types::Type;
use crate::engine::value::{JavaObject, Object, Value, equals, hash_code};

struct Optional {
    ty: Type,
    value: Option<Value>,
}

impl JavaObject for Optional {
    fn class_name(&self) -> &'static str {
        match self.ty {
            Type::INT => "java.util.OptionalInt",
            Type::LONG => "java.util.OptionalLong",
            Type::DOUBLE => "java.util.OptionalDouble",
            _ => "java.util.Optional",
        }
    }

    fn to_java_string(&self) -> String {
        let name = self.class_name().trim_start_matches("java.util.");
        match &self.value {
            Some(value) => format!("{name}[{}]", value.to_java_string()),
            None => format!("{name}.empty"),
        }
    }

    fn equals(&self, other: &Object) -> bool {
        other
            .downcast::<Self>()
            .is_some_and(|other| match (&self.value, &other.value) {
                (Some(left), Some(right)) => equals(left, right),
                (None, None) => true,
                _ => false,
            })
    }

    fn hash_code(&self) -> i32 {
        self.value.as_ref().map_or(0, hash_code)
    }
}

/// An optional of this element type.
pub(super) fn optional(ty: Type, value: Option<Value>) -> Value {
    Value::Object(Object::new(Optional { ty, value }))
}

fn inner(a: &[Value]) -> Run<&Optional> {
    if let Value::Object(object) = at(a, 0)
        && let Some(optional) = object.downcast::<Optional>()
    {
        return Ok(optional);
    }
    null_pointer("an optional is null")
}

const GET: Native = |_, a| match &inner(a)?.value {
    Some(value) => Ok(value.clone()),
    None => throw("java.util.NoSuchElementException", "No value present"),
};

const IF_PRESENT: Native = |vm, a| {
    if let Some(value) = &inner(a)?.value {
        vm.call(at(a, 1), std::slice::from_ref(value))?;
    }
    Ok(Value::Null)
};

const IS_PRESENT: Native = |_, a| Ok(Value::Bool(inner(a)?.value.is_some()));

const OR_ELSE: Native = |_, a| Ok(inner(a)?.value.clone().unwrap_or_else(|| at(a, 1).clone()));

const OR_ELSE_GET: Native = |vm, a| match &inner(a)?.value {
    Some(value) => Ok(value.clone()),
    None => vm.call(at(a, 1), &[]),
};

const OR_ELSE_THROW: Native = |vm, a| {
    if let Some(value) = &inner(a)?.value {
        Ok(value.clone())
    } else {
        let exception = vm.call(at(a, 1), &[])?;
        Err(crate::engine::painless::interpret::thrown_by(&exception))
    }
};

fn map(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let value = match &inner(a)?.value {
        Some(value) => vm.call(at(a, 1), std::slice::from_ref(value))?,
        None => Value::Null,
    };
    Ok(optional(Type::DEF, (!value.is_null()).then_some(value)))
}

fn filter(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let kept = match &inner(a)?.value {
        Some(value) if vm.call_test(at(a, 1), std::slice::from_ref(value))? => Some(value.clone()),
        _ => None,
    };
    Ok(optional(Type::DEF, kept))
}

const OPTIONAL: &[Row] = &[
    ("static Optional empty()", |_, _| {
        Ok(optional(Type::DEF, None))
    }),
    ("Optional filter(Predicate)", filter),
    ("Optional flatMap(Function)", |vm, a| {
        match &inner(a)?.value {
            Some(value) => vm.call(at(a, 1), std::slice::from_ref(value)),
            None => Ok(at(a, 0).clone()),
        }
    }),
    ("def get()", GET),
    ("void ifPresent(Consumer)", IF_PRESENT),
    ("boolean isPresent()", IS_PRESENT),
    ("Optional map(Function)", map),
    ("static Optional of(def)", |_, a| match at(a, 0) {
        Value::Null => null_pointer("an optional of null"),
        value => Ok(optional(Type::DEF, Some(value.clone()))),
    }),
    ("static Optional ofNullable(def)", |_, a| {
        Ok(optional(
            Type::DEF,
            (!at(a, 0).is_null()).then(|| at(a, 0).clone()),
        ))
    }),
    ("def orElse(def)", OR_ELSE),
    ("def orElseGet(Supplier)", OR_ELSE_GET),
    ("def orElseThrow(Supplier)", OR_ELSE_THROW),
];

macro_rules! numbers {
    ($name:literal $ty:literal $get:literal $constant:expr) => {
        &[
            (concat!("static Optional", $name, " empty()"), |_, _| {
                Ok(optional($constant, None))
            }),
            (concat!($ty, " ", $get, "()"), GET),
            (concat!("void ifPresent(", $name, "Consumer)"), IF_PRESENT),
            ("boolean isPresent()", IS_PRESENT),
            (
                concat!("static Optional", $name, " of(", $ty, ")"),
                |_, a| Ok(optional($constant, Some(at(a, 0).clone()))),
            ),
            (concat!($ty, " orElse(", $ty, ")"), OR_ELSE),
            (concat!($ty, " orElseGet(", $name, "Supplier)"), OR_ELSE_GET),
            (concat!($ty, " orElseThrow(Supplier)"), OR_ELSE_THROW),
        ]
    };
}

pub(super) static TABLES: &[Table] = &[
    class("java.util.Optional", &[], OPTIONAL),
    class(
        "java.util.OptionalInt",
        &[],
        numbers!("Int" "int" "getAsInt" Type::INT),
    ),
    class(
        "java.util.OptionalLong",
        &[],
        numbers!("Long" "long" "getAsLong" Type::LONG),
    ),
    class(
        "java.util.OptionalDouble",
        &[],
        numbers!("Double" "double" "getAsDouble" Type::DOUBLE),
    ),
];
