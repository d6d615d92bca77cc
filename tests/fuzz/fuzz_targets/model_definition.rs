//! A model's definition is read, checked, compiled and applied without a panic,
//! whatever the bytes. Run it with
//! `tests/fuzz/run.sh 600 model_definition`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealift::engine::inference::{
    ClassificationOptions, Definition, FieldMap, Model, Options, RegressionOptions, Setup,
    TargetType, Update, parse,
};
use sealift::engine::value::{JavaMap, Value};

fuzz_target!(|json: &[u8]| {
    let _ = parse::strict(json);
    if let Ok(definition) = parse::lenient(json) {
        apply(definition);
    }
});

fn apply(definition: Definition) {
    let options = match definition.model.target() {
        TargetType::Regression => Options::Regression(RegressionOptions {
            num_top_feature_importance_values: 3,
            ..RegressionOptions::default()
        }),
        TargetType::Classification => Options::Classification(ClassificationOptions {
            num_top_classes: -1,
            num_top_feature_importance_values: 3,
            ..ClassificationOptions::default()
        }),
    };
    let names = ["a", "b", "c", "f", "a.b"];
    let setup = Setup {
        id: "m".to_owned(),
        field_names: names.map(str::to_owned).to_vec(),
        default_field_map: Vec::new(),
        options,
    };
    let Ok(model) = Model::new(setup, definition) else {
        return;
    };
    let mut document = JavaMap::new();
    document.put_str("a", Value::Int(5));
    document.put_str("b", Value::str("1e-3"));
    document.put_str("f", Value::str("some text"));
    let _ = model.infer(&document, None, &FieldMap::default(), &Update::default());
}
