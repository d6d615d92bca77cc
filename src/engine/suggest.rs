//! "Did you mean": the candidates that the server proposes for an unknown name.

/// What the server appends to "unknown field": ` did you mean [a]?`,
/// ` did you mean any of [a, b]?`, or nothing. A candidate counts when more than
/// half of the longer name stays (Lucene's `LevenshteinDistance` above 0.5); the
/// nearest comes first, equals in the order of their names.
#[must_use]
pub fn did_you_mean(unknown: &str, candidates: &[&str]) -> String {
    let mut scored: Vec<(f32, &str)> = candidates
        .iter()
        .map(|candidate| (similarity(unknown, candidate), *candidate))
        .filter(|(score, _)| *score > 0.5)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let names: Vec<&str> = scored.into_iter().map(|(_, name)| name).collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => format!(" did you mean [{name}]?"),
        _ => format!(" did you mean any of [{}]?", names.join(", ")),
    }
}

/// One minus the edit distance over the length of the longer name.
fn similarity(a: &str, b: &str) -> f32 {
    let longer = a.chars().count().max(b.chars().count());
    if longer == 0 {
        return 1.0;
    }
    // Longer than any name that is known anywhere: nothing is near it.
    if longer > 256 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "both are at most 256")]
    let ratio = edit_distance(a, b) as f32 / longer as f32;
    1.0 - ratio
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, above) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *above;
            left = replaced.min(left + 1).min(diagonal + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, edit_distance};

    #[test]
    fn counts_edits() {
        for (a, b, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("a", "b", 1),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(edit_distance(a, b), distance, "{a} {b}");
        }
    }

    #[test]
    fn proposes_what_is_near() {
        for (unknown, candidates, expected) in [
            ("bogus", &["tree", "ensemble"][..], ""),
            (
                "classification_weights",
                &["classification_labels", "target_type"],
                " did you mean [classification_labels]?",
            ),
            (
                "model_type",
                &["tags", "model_id", "doc_type"],
                " did you mean any of [doc_type, model_id]?",
            ),
        ] {
            assert_eq!(did_you_mean(unknown, candidates), expected);
        }
    }
}
