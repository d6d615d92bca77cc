//! Scripts that nobody vouched for: no panic, no hang, no exhaustion.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use sealift::engine::painless::{Context, Limits, Options, compile};
use sealift::engine::value::{Value, json};

fn tight() -> Options {
    Options {
        regex_enabled: true,
        limits: Limits {
            steps: 20_000,
            rounds: 5_000,
            allocation: 200_000,
            ..Limits::default()
        },
    }
}

/// Compiles, and if that works runs.
fn attempt(source: &str) {
    for context in [Context::Ingest, Context::Condition, Context::Test] {
        if let Ok(script) = compile(source, context, &tight()) {
            let ctx = json::parse(br#"{"a": {"b": [1, "x", null]}, "s": "text", "n": 5}"#).unwrap();
            let _ = script.run(ctx, Value::map());
        }
    }
}

#[test]
fn greedy_scripts_are_stopped() {
    for source in [
        "def l = []; while (true) { l.add(l.size()) }",
        "String s = 'x'; while (true) { s += s }",
        "def m = [:]; for (int i = 0; ; i++) { m[i] = i }",
        "def l = []; for (int i = 0; i < 100000; i++) { l = [l] } return l.toString()",
        "def l = []; l.add(l); return l.toString()",
        "def l = []; l.add(l); return l.hashCode()",
        "int[] a = new int[2000000000]",
        "int f() { return f() } f()",
        "StringBuilder b = new StringBuilder(); while (true) { b.append('xxxxxxxxxxxx') }",
        "[1, 2, 3].each(x -> { while (true) { int y = x } })",
        "IntStream.range(0, 2147483647).sum()",
        "Collections.nCopies(2000000000, 'x')",
        "String.format('%999999999d', new def[] {1})",
        "def x = /(a+)+b/.matcher('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').find()",
    ] {
        attempt(source);
    }
}

/// Objects that hold one another without end go without going down the stack.
#[test]
fn long_chains_of_objects_are_dropped() {
    for step in ["c = c.reversed()", "c = c.thenComparing(c)"] {
        let source = format!(
            "def c = Comparator.naturalOrder(); for (int i = 0; i < 100000; i++) {{ {step} }} return 'done'"
        );
        let script = compile(&source, Context::Test, &Options::default()).unwrap();
        let result = script.run(Value::Null, Value::map()).unwrap();
        assert_eq!(result.to_java_string(), "done", "{step}");
    }
}

/// The script of a detector of generated names: every part of a long name is looked
/// for in a list of words as long as those that come with published pipelines.
#[test]
fn long_lists_of_words_are_searched_within_the_limits() {
    let words: Vec<String> = (0..35_000_u32).map(|n| format!("{n:04x}")).collect();
    let text = words.join(" ");
    assert!(text.len() > 170_000);
    let source = "String name = params.name; int found = 0; \
        for (int i = 0; i < name.length(); i++) { \
          for (int j = i + 3; j <= name.length(); j++) { \
            String part = name.substring(i, j); \
            if (params.text.contains(part) || params.text.indexOf(part) >= 0) { found++ } } } \
        return found";
    let script = compile(source, Context::Test, &Options::default()).unwrap();
    let params = json::parse(
        format!(r#"{{"name": "{}", "text": "{text}"}}"#, "qzxjkv".repeat(10)).as_bytes(),
    );
    let found = script.run(Value::Null, params.unwrap()).unwrap();
    assert_eq!(found.to_java_string(), "0");
}

/// Hash codes, comparisons and comparators look at collections that are being
/// changed.
#[test]
fn collections_may_hold_themselves() {
    for (source, expected) in [
        (
            "Map m = new HashMap(); m.put(m, 1); m.remove(m); return m.size()",
            "0",
        ),
        (
            "Map m = [1: 2]; m.put(m.entrySet(), 1); m.put(m.keySet(), 2); return m.containsKey(1)",
            "true",
        ),
        (
            "Set s = new HashSet(); s.add(s); s.add(1); s.remove(1); return s.size()",
            "1",
        ),
        (
            "List l = [1]; l.add(l); Collections.replaceAll(l, [2], 3); return l.size()",
            "2",
        ),
        (
            "def[] all = new def[1]; Set s = new TreeSet((a, b) -> all[0].size() * 0 + a - b); \
             all[0] = s; s.add(2); s.add(3); s.add(1); return s.toString()",
            "[1, 2, 3]",
        ),
        (
            "def[] all = new def[1]; Map m = new TreeMap((a, b) -> all[0].size() * 0 + b - a); \
             all[0] = m; m.put(2, 0); m[3] = 0; m.put(1, 0); return m.keySet().toString()",
            "[3, 2, 1]",
        ),
    ] {
        let script = compile(source, Context::Test, &Options::default()).unwrap();
        let result = script.run(Value::Null, Value::map()).unwrap();
        assert_eq!(result.to_java_string(), expected, "{source}");
    }
}

/// What goes through all elements at each call counts as so much work.
#[test]
fn long_collections_are_searched_within_the_limits() {
    let limits = Limits {
        steps: 1_000_000,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let run = |search: &str, rounds: u32| {
        let source = format!(
            "List l = new ArrayList(); Map m = new HashMap(); \
             for (int i = 0; i < 10000; i++) {{ l.add(i); m[i] = i }} \
             for (int i = 0; i < {rounds}; i++) {{ {search} }} return 0"
        );
        let script = compile(&source, Context::Test, &options).unwrap();
        let result = script.run(Value::Null, Value::map());
        result.map_err(|error| error.caused_by.kind)
    };
    for search in [
        "l.contains(-1)",
        "l.indexOf(-1)",
        "l.lastIndexOf(-1)",
        "l.containsAll([-1])",
        "m.containsValue(-1)",
    ] {
        assert_eq!(run(search, 10), Ok(Value::Int(0)), "{search}");
        let kind = run(search, 10_000).unwrap_err();
        assert_eq!(kind, "painless_error", "{search}");
    }
    let alike = run("if (!m.entrySet().equals(m.entrySet())) { return 1 }", 10);
    assert_eq!(alike, Ok(Value::Int(0)));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("-", ""),
        ("(int)", ""),
        ("{", "}"),
        ("x ? ", ": 1"),
    ] {
        attempt(&format!(
            "ctx.a = {}1{}",
            open.repeat(20_000),
            close.repeat(20_000)
        ));
    }
    for link in [".a", "[0]", "+1", "&&true", ".a()", " ?: 1", "?.b"] {
        attempt(&format!("ctx.a = ctx{}", link.repeat(20_000)));
    }
    attempt(&"if (ctx.a) ".repeat(10_000));
    attempt(&"a = ".repeat(15_000));
}

fn token() -> impl Strategy<Value = String> {
    let words: Vec<&str> = "int def String List Map if else for while do return try catch throw new \
        ctx params a b 1 2.5 'x' \"y\" null true ( ) [ ] { } . , ; : ? ?. ?: + - * / % = == != < > << >>> \
        ++ -- && || ! ~ -> :: instanceof this in .size() .a [0] 0x1F 5L /r/ =~ Exception e continue break"
        .split_whitespace()
        .collect();
    prop_oneof![
        8 => prop::sample::select(words).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => Just(" ".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn token_soup_never_panics(tokens in prop::collection::vec(token(), 0..40)) {
        attempt(&tokens.join(" "));
        attempt(&tokens.concat());
    }

    #[test]
    fn any_text_never_panics(text in any::<String>()) {
        attempt(&text);
    }
}
