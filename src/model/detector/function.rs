//! The functions of a detector, and which fields each family needs
//! (Elasticsearch guide, "Anomaly detection functions").

use super::super::failure::Failure;

/// A function, by its full name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Function(&'static Entry);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Entry {
    name: &'static str,
    shortcut: Option<&'static str>,
    family: Family,
}

/// What a function works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Counts events; needs no field.
    Count,
    /// Counts events in buckets that have some; takes no over field.
    NonZeroCount,
    /// The time of the day or week; needs no field.
    Time,
    /// Computes over the values of `field_name`.
    Field,
    /// Values of the by field that are rare.
    Rare,
    /// Values of the by field that are rare in a population.
    FrequentlyRare,
}

const fn entry(name: &'static str, family: Family) -> Entry {
    Entry {
        name,
        shortcut: None,
        family,
    }
}

const fn short(name: &'static str, shortcut: &'static str, family: Family) -> Entry {
    Entry {
        name,
        shortcut: Some(shortcut),
        family,
    }
}

static FUNCTIONS: [Entry; 38] = [
    entry("count", Family::Count),
    entry("low_count", Family::Count),
    entry("high_count", Family::Count),
    short("non_zero_count", "nzc", Family::NonZeroCount),
    short("low_non_zero_count", "low_nzc", Family::NonZeroCount),
    short("high_non_zero_count", "high_nzc", Family::NonZeroCount),
    short("distinct_count", "dc", Family::Field),
    short("low_distinct_count", "low_dc", Family::Field),
    short("high_distinct_count", "high_dc", Family::Field),
    entry("rare", Family::Rare),
    entry("freq_rare", Family::FrequentlyRare),
    entry("info_content", Family::Field),
    entry("low_info_content", Family::Field),
    entry("high_info_content", Family::Field),
    entry("metric", Family::Field),
    entry("mean", Family::Field),
    entry("low_mean", Family::Field),
    entry("high_mean", Family::Field),
    entry("avg", Family::Field),
    entry("low_avg", Family::Field),
    entry("high_avg", Family::Field),
    entry("median", Family::Field),
    entry("low_median", Family::Field),
    entry("high_median", Family::Field),
    entry("min", Family::Field),
    entry("max", Family::Field),
    entry("sum", Family::Field),
    entry("low_sum", Family::Field),
    entry("high_sum", Family::Field),
    entry("non_null_sum", Family::Field),
    entry("low_non_null_sum", Family::Field),
    entry("high_non_null_sum", Family::Field),
    entry("varp", Family::Field),
    entry("low_varp", Family::Field),
    entry("high_varp", Family::Field),
    entry("time_of_day", Family::Time),
    entry("time_of_week", Family::Time),
    entry("lat_long", Family::Field),
];

impl Function {
    /// The function of a name or of its abbreviation (`nzc`, `dc`, …).
    ///
    /// # Errors
    /// 400 when there is none.
    pub fn parse(name: &str) -> Result<Self, Failure> {
        FUNCTIONS
            .iter()
            .find(|entry| entry.name == name || entry.shortcut == Some(name))
            .map(Self)
            .ok_or_else(|| Failure::illegal_argument(format!("Unknown function '{name}'")))
    }

    /// All functions.
    pub fn all() -> impl Iterator<Item = Self> {
        FUNCTIONS.iter().map(Self)
    }

    /// The full name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it works on.
    #[must_use]
    pub fn family(self) -> Family {
        self.0.family
    }

    /// Whether its rules may look at actual and typical values. `lat_long` has
    /// two of them, `metric` stands for several, and those of the rare functions
    /// mean nothing to a reader.
    #[must_use]
    pub fn has_conditions_on_values(self) -> bool {
        !matches!(self.name(), "lat_long" | "metric" | "rare" | "freq_rare")
    }
}

impl std::fmt::Display for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Family, Function};

    #[test]
    fn functions_are_found_by_name_and_by_abbreviation() {
        assert_eq!(
            Function::parse("high_dc").unwrap().name(),
            "high_distinct_count"
        );
        assert_eq!(
            Function::parse("nzc").unwrap().family(),
            Family::NonZeroCount
        );
        for function in Function::all() {
            assert_eq!(Function::parse(function.name()).unwrap(), function);
        }
        for unknown in ["", "COUNT", "sum_of_all", "high_count "] {
            assert_eq!(
                Function::parse(unknown).unwrap_err().reason(),
                format!("Unknown function '{unknown}'")
            );
        }
    }
}
