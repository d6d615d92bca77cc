//! Functional interfaces and `Comparator`.

use super::arguments::at;
use super::collections::{natural, reversed};
use super::sort::order;
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{Function, Run, Vm};
use crate::engine::value::Value;

/// Calls the receiver with the arguments.
fn call(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    match a.split_first() {
        Some((function, arguments)) => vm.call(function, arguments),
        None => Ok(Value::Null),
    }
}

fn and_then(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (first, second) = (at(a, 0).clone(), at(a, 1).clone());
    Ok(Function::value(move |vm, a| {
        let result = vm.call(&first, a)?;
        vm.call(&second, &[result])
    }))
}

fn compose(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    and_then(vm, &[at(a, 1).clone(), at(a, 0).clone()])
}

/// Both consumers with the same arguments.
fn also(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (first, second) = (at(a, 0).clone(), at(a, 1).clone());
    Ok(Function::value(move |vm, a| {
        vm.call(&first, a)?;
        vm.call(&second, a)
    }))
}

fn identity(_: &mut Vm<'_>, _: &[Value]) -> Run<Value> {
    Ok(Function::value(|_, a| Ok(at(a, 0).clone())))
}

fn negate(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let test = at(a, 0).clone();
    Ok(Function::value(move |vm, a| {
        Ok(Value::Bool(!vm.call_test(&test, a)?))
    }))
}

fn both(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (first, second) = (at(a, 0).clone(), at(a, 1).clone());
    Ok(Function::value(move |vm, a| {
        Ok(Value::Bool(
            vm.call_test(&first, a)? && vm.call_test(&second, a)?,
        ))
    }))
}

fn either(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (first, second) = (at(a, 0).clone(), at(a, 1).clone());
    Ok(Function::value(move |vm, a| {
        Ok(Value::Bool(
            vm.call_test(&first, a)? || vm.call_test(&second, a)?,
        ))
    }))
}

/// Compares what a function gives of two values.
fn comparing(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (key, comparator) = (at(a, 0).clone(), at(a, 1).clone());
    Ok(Function::value(move |vm, a| {
        let left = vm.call(&key, &[at(a, 0).clone()])?;
        let right = vm.call(&key, &[at(a, 1).clone()])?;
        let order = order(vm, &comparator, &left, &right)?;
        Ok(Value::Int(order as i32))
    }))
}

fn then(first: &Value, second: &Value) -> Value {
    let (first, second) = (first.clone(), second.clone());
    Function::value(move |vm, a| {
        let order_first = order(vm, &first, at(a, 0), at(a, 1))?;
        if order_first.is_ne() {
            return Ok(Value::Int(order_first as i32));
        }
        let order_second = order(vm, &second, at(a, 0), at(a, 1))?;
        Ok(Value::Int(order_second as i32))
    })
}

fn then_comparing(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let second = comparing(vm, a.get(1..).unwrap_or_default())?;
    Ok(then(at(a, 0), &second))
}

fn nulls(a: &[Value], first: bool) -> Run<Value> {
    let comparator = at(a, 0).clone();
    Ok(Function::value(move |vm, a| {
        let side = match (at(a, 0).is_null(), at(a, 1).is_null()) {
            (true, true) => 0,
            (true, false) => -1,
            (false, true) => 1,
            (false, false) => {
                return Ok(Value::Int(
                    order(vm, &comparator, at(a, 0), at(a, 1))? as i32
                ));
            }
        };
        Ok(Value::Int(if first { side } else { -side }))
    }))
}

const COMPARATOR: &[Row] = &[
    ("abstract int compare(def,def)", call),
    ("static Comparator comparing(Function)", comparing),
    (
        "static Comparator comparing(Function,Comparator)",
        comparing,
    ),
    (
        "static Comparator comparingDouble(ToDoubleFunction)",
        comparing,
    ),
    ("static Comparator comparingInt(ToIntFunction)", comparing),
    ("static Comparator comparingLong(ToLongFunction)", comparing),
    ("static Comparator naturalOrder()", |_, _| {
        Ok(natural(false))
    }),
    ("static Comparator nullsFirst(Comparator)", |_, a| {
        nulls(a, true)
    }),
    ("static Comparator nullsLast(Comparator)", |_, a| {
        nulls(a, false)
    }),
    ("Comparator reversed()", |_, a| Ok(reversed(at(a, 0)))),
    ("static Comparator reverseOrder()", |_, _| Ok(natural(true))),
    ("Comparator thenComparing(Comparator)", |_, a| {
        Ok(then(at(a, 0), at(a, 1)))
    }),
    (
        "Comparator thenComparing(Function,Comparator)",
        then_comparing,
    ),
    (
        "Comparator thenComparingDouble(ToDoubleFunction)",
        then_comparing,
    ),
    ("Comparator thenComparingInt(ToIntFunction)", then_comparing),
    (
        "Comparator thenComparingLong(ToLongFunction)",
        then_comparing,
    ),
];

/// Interfaces whose one method is all they have.
macro_rules! interfaces {
    ($($name:literal $signature:literal $(, $more:literal $work:expr)*;)*) => {
        &[
            $(class($name, &[], &[
                (concat!("abstract ", $signature), call)
                $(, ($more, $work))*
            ]),)*
            class("java.util.Comparator", &[], COMPARATOR),
            class("java.util.function.BinaryOperator", &["java.util.function.BiFunction"], &[]),
            class("java.util.function.UnaryOperator", &["java.util.function.Function"], &[
                ("static UnaryOperator identity()", identity),
            ]),
            hidden("org.elasticsearch.painless.PainlessScript$Script$$Lambda", &[
                $($name,)*
                "java.util.Comparator",
                "java.util.stream.Collector",
            ]),
        ]
    };
}

pub(super) static TABLES: &[Table] = interfaces! {
    "java.util.function.BiConsumer" "void accept(def,def)", "BiConsumer andThen(BiConsumer)" also;
    "java.util.function.BiFunction" "def apply(def,def)", "BiFunction andThen(Function)" and_then;
    "java.util.function.BiPredicate" "boolean test(def,def)",
        "BiPredicate and(BiPredicate)" both, "BiPredicate negate()" negate, "BiPredicate or(BiPredicate)" either;
    "java.util.function.BooleanSupplier" "boolean getAsBoolean()";
    "java.util.function.Consumer" "void accept(def)", "Consumer andThen(Consumer)" also;
    "java.util.function.DoubleBinaryOperator" "double applyAsDouble(double,double)";
    "java.util.function.DoubleConsumer" "void accept(double)";
    "java.util.function.DoubleFunction" "def apply(double)";
    "java.util.function.DoublePredicate" "boolean test(double)", "DoublePredicate negate()" negate;
    "java.util.function.DoubleSupplier" "double getAsDouble()";
    "java.util.function.DoubleToIntFunction" "int applyAsInt(double)";
    "java.util.function.DoubleToLongFunction" "long applyAsLong(double)";
    "java.util.function.DoubleUnaryOperator" "double applyAsDouble(double)";
    "java.util.function.Function" "def apply(def)",
        "Function andThen(Function)" and_then, "Function compose(Function)" compose,
        "static Function identity()" identity;
    "java.util.function.IntBinaryOperator" "int applyAsInt(int,int)";
    "java.util.function.IntConsumer" "void accept(int)";
    "java.util.function.IntFunction" "def apply(int)";
    "java.util.function.IntPredicate" "boolean test(int)", "IntPredicate negate()" negate;
    "java.util.function.IntSupplier" "int getAsInt()";
    "java.util.function.IntToDoubleFunction" "double applyAsDouble(int)";
    "java.util.function.IntToLongFunction" "long applyAsLong(int)";
    "java.util.function.IntUnaryOperator" "int applyAsInt(int)";
    "java.util.function.LongBinaryOperator" "long applyAsLong(long,long)";
    "java.util.function.LongConsumer" "void accept(long)";
    "java.util.function.LongFunction" "def apply(long)";
    "java.util.function.LongPredicate" "boolean test(long)", "LongPredicate negate()" negate;
    "java.util.function.LongSupplier" "long getAsLong()";
    "java.util.function.LongToDoubleFunction" "double applyAsDouble(long)";
    "java.util.function.LongToIntFunction" "int applyAsInt(long)";
    "java.util.function.LongUnaryOperator" "long applyAsLong(long)";
    "java.util.function.ObjDoubleConsumer" "void accept(def,double)";
    "java.util.function.ObjIntConsumer" "void accept(def,int)";
    "java.util.function.ObjLongConsumer" "void accept(def,long)";
    "java.util.function.Predicate" "boolean test(def)",
        "Predicate and(Predicate)" both, "Predicate negate()" negate, "Predicate or(Predicate)" either,
        "static Predicate isEqual(def)" |_, a| {
            let wanted = at(a, 0).clone();
            Ok(Function::value(move |_, a| Ok(Value::Bool(wanted == *at(a, 0)))))
        };
    "java.util.function.Supplier" "def get()";
    "java.util.function.ToDoubleBiFunction" "double applyAsDouble(def,def)";
    "java.util.function.ToDoubleFunction" "double applyAsDouble(def)";
    "java.util.function.ToIntBiFunction" "int applyAsInt(def,def)";
    "java.util.function.ToIntFunction" "int applyAsInt(def)";
    "java.util.function.ToLongBiFunction" "long applyAsLong(def,def)";
    "java.util.function.ToLongFunction" "long applyAsLong(def)";
};
