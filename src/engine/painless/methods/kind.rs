//! General categories of characters.

use std::sync::LazyLock;

use crate::engine::regex::Regex;

/// The categories of Unicode, their numbers in Java, and their names there.
pub(super) static KINDS: &[(&str, i8)] = &[
    ("Lu", 1),
    ("Ll", 2),
    ("Lt", 3),
    ("Lm", 4),
    ("Lo", 5),
    ("Mn", 6),
    ("Me", 7),
    ("Mc", 8),
    ("Nd", 9),
    ("Nl", 10),
    ("No", 11),
    ("Zs", 12),
    ("Zl", 13),
    ("Zp", 14),
    ("Cc", 15),
    ("Cf", 16),
    ("Co", 18),
    ("Pd", 20),
    ("Ps", 21),
    ("Pe", 22),
    ("Pc", 23),
    ("Po", 24),
    ("Sm", 25),
    ("Sc", 26),
    ("Sk", 27),
    ("So", 28),
    ("Pi", 29),
    ("Pf", 30),
];

static CLASSES: LazyLock<Vec<(Regex, i8)>> = LazyLock::new(|| {
    let class = |(name, number): &(&str, i8)| {
        let regex = Regex::raw(&format!("^\\p{{{name}}}")).ok()?;
        Some((regex, *number))
    };
    KINDS.iter().filter_map(class).collect()
});

/// `Character.getType()`: 19 for surrogates, 0 for what is not assigned.
pub(super) fn kind(point: i32) -> i8 {
    let Ok(point) = u32::try_from(point) else {
        return 0;
    };
    if (0xd800..0xe000).contains(&point) {
        return 19;
    }
    let Some(c) = char::from_u32(point) else {
        return 0;
    };
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    let found = CLASSES
        .iter()
        .find(|(regex, _)| matches!(regex.find_from(text, 0), Ok(Some(_))));
    found.map_or(0, |(_, number)| *number)
}
