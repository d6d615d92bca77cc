//! What is refused, and in which words.

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use sealift::engine::inference::{LARGEST_DEFINITION, ModelConfig, decompress, parse};
use sealift::model::version::StackVersion;
use sealift::model::{base64, gzip};
use serde_json::{Value, json};

use crate::model::{before_8, body, compressed, create, single, stump, with};

fn good() -> Value {
    body(
        &["a"],
        &json!({"regression": {}}),
        &single(&stump("a", 5.0, &json!(1), &json!(2))),
    )
}

#[test]
fn bodies_are_checked_as_the_server_checks_them() {
    let without = |key: &str| {
        let mut body = good();
        body.as_object_mut().unwrap().remove(key);
        body
    };
    for (body, reason) in [
        (without("input"), "[input] must not be null."),
        (
            without("inference_config"),
            "Validation Failed: 1: [inference_config] must not be null.;",
        ),
        (
            without("definition"),
            "Validation Failed: 1: [definition] must not be null.;",
        ),
        (
            with(&good(), &json!({"tags": ["m", "B"], "version": "7"})),
            "Validation Failed: 1: Invalid tags [B]; must only can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores, must start and end with alphanumeric, and must be less than 64 characters.;2: none of the tags must equal the model_id;3: illegal to set [version] at inference model creation;",
        ),
        (
            with(&good(), &json!({"input": {"field_names": ["a..b"]}})),
            "Validation Failed: 1: [input.field_names] must only contain valid dot delimited field names;",
        ),
        (
            with(&good(), &json!({"model_id": "other"})),
            "Inconsistent model_id; 'other' specified in the body differs from 'm' specified as a URL argument",
        ),
        (
            with(
                &good(),
                &json!({"inference_config": {"classification": {}}}),
            ),
            "Model [m] inference config type [classification] does not support definition target type [regression]",
        ),
        (
            with(&good(), &json!({"description": null})),
            "[1:397] [trained_model_config] description doesn't support values of type: VALUE_NULL",
        ),
        (
            with(&good(), &json!({"taps": []})),
            "[1:383] [trained_model_config] unknown field [taps] did you mean [tags]?",
        ),
        (
            with(&good(), &json!({"compressed_definition": "AAAA"})),
            "[1:407] [trained_model_config] failed to parse field [compressed_definition]",
        ),
    ] {
        let failure = create(&body).unwrap_err();
        assert_eq!(failure.reason(), reason);
        assert_eq!(failure.status(), 400);
    }
}

#[test]
fn keys_of_later_versions_are_unknown_to_earlier_ones() {
    let body = with(
        &good(),
        &json!({"model_size_bytes": 100, "model_type": "tree_ensemble"}),
    )
    .to_string();
    let parse = |version: StackVersion| {
        ModelConfig::parse("m", body.as_bytes(), &version, LARGEST_DEFINITION)
    };
    assert!(parse(StackVersion::new(8, 0, 0)).is_ok());
    let failure = parse(StackVersion::new(7, 17, 9)).unwrap_err();
    assert!(
        failure
            .reason()
            .ends_with("[trained_model_config] unknown field [model_size_bytes]"),
        "{failure}"
    );
}

#[test]
fn a_compressed_definition_may_hold_unknown_fields() {
    let mut tree = stump("a", 5.0, &json!(1), &json!(2));
    tree["classification_weights"] = json!([1]);
    let body = body(&["a"], &json!({"regression": {}}), &single(&tree));
    let failure = create(&body).unwrap_err();
    assert!(
        failure.root().reason().ends_with(
            "[tree] unknown field [classification_weights] did you mean [classification_labels]?"
        ),
        "{failure}"
    );
    assert!(create(&compressed(body)).is_ok());
}

#[test]
fn a_compressed_definition_is_bounded() {
    let json = vec![b' '; 10_000];
    let packed = base64::encode(&gzip::deflate(&json));
    assert_eq!(decompress(&packed, 10_000).unwrap().len(), 10_000);
    for (text, kind, reason) in [
        (
            packed.as_str(),
            "status_exception",
            "Cannot parse model definition as the content is larger than the maximum stream size of [9999] bytes. Max stream size is 10% of the JVM heap or 1GB whichever is smallest",
        ),
        (
            "AA AA",
            "illegal_argument_exception",
            "Illegal base64 character 20",
        ),
        (
            "AAAA\nAAAA",
            "illegal_argument_exception",
            "Illegal base64 character a",
        ),
        ("AAAA", "zip_exception", "Not in GZIP format"),
    ] {
        let failure = decompress(text, 9_999).unwrap_err();
        assert_eq!((failure.kind(), failure.reason()), (kind, reason));
    }
}

#[test]
fn what_nests_too_deeply_is_refused() {
    let deep = |open: &str, close: &str, levels: usize| {
        format!(
            "{{\"preprocessors\":[{}{}]}}",
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    let multi = "{\"multi_encoding\":{\"processors\":[";
    for text in [
        deep("[", "]", 100_000),
        deep("{\"a\":", "}", 100_000),
        deep(multi, "]}}", 100),
    ] {
        let failure = parse::strict(text.as_bytes()).unwrap_err();
        assert_eq!(failure.status(), 400, "{failure}");
    }
    let skipped = format!("{{\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let failure = parse::lenient(skipped.as_bytes()).unwrap_err();
    assert_eq!(failure.kind(), "json_parse_exception");
}

#[test]
fn a_vast_number_of_classes_is_refused() {
    let tree = json!({
        "feature_names": [], "tree_structure": [{"leaf_value": 2_000_000_000}],
        "target_type": "classification",
    });
    let body = body(&["a"], &json!({"classification": {}}), &single(&tree));
    let model = create(&body).unwrap().compile().unwrap();
    assert_eq!(model.raw(&[]).unwrap_err().status(), 500);
}

/// A definition with something of every kind in it.
fn rich() -> String {
    json!({
        "preprocessors": [
            {"one_hot_encoding": {"field": "f", "hot_map": {"x": "a"}, "custom": false}},
            {"multi_encoding": {"processors": [
                {"n_gram_encoding": {"field": "f", "n_grams": [1, 2], "start": 0, "length": 4}},
                {"target_mean_encoding": {"field": "ngram_0_4.10", "feature_name": "b",
                    "target_map": {"x": 0.25}, "default_value": -1e-3}},
            ]}},
            {"frequency_encoding": {"field": "g", "feature_name": "c", "frequency_map": {"\u{e9}": 1}}},
        ],
        "trained_model": {"ensemble": {
            "feature_names": ["a", "b"],
            "trained_models": [
                {"tree": stump("a", 0.5, &json!([0.1]), &json!([0.2]))},
                {"ensemble": {"trained_models": [{"tree": stump("b", -0.5, &json!(1), &json!(2))}],
                    "aggregate_output": {"exponent": {"weights": [2]}}}},
            ],
            "aggregate_output": {"logistic_regression": {"weights": [1, 2]}},
            "target_type": "classification",
            "classification_labels": ["n", "y"],
            "classification_weights": [1, 0.5],
        }},
    })
    .to_string()
}

/// Puts a text through everything that reads a definition.
fn read(text: &[u8]) {
    let _ = parse::strict(text);
    if let Ok(definition) = parse::lenient(text) {
        let body = json!({"input": {"field_names": ["f", "g"]}, "inference_config": {"classification": {}}, "compressed_definition": base64::encode(&gzip::deflate(text))}).to_string();
        if let Ok(config) = ModelConfig::parse("m", body.as_bytes(), &before_8(), 1 << 20)
            && let Ok(model) = config.compile()
        {
            let _ = model.raw(&[0.5, f64::NAN, -1.0]);
        }
        drop(definition);
    }
}

#[test]
fn the_rich_definition_is_good() {
    let definition = parse::strict(rich().as_bytes()).unwrap();
    assert_eq!(definition.preprocessors.len(), 3);
    read(rich().as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn malformed_definitions_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6)
    ) {
        let mut text = rich().into_bytes();
        for (place, byte, edit) in edits {
            if text.is_empty() {
                break;
            }
            let place = place.index(text.len());
            match edit {
                0 => text[place] = byte,
                1 => { text.remove(place); }
                2 => text.insert(place, byte),
                _ => text.truncate(place.max(1)),
            }
        }
        read(&text);
    }

    #[test]
    fn numbers_of_any_size_never_panic(
        split in any::<i64>(), left in any::<i64>(), right in any::<i64>(),
        threshold in any::<f64>(), samples in any::<i64>(), leaf in any::<f64>(),
    ) {
        let text = json!({"trained_model": {"tree": {"feature_names": ["a", "b", "c"], "tree_structure": [
            {"split_feature": split % 5, "threshold": threshold, "left_child": left % 4, "right_child": right % 4, "number_samples": samples},
            {"leaf_value": leaf}, {"leaf_value": [leaf]},
        ], "target_type": "classification"}}}).to_string();
        read(text.as_bytes());
        read(text.replace(":0", &format!(":{left}")).as_bytes());
    }
}
