//! What scripts give, by example.

use sealift::engine::painless::{Context, Options, compile};
use sealift::engine::value::{Value, json};

/// The string form of what a script returns.
pub(crate) fn result(source: &str) -> String {
    result_with(source, &Options::default())
}

/// The same, with other options.
pub(crate) fn result_with(source: &str, options: &Options) -> String {
    let script = match compile(source, Context::Test, options) {
        Ok(script) => script,
        Err(error) => return error.to_string().lines().next().unwrap().to_owned(),
    };
    match script.run(Value::Null, Value::map()) {
        Ok(value) => value.to_java_string(),
        Err(error) => error.to_string().lines().next().unwrap().to_owned(),
    }
}

#[test]
fn expressions_follow_java() {
    for (source, expected) in [
        ("2147483647 + 1", "-2147483648"),
        ("7 / -2", "-3"),
        ("-7 % 3", "-1"),
        ("1 << 33", "2"),
        ("-1 >>> 28", "15"),
        ("1.0f / 3", "0.33333334"),
        ("(byte)200", "-56"),
        ("(int)(char)97", "97"),
        ("'a' + 1 + 2", "a12"),
        ("1 + 2 + 'a'", "3a"),
        ("5 > 3 ? 'yes' : 'no'", "yes"),
        ("[1, 'a', null, [2.5]]", "[1, a, null, [2.5]]"),
        ("['z': 1, 'a': [:]]", "{a={}, z=1}"),
        ("def x = null; x ?: 'none'", "none"),
        ("def x = null; x?.foo()", "null"),
        ("int i = 5; i++ + ++i", "12"),
        ("def d = 1; d += 2.7; d", "3"),
        ("'hello'.substring(1, 3).toUpperCase()", "EL"),
        (
            "[3, 1, 2].stream().map(x -> x * 2).sorted().collect(Collectors.toList())",
            "[2, 4, 6]",
        ),
        (
            "int f(int n) { n < 2 ? n : f(n - 1) + f(n - 2) } f(15)",
            "610",
        ),
        ("int[] a = new int[3]; a[1] = 4; a[-2] + a.length", "7"),
        (
            "try { 1 / 'a'.length() / 0 } catch (ArithmeticException e) { e.getMessage() }",
            "/ by zero",
        ),
        ("1 / 0", "compile error: arithmetic_exception: / by zero"),
        (
            "try { [1].get(2) } catch (Exception e) { e.getMessage() }",
            "Index 2 out of bounds for length 1",
        ),
        (
            "String.format('%05.1f|%s|%x', new def[] {2.25, 'x', 255})",
            "002.3|x|ff",
        ),
        ("'a,b,,'.splitOnToken(',').length", "4"),
        ("Integer.parseInt('zz', 36)", "1295"),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn errors_name_what_is_wrong() {
    for (source, expected) in [
        (
            "foo",
            "compile error: illegal_argument_exception: cannot resolve symbol [foo]",
        ),
        (
            "ctx.a = 1;;",
            "compile error: illegal_argument_exception: unexpected token [';'] was expecting one of [<EOF>].",
        ),
        (
            "final int i = 1",
            "compile error: illegal_argument_exception: invalid sequence of tokens near ['int'].",
        ),
        (
            "import java.util.List",
            "compile error: illegal_argument_exception: invalid sequence of tokens near ['.'].",
        ),
        (
            "int i = 1; // the end",
            "compile error: illegal_argument_exception: unexpected character [// the end].",
        ),
        (
            "int i = 'a'",
            "compile error: class_cast_exception: Cannot cast from [java.lang.String] to [int].",
        ),
        (
            "'a'.foo()",
            "compile error: illegal_argument_exception: member method [java.lang.String, foo/0] not found",
        ),
        (
            "def x = 1; x.foo()",
            "runtime error: illegal_argument_exception: dynamic method [java.lang.Integer, foo/0] not found",
        ),
        (
            "while (true) { int i = 1 }",
            "runtime error: painless_error: The maximum number of statements that can be executed in a loop has been reached.",
        ),
        (
            "int f(int n) { return f(n) } f(1)",
            "runtime error: stack_overflow_error",
        ),
        (
            "/a/",
            "compile error: illegal_state_exception: Regexes are disabled. Set [script.painless.regex.enabled] to [true] in elasticsearch.yaml to allow them. Be careful though, regexes break out of Painless's protection against deep recursion and long loops.",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn errors_show_their_place() {
    let script = compile(
        "int a = 1; ctx.b = ctx.x.y + a; ctx.c = 2",
        Context::Ingest,
        &Options::default(),
    )
    .unwrap();
    let ctx = json::parse(b"{}").unwrap();
    let error = script.run(ctx, Value::map()).unwrap_err();
    assert_eq!(
        error.script_stack,
        ["ctx.b = ctx.x.y + a; ", "             ^---- HERE"]
    );
    let place = error.position.unwrap();
    assert_eq!((place.offset, place.start, place.end), (24, 11, 32));
}
