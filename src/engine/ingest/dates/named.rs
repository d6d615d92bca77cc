//! The named formats of Elasticsearch ("Built-in formats" of the mapping
//! parameter `format`) as patterns.

use super::pattern::{
    BARE_OFFSET, COMMA_FRACTION, EPOCH_MILLIS, EPOCH_SECONDS, FRACTION, ZONE_OR_OFFSET,
};

/// The patterns of a named format, which are tried in this order. `strict_` and
/// lenient forms differ in how many digits their numbers need.
pub(super) fn patterns(name: &str) -> Option<Vec<String>> {
    match name {
        "epoch_millis" => return Some(vec![EPOCH_MILLIS.to_string()]),
        "epoch_second" => return Some(vec![EPOCH_SECONDS.to_string()]),
        "iso8601" => {
            return Some(vec![format!(
                "uuuu[-MM[-dd]]['T'[HH[:mm[:ss[{FRACTION}][,{COMMA_FRACTION}]]][{ZONE_OR_OFFSET}][{BARE_OFFSET}]]]"
            )]);
        }
        _ => {}
    }
    let strict = name.strip_prefix("strict_");
    let base = strict.unwrap_or(name);
    let basic = base.starts_with("basic_");
    let shapes = shapes(base)?;
    Some(
        shapes
            .iter()
            .flat_map(|shape| zoned(shape))
            .map(|shape| {
                if strict.is_some() || basic {
                    shape
                } else {
                    lenient(&shape)
                }
            })
            .collect(),
    )
}

/// `<z>` is a required offset, `<f>` a fraction with its point, `<o>` the whole
/// optional time of `date_optional_time`.
fn shapes(base: &str) -> Option<Vec<&'static str>> {
    Some(match base {
        "date_optional_time" | "date_optional_time_nanos" => {
            vec!["uuuu[-MM[-dd['T'[HH[:mm[:ss[<f>][,<c>]]]][<i>][<b>]]]]"]
        }
        "date_time" => vec!["uuuu-MM-dd'T'HH:mm:ss[<f>]<z>"],
        "date_time_no_millis" => vec!["uuuu-MM-dd'T'HH:mm:ss<z>"],
        "date" | "year_month_day" => vec!["uuuu-MM-dd"],
        "year_month" => vec!["uuuu-MM"],
        "year" => vec!["uuuu"],
        "date_hour" => vec!["uuuu-MM-dd'T'HH"],
        "date_hour_minute" => vec!["uuuu-MM-dd'T'HH:mm"],
        "date_hour_minute_second" => vec!["uuuu-MM-dd'T'HH:mm:ss"],
        "date_hour_minute_second_millis" | "date_hour_minute_second_fraction" => {
            vec!["uuuu-MM-dd'T'HH:mm:ss<f>"]
        }
        "hour" => vec!["HH"],
        "hour_minute" => vec!["HH:mm"],
        "hour_minute_second" => vec!["HH:mm:ss"],
        "hour_minute_second_millis" | "hour_minute_second_fraction" => vec!["HH:mm:ss<f>"],
        "time" => vec!["HH:mm:ss<f><z>"],
        "time_no_millis" => vec!["HH:mm:ss<z>"],
        "t_time" => vec!["'T'HH:mm:ss<f><z>"],
        "t_time_no_millis" => vec!["'T'HH:mm:ss<z>"],
        "ordinal_date" => vec!["uuuu-DDD"],
        "ordinal_date_time" => vec!["uuuu-DDD'T'HH:mm:ss<f><z>"],
        "ordinal_date_time_no_millis" => vec!["uuuu-DDD'T'HH:mm:ss<z>"],
        "week_date" | "weekyear_week_day" => vec!["YYYY-'W'ww-e"],
        "week_date_time" => vec!["YYYY-'W'ww-e'T'HH:mm:ss<f><z>"],
        "week_date_time_no_millis" => vec!["YYYY-'W'ww-e'T'HH:mm:ss<z>"],
        "weekyear_week" => vec!["YYYY-'W'ww"],
        "weekyear" | "week_year" => vec!["YYYY"],
        "basic_date" => vec!["uuuuMMdd"],
        "basic_date_time" => vec!["uuuuMMdd'T'HHmmss<f><z>"],
        "basic_date_time_no_millis" => vec!["uuuuMMdd'T'HHmmss<z>"],
        "basic_time" => vec!["HHmmss<f><z>"],
        "basic_time_no_millis" => vec!["HHmmss<z>"],
        "basic_t_time" => vec!["'T'HHmmss<f><z>"],
        "basic_t_time_no_millis" => vec!["'T'HHmmss<z>"],
        "basic_ordinal_date" => vec!["uuuuDDD"],
        "basic_ordinal_date_time" => vec!["uuuuDDD'T'HHmmss<f><z>"],
        "basic_ordinal_date_time_no_millis" => vec!["uuuuDDD'T'HHmmss<z>"],
        "basic_week_date" => vec!["YYYY'W'wwe"],
        "basic_week_date_time" => vec!["YYYY'W'wwe'T'HHmmss<f><z>"],
        "basic_week_date_time_no_millis" => vec!["YYYY'W'wwe'T'HHmmss<z>"],
        _ => return None,
    })
}

/// A shape with its marks filled in. An offset is tried with a colon and
/// without.
fn zoned(shape: &str) -> Vec<String> {
    let filled = shape
        .replace("<f>", &FRACTION.to_string())
        .replace("<c>", &COMMA_FRACTION.to_string())
        .replace("<i>", &ZONE_OR_OFFSET.to_string())
        .replace("<b>", &BARE_OFFSET.to_string());
    if filled.contains("<z>") {
        [ZONE_OR_OFFSET, BARE_OFFSET]
            .map(|zone| filled.replace("<z>", &zone.to_string()))
            .to_vec()
    } else {
        vec![filled]
    }
}

/// The pattern with numbers of open width, `2020-8-1` as well as `2020-08-01`.
fn lenient(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut quoted = false;
    let mut last = None;
    for char in pattern.chars() {
        quoted ^= char == '\'';
        let repeats = last == Some(char) && char.is_ascii_alphabetic() && !quoted;
        if !repeats || char == 'u' || char == 'Y' {
            out.push(char);
        }
        last = Some(char);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::patterns;

    #[test]
    fn finds_named_formats() {
        assert_eq!(patterns("strict_date").unwrap(), ["uuuu-MM-dd"]);
        assert_eq!(patterns("date").unwrap(), ["uuuu-M-d"]);
        assert_eq!(patterns("basic_date").unwrap(), ["uuuuMMdd"]);
        assert_eq!(patterns("date_time").unwrap().len(), 2);
        assert_eq!(patterns("yyyy-MM-dd"), None);
    }
}
