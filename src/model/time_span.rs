//! Time spans as Elasticsearch writes them: `15m`, `1h`, `60000ms`.

use super::failure::Failure;
use super::java;

/// A whole number of a unit (`TimeValue` in Elasticsearch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    count: i64,
    unit: Unit,
}

/// The units, from the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Nanos,
    Micros,
    Millis,
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    /// Suffixes in the order in which the server tries them.
    const ALL: [Self; 7] = [
        Self::Nanos,
        Self::Micros,
        Self::Millis,
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::Days,
    ];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Nanos => "nanos",
            Self::Micros => "micros",
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Minutes => "m",
            Self::Hours => "h",
            Self::Days => "d",
        }
    }

    const fn nanos(self) -> i128 {
        match self {
            Self::Nanos => 1,
            Self::Micros => 1_000,
            Self::Millis => 1_000_000,
            Self::Seconds => 1_000_000_000,
            Self::Minutes => 60_000_000_000,
            Self::Hours => 3_600_000_000_000,
            Self::Days => 86_400_000_000_000,
        }
    }
}

impl TimeSpan {
    /// A number of milliseconds.
    #[must_use]
    pub const fn millis(count: i64) -> Self {
        Self {
            count,
            unit: Unit::Millis,
        }
    }

    /// A number of minutes.
    #[must_use]
    pub const fn minutes(count: i64) -> Self {
        Self {
            count,
            unit: Unit::Minutes,
        }
    }

    /// A number of seconds, in the largest unit that holds it whole.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        let unit = Unit::ALL
            .into_iter()
            .rev()
            .take(4)
            .find(|unit| i128::from(seconds) * Unit::Seconds.nanos() % unit.nanos() == 0)
            .unwrap_or(Unit::Seconds);
        let count = i128::from(seconds) * Unit::Seconds.nanos() / unit.nanos();
        Self {
            count: i64::try_from(count).unwrap_or(i64::MAX),
            unit,
        }
    }

    /// Reads what a body says for the field `setting`.
    ///
    /// # Errors
    /// What the server answers to a text without a unit, or without a whole number.
    pub fn parse(text: &str, setting: &str) -> Result<Self, Failure> {
        let normalized = text.to_lowercase();
        let normalized = normalized.trim();
        // A capital M stands for months elsewhere, so minutes are case-sensitive.
        let found = Unit::ALL.into_iter().find(|unit| match unit {
            Unit::Minutes => text.ends_with('m'),
            _ => normalized.ends_with(unit.suffix()),
        });
        let Some(unit) = found else {
            return Self::without_unit(text, normalized, setting);
        };
        let number = normalized
            .strip_suffix(unit.suffix())
            .unwrap_or_default()
            .trim();
        match number.parse::<i64>() {
            Ok(count) if count < -1 => Err(Failure::illegal_argument(format!(
                "failed to parse setting [{setting}] with value [{text}] as a time value: negative durations are not supported"
            ))),
            Ok(count) => Ok(Self { count, unit }),
            Err(_) => {
                let cause =
                    Failure::new(400, "number_format_exception", java::number_refusal(number));
                let fraction = java::parse_double(number).is_some();
                let addition = if fraction {
                    ", fractional time values are not supported"
                } else {
                    ""
                };
                Err(
                    Failure::illegal_argument(format!("failed to parse [{text}]{addition}"))
                        .because(cause),
                )
            }
        }
    }

    fn without_unit(text: &str, normalized: &str, setting: &str) -> Result<Self, Failure> {
        let zeros = normalized.trim_start_matches('0');
        if zeros.is_empty() && !normalized.is_empty() {
            return Ok(Self {
                count: 0,
                unit: Unit::Nanos,
            });
        }
        if normalized
            .strip_prefix('-')
            .is_some_and(|rest| rest.trim_start_matches('0') == "1")
        {
            return Ok(Self {
                count: -1,
                unit: Unit::Millis,
            });
        }
        Err(Failure::illegal_argument(format!(
            "failed to parse setting [{setting}] with value [{text}] as a time value: unit is missing or unrecognized"
        )))
    }

    fn nanos(self) -> i128 {
        i128::from(self.count) * self.unit.nanos()
    }

    /// The whole seconds in it.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::try_from(self.nanos() / Unit::Seconds.nanos()).unwrap_or(i64::MAX)
    }

    /// The whole milliseconds in it.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        i64::try_from(self.nanos() / Unit::Millis.nanos()).unwrap_or(i64::MAX)
    }

    /// As stored objects carry it: the number and the unit as they were given.
    #[must_use]
    pub fn text(self) -> String {
        if self.count < 0 {
            return self.count.to_string();
        }
        format!("{}{}", self.count, self.unit.suffix())
    }

    /// As messages show it: the largest unit of which there is one, with at most
    /// one decimal.
    #[must_use]
    pub fn readable(self) -> String {
        if self.count < 0 {
            return self.count.to_string();
        }
        let nanos = self.nanos();
        if nanos == 0 {
            return "0s".to_owned();
        }
        let unit = Unit::ALL
            .into_iter()
            .rev()
            .find(|unit| nanos >= unit.nanos())
            .unwrap_or(Unit::Nanos);
        let tenths = nanos * 10 / unit.nanos();
        match (tenths / 10, tenths % 10) {
            (whole, 0) => format!("{whole}{}", unit.suffix()),
            (whole, tenth) => format!("{whole}.{tenth}{}", unit.suffix()),
        }
    }

    /// Refuses a span of the field `field` that is not a positive whole number of
    /// seconds.
    ///
    /// # Errors
    /// What the server answers to it.
    pub fn positive_seconds(self, field: &str) -> Result<Self, Failure> {
        if self.nanos() <= 0 {
            let value = self.readable();
            return Err(Failure::illegal_argument(format!(
                "{field} cannot be less or equal than 0. Value = {value}"
            )));
        }
        self.multiple_of(Unit::Seconds, field)
    }

    /// Refuses a span of the field `field` that is negative or no whole number
    /// of seconds.
    ///
    /// # Errors
    /// What the server answers to it.
    pub fn whole_seconds(self, field: &str) -> Result<Self, Failure> {
        self.not_negative(field)?.multiple_of(Unit::Seconds, field)
    }

    /// Refuses a span of the field `field` that is negative or no whole number
    /// of milliseconds.
    ///
    /// # Errors
    /// What the server answers to it.
    pub fn whole_millis(self, field: &str) -> Result<Self, Failure> {
        self.not_negative(field)?.multiple_of(Unit::Millis, field)
    }

    fn not_negative(self, field: &str) -> Result<Self, Failure> {
        if self.nanos() >= 0 {
            return Ok(self);
        }
        let value = self.readable();
        Err(Failure::illegal_argument(format!(
            "{field} cannot be less than 0. Value = {value}"
        )))
    }

    fn multiple_of(self, base: Unit, field: &str) -> Result<Self, Failure> {
        if self.nanos() % base.nanos() == 0 {
            return Ok(self);
        }
        Err(Failure::illegal_argument(format!(
            "{field} has to be a multiple of 1{}; actual was '{}'",
            base.suffix(),
            self.readable()
        )))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::TimeSpan;

    #[test]
    fn spans_keep_their_text_and_read_well() {
        for (text, stored, readable, seconds) in [
            ("5m", "5m", "5m", 300),
            ("90m", "90m", "1.5h", 5400),
            (" 15M m", "", "", 0),
            ("1d", "1d", "1d", 86_400),
            ("1500ms", "1500ms", "1.5s", 1),
            ("0", "0nanos", "0s", 0),
            ("2H", "2h", "2h", 7200),
        ] {
            match TimeSpan::parse(text, "x") {
                Ok(span) => assert_eq!(
                    (span.text(), span.readable(), span.seconds()),
                    (stored.into(), readable.into(), seconds)
                ),
                Err(_) => assert!(stored.is_empty(), "{text}"),
            }
        }
        assert_eq!(TimeSpan::from_seconds(2_592_000).text(), "30d");
        assert_eq!(TimeSpan::from_seconds(5400).text(), "90m");
    }

    #[test]
    fn refusals_are_worded_as_the_server_words_them() {
        let refusal = |text: &str| TimeSpan::parse(text, "bucket_span").unwrap_err();
        assert_eq!(refusal("5 apples").reason(), "failed to parse [5 apples]");
        assert_eq!(
            refusal("5 apples").cause().unwrap().reason(),
            "For input string: \"5 apple\""
        );
        assert_eq!(
            refusal("1.5h").reason(),
            "failed to parse [1.5h], fractional time values are not supported"
        );
        assert!(
            refusal("15")
                .reason()
                .ends_with("unit is missing or unrecognized")
        );
        let span = TimeSpan::parse("1500ms", "bucket_span").unwrap();
        assert_eq!(
            span.positive_seconds("bucket_span").unwrap_err().reason(),
            "bucket_span has to be a multiple of 1s; actual was '1.5s'"
        );
    }
}
