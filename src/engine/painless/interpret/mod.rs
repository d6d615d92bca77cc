//! Running a compiled script.

#![expect(
    clippy::unnecessary_box_returns,
    reason = "exceptions are boxed from where they arise, so that results stay small"
)]

pub(super) mod arithmetic;
mod assign;
mod call;
mod cast;
mod def;
mod expression;
mod function;
mod iterate;
mod place;
mod statement;
mod throw;

use super::code::{NOWHERE, Program};
use super::library::Library;
use super::limits::Limits;
use super::types::ClassId;
use crate::engine::value::{JavaString, Order, Value, kept};

use call::Callee;
pub(super) use def::freeze;
pub(super) use expression::join;
pub(super) use function::Function;
pub(super) use iterate::Cursor;
pub(super) use statement::thrown_by;
pub(super) use throw::{
    Exception, Run, Throw, Thrown, beyond, cannot_be_cast, class_cast, illegal_argument,
    null_pointer, throw, throw_bare,
};

/// Levels of operations, blocks and calls within each other. A level takes about
/// 1.7 kB of stack in a build without optimization and less than half of that in
/// one with it; threads have two megabytes at least.
const LEVELS: u32 = if cfg!(debug_assertions) { 800 } else { 2_000 };

/// How many units of text an element of a collection counts for.
const ELEMENT: usize = 8;

/// A place that is known to be nowhere in the script.
pub(super) const UNKNOWN: u32 = NOWHERE - 1;

/// The machine that runs one script once.
pub(super) struct Vm<'a> {
    program: &'a Program,
    library: &'static Library,
    pub(super) limits: Limits,
    /// The time that scripts see, in milliseconds since 1970.
    pub(super) now: i64,
    stack: Vec<Value>,
    /// Where the variables of the current function start.
    base: usize,
    texts: Vec<Option<JavaString>>,
    depth: usize,
    /// Operations, blocks and calls within each other.
    level: u32,
    steps: u64,
    /// Elements that comparisons and hash codes had visited when last looked at.
    visits: u64,
    /// Rounds left to the loops of the current function.
    rounds: u32,
    allocated: usize,
    /// State of the generator behind `Math.random()`.
    seed: u64,
}

impl<'a> Vm<'a> {
    pub(super) fn new(program: &'a Program, limits: Limits, now: i64) -> Self {
        Self {
            program,
            library: Library::get(),
            limits,
            now,
            stack: Vec::with_capacity(64),
            base: 0,
            texts: vec![None; program.texts.len()],
            depth: 0,
            level: 0,
            steps: 0,
            visits: crate::engine::value::visits(),
            rounds: limits.rounds,
            allocated: 0,
            seed: now.cast_unsigned() ^ 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// Runs the body of the script.
    pub(super) fn run(&mut self, arguments: Vec<Value>) -> Run<Value> {
        self.call_routine(self.program.main, arguments, &[])
    }

    /// A string constant; the same object each time.
    fn text(&mut self, index: u32) -> JavaString {
        let index = index as usize;
        if let Some(Some(text)) = self.texts.get(index) {
            return text.clone();
        }
        let text = kept(self.program.texts.get(index).map_or("", String::as_str));
        if let Some(place) = self.texts.get_mut(index) {
            *place = Some(text.clone());
        }
        text
    }

    #[inline]
    fn variable(&self, slot: u16) -> Option<&Value> {
        self.stack.get(self.base + usize::from(slot))
    }

    #[inline]
    fn local(&self, slot: u16) -> Value {
        self.variable(slot).cloned().unwrap_or_default()
    }

    #[inline]
    fn set_local(&mut self, slot: u16, value: Value) {
        if let Some(place) = self.stack.get_mut(self.base + usize::from(slot)) {
            *place = value;
        }
    }

    /// Goes one level down; each takes a part of the stack of the thread.
    #[inline]
    fn descend(&mut self) -> Run<()> {
        if self.level >= LEVELS {
            return throw_bare("java.lang.StackOverflowError");
        }
        self.level += 1;
        Ok(())
    }

    #[inline]
    fn ascend(&mut self) {
        self.level -= 1;
    }

    /// Does something so many levels down.
    pub(super) fn within<T>(
        &mut self,
        levels: u32,
        work: impl FnOnce(&mut Self) -> Run<T>,
    ) -> Run<T> {
        if self.level + levels >= LEVELS {
            return throw_bare("java.lang.StackOverflowError");
        }
        self.level += levels;
        let result = work(self);
        self.level -= levels;
        result
    }

    /// Counts an operation.
    #[inline]
    fn step(&mut self) -> Run<()> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return past("take", self.limits.steps, "steps");
        }
        Ok(())
    }

    /// Counts `steps` operations of a method that works through many elements.
    pub(super) fn work(&mut self, steps: usize) -> Run<()> {
        self.steps += u64::try_from(steps).unwrap_or(u64::MAX >> 1);
        self.step()
    }

    /// The next random bits (splitmix64, seeded by the time that was handed in).
    pub(super) fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.seed;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Counts a round of a loop.
    fn round(&mut self) -> Run<()> {
        self.rounds = self.rounds.saturating_sub(1);
        if self.rounds == 0 {
            return beyond(
                "The maximum number of statements that can be executed in a loop has been reached.",
            );
        }
        Ok(())
    }

    /// Counts what is made: units of text or elements of a collection.
    #[inline]
    pub(super) fn allocate(&mut self, size: usize) -> Run<()> {
        self.allocated = self.allocated.saturating_add(size).saturating_add(1);
        if self.allocated > self.limits.allocation {
            return past("make", self.limits.allocation, "characters and elements");
        }
        Ok(())
    }

    /// A new string, if it is not too long.
    pub(super) fn new_text(&mut self, text: JavaString) -> Run<Value> {
        if text.len() > self.limits.text {
            return beyond(format!(
                "a string may have at most {} characters",
                self.limits.text
            ));
        }
        self.allocate(text.len())?;
        Ok(Value::Str(text))
    }

    /// Checks that a collection may have that many elements, one of them new.
    pub(super) fn grow(&mut self, elements: usize) -> Run<()> {
        if elements > self.limits.elements {
            return beyond(format!(
                "a collection may have at most {} elements",
                self.limits.elements
            ));
        }
        self.allocate(ELEMENT)
    }

    /// `String.valueOf(value)`.
    #[inline]
    pub(super) fn string_of(&mut self, value: &Value) -> Run<JavaString> {
        match value {
            Value::Str(text) => Ok(text.clone()),
            other => self.render(other),
        }
    }

    fn render(&mut self, value: &Value) -> Run<JavaString> {
        match value.render(self.limits.text) {
            Ok(text) => {
                self.allocate(text.len())?;
                Ok(text)
            }
            Err(crate::engine::value::RenderError::TooDeep) => {
                throw_bare("java.lang.StackOverflowError")
            }
            Err(crate::engine::value::RenderError::TooLong) => beyond(format!(
                "a string may have at most {} characters",
                self.limits.text
            )),
        }
    }

    /// The class of a value at run time.
    pub(super) fn class_of(&self, value: &Value) -> ClassId {
        use super::types::Type;
        use crate::engine::value::ListKind;
        let ty = match value {
            Value::Bool(_) => Type::BOXED_BOOLEAN,
            Value::Byte(_) => Type::BOXED_BYTE,
            Value::Short(_) => Type::BOXED_SHORT,
            Value::Char(_) => Type::BOXED_CHAR,
            Value::Int(_) => Type::BOXED_INT,
            Value::Long(_) => Type::BOXED_LONG,
            Value::Float(_) => Type::BOXED_FLOAT,
            Value::Double(_) => Type::BOXED_DOUBLE,
            Value::BigInt(_) => Type::BIG_INTEGER,
            Value::Str(_) => Type::STRING,
            Value::List(list) => match list.kind() {
                ListKind::Array => Type::ARRAY_LIST,
                ListKind::Linked => Type::LINKED_LIST,
                ListKind::Deque => Type::ARRAY_DEQUE,
                ListKind::FixedSize => Type::FIXED_LIST,
                ListKind::Unmodifiable => Type::UNMODIFIABLE_LIST,
            },
            Value::FrozenList(_) => Type::FROZEN_LIST,
            Value::FrozenMap(_) => Type::FROZEN_MAP,
            Value::Map(map) => {
                let map = map.borrow();
                match map.order() {
                    _ if map.is_fixed() => Type::UNMODIFIABLE_MAP,
                    Order::Hash => Type::HASH_MAP,
                    Order::Linked => Type::LINKED_MAP,
                    Order::Sorted => Type::TREE_MAP,
                }
            }
            Value::Set(set) => {
                let set = set.borrow();
                match set.order() {
                    _ if set.is_fixed() => Type::UNMODIFIABLE_SET,
                    Order::Hash => Type::HASH_SET,
                    Order::Linked => Type::LINKED_SET,
                    Order::Sorted => Type::TREE_SET,
                }
            }
            Value::Null | Value::Array(_) => Type::OBJECT,
            Value::Object(object) => return self.library.runtime_class(object.class_name()),
        };
        ty.class
    }

    /// Notes where an exception arose, if that is not known yet.
    fn locate(mut thrown: Throw, at: u32) -> Throw {
        if thrown.at == NOWHERE {
            thrown.at = at;
        }
        thrown
    }

    /// Notes where an exception arose; that may be nowhere.
    fn locate_exactly(mut thrown: Throw, at: u32) -> Throw {
        thrown.at = if at == NOWHERE { UNKNOWN } else { at };
        thrown
    }
}

/// The error of a script that would take or make more than it may.
#[cold]
fn past(verb: &str, limit: impl std::fmt::Display, what: &str) -> Run<()> {
    beyond(format!("a script may {verb} at most {limit} {what}"))
}
