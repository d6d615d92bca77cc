//! Cases of our own.

use std::time::Duration;

use sealift::engine::ingest::{Environment, Options, Outcome, Processed};
use sealift::model::version::StackVersion;
use serde_json::{Value, json};

/// A document that goes through a few processors of the newest version.
fn outcome(processors: &Value, source: &Value) -> Outcome {
    let mut environment = Environment::new(Options::default());
    environment
        .put_pipeline("p", &json!({"processors": processors}))
        .unwrap();
    environment.run(
        "p",
        source,
        &[("_index", "i")],
        Duration::from_secs(1_600_000_000),
    )
}

fn processed(processors: &Value, source: &Value) -> Processed {
    match outcome(processors, source) {
        Outcome::Document(document) => document,
        other => panic!("{processors}: {other:?}"),
    }
}

/// Configuration of one processor, document, and its source afterwards.
#[test]
fn processors_change_documents() {
    for (processor, before, after) in [
        (
            json!({"set": {"field": "a.b", "copy_from": "c"}}),
            json!({"c": [1]}),
            json!({"c": [1], "a": {"b": [1]}}),
        ),
        (
            json!({"set": {"field": "x", "value": "{{n}}", "ignore_empty_value": true}}),
            json!({"n": null}),
            json!({"n": null}),
        ),
        (
            json!({"append": {"field": "a", "value": [1, 2, 2], "allow_duplicates": false}}),
            json!({"a": [1]}),
            json!({"a": [1, 2]}),
        ),
        (
            json!({"remove": {"keep": ["a"]}}),
            json!({"a": {"x": 1}, "b": 2}),
            json!({"a": {"x": 1}}),
        ),
        (
            json!({"rename": {"field": "a", "target_field": "b", "override": true}}),
            json!({"a": 1, "b": 2}),
            json!({"b": 1}),
        ),
        (
            json!({"convert": {"field": "a", "type": "ip"}}),
            json!({"a": "::1"}),
            json!({"a": "::1"}),
        ),
        (
            json!({"foreach": {"field": "m", "processor": {"uppercase": {"field": "_ingest._value"}}}}),
            json!({"m": {"k": "v", "l": "w"}}),
            json!({"m": {"k": "V", "l": "W"}}),
        ),
        (
            json!({"dot_expander": {"field": "*"}}),
            json!({"a.b": 1, "c": 2}),
            json!({"a": {"b": 1}, "c": 2}),
        ),
        (
            json!({"kv": {"field": "v", "field_split": "&", "value_split": "=", "target_field": "t"}}),
            json!({"v": "a=1&b=2"}),
            json!({"v": "a=1&b=2", "t": {"a": "1", "b": "2"}}),
        ),
        (
            json!({"date": {"field": "d", "formats": ["yyyy-MM-dd"], "target_field": "t", "timezone": "Europe/Berlin"}}),
            json!({"d": "2020-08-31"}),
            json!({"d": "2020-08-31", "t": "2020-08-31T00:00:00.000+02:00"}),
        ),
        (
            json!({"pipeline": {"name": "gone", "ignore_missing_pipeline": true}}),
            json!({"a": 1}),
            json!({"a": 1}),
        ),
        (
            json!({"remove": {"keep": ["a.b", "c"]}}),
            json!({"a": {"b": {"x": 1}, "d": 2}, "c": {"e": 3}, "f": 4}),
            json!({"a": {"b": {"x": 1}}, "c": {"e": 3}}),
        ),
        (
            json!({"set": {"field": "x", "value": "{{v}}{{{v}}}", "media_type": "text/plain"}}),
            json!({"v": "a\"b"}),
            json!({"v": "a\"b", "x": "a\"ba\"b"}),
        ),
        (
            json!({"append": {"field": "x", "value": ["{{v}}"], "media_type": "application/x-www-form-urlencoded"}}),
            json!({"v": "a b&"}),
            json!({"v": "a b&", "x": ["a+b%26"]}),
        ),
        (
            json!({"json": {"field": "j", "add_to_root": true, "add_to_root_conflict_strategy": "merge"}}),
            json!({"j": "{\"a\": {\"b\": 1, \"c\": 2}, \"d\": 3}", "a": {"b": 0, "e": 4}, "d": {}}),
            json!({"j": "{\"a\": {\"b\": 1, \"c\": 2}, \"d\": 3}", "a": {"b": 1, "c": 2, "e": 4}, "d": 3}),
        ),
        (
            json!({"json": {"field": "j", "allow_duplicate_keys": true, "strict_json_parsing": false}}),
            json!({"j": "{\"a\": 1, \"a\": 2} x"}),
            json!({"j": {"a": 2}}),
        ),
        (
            // The digest of 00 "a" 00 01 00 00 00.
            json!({"fingerprint": {"fields": ["m"], "method": "SHA-256"}}),
            json!({"m": {"a": 1}}),
            json!({"m": {"a": 1}, "fingerprint": "eG6xRjMOSkP+y5DM7CxTr7s8Po5envf5ASkzLn1IWnQ="}),
        ),
        (
            // The digest of the salt, then 00 "x", 00 02, 00 "y" in the order of the names.
            json!({"fingerprint": {"fields": ["b", "a"], "salt": "s", "target_field": "t"}}),
            json!({"a": ["x", false], "b": "y"}),
            json!({"a": ["x", false], "b": "y", "t": "tta8VzMj+jf4jgIYpL/qr3DSDTI="}),
        ),
        (
            json!({"foreach": {"field": "l", "processor": {"append": {"field": "r", "value": "{{_ingest._value}}"}}}}),
            json!({"l": ["a", "b"]}),
            json!({"l": ["a", "b"], "r": ["a", "b"]}),
        ),
    ] {
        let found = processed(&json!([processor]), &before).json();
        assert_eq!(found, after, "{processor}");
    }
}

#[test]
fn handled_failures_are_reported() {
    let document = processed(
        &json!([
            {"rename": {"field": "x", "target_field": "y", "tag": "t", "ignore_failure": true}},
            {"fail": {"message": "{{a}}", "on_failure": [
                {"set": {"field": "error.message", "value": "{{_ingest.on_failure_message}}"}}
            ]}},
        ]),
        &json!({"a": "boom"}),
    );
    assert_eq!(
        document.json(),
        json!({"a": "boom", "error": {"message": "boom"}})
    );
    assert_eq!(document.metadata, [("_index", "i".to_owned())]);
    let handled: Vec<_> = document
        .handled
        .iter()
        .map(|it| (it.processor.as_str(), it.tag.as_deref(), it.ignored))
        .collect();
    assert_eq!(
        handled,
        [("rename", Some("t"), true), ("fail", None, false)]
    );
}

#[test]
fn flows_and_addresses_are_told_apart() {
    let flow = json!({
        "source": {"ip": "128.232.110.120", "port": 34855},
        "destination": {"ip": "66.35.250.204", "port": 80},
        "network": {"transport": "TCP"},
    });
    let echo = json!({
        "source": {"ip": "192.168.0.89"},
        "destination": {"ip": "192.168.0.1"},
        "network": {"transport": "icmp"},
        "icmp": {"type": 8, "code": 0},
    });
    for (processor, source, at, expected) in [
        (
            json!({"community_id": {}}),
            &flow,
            "/network/community_id",
            json!("1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        ),
        (
            json!({"community_id": {"seed": 1, "target_field": "id"}}),
            &flow,
            "/id",
            json!("1:3V71V58M3Ksw/yuFALMcW0LAHvc="),
        ),
        (
            json!({"community_id": {}}),
            &echo,
            "/network/community_id",
            json!("1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
        ),
        (
            json!({"network_direction": {"internal_networks": ["private", "66.35.0.0/16"]}}),
            &flow,
            "/network/direction",
            json!("inbound"),
        ),
        (
            json!({"network_direction": {"internal_networks": ["{{source.ip}}/32"]}}),
            &flow,
            "/network/direction",
            json!("outbound"),
        ),
        (
            json!({"network_direction": {"internal_networks": ["private"]}}),
            &echo,
            "/network/direction",
            json!("internal"),
        ),
        (
            json!({"network_direction": {"internal_networks": ["private"]}}),
            &json!({}),
            "/network",
            Value::Null,
        ),
        (
            json!({"uri_parts": {"field": "u", "remove_if_successful": true}}),
            &json!({"u": "https://u:p@h.example:8443/a/b.tar.gz?q=1#top"}),
            "",
            json!({"url": {
                "scheme": "https", "domain": "h.example", "port": 8443, "path": "/a/b.tar.gz",
                "extension": "gz", "query": "q=1", "fragment": "top", "user_info": "u:p",
                "username": "u", "password": "p",
                "original": "https://u:p@h.example:8443/a/b.tar.gz?q=1#top",
            }}),
        ),
        (
            json!({"grok": {
                "field": "m",
                "patterns": ["%{COMMONAPACHELOG}"],
                "ecs_compatibility": "v1",
            }}),
            &json!({"m": "10.1.1.1 - bob [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 2326"}),
            "",
            json!({
                "m": "10.1.1.1 - bob [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 2326",
                "source": {"address": "10.1.1.1"},
                "user": {"name": "bob"},
                "timestamp": "10/Oct/2000:13:55:36 -0700",
                "http": {
                    "request": {"method": "GET"},
                    "version": "1.0",
                    "response": {"status_code": 200, "body": {"bytes": 2326}},
                },
                "url": {"original": "/a"},
            }),
        ),
        (
            json!({"fingerprint": {"fields": ["b", "a"], "method": "MD5"}}),
            &json!({"a": "x", "b": 5}),
            "/fingerprint",
            json!("sjp9sJv8AO6axvNio7ghwg=="),
        ),
    ] {
        let after = processed(&json!([processor]), source).json();
        let found = after.pointer(at).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{processor}");
    }
}

/// What no answer can hold fails the whole request.
#[test]
fn names_that_are_no_texts_are_refused() {
    for (source, status, reason) in [
        (
            "ctx.m = [1: 'a']",
            500,
            "class java.lang.Integer cannot be cast",
        ),
        (
            "ctx.l = [['x': [true: 1]]]",
            500,
            "class java.lang.Boolean cannot be cast",
        ),
        ("ctx.m = [null: 'a']", 400, "Field name cannot be null"),
    ] {
        let body = json!({
            "pipeline": {"processors": [{"script": {"source": source}}]},
            "docs": [{"_source": {}}],
        });
        let answer = Environment::default().simulate(None, &body, false, Duration::ZERO);
        let failure = answer.unwrap_err();
        assert_eq!(failure.status(), status, "{source}");
        assert!(failure.reason().starts_with(reason), "{source}: {failure}");
    }
}

#[test]
fn what_is_not_there_offline_says_so() {
    for kind in ["geoip", "user_agent", "enrich", "registered_domain"] {
        let processors = json!([{kind: {"field": "a", "whatever": 1}}]);
        let Outcome::Failed(failure) = outcome(&processors, &json!({})) else {
            panic!("{kind} ran");
        };
        assert_eq!(failure.reason(), format!("not supported offline: {kind}"));
    }
}

#[test]
fn hostile_pipelines_end() {
    // A list that doubles itself, a text that grows, calls without end.
    let doubling: Vec<_> = (0..64)
        .map(|_| json!({"append": {"field": "a", "value": ["{{{a}}}", "{{{a}}}"]}}))
        .collect();
    assert!(matches!(
        outcome(&json!(doubling), &json!({"a": "x"})),
        Outcome::Failed(_)
    ));
    let growing: Vec<_> = (0..64)
        .map(|_| json!({"gsub": {"field": "a", "pattern": "x", "replacement": "x".repeat(300)}}))
        .collect();
    assert!(matches!(
        outcome(&json!(growing), &json!({"a": "x"})),
        Outcome::Failed(_)
    ));
    let mut environment = Environment::new(Options::default());
    for index in 0..300 {
        let next = format!("p{}", index + 1);
        let body = json!({"processors": [{"pipeline": {"name": next}}]});
        environment
            .put_pipeline(&format!("p{index}"), &body)
            .unwrap();
    }
    let outcome = environment.run("p0", &json!({}), &[], Duration::ZERO);
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(failure.reason().contains("nested"), "{failure}");
    let mut deep = json!({"fail": {"message": "m"}});
    for _ in 0..60 {
        deep = json!({"foreach": {"field": "a", "processor": deep}});
    }
    let body = json!({"processors": [deep]});
    assert!(Environment::default().parse_pipeline("p", &body).is_err());
}

#[test]
fn what_multiplies_ends_whatever_handlers_there_are() {
    let mut environment = Environment::new(Options::default());
    for index in 0..40 {
        let call = json!({"pipeline": {"name": format!("p{}", index + 1), "ignore_failure": true}});
        let body = json!({"processors": [call, call], "on_failure": [{"drop": {}}]});
        environment
            .put_pipeline(&format!("p{index}"), &body)
            .unwrap();
    }
    environment
        .put_pipeline("p40", &json!({"processors": []}))
        .unwrap();
    let twice_as_much: Vec<_> = (0..40)
        .flat_map(|_| {
            [
                json!({"set": {"field": "b.l", "copy_from": "a", "ignore_failure": true}}),
                json!({"set": {"field": "b.r", "copy_from": "a", "ignore_failure": true}}),
                json!({"set": {"field": "a", "copy_from": "b", "ignore_failure": true}}),
            ]
        })
        .collect();
    let body = json!({"processors": twice_as_much});
    environment.put_pipeline("copies", &body).unwrap();
    let script =
        "def l = ['x'.toString()]; for (int i = 0; i < 40; i++) { l = [l, l, l] } ctx.l = l";
    let body = json!({"processors": [{"script": {"source": script, "ignore_failure": true}}]});
    environment.put_pipeline("script", &body).unwrap();
    for pipeline in ["p0", "copies", "script"] {
        let outcome = environment.run(pipeline, &json!({"a": "x"}), &[], Duration::ZERO);
        let Outcome::Failed(failure) = outcome else {
            panic!("{pipeline}: {outcome:?}");
        };
        assert_eq!(failure.kind(), "circuit_breaking_exception", "{failure}");
    }
}

#[test]
fn options_that_cannot_be_are_refused() {
    for (processor, reason) in [
        (
            json!({"set": {"field": "a", "value": 1, "media_type": "text/html"}}),
            "[media_type] property does not contain a supported media type [text/html]",
        ),
        (
            json!({"json": {"field": "a", "add_to_root_conflict_strategy": "merge"}}),
            "[add_to_root_conflict_strategy] Cannot set `add_to_root_conflict_strategy` if `add_to_root` is false",
        ),
        (
            json!({"json": {"field": "a", "add_to_root": true, "add_to_root_conflict_strategy": "mix"}}),
            "[add_to_root_conflict_strategy] conflict strategy [mix] not supported, cannot convert field.",
        ),
        (
            json!({"grok": {"field": "a", "patterns": ["x"], "ecs_compatibility": "v9"}}),
            "[ecs_compatibility] unsupported mode 'v9'",
        ),
        (
            json!({"fingerprint": {"fields": ["a"], "method": "CRC"}}),
            "[method] [CRC] must be one of the supported hash methods [MD5,SHA-1,SHA-256,SHA-512,MurmurHash3]",
        ),
        (
            json!({"fingerprint": {"fields": []}}),
            "[fields] must specify at least one field",
        ),
    ] {
        let body = json!({"processors": [processor]});
        let refused = Environment::default().parse_pipeline("p", &body);
        let refused = refused.err().map(|failure| failure.reason().to_owned());
        assert_eq!(refused.as_deref(), Some(reason));
    }
}

#[test]
fn terminate_ends_its_pipeline_only() {
    let mut environment = Environment::new(Options::default());
    let set = |field: &str| json!({"set": {"field": field, "value": 1}});
    let inner =
        json!({"processors": [set("a"), {"terminate": {"if": "ctx.stop == true"}}, set("b")]});
    let outer = json!({"processors": [{"pipeline": {"name": "inner"}}, set("c")]});
    environment.put_pipeline("inner", &inner).unwrap();
    environment.put_pipeline("outer", &outer).unwrap();
    for (source, expected) in [
        (json!({"stop": true}), json!({"stop": true, "a": 1, "c": 1})),
        (json!({}), json!({"a": 1, "b": 1, "c": 1})),
    ] {
        let outcome = environment.run("outer", &source, &[], Duration::ZERO);
        let Outcome::Document(document) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(document.json(), expected);
    }
    let old = Environment::new(Options {
        version: StackVersion::new(7, 11, 0),
        ..Options::default()
    });
    for kind in ["terminate", "fingerprint"] {
        let body = json!({"processors": [{kind: {}}]});
        let refused = old.parse_pipeline("p", &body).unwrap_err();
        let unknown = format!("No processor type exists with name [{kind}]");
        assert_eq!(refused.reason(), unknown);
    }
}
