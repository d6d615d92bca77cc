//! `IntStream`, `LongStream`, `DoubleStream`.

use super::pipeline::{Of, stream};
use super::stream::{
    ALL, ANY, AVERAGE, COUNT, MAX, MIN, NONE, SAME, SUM, as_stream, collect, concat, distinct,
    each, filter, first, flat_map, map_to, of_array, part, peek, range, reduce, sorted, to_array,
};
use super::summary::summary_of;
use super::{Row, Table, class, hidden};

/// The rows of a stream of numbers: names of the stream, its type, its optional,
/// and of its functional interfaces.
macro_rules! numbers {
    ($stream:literal $ty:literal $prefix:literal $sum:literal $of:expr, $array:literal; $($more:tt)*) => {
        &[
            (concat!("boolean allMatch(", $prefix, "Predicate)"), ALL),
            (concat!("boolean anyMatch(", $prefix, "Predicate)"), ANY),
            (concat!("boolean noneMatch(", $prefix, "Predicate)"), NONE),
            ("OptionalDouble average()", AVERAGE),
            ("Stream boxed()", |_, a| as_stream(a, Of::Objects)),
            (concat!("static ", $stream, " concat(", $stream, ",", $stream, ")"), concat),
            ("long count()", COUNT),
            (concat!($stream, " distinct()"), distinct),
            (concat!("static ", $stream, " empty()"), |_, _| Ok(stream($of, Vec::new()))),
            (concat!($stream, " filter(", $prefix, "Predicate)"), filter),
            (concat!("Optional", $prefix, " findAny()"), first),
            (concat!("Optional", $prefix, " findFirst()"), first),
            (concat!($stream, " flatMap(", $prefix, "Function)"), |_, a| flat_map(a, None)),
            (concat!("void forEach(", $prefix, "Consumer)"), each),
            (concat!("void forEachOrdered(", $prefix, "Consumer)"), each),
            (concat!($stream, " limit(long)"), |_, a| part(a, false)),
            (concat!($stream, " map(", $prefix, "UnaryOperator)"), |_, a| map_to(a, None)),
            (concat!("Stream mapToObj(", $prefix, "Function)"), |_, a| map_to(a, Some(Of::Objects))),
            (concat!("Optional", $prefix, " max()"), MAX),
            (concat!("Optional", $prefix, " min()"), MIN),
            (concat!("static ", $stream, " of(", $array, ")"), |_, a| of_array(a, $of)),
            (concat!($stream, " peek(", $prefix, "Consumer)"), peek),
            (concat!("Optional", $prefix, " reduce(", $prefix, "BinaryOperator)"), reduce),
            (concat!($ty, " reduce(", $ty, ",", $prefix, "BinaryOperator)"), reduce),
            (concat!($stream, " sequential()"), SAME),
            (concat!($stream, " skip(long)"), |_, a| part(a, true)),
            (concat!($stream, " sorted()"), sorted),
            (concat!($sum, " sum()"), SUM),
            (concat!($array, " toArray()"), to_array),
            (concat!("def collect(Supplier,Obj", $prefix, "Consumer,BiConsumer)"), collect),
            (concat!($prefix, "SummaryStatistics summaryStatistics()"), summary_of),
            $($more)*
        ]
    };
}

const INTS: &[Row] = numbers! {
    "IntStream" "int" "Int" "int" Of::Ints, "int[]";
    ("DoubleStream asDoubleStream()", |_, a| as_stream(a, Of::Doubles)),
    ("LongStream asLongStream()", |_, a| as_stream(a, Of::Longs)),
    ("DoubleStream mapToDouble(IntToDoubleFunction)", |_, a| map_to(a, Some(Of::Doubles))),
    ("LongStream mapToLong(IntToLongFunction)", |_, a| map_to(a, Some(Of::Longs))),
    ("static IntStream range(int,int)", |vm, a| range(vm, a, Of::Ints, false)),
    ("static IntStream rangeClosed(int,int)", |vm, a| range(vm, a, Of::Ints, true)),
};

const LONGS: &[Row] = numbers! {
    "LongStream" "long" "Long" "long" Of::Longs, "long[]";
    ("DoubleStream asDoubleStream()", |_, a| as_stream(a, Of::Doubles)),
    ("DoubleStream mapToDouble(LongToDoubleFunction)", |_, a| map_to(a, Some(Of::Doubles))),
    ("IntStream mapToInt(LongToIntFunction)", |_, a| map_to(a, Some(Of::Ints))),
    ("static LongStream range(long,long)", |vm, a| range(vm, a, Of::Longs, false)),
    ("static LongStream rangeClosed(long,long)", |vm, a| range(vm, a, Of::Longs, true)),
};

const DOUBLES: &[Row] = numbers! {
    "DoubleStream" "double" "Double" "double" Of::Doubles, "double[]";
    ("IntStream mapToInt(DoubleToIntFunction)", |_, a| map_to(a, Some(Of::Ints))),
    ("LongStream mapToLong(DoubleToLongFunction)", |_, a| map_to(a, Some(Of::Longs))),
};

const ABOVE: &[&str] = &["java.util.stream.BaseStream"];

pub(super) static TABLES: &[Table] = &[
    class("java.util.stream.IntStream", ABOVE, INTS),
    class("java.util.stream.LongStream", ABOVE, LONGS),
    class("java.util.stream.DoubleStream", ABOVE, DOUBLES),
    hidden(
        "java.util.stream.IntPipeline$Head",
        &["java.util.stream.IntStream"],
    ),
    hidden(
        "java.util.stream.LongPipeline$Head",
        &["java.util.stream.LongStream"],
    ),
    hidden(
        "java.util.stream.DoublePipeline$Head",
        &["java.util.stream.DoubleStream"],
    ),
];
