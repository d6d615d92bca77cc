//! What a stream does with its elements: one after the other goes through all
//! steps, and only as many as its end asks for.

use std::cell::RefCell;

use super::arguments::at;
use super::sort::sort;
use crate::engine::painless::interpret::arithmetic::convert;
use crate::engine::painless::interpret::{Run, Vm, cannot_be_cast, null_pointer, throw};
use crate::engine::painless::types::Type;
use crate::engine::value::{JavaMap, JavaObject, Object, Value};

/// What a stream is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Objects,
    Ints,
    Longs,
    Doubles,
}

impl Of {
    pub(super) const fn ty(self) -> Type {
        match self {
            Self::Objects => Type::DEF,
            Self::Ints => Type::INT,
            Self::Longs => Type::LONG,
            Self::Doubles => Type::DOUBLE,
        }
    }
}

/// A step between the source of a stream and its end.
pub(super) enum Step {
    /// A function, and what its results are.
    Map(Value, Of),
    /// Elements as they are, as another type.
    As(Of),
    /// A function that gives streams, and what those are of.
    Flat(Value, Of),
    Filter(Value),
    Peek(Value),
    Skip(usize),
    Limit(usize),
    Distinct(JavaMap),
    /// By a comparator or, without, by nature.
    Sorted(Value),
}

/// Elements and what is still to be done with them.
pub(super) struct Pipeline {
    of: Of,
    items: Vec<Value>,
    steps: Vec<Step>,
}

/// A stream gives its elements once.
pub(super) struct Stream {
    of: Of,
    pipeline: RefCell<Option<Pipeline>>,
}

impl JavaObject for Stream {
    fn class_name(&self) -> &'static str {
        match self.of {
            Of::Objects => "java.util.stream.ReferencePipeline$Head",
            Of::Ints => "java.util.stream.IntPipeline$Head",
            Of::Longs => "java.util.stream.LongPipeline$Head",
            Of::Doubles => "java.util.stream.DoublePipeline$Head",
        }
    }
}

/// A stream of these elements.
pub(super) fn stream(of: Of, items: Vec<Value>) -> Value {
    Pipeline {
        of,
        items,
        steps: Vec::new(),
    }
    .value()
}

/// A result as an element of a stream.
pub(super) fn element(value: Value, of: Of) -> Run<Value> {
    if of == Of::Objects {
        return Ok(value);
    }
    match convert(&value, of.ty()) {
        Some(number) => Ok(number),
        None if value.is_null() => null_pointer("Cannot unbox null"),
        None => cannot_be_cast(&value, "java.lang.Number"),
    }
}

/// Levels of the stack that a stream within a stream takes.
const LEVELS: u32 = 4;

impl Pipeline {
    /// The pipeline of a stream, which has been used thereby.
    pub(super) fn of(value: &Value) -> Run<Self> {
        let Value::Object(object) = value else {
            return null_pointer("a stream is null");
        };
        let Some(stream) = object.downcast::<Stream>() else {
            return cannot_be_cast(value, "java.util.stream.Stream");
        };
        match stream.pipeline.borrow_mut().take() {
            Some(pipeline) => Ok(pipeline),
            None => throw(
                "java.lang.IllegalStateException",
                "stream has already been operated upon or closed",
            ),
        }
    }

    fn value(self) -> Value {
        Value::Object(Object::new(Stream {
            of: self.of,
            pipeline: RefCell::new(Some(self)),
        }))
    }

    pub(super) const fn kind(&self) -> Of {
        self.of
    }

    /// The stream of `a` with one more step.
    pub(super) fn then(a: &[Value], step: impl FnOnce(Of) -> Step) -> Run<Value> {
        let mut pipeline = Self::of(at(a, 0))?;
        let step = step(pipeline.of);
        if let Step::Map(_, of) | Step::As(of) | Step::Flat(_, of) = &step {
            pipeline.of = *of;
        }
        pipeline.steps.push(step);
        Ok(pipeline.value())
    }

    /// How many elements there are, where that is known without looking at them.
    pub(super) fn size(&self) -> Option<usize> {
        self.steps
            .iter()
            .try_fold(self.items.len(), |count, step| match step {
                Step::Map(..) | Step::As(_) | Step::Peek(_) | Step::Sorted(_) => Some(count),
                Step::Skip(skipped) => Some(count.saturating_sub(*skipped)),
                Step::Limit(most) => Some(count.min(*most)),
                Step::Flat(..) | Step::Filter(_) | Step::Distinct(_) => None,
            })
    }

    /// All elements that come out.
    pub(super) fn collect(self, vm: &mut Vm<'_>) -> Run<Vec<Value>> {
        if self.steps.is_empty() {
            return Ok(self.items);
        }
        let mut out = Vec::new();
        self.each(vm, &mut |vm, item| {
            vm.grow(out.len() + 1)?;
            out.push(item);
            Ok(true)
        })?;
        Ok(out)
    }

    /// Hands each element that comes out to a function, as long as that wants more.
    pub(super) fn each(
        self,
        vm: &mut Vm<'_>,
        end: &mut dyn FnMut(&mut Vm<'_>, Value) -> Run<bool>,
    ) -> Run<()> {
        let mut items = self.items;
        let mut steps = self.steps;
        // what comes before a sort has to be through before it
        while let Some(sort_at) = steps
            .iter()
            .position(|step| matches!(step, Step::Sorted(_)))
        {
            let mut rest = steps.split_off(sort_at).into_iter();
            let mut sorted = Vec::new();
            through(vm, items, &mut steps, &mut |vm, item| {
                vm.grow(sorted.len() + 1)?;
                sorted.push(item);
                Ok(true)
            })?;
            let comparator = match rest.next() {
                Some(Step::Sorted(comparator)) => comparator,
                _ => Value::Null,
            };
            items = sort(vm, sorted, &comparator)?;
            steps = rest.collect();
        }
        through(vm, items, &mut steps, end)
    }
}

/// Sends elements through steps that are no sorts.
fn through(
    vm: &mut Vm<'_>,
    items: Vec<Value>,
    steps: &mut [Step],
    end: &mut dyn FnMut(&mut Vm<'_>, Value) -> Run<bool>,
) -> Run<()> {
    if steps.iter().any(|step| matches!(step, Step::Limit(0))) {
        return Ok(());
    }
    for item in items {
        if !push(vm, item, steps, end)? {
            break;
        }
    }
    Ok(())
}

/// Sends one element through the steps; whether more are wanted.
fn push(
    vm: &mut Vm<'_>,
    mut item: Value,
    steps: &mut [Step],
    end: &mut dyn FnMut(&mut Vm<'_>, Value) -> Run<bool>,
) -> Run<bool> {
    vm.work(steps.len())?;
    let mut more = true;
    let mut rest = steps;
    while let Some((step, after)) = rest.split_first_mut() {
        match step {
            Step::Map(function, of) => item = element(vm.call(function, &[item])?, *of)?,
            Step::As(of) => item = element(item, *of)?,
            Step::Filter(test) => {
                if !vm.call_test(test, std::slice::from_ref(&item))? {
                    return Ok(more);
                }
            }
            Step::Peek(function) => {
                vm.call(function, std::slice::from_ref(&item))?;
            }
            Step::Skip(0) | Step::Sorted(_) => {}
            Step::Skip(count) => {
                *count -= 1;
                return Ok(more);
            }
            Step::Limit(0) => return Ok(false),
            Step::Limit(count) => {
                *count -= 1;
                more &= *count > 0;
            }
            Step::Distinct(seen) => {
                if seen.contains_key(&item) {
                    return Ok(more);
                }
                vm.grow(seen.len() + 1)?;
                seen.put(item.clone(), Value::Null);
            }
            Step::Flat(function, of) => {
                let inner = vm.call(function, &[item])?;
                if inner.is_null() {
                    return Ok(more);
                }
                let (inner, of) = (Pipeline::of(&inner)?, *of);
                let mut wanted = true;
                vm.within(LEVELS, |vm| {
                    inner.each(vm, &mut |vm, item| {
                        wanted = push(vm, element(item, of)?, after, end)?;
                        Ok(wanted)
                    })
                })?;
                return Ok(more && wanted);
            }
        }
        rest = after;
    }
    Ok(end(vm, item)? && more)
}
