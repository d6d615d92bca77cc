//! The allow list: which classes scripts may use and what their methods do.
//!
//! Each file holds the tables of some classes. A row is the signature as the
//! [API reference](https://www.elastic.co/guide/en/elasticsearch/painless/current/painless-api-reference.html)
//! of Painless has it, and the function that does the work; it gets the receiver,
//! if there is one, and the arguments, already converted to the types of the
//! signature (references may be null).

#![expect(
    clippy::unnecessary_wraps,
    reason = "the work of all rows has one type, whether it can fail or not"
)]

mod arguments;
mod augmentation;
pub(super) mod beyond;
mod big;
mod bits;
mod boxed;
mod builder;
mod character;
mod coders;
mod collection;
mod collections;
mod collectors;
pub(super) mod compiled;
mod encoding;
mod exception;
mod fdlibm;
mod floating;
mod format;
mod function;
pub(super) mod iterator;
mod joiner;
mod kind;
mod list;
mod locale;
mod map;
mod matcher;
mod math;
mod number;
mod number_stream;
mod object;
mod optional;
mod path;
pub(super) mod pattern;
mod pipeline;
mod points;
mod processors;
mod queue;
mod random;
mod search;
mod set;
mod sort;
pub(super) mod standin;
mod stream;
mod summary;
mod text;
mod time;
mod total;
mod tree_map;
mod truth;
pub(super) mod view;

use super::interpret::{Run, Vm};
use crate::engine::value::Value;

/// The work of a method.
pub(super) type Native = fn(&mut Vm<'_>, &[Value]) -> Run<Value>;

/// A signature and its work.
pub(super) type Row = (&'static str, Native);

/// A class.
pub(super) struct Table {
    /// Its fully qualified name, with `$` before an inner class.
    pub(super) name: &'static str,
    /// Classes and interfaces right above it.
    pub(super) supers: &'static [&'static str],
    pub(super) rows: &'static [Row],
    /// Scripts may name it.
    pub(super) visible: bool,
    /// By its fully qualified name only.
    pub(super) qualified_only: bool,
}

/// A class that scripts may name.
const fn class(name: &'static str, supers: &'static [&'static str], rows: &'static [Row]) -> Table {
    Table {
        name,
        supers,
        rows,
        visible: true,
        qualified_only: false,
    }
}

/// A class that objects are of but that scripts cannot name.
const fn hidden(name: &'static str, supers: &'static [&'static str]) -> Table {
    Table {
        name,
        supers,
        rows: &[],
        visible: false,
        qualified_only: false,
    }
}

/// All tables.
pub(super) static TABLES: &[&[Table]] = &[
    object::TABLES,
    text::TABLES,
    locale::TABLES,
    builder::TABLES,
    joiner::TABLES,
    boxed::TABLES,
    truth::TABLES,
    character::TABLES,
    math::TABLES,
    iterator::TABLES,
    collection::TABLES,
    list::TABLES,
    map::TABLES,
    set::TABLES,
    collections::TABLES,
    function::TABLES,
    pattern::TABLES,
    processors::TABLES,
    time::TABLES,
    exception::NAMED,
    exception::OTHERS,
    view::TABLES,
    standin::TABLES,
    augmentation::TABLES,
    stream::TABLES,
    number_stream::TABLES,
    optional::TABLES,
    collectors::TABLES,
    coders::TABLES,
    random::TABLES,
    big::TABLES,
    bits::TABLES,
    summary::TABLES,
];
