//! In which order the documents of an index came in: which went through the
//! pipeline, and which of the others came in since.

use serde_json::Value;

/// How many documents of one index that hold no result are kept to be tried.
const KEPT: usize = 50;

/// Where a document stands among the newest ones, and the time that it bears.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) place: usize,
    pub(super) time: Value,
}

/// A document that does not show that it went through the pipeline.
#[derive(Debug)]
pub(super) struct Untouched {
    moment: Moment,
    pub(super) document: Value,
}

/// The documents of one index or data stream, met the newest first.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// The newest that went through the pipeline.
    newest: Option<Moment>,
    /// The place of the oldest that did.
    oldest: usize,
    /// The newest of the others.
    pub(super) untouched: Vec<Untouched>,
}

impl Course {
    /// Takes note of a document that went through the pipeline.
    pub(super) fn passed(&mut self, moment: Moment) {
        self.oldest = moment.place;
        self.newest.get_or_insert(moment);
    }

    /// Takes note of one that does not show it. `document` gives it as `_simulate`
    /// takes it.
    pub(super) fn untouched(&mut self, moment: Moment, document: impl FnOnce() -> Value) {
        if self.untouched.len() < KEPT {
            let document = document();
            self.untouched.push(Untouched { moment, document });
        }
    }

    /// Whether nothing went through the pipeline since `one` came in. Of those that
    /// bear the same time nobody knows which was first.
    pub(super) fn is_newest(&self, one: &Untouched) -> bool {
        self.newest
            .as_ref()
            .is_none_or(|newest| one.moment.place < newest.place && one.moment.time != newest.time)
    }

    /// Whether something went through the pipeline before and after `one`.
    pub(super) fn is_between(&self, one: &Untouched) -> bool {
        let newest = self.newest.as_ref();
        newest.is_some_and(|newest| newest.place < one.moment.place)
            && one.moment.place < self.oldest
    }
}

/// What documents are sent to that come to lie in `index`: the data stream whose
/// backing index it is (`.ds-NAME-yyyy.MM.dd-NNNNNN`, before 7.11 without the date),
/// else the index itself.
pub(super) fn home(index: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let backing = index.strip_prefix(".ds-");
    let Some((rest, generation)) = backing.and_then(|rest| rest.rsplit_once('-')) else {
        return index;
    };
    match rest.rsplit_once('-') {
        _ if !is_number(generation) => index,
        Some((name, date)) if date.split('.').count() == 3 && date.split('.').all(is_number) => {
            name
        }
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Course, Moment, home};

    /// How many documents of `line` came in since the last that went through the
    /// pipeline, and how many between two such: `E` is one of these; the newest first.
    fn told(line: &str) -> (usize, usize) {
        let mut course = Course::default();
        for (place, letter) in line.chars().enumerate() {
            let time = json!(place);
            match letter {
                'E' => course.passed(Moment { place, time }),
                _ => course.untouched(Moment { place, time }, || Value::Null),
            }
        }
        let all = || course.untouched.iter();
        (
            all().filter(|one| course.is_newest(one)).count(),
            all().filter(|one| course.is_between(one)).count(),
        )
    }

    #[test]
    fn the_order_tells_whether_the_pipeline_is_in_use() {
        for (line, expected) in [
            ("nn", (2, 0)),
            ("Enn", (0, 0)),
            ("nE", (1, 0)),
            ("nnEnnEn", (2, 2)),
        ] {
            assert_eq!(told(line), expected, "{line}");
        }
        // At the same time as one that went through it.
        let mut course = Course::default();
        let at = |place| Moment {
            place,
            time: json!("2026-03-01"),
        };
        course.untouched(at(0), || Value::Null);
        course.passed(at(1));
        assert!(!course.untouched.iter().any(|one| course.is_newest(one)));
    }

    #[test]
    fn backing_indices_belong_to_their_data_stream() {
        for (index, expected) in [
            (".ds-logs-dns-default-2026.03.01-000002", "logs-dns-default"),
            ("packetbeat-2026.03.01", "packetbeat-2026.03.01"),
            (".ds-logs-dns-default-000002", "logs-dns-default"),
            (".ds-odd", ".ds-odd"),
            (".ds-a-b-c", ".ds-a-b-c"),
        ] {
            assert_eq!(home(index), expected);
        }
    }
}
