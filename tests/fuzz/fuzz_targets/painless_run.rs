//! Bytes stand for words of the language, so that many scripts compile; those run on
//! a document within tight limits. Run it with
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz painless_run`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::engine::painless::{Context, Limits, Options, compile};
use sealift::engine::value::{Value, json};

const WORDS: &[&str] = &[
    "def ", "int ", "long ", "double ", "String ", "List ", "Map ", "char ", "boolean ", "a", "b",
    "c", "i", "ctx", ".a", ".n", ".s", "params", " = ", " += ", " == ", " < ", " + ", " - ", " * ",
    " / ", " % ", " && ", " || ", "!", "-", "(", ")", "[", "]", "{ ", "} ", "; ", ", ", ": ", " ? ",
    "?.", " ?: ", "->", "::", "0", "1", "7", "2.5", "3L", "'x'", "'abc'", "null", "true", "[:]", "[]",
    "if (", "else ", "while (", "for (", "def x : ", "return ", "break; ", "continue; ", "try { ",
    "catch (Exception e) ", "throw ", "new ", "ArrayList()", "HashMap()", "int[3]", "StringBuilder()",
    "(int)", "(def)", "(String)", " instanceof ", "i++", "f(", "def f(def a) { ", ".size()", ".add(",
    ".get(", ".put(", ".substring(", ".indexOf(", ".length()", ".toString()", ".hashCode()",
    ".subList(0, 1)", ".sort(null)", ".stream()", ".map(", ".collect(Collectors.toList())",
    ".forEach(", ".keySet()", ".values()", ".remove(", ".equals(", "Math.max(", "Integer.parseInt(",
    "Collections.sort(", "String.format(", "Arrays.asList(", "/a+/", " =~ ", ".matcher(", ".find()",
    "BigInteger.TEN", "new BigDecimal('1.5')", ".multiply(", ".pow(", ".shiftLeft(", ".divide(",
    ".setScale(", "new BitSet()", ".set(", ".flip(", ".cardinality()", ".filter(", ".flatMap(",
    ".limit(", ".skip(", ".peek(", ".sorted()", ".distinct()", ".count()", ".iterator()", ".next()",
    "IntStream.range(", ".boxed()", ".region(0, 1)", ".replaceAll(", ".split(", ".groupBy(",
    ".each(", ".format(", "ZonedDateTime.parse('2020-08-31T10:20:30Z')", ".plusDays(",
    "DateTimeFormatter.ofPattern(", "'yyyy'", "new StringTokenizer(", ".reverse()", ".insert(",
    "Collections.nCopies(", "new TreeMap()", ".headMap(", ".computeIfAbsent(", ".merge(",
    ".entrySet()", ".putAll(", ".addAll(", ".retainAll(", "1000000", "-1", "9223372036854775807L",
];

fuzz_target!(|bytes: &[u8]| {
    let words = bytes.iter().filter_map(|byte| WORDS.get(usize::from(*byte)));
    let source: String = words.copied().collect();
    let options = Options {
        regex_enabled: true,
        limits: Limits {
            steps: 20_000,
            rounds: 2_000,
            allocation: 1_000_000,
            ..Limits::default()
        },
    };
    for context in [Context::Ingest, Context::Condition, Context::Test] {
        if let Ok(script) = compile(&source, context, &options) {
            let ctx = json::parse(br#"{"a": [1, "x", null], "n": 5, "s": "text"}"#);
            let ctx = ctx.unwrap_or_else(|_| Value::map());
            let _ = script.run(ctx.clone(), Value::map());
            let _ = ctx.to_java_string();
            let _ = ctx.deep_copy();
        }
    }
});
