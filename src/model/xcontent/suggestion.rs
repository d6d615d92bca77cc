//! "did you mean": the known names that come near an unknown one.

/// What the server appends to `unknown field [x]`: nothing, or
/// ` did you mean [a]?`, or ` did you mean any of [a, b]?`, nearest first.
#[must_use]
pub fn suggestion<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut near: Vec<(f32, &str)> = known
        .map(|name| (similarity(unknown, name), name))
        .filter(|(score, _)| *score > 0.5)
        .collect();
    near.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.cmp(right)));
    let names: Vec<&str> = near.into_iter().map(|(_, name)| name).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!(" did you mean [{only}]?"),
        several => format!(" did you mean any of [{}]?", several.join(", ")),
    }
}

/// One minus the edit distance over the longer length (Lucene's
/// `LevenshteinDistance`).
fn similarity(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<u16>, Vec<u16>) = (a.encode_utf16().collect(), b.encode_utf16().collect());
    let longer = a.len().max(b.len());
    if longer == 0 || longer > 1000 {
        return if longer == 0 { 1.0 } else { 0.0 };
    }
    #[expect(clippy::cast_precision_loss, reason = "lengths below a thousand")]
    let score = 1.0 - edit_distance(&a, &b) as f32 / longer as f32;
    score
}

fn edit_distance(a: &[u16], b: &[u16]) -> usize {
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, left) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        for (corner, right) in above.windows(2).zip(b) {
            let &[diagonal, straight] = corner else { break };
            let replaced = diagonal + usize::from(left != right);
            let beside = current.last().copied().unwrap_or_default();
            current.push(replaced.min(straight + 1).min(beside + 1));
        }
        above = current;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, suggestion};

    #[test]
    fn counts_edits() {
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        for (a, b, edits) in [
            ("", "", 0),
            ("kitten", "sitting", 3),
            ("abc", "", 3),
            ("items", "add_items", 4),
        ] {
            assert_eq!(edit_distance(&units(a), &units(b)), edits, "{a} {b}");
        }
    }

    #[test]
    fn suggests_the_nearest_names_first() {
        let fields = ["filter_id", "description", "add_items", "remove_items"];
        assert_eq!(
            suggestion("items", fields.into_iter()),
            " did you mean [add_items]?"
        );
        assert_eq!(suggestion("colour", fields.into_iter()), "");
        assert_eq!(
            suggestion("ab", ["aba", "abc"].into_iter()),
            " did you mean any of [aba, abc]?"
        );
    }
}
