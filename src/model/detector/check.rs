//! What the server checks of a detector, in its order (`Detector.Builder.build`).

use super::super::failure::Failure;
use super::{Detector, Family, Function};

/// Checks a whole detector.
///
/// # Errors
/// The first refusal that the server would give: 400 `status_exception`.
pub fn check(detector: &Detector) -> Result<(), Failure> {
    needed_fields(detector)?;
    let fields = [
        &detector.field,
        &detector.by,
        &detector.over,
        &detector.partition,
    ];
    for field in fields.into_iter().flatten() {
        field_name(field)?;
    }
    rules(detector)?;
    distinct_fields(detector)?;
    reserved_names(detector)
}

fn is_set(field: Option<&String>) -> bool {
    field.is_some_and(|name| !name.is_empty())
}

fn refuse(reason: impl Into<String>) -> Result<(), Failure> {
    Err(Failure::bad_request(reason))
}

fn needed_fields(detector: &Detector) -> Result<(), Failure> {
    let (field, by, over) = (
        is_set(detector.field.as_ref()),
        is_set(detector.by.as_ref()),
        is_set(detector.over.as_ref()),
    );
    let family = detector.function.map(Function::family);
    let is_without_field = matches!(
        family,
        Some(Family::Count | Family::NonZeroCount | Family::Time)
    );
    if !field && !by && !over && !is_without_field {
        return refuse(
            "Unless a count or temporal function is used one of field_name, by_field_name or over_field_name must be set",
        );
    }
    let function = detector.function.map_or("null", Function::name);
    if !field && family == Some(Family::Field) {
        return refuse(format!(
            "field_name must be set when the '{function}' function is used"
        ));
    }
    if field && family != Some(Family::Field) {
        return refuse(format!(
            "field_name cannot be used with function '{function}'"
        ));
    }
    if !by && matches!(family, Some(Family::Rare | Family::FrequentlyRare)) {
        return refuse(format!(
            "by_field_name must be set when the '{function}' function is used"
        ));
    }
    if !over && family == Some(Family::FrequentlyRare) {
        return refuse(format!(
            "over_field_name must be set when the '{function}' function is used"
        ));
    }
    if over && family == Some(Family::NonZeroCount) {
        return refuse(format!(
            "over_field_name cannot be used with function '{function}'"
        ));
    }
    Ok(())
}

/// Refuses a field name that the native process could not take.
///
/// # Errors
/// 400 for quotes, backslashes and control characters, and for a lone full stop.
pub fn field_name(name: &str) -> Result<(), Failure> {
    if name
        .chars()
        .any(|c| matches!(c, '"' | '\\') || c.is_control())
    {
        return refuse(format!(
            "Invalid field name '{name}'. Field names including over, by and partition fields cannot contain any of these characters: \",\\"
        ));
    }
    if name == "." {
        return refuse(format!(
            "Invalid field name '{name}'. Field names including over, by and partition fields cannot be '.'"
        ));
    }
    Ok(())
}

fn rules(detector: &Detector) -> Result<(), Failure> {
    let available: Vec<&str> = detector.entity_fields().collect();
    for rule in &detector.rules {
        let function = detector.function.map_or("metric", Function::name);
        let takes_values = detector
            .function
            .is_some_and(Function::has_conditions_on_values);
        if rule.shows_condition_on_value() && !takes_values {
            return refuse(format!(
                "Invalid detector rule: function {function} only supports conditions that apply to time"
            ));
        }
        rule.scope.check(&available)?;
    }
    Ok(())
}

fn distinct_fields(detector: &Detector) -> Result<(), Failure> {
    for (first, second, one, other) in [
        (
            "partition_field_name",
            "by_field_name",
            &detector.partition,
            &detector.by,
        ),
        (
            "partition_field_name",
            "over_field_name",
            &detector.partition,
            &detector.over,
        ),
        (
            "by_field_name",
            "over_field_name",
            &detector.by,
            &detector.over,
        ),
    ] {
        match one {
            Some(name) if !name.is_empty() && one == other => {
                return refuse(format!("{first} and {second} cannot be the same: '{name}'"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn reserved_names(detector: &Detector) -> Result<(), Failure> {
    for reserved in ["count", "by", "over"] {
        for (key, field) in [
            ("by_field_name", &detector.by),
            ("over_field_name", &detector.over),
        ] {
            if field.as_deref() == Some(reserved) {
                return refuse(format!("'{reserved}' is not a permitted value for {key}"));
            }
        }
    }
    Ok(())
}
