//! Configurations and documents made at random: whatever they are, the engine
//! answers.

use std::time::Duration;

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use sealift::engine::ingest::{Environment, Options};
use serde_json::{Map, Value, json};

const KINDS: [&str; 30] = [
    "append",
    "bytes",
    "convert",
    "csv",
    "date",
    "date_index_name",
    "dissect",
    "dot_expander",
    "drop",
    "fail",
    "foreach",
    "grok",
    "gsub",
    "html_strip",
    "inference",
    "join",
    "json",
    "kv",
    "lowercase",
    "pipeline",
    "remove",
    "rename",
    "script",
    "set",
    "sort",
    "split",
    "trim",
    "uppercase",
    "urldecode",
    "nope",
];

const KEYS: [&str; 34] = [
    "field",
    "target_field",
    "value",
    "pattern",
    "patterns",
    "replacement",
    "separator",
    "formats",
    "timezone",
    "locale",
    "output_format",
    "type",
    "order",
    "message",
    "name",
    "processor",
    "on_failure",
    "ignore_failure",
    "ignore_missing",
    "if",
    "tag",
    "source",
    "params",
    "field_split",
    "value_split",
    "trim_key",
    "target_fields",
    "path",
    "copy_from",
    "model_id",
    "date_rounding",
    "pattern_definitions",
    "add_to_root",
    "keep",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "a",
            "a.b",
            "a.0",
            "_ingest._value",
            "_source.a",
            ".",
            "",
            "{{a}}",
            "{{{a.b}}}",
            "{{#a}}{{.}}{{/a}}",
            "{{",
            "{{#",
            "%{a} %{+b/2}",
            "%{*k}=%{&k}",
            "%{IP:a}",
            "%{INT:a:int}",
            "(?<x>a+)+b",
            "[",
            "\\d{2,}",
            "$1${x}\\",
            "yyyy-MM-dd['T'HH]",
            "ISO8601",
            "UNIX",
            "epoch_millis",
            "Europe/Berlin",
            "+25:00",
            "integer",
            "auto",
            "ctx.a = ctx.b + 1",
            "ctx.a == null",
            "while (true) {}",
            "2020-08-31T10:20:30Z",
            "1kb",
            "a=1 b=2",
            "\"a,\"b",
            "{\"a\":[1]}",
            "<b>&amp;</b>",
            "%41%",
            "p",
            "=",
            " ",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4).prop_map(object),
        ]
    })
}

fn object(entries: Vec<(String, Value)>) -> Value {
    Value::Object(entries.into_iter().collect::<Map<_, _>>())
}

fn processor() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned);
    let body = prop::collection::vec((key, value()), 0..6);
    (prop::sample::select(KINDS.to_vec()), text(), body).prop_map(|(kind, field, body)| {
        let mut body = object(body);
        body["field"] = json!(field);
        json!({kind: body})
    })
}

proptest! {
    #[test]
    fn nothing_panics(
        processors in prop::collection::vec(processor(), 0..4),
        source in prop::collection::vec((prop::sample::select(vec!["a", "b", "a.b"]), value()), 0..4),
        verbose in any::<bool>(),
    ) {
        let source = object(source.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
        let environment = Environment::new(Options::default());
        let body = json!({"pipeline": {"processors": processors}, "docs": [{"_source": source}]});
        let answer = environment.simulate(None, &body, verbose, Duration::ZERO);
        if let Err(failure) = answer {
            assert!(failure.status() >= 400);
        }
    }
}
