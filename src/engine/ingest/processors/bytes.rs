//! Sizes such as `2kb` (`org.elasticsearch.common.unit.ByteSizeValue`).

use crate::engine::failure::Failure;
use crate::engine::ingest::config::parse_failure;
use crate::engine::ingest::number;

const UNITS: [(&str, i64); 11] = [
    ("kb", 1 << 10),
    ("k", 1 << 10),
    ("mb", 1 << 20),
    ("m", 1 << 20),
    ("gb", 1 << 30),
    ("g", 1 << 30),
    ("tb", 1 << 40),
    ("t", 1 << 40),
    ("pb", 1 << 50),
    ("p", 1 << 50),
    ("b", 1),
];

/// The number of bytes.
///
/// # Errors
/// `parse_exception` for other text.
pub(super) fn parse(text: &str, field: &str) -> Result<i64, Failure> {
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(|char| char <= ' ');
    let unit = UNITS
        .iter()
        .find_map(|(unit, size)| lower.strip_suffix(unit).map(|number| (number, *size)));
    let Some((number, size)) = unit else {
        return match lower {
            "-1" => Ok(-1),
            "0" => Ok(0),
            _ => Err(parse_failure(format!(
                "failed to parse setting [{field}] with value [{text}] as a size in bytes: unit is missing or unrecognized"
            ))),
        };
    };
    let number = number.trim_matches(|char| char <= ' ');
    let refuse = |cause| parse_failure(format!("failed to parse [{text}]")).because(cause);
    match number::whole(number, 10, number::LONG) {
        Ok(count) if count < -1 => Err(refuse(Failure::illegal_argument(format!(
            "Values less than -1 bytes are not supported: {count}b"
        )))),
        Ok(count) => count.checked_mul(size).ok_or_else(|| {
            refuse(Failure::illegal_argument(format!(
                "Values greater than {} bytes are not supported: {text}",
                i64::MAX
            )))
        }),
        Err(_) => {
            let count = number::double(number).map_err(refuse)?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "as the server: (long) (double * long)"
            )]
            let total = (count * size as f64) as i64;
            Ok(total)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::parse;

    #[test]
    fn reads_sizes() {
        for (text, bytes) in [
            ("2kb", 2048),
            (" 3 MB ", 3 << 20),
            ("1.5k", 1536),
            ("7b", 7),
            ("0", 0),
            ("-1", -1),
            ("1PB", 1 << 50),
        ] {
            assert_eq!(parse(text, "v").unwrap(), bytes, "{text}");
        }
        for text in ["", "12", "kb", "xkb", "9223372036854775807kb", "-5kb"] {
            assert_eq!(
                parse(text, "v").unwrap_err().kind(),
                "parse_exception",
                "{text}"
            );
        }
    }
}
