//! Sizes as Elasticsearch writes them: `1gb`, `512mb`, `1024b`.

use super::failure::Failure;
use super::java;

/// A number of a binary unit (`ByteSizeValue` in Elasticsearch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize {
    count: i64,
    power: u32,
}

const SUFFIXES: [&str; 6] = ["b", "kb", "mb", "gb", "tb", "pb"];
const SHORT: [&str; 6] = ["b", "k", "m", "g", "t", "p"];

impl ByteSize {
    /// A number of mebibytes.
    #[must_use]
    pub const fn mebibytes(count: i64) -> Self {
        Self { count, power: 2 }
    }

    /// Reads what a body says for the field `setting`.
    ///
    /// # Errors
    /// What the server answers to a text without a unit, or without a number.
    pub fn parse(text: &str, setting: &str) -> Result<Self, Failure> {
        let lower = text.to_lowercase();
        let lower = lower.trim();
        let unit = (1..6_usize)
            .find_map(|power| {
                let suffixes = [SHORT.get(power)?, SUFFIXES.get(power)?];
                suffixes
                    .iter()
                    .find_map(|suffix| Some((power, lower.strip_suffix(**suffix)?)))
            })
            .or_else(|| Some((0, lower.strip_suffix('b')?)));
        match unit {
            Some((power, number)) => Self::of(text, number.trim(), power),
            None if lower == "-1" => Ok(Self {
                count: -1,
                power: 0,
            }),
            None if lower == "0" => Ok(Self { count: 0, power: 0 }),
            None => Err(Failure::new(
                400,
                "parse_exception",
                format!(
                    "failed to parse setting [{setting}] with value [{text}] as a size in bytes: unit is missing or unrecognized"
                ),
            )),
        }
    }

    fn of(text: &str, number: &str, power: usize) -> Result<Self, Failure> {
        let power = u32::try_from(power).unwrap_or_default();
        if let Ok(count) = number.parse::<i64>() {
            return Ok(Self { count, power });
        }
        match java::parse_double(number) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the server cuts fractions off in the same way"
            )]
            Some(fraction) => Ok(Self {
                count: (fraction * 1024_f64.powi(i32::try_from(power).unwrap_or_default())) as i64,
                power: 0,
            }),
            None => Err(
                Failure::new(400, "parse_exception", format!("failed to parse [{text}]")).because(
                    Failure::new(400, "number_format_exception", java::number_refusal(number)),
                ),
            ),
        }
    }

    /// The whole number of bytes.
    #[must_use]
    pub fn bytes(self) -> i64 {
        self.count.saturating_mul(1_i64 << (10 * self.power))
    }

    /// The whole mebibytes in it.
    #[must_use]
    pub fn as_mebibytes(self) -> i64 {
        self.bytes() / (1 << 20)
    }

    /// As stored objects carry it: the number and the unit as they were given.
    #[must_use]
    pub fn text(self) -> String {
        let suffix = SUFFIXES.get(self.power as usize).copied().unwrap_or("b");
        format!("{}{suffix}", self.count)
    }

    /// As messages show it: the largest unit of which there is one, with at most
    /// one decimal.
    #[must_use]
    pub fn readable(self) -> String {
        let bytes = i128::from(self.bytes());
        let power = (0..6_u32)
            .rev()
            .find(|power| bytes >= 1 << (10 * power))
            .unwrap_or(0);
        let suffix = SUFFIXES.get(power as usize).copied().unwrap_or("b");
        let tenths = bytes * 10 / (1 << (10 * power));
        match (tenths / 10, tenths % 10) {
            (whole, 0) => format!("{whole}{suffix}"),
            (whole, tenth) => format!("{whole}.{tenth}{suffix}"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::ByteSize;

    #[test]
    fn sizes_keep_their_text_and_read_well() {
        for (text, stored, readable, mebibytes) in [
            ("1gb", "1gb", "1gb", 1024),
            ("512MB", "512mb", "512mb", 512),
            ("1536m", "1536mb", "1.5gb", 1536),
            ("10b", "10b", "10b", 0),
            ("9999gb", "9999gb", "9.7tb", 10_238_976),
            ("1.5gb", "1610612736b", "1.5gb", 1536),
        ] {
            let size = ByteSize::parse(text, "x").unwrap();
            assert_eq!(
                (size.text(), size.readable(), size.as_mebibytes()),
                (stored.into(), readable.into(), mebibytes)
            );
        }
        for text in ["", "12", "gb", "a lot"] {
            assert_eq!(
                ByteSize::parse(text, "x").unwrap_err().kind(),
                "parse_exception",
                "{text}"
            );
        }
    }
}
