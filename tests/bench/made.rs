//! Made-up models of the size of published ones.

use serde_json::{Value, json};

/// Numbers that look random and are the same every time (a linear congruential
/// generator).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 40).unwrap_or(0) % bound
    }

    /// From 0 to 1 in steps of a millionth.
    pub(crate) fn share(&mut self) -> f64 {
        f64::from(self.below(1_000_000)) / 1e6
    }
}

/// What a model has.
pub(crate) struct Size {
    pub(crate) trees: usize,
    pub(crate) splits: usize,
    pub(crate) features: u32,
    /// Frequency encodings, and how many values each knows
    pub(crate) encodings: (u32, u32),
}

/// 291 trees with some 28,000 nodes, 339 features, 183 of them encoded: the shape
/// of the largest published model; 12 MB of JSON.
pub(crate) const LARGE: Size = Size {
    trees: 291,
    splits: 48,
    features: 339,
    encodings: (183, 1_900),
};

/// The fields that a model of that size reads.
pub(crate) fn fields(size: &Size) -> Vec<String> {
    (0..size.features)
        .map(|number| format!("f.field_{number}"))
        .collect()
}

/// A definition of that size.
pub(crate) fn definition(size: &Size) -> Value {
    let mut dice = Dice::new(7);
    let encoded = size.encodings.0;
    let names: Vec<String> = (0..size.features)
        .map(|number| {
            if number < encoded {
                format!("frequency_{number}")
            } else {
                format!("f.field_{number}")
            }
        })
        .collect();
    let preprocessors: Vec<Value> = (0..encoded)
        .map(|number| {
            let map: serde_json::Map<String, Value> = (0..size.encodings.1)
                .map(|value| (format!("value-{value}"), dice.share().into()))
                .collect();
            json!({"frequency_encoding": {
                "field": format!("f.field_{number}"),
                "feature_name": format!("frequency_{number}"),
                "frequency_map": map,
            }})
        })
        .collect();
    let trees: Vec<Value> = (0..size.trees)
        .map(|_| json!({"tree": tree(size, &names, &mut dice)}))
        .collect();
    json!({
        "preprocessors": preprocessors,
        "trained_model": {"ensemble": {
            "feature_names": names,
            "trained_models": trees,
            "aggregate_output": {"logistic_regression": {}},
            "target_type": "classification",
            "classification_labels": ["0", "1"],
        }},
    })
}

/// Every split is put under a leaf that was chosen by chance.
fn tree(size: &Size, names: &[String], dice: &mut Dice) -> Value {
    let leaf = |dice: &mut Dice| json!({"leaf_value": dice.share() - 0.5, "number_samples": 10});
    let mut nodes = vec![leaf(dice)];
    let mut leaves = vec![0];
    for _ in 0..size.splits {
        let chosen = dice.below(u32::try_from(leaves.len()).unwrap()) as usize;
        let place = leaves.swap_remove(chosen);
        let left = nodes.len();
        nodes[place] = json!({
            "node_index": place, "decision_type": "lt", "threshold": dice.share(),
            "split_feature": dice.below(size.features), "left_child": left, "right_child": left + 1,
            "default_left": true, "number_samples": 100,
        });
        nodes.extend([leaf(dice), leaf(dice)]);
        leaves.extend([left, left + 1]);
    }
    json!({"feature_names": names, "tree_structure": nodes})
}
