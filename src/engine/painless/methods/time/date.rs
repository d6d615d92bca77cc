//! `java.util.Date`.

use std::cell::Cell;
use std::cmp::Ordering;

use super::arithmetic::{instant_of, millis, moment};
use super::civil::DAY;
use super::moment::Moment;
use crate::engine::painless::interpret::{Run, null_pointer};
use crate::engine::painless::methods::Row;
use crate::engine::painless::methods::arguments::{at, long};
use crate::engine::value::{JavaObject, Object, Value, hash_code};

/// Milliseconds since 1970.
struct Date(Cell<i64>);

impl JavaObject for Date {
    fn class_name(&self) -> &'static str {
        "java.util.Date"
    }

    fn to_java_string(&self) -> String {
        let moment = instant_of(self.0.get());
        let (seconds, _) = moment.instant();
        let part = |which| super::arithmetic::part(&moment, which);
        let name = |moment: Moment| super::print::name_of(&moment.value().to_java_string(), true);
        let second = seconds.rem_euclid(DAY);
        format!(
            "{} {} {:02} {:02}:{:02}:{:02} UTC {}",
            name(Moment::Weekday(part('e'))),
            name(Moment::Month(part('M'))),
            part('d'),
            second / 3_600,
            second / 60 % 60,
            second % 60,
            part('y')
        )
    }

    fn equals(&self, other: &Object) -> bool {
        other
            .downcast::<Self>()
            .is_some_and(|other| other.0 == self.0)
    }

    fn hash_code(&self) -> i32 {
        hash_code(&Value::Long(self.0.get()))
    }

    fn compare(&self, other: &Object) -> Option<Ordering> {
        Some(self.0.get().cmp(&other.downcast::<Self>()?.0.get()))
    }
}

fn date(a: &[Value], index: usize) -> Run<&Date> {
    if let Value::Object(object) = at(a, index)
        && let Some(date) = object.downcast::<Date>()
    {
        return Ok(date);
    }
    null_pointer("a date is null")
}

fn new(millis: i64) -> Run<Value> {
    Ok(Value::Object(Object::new(Date(Cell::new(millis)))))
}

pub(super) const DATE: &[Row] = &[
    ("new()", |vm, _| new(vm.now)),
    ("new(long)", |_, a| new(long(a, 0))),
    ("boolean after(Date)", |_, a| {
        Ok(Value::Bool(date(a, 0)?.0.get() > date(a, 1)?.0.get()))
    }),
    ("boolean before(Date)", |_, a| {
        Ok(Value::Bool(date(a, 0)?.0.get() < date(a, 1)?.0.get()))
    }),
    ("def clone()", |_, a| new(date(a, 0)?.0.get())),
    ("static Date from(Instant)", |_, a| {
        new(millis(moment(a, 0)?))
    }),
    ("long getTime()", |_, a| {
        Ok(Value::Long(date(a, 0)?.0.get()))
    }),
    ("void setTime(long)", |_, a| {
        date(a, 0)?.0.set(long(a, 1));
        Ok(Value::Null)
    }),
];
