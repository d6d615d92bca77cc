//! What models say about documents.

use serde_json::{Value, json};

use crate::model::{infer, infer_with, model, single, stump, with};

fn regression() -> Value {
    json!({"regression": {}})
}

fn classification() -> Value {
    json!({"classification": {"num_top_classes": -1}})
}

#[test]
fn a_split_sends_documents_left_or_right() {
    for (operator, default_left, rows) in [
        (
            "lt",
            false,
            [
                (json!(4), 1.0),
                (json!(5), 2.0),
                (json!(6), 2.0),
                (json!("x"), 2.0),
            ],
        ),
        (
            "lte",
            true,
            [
                (json!(4), 1.0),
                (json!(5), 1.0),
                (json!(6), 2.0),
                (json!("x"), 1.0),
            ],
        ),
        (
            "gt",
            true,
            [
                (json!(4), 2.0),
                (json!(5), 2.0),
                (json!(6), 1.0),
                (json!("x"), 1.0),
            ],
        ),
        (
            "gte",
            false,
            [
                (json!(4), 2.0),
                (json!(5), 1.0),
                (json!(6), 1.0),
                (json!("x"), 2.0),
            ],
        ),
    ] {
        let mut tree = stump("a", 5.0, &json!(1), &json!(2));
        tree["tree_structure"][0]["decision_type"] = operator.into();
        tree["tree_structure"][0]["default_left"] = default_left.into();
        let model = model(&["a"], &regression(), &single(&tree));
        for (value, expected) in rows {
            let result = infer(&model, &json!({"a": value})).unwrap();
            assert_eq!(result["predicted_value"], expected, "{operator} {value}");
        }
    }
}

#[test]
fn values_are_read_as_java_reads_them() {
    let tree = stump("a", 5.0, &json!(1), &json!(2));
    let model = model(&["a"], &regression(), &single(&tree));
    for (value, expected) in [
        (json!("4.5"), 1.0),
        (json!(" 4.5 "), 1.0),
        (json!("4d"), 1.0),
        (json!("0x1p2"), 1.0),
        (json!(-0.0), 1.0),
        // Not a number to the server, so the feature is missing and goes right.
        (json!("0x4"), 2.0),
        (json!("NaN"), 2.0),
        (json!("-Infinity"), 2.0),
        (json!(true), 2.0),
        (json!([4]), 2.0),
        (json!({"b": 4}), 2.0),
        (json!(""), 2.0),
    ] {
        let result = infer(&model, &json!({"a": value})).unwrap();
        assert_eq!(result["predicted_value"], expected, "{value}");
    }
}

#[test]
fn fields_are_found_under_dotted_and_nested_names() {
    let tree = stump("a.b.c", 5.0, &json!(1), &json!(2));
    let model = model(&["a.b.c"], &regression(), &single(&tree));
    let warning = "Model [m] could not be inferred as all fields were missing";
    for (document, expected) in [
        (json!({"a.b.c": 4}), json!(1.0)),
        (json!({"a": {"b": {"c": 4}}}), json!(1.0)),
        (json!({"a": {"b.c": 4}}), json!(1.0)),
        (json!({"a.b": {"c": 4}}), json!(1.0)),
        // The longer part wins.
        (json!({"a": {"b": {"c": 9}}, "a.b": {"c": 4}}), json!(1.0)),
        (json!({"a": {"b": {"c": 4}}, "a.b": {"d": 9}}), json!(1.0)),
        (json!({"a": {"b": {"c": null}}}), Value::Null),
        (json!({"a": 4}), Value::Null),
        (json!({}), Value::Null),
    ] {
        let result = infer(&model, &document).unwrap();
        assert_eq!(result["predicted_value"], expected, "{document}");
        let expected = if expected.is_null() {
            json!(warning)
        } else {
            Value::Null
        };
        assert_eq!(result["warning"], expected, "{document}");
        assert_eq!(result["model_id"], "m");
    }
}

#[test]
fn a_field_map_adds_names_but_overwrites_none() {
    let tree = stump("a", 5.0, &json!(1), &json!(2));
    let model = model(&["a"], &regression(), &single(&tree));
    for (document, expected) in [
        (json!({"b": {"c": 4}}), 1.0),
        (json!({"a": 9, "b": {"c": 4}}), 2.0),
        (json!({"a": null, "b": {"c": 4}}), 1.0),
    ] {
        let result = infer_with(&model, &document, &[("b.c", "a")], None).unwrap();
        assert_eq!(result["predicted_value"], expected, "{document}");
    }
}

#[test]
fn classes_are_ranked_by_score_and_written_as_asked() {
    let tree = json!({
        "feature_names": ["a"],
        "tree_structure": [{"leaf_value": [0.0, 1.0]}],
        "target_type": "classification",
        "classification_labels": ["no", "true"],
    });
    let model = model(&["a"], &classification(), &single(&tree));
    // softmax(0, 1)
    let (high, low) = (0.731_058_578_630_004_9, 0.268_941_421_369_995_1);
    let result = infer(&model, &json!({"a": 1})).unwrap();
    assert_eq!(
        result,
        json!({
            "predicted_value": "true",
            "top_classes": [
                {"class_name": "true", "class_probability": high, "class_score": high},
                {"class_name": "no", "class_probability": low, "class_score": low},
            ],
            "prediction_probability": high,
            "prediction_score": high,
            "model_id": "m",
        })
    );
    for (options, field, expected) in [
        (
            json!({"prediction_field_type": "boolean"}),
            "predicted_value",
            json!(true),
        ),
        (
            json!({"prediction_field_type": "number"}),
            "predicted_value",
            json!(1.0),
        ),
        (json!({"results_field": "a.b"}), "a.b", json!("true")),
        (json!({"num_top_classes": 0}), "top_classes", Value::Null),
        (
            json!({"num_top_classes": 1, "top_classes_results_field": "top"}),
            "top",
            json!([{"class_name": "true", "class_probability": high, "class_score": high}]),
        ),
    ] {
        let options = json!({"classification": options});
        let result = infer_with(&model, &json!({"a": 1}), &[], Some(&options)).unwrap();
        assert_eq!(result[field], expected, "{options}");
    }
}

/// Two stumps: together -1 below the thresholds, 2 above both.
fn ensemble(more: &Value) -> Value {
    let parts = json!({
        "feature_names": [],
        "trained_models": [
            {"tree": stump("a", 5.0, &json!(-2), &json!(1))},
            {"tree": stump("b", 5.0, &json!(1), &json!(1))},
        ],
    });
    json!({"trained_model": {"ensemble": with(&parts, more)}})
}

#[test]
fn outputs_are_aggregated() {
    for (aggregator, low, high) in [
        (json!({"weighted_sum": {}}), -1.0, 2.0),
        (json!({"weighted_sum": {"weights": [0.5, 2]}}), 1.0, 2.5),
        (json!({"exponent": {}}), (-1f64).exp(), 2f64.exp()),
        (json!({"logistic_regression": {}}), 0.0, 1.0),
    ] {
        let definition = ensemble(&json!({"aggregate_output": aggregator}));
        let model = model(&["a", "b"], &regression(), &definition);
        for (a, expected) in [(4, low), (6, high)] {
            let result = infer(&model, &json!({"a": a, "b": a})).unwrap();
            assert_eq!(result["predicted_value"], expected, "{aggregator} {a}");
        }
    }
}

#[test]
fn weights_turn_probabilities_into_scores() {
    let definition = ensemble(&json!({
        "aggregate_output": {"logistic_regression": {}},
        "target_type": "classification",
        "classification_weights": [0.25, 1],
    }));
    let model = model(&["a", "b"], &classification(), &definition);
    let result = infer(&model, &json!({"a": 4})).unwrap();
    // The logistic function of -1: the less probable class wins by its weight.
    let one = 1.0 / (1.0 + 1f64.exp());
    assert_eq!(result["predicted_value"], "1");
    assert_eq!(result["prediction_probability"], one);
    assert_eq!(result["prediction_score"], one);
    assert_eq!(result["top_classes"][1]["class_score"], (1.0 - one) * 0.25);
}

#[test]
fn votes_are_counted() {
    let vote = |class: u32| json!({"tree": {"feature_names": [], "tree_structure": [{"leaf_value": class}]}});
    let ensemble = |votes: [u32; 3]| {
        json!({"trained_model": {"ensemble": {
            "trained_models": votes.map(vote),
            "aggregate_output": {"weighted_mode": {"num_classes": 3, "weights": [1, 1, 1.5]}},
            "target_type": "classification",
        }}})
    };
    for (votes, winner, voted) in [
        ([0, 0, 1], "0", 2),
        ([0, 2, 1], "1", 3),
        ([2, 2, 2], "2", 1),
    ] {
        let model = model(&["a"], &classification(), &ensemble(votes));
        let result = infer(&model, &json!({"a": 4})).unwrap();
        assert_eq!(result["predicted_value"], winner, "{votes:?}");
        let probable = result["top_classes"].as_array().unwrap().iter();
        let probable = probable.filter(|class| class["class_probability"] != 0.0);
        assert_eq!(probable.count(), voted, "{votes:?}");
    }
    let model = model(&["a"], &classification(), &ensemble([0, 3, 1]));
    let failure = infer(&model, &json!({"a": 4})).unwrap_err();
    assert_eq!(
        failure.reason(),
        "values contain entries larger than expected max of [2]"
    );
}

#[test]
fn preprocessors_make_features() {
    let sum = |features: &[&str]| {
        let trees: Vec<Value> = features
            .iter()
            .map(|feature| json!({"tree": stump(feature, 0.5, &json!(0), &json!(1))}))
            .collect();
        json!({"ensemble": {"trained_models": trees}})
    };
    for (preprocessors, features, rows) in [
        (
            json!([{"one_hot_encoding": {"field": "f", "hot_map": {"x": "is_x", "1.0": "is_1"}}}]),
            &["is_x", "is_1"][..],
            &[("x", 1.0), ("y", 0.0), ("1.0", 1.0)][..],
        ),
        (
            json!([{"target_mean_encoding": {"field": "f", "feature_name": "m",
                "target_map": {"x": 0.1}, "default_value": 0.9}}]),
            &["m"],
            &[("x", 0.0), ("y", 1.0)],
        ),
        (
            json!([{"frequency_encoding": {"field": "f", "feature_name": "q",
                "frequency_map": {"x": 0.9}}}]),
            &["q"],
            &[("x", 1.0), ("y", 0.0)],
        ),
        (
            json!([{"multi_encoding": {"processors": [
                {"n_gram_encoding": {"field": "f", "feature_prefix": "g", "n_grams": [2], "start": -3, "length": 3}},
                {"frequency_encoding": {"field": "g.21", "feature_name": "q", "frequency_map": {"bc": 1}}},
            ]}}]),
            &["q"],
            &[("xabc", 1.0), ("abc", 1.0), ("bcx", 0.0), ("bc", 1.0)],
        ),
    ] {
        let definition = json!({"preprocessors": preprocessors, "trained_model": sum(features)});
        let model = model(&["f"], &regression(), &definition);
        for (text, expected) in rows {
            let result = infer(&model, &json!({"f": text})).unwrap();
            // A text too short to give the feature leaves it missing, and missing goes right.
            assert_eq!(
                result["predicted_value"], *expected,
                "{text} {preprocessors}"
            );
        }
    }
}

#[test]
fn importances_add_up_to_the_distance_from_the_mean() {
    let tree = json!({
        "feature_names": ["a", "c_x", "c_y"],
        "tree_structure": [
            {"split_feature": 0, "threshold": 5, "left_child": 1, "right_child": 2, "number_samples": 100},
            {"split_feature": 1, "threshold": 0.5, "left_child": 3, "right_child": 4, "number_samples": 40},
            {"split_feature": 2, "threshold": 0.5, "left_child": 5, "right_child": 6, "number_samples": 60},
            {"leaf_value": 1.0, "number_samples": 10},
            {"leaf_value": 2.0, "number_samples": 30},
            {"leaf_value": -1.0, "number_samples": 20},
            {"leaf_value": 4.0, "number_samples": 40},
        ],
    });
    let definition = json!({
        "preprocessors": [{"one_hot_encoding": {"field": "c", "hot_map": {"x": "c_x", "y": "c_y"}}}],
        "trained_model": {"tree": tree},
    });
    let mean = (1.0 * 10.0 + 2.0 * 30.0 - 20.0 + 4.0 * 40.0) / 100.0;
    let options = json!({"regression": {"num_top_feature_importance_values": 5}});
    let model = model(&["a", "c"], &options, &definition);
    for document in [
        json!({"a": 1, "c": "x"}),
        json!({"a": 9, "c": "y"}),
        json!({"a": 9, "c": "z"}),
    ] {
        let result = infer(&model, &document).unwrap();
        let importances = result["feature_importance"].as_array().unwrap();
        // The two columns are given back to their field.
        let names: Vec<&str> = importances
            .iter()
            .map(|one| one["feature_name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.contains(&"a") && names.contains(&"c"), "{names:?}");
        let sum: f64 = importances
            .iter()
            .map(|one| one["importance"].as_f64().unwrap())
            .sum();
        let value = result["predicted_value"].as_f64().unwrap();
        assert!(
            (sum - (value - mean)).abs() < 1e-12,
            "{document}: {sum} for {}",
            value - mean
        );
    }
}
