//! `RoundingMode` and `MathContext`.

use std::cmp::Ordering;

use super::super::Row;
use super::super::arguments::{at, int, text};
use crate::engine::painless::interpret::{Run, illegal_argument, null_pointer};
use crate::engine::value::{Array, JavaObject, Object, Value};

/// Where a number between two goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    Unnecessary,
}

const MODES: [(Rounding, &str); 8] = [
    (Rounding::Up, "UP"),
    (Rounding::Down, "DOWN"),
    (Rounding::Ceiling, "CEILING"),
    (Rounding::Floor, "FLOOR"),
    (Rounding::HalfUp, "HALF_UP"),
    (Rounding::HalfDown, "HALF_DOWN"),
    (Rounding::HalfEven, "HALF_EVEN"),
    (Rounding::Unnecessary, "UNNECESSARY"),
];

impl Rounding {
    /// Whether it goes away from zero, by how what is cut off stands to a half;
    /// `None` if it must not be needed.
    pub(super) fn goes_away(self, negative: bool, half: Ordering, odd: bool) -> Option<bool> {
        Some(match self {
            Self::Up => true,
            Self::Down => false,
            Self::Ceiling => !negative,
            Self::Floor => negative,
            Self::HalfUp => half.is_ge(),
            Self::HalfDown => half.is_gt(),
            Self::HalfEven => half.is_gt() || half.is_eq() && odd,
            Self::Unnecessary => return None,
        })
    }

    fn name(self) -> &'static str {
        let known = MODES.iter().find(|(mode, _)| *mode == self);
        known.map_or("", |(_, name)| name)
    }

    fn value(self) -> Value {
        Value::Object(Object::new(self))
    }

    /// The mode that an argument is.
    pub(super) fn of(a: &[Value], index: usize) -> Run<Self> {
        given(at(a, index), "a rounding mode is null")
    }
}

impl JavaObject for Rounding {
    fn class_name(&self) -> &'static str {
        "java.math.RoundingMode"
    }

    fn to_java_string(&self) -> String {
        self.name().to_owned()
    }

    fn equals(&self, other: &Object) -> bool {
        other.downcast::<Self>() == Some(self)
    }

    fn compare(&self, other: &Object) -> Option<Ordering> {
        let place = |mode: &Self| MODES.iter().position(|(known, _)| known == mode);
        Some(place(self).cmp(&place(other.downcast()?)))
    }
}

/// The object that an argument is; anything else counts as null.
fn given<T: JavaObject + Copy>(value: &Value, missing: &str) -> Run<T> {
    let object = match value {
        Value::Object(object) => object.downcast::<T>(),
        _ => None,
    };
    match object {
        Some(object) => Ok(*object),
        None => null_pointer(missing),
    }
}

/// How many digits results have, and how they are rounded to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    /// 0 for as many as it takes.
    pub(super) precision: i32,
    pub(super) rounding: Rounding,
}

impl Context {
    pub(super) const UNLIMITED: Self = Self {
        precision: 0,
        rounding: Rounding::HalfUp,
    };

    pub(super) const fn bounded(self) -> bool {
        self.precision > 0
    }

    fn value(precision: i32, rounding: Rounding) -> Run<Value> {
        if precision < 0 {
            return illegal_argument("Digits < 0");
        }
        Ok(Value::Object(Object::new(Self {
            precision,
            rounding,
        })))
    }

    /// The context that an argument is; without the argument there is no bound.
    pub(super) fn of(a: &[Value], index: usize) -> Run<Self> {
        match a.get(index) {
            Some(value) => given(value, "a math context is null"),
            None => Ok(Self::UNLIMITED),
        }
    }
}

impl JavaObject for Context {
    fn class_name(&self) -> &'static str {
        "java.math.MathContext"
    }

    fn to_java_string(&self) -> String {
        let (precision, mode) = (self.precision, self.rounding.name());
        format!("precision={precision} roundingMode={mode}")
    }

    fn equals(&self, other: &Object) -> bool {
        other.downcast::<Self>() == Some(self)
    }
}

pub(super) const ROUNDING_MODE: &[Row] = &[
    ("const RoundingMode CEILING", |_, _| {
        Ok(Rounding::Ceiling.value())
    }),
    ("const RoundingMode DOWN", |_, _| Ok(Rounding::Down.value())),
    ("const RoundingMode FLOOR", |_, _| {
        Ok(Rounding::Floor.value())
    }),
    ("const RoundingMode HALF_DOWN", |_, _| {
        Ok(Rounding::HalfDown.value())
    }),
    ("const RoundingMode HALF_EVEN", |_, _| {
        Ok(Rounding::HalfEven.value())
    }),
    ("const RoundingMode HALF_UP", |_, _| {
        Ok(Rounding::HalfUp.value())
    }),
    ("const RoundingMode UNNECESSARY", |_, _| {
        Ok(Rounding::Unnecessary.value())
    }),
    ("const RoundingMode UP", |_, _| Ok(Rounding::Up.value())),
    ("static RoundingMode valueOf(String)", |_, a| {
        let name = text(a, 0)?.to_string();
        match MODES.iter().find(|(_, known)| *known == name) {
            Some((mode, _)) => Ok(mode.value()),
            None => illegal_argument(format!("No enum constant java.math.RoundingMode.{name}")),
        }
    }),
    ("static RoundingMode[] values()", |_, _| {
        let items = MODES.iter().map(|(mode, _)| mode.value()).collect();
        Ok(Value::Array(Array::new("[Ljava.math.RoundingMode;", items)))
    }),
    ("String name()", |_, a| {
        Ok(Value::str(Rounding::of(a, 0)?.name()))
    }),
    ("int ordinal()", |_, a| {
        let own = Rounding::of(a, 0)?;
        let place = MODES.iter().position(|(mode, _)| *mode == own);
        Ok(super::super::arguments::position(place))
    }),
];

pub(super) const MATH_CONTEXT: &[Row] = &[
    ("const MathContext DECIMAL128", |_, _| {
        Context::value(34, Rounding::HalfEven)
    }),
    ("const MathContext DECIMAL32", |_, _| {
        Context::value(7, Rounding::HalfEven)
    }),
    ("const MathContext DECIMAL64", |_, _| {
        Context::value(16, Rounding::HalfEven)
    }),
    ("const MathContext UNLIMITED", |_, _| {
        Context::value(0, Rounding::HalfUp)
    }),
    ("new(int)", |_, a| {
        Context::value(int(a, 0), Rounding::HalfUp)
    }),
    ("new(int,RoundingMode)", |_, a| {
        Context::value(int(a, 0), Rounding::of(a, 1)?)
    }),
    ("int getPrecision()", |_, a| {
        Ok(Value::Int(Context::of(a, 0)?.precision))
    }),
    ("RoundingMode getRoundingMode()", |_, a| {
        Ok(Context::of(a, 0)?.rounding.value())
    }),
];
