//! What to do about a refusal, by what it says.

/// Parts of reasons and the advice for them; the first that fits counts.
const ADVICE: [(&str, &str); 51] = [
    ("id cannot contain '#'", "rename the script"),
    (
        "expected [script]",
        "put language and source into an object `script`",
    ),
    ("must specify lang", "set script.lang, mostly to painless"),
    ("must specify source", "set script.source"),
    ("unsupported lang", "use painless"),
    (
        "No processor type exists",
        "use a processor that this version has",
    ),
    ("required property is missing", "set that property"),
    (
        "doesn't support one or more provided configuration parameters",
        "remove those keys, or install on a version that knows them",
    ),
    (
        "unable to find script",
        "put the script beside the pipeline",
    ),
    (
        "cannot resolve symbol",
        "declare it, or read it from ctx or params",
    ),
    ("[tree_structure]", "export the model again"),
    (
        "tree] contains",
        "export the model again: its trees do not hold together",
    ),
    (
        "is out of bounds for the [feature_names]",
        "export the model again",
    ),
    (
        "GZIP",
        "export the model again: the compressed definition is damaged",
    ),
    (
        "ZLIB",
        "export the model again: the compressed definition is damaged",
    ),
    (
        "base64",
        "export the model again, without line breaks in the definition",
    ),
    (
        "does not support definition target type",
        "use the inference_config of what the model predicts",
    ),
    ("did you mean", "use the name that the server suggests"),
    (
        "unknown field",
        "remove the key, or install on a version that knows it",
    ),
    (
        "at least scope or a condition",
        "add a scope with a filter, or at least one condition",
    ),
    (
        "scope field",
        "scope by the detector's by, over or partition field; influencers and field_name cannot be used",
    ),
    (
        "only supports conditions that apply to time",
        "use a scope, or conditions that apply to time",
    ),
    (
        "RuleAction",
        "use skip_result, skip_model_update, or (from 8.16) force_time_shift",
    ),
    (
        "FilterType",
        "use include (values in the filter) or exclude (all others)",
    ),
    (
        "AppliesTo",
        "use actual, typical, diff_from_typical or time",
    ),
    ("config.Operator", "use lt, lte, gt or gte"),
    (
        "corresponding parameters are missing",
        "add params.force_time_shift.time_shift_amount, in seconds",
    ),
    (
        "corresponding parameters are present",
        "add force_time_shift to the actions, or remove the params",
    ),
    ("Required [", "add the missing keys"),
    ("For input string", "write a number"),
    (
        "Unknown function",
        "use a function of the anomaly detection guide, in lower case",
    ),
    (
        "one of field_name, by_field_name or over_field_name must be set",
        "set the field that the function works on",
    ),
    ("must be set", "set that key"),
    ("must not be null", "set that key"),
    (
        "cannot be used with function",
        "remove that key, or use another function",
    ),
    ("cannot be the same", "use different fields"),
    (
        "is not a permitted value",
        "rename the field with a runtime field or an alias",
    ),
    (
        "Invalid field name",
        "use a field without quotes, backslashes and control characters",
    ),
    (
        "illegal to set at job creation",
        "remove those keys: the server sets them (exports: exclude_generated=true)",
    ),
    ("illegal to set", "remove those keys: the server sets them"),
    (
        "specified in the body differs",
        "name the object alike in both places",
    ),
    (
        "can contain lowercase alphanumeric",
        "use a-z, 0-9, hyphens, underscores and full stops; begin and end with a letter or digit",
    ),
    ("cannot contain more than 64 characters", "use a shorter id"),
    ("same name", "rename the group"),
    (
        "Duplicate detectors",
        "remove one of them, or give them different descriptions",
    ),
    ("No detectors configured", "add at least one detector"),
    (
        "time_field may not be used",
        "use another field than the one that holds the time",
    ),
    (
        "too many items",
        "split the filter, or cover items by wildcards",
    ),
    (
        "failed to parse [",
        "write a whole number and a unit, such as 15m",
    ),
    (
        "is included in source expression",
        "write to an index that the source does not cover",
    ),
    ("unexpected ", "correct the script at that place"),
];

/// The advice for a reason.
pub(super) fn of(reason: &str) -> &'static str {
    ADVICE
        .iter()
        .find(|(part, _)| reason.contains(part))
        .map_or("correct what the server names", |(_, advice)| advice)
}
