//! What rules would have done to recorded anomalies.

use std::collections::{BTreeMap, HashMap};

use super::detector::{Action, AppliesTo, Detector, Membership, Rule};
use super::filter::Filter;
use super::filter::matcher::Matcher;
use super::job::Job;

mod record;

pub use record::{Record, read_records};

/// The effect of all rules of a job on some records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Records of the job that were looked at.
    pub records: usize,
    /// Records of other jobs, or of detectors that the job does not have.
    pub foreign: usize,
    /// Records that at least one rule would have skipped.
    pub skipped: usize,
    /// Records from which at least one rule would have kept the model.
    pub untaught: usize,
    /// The highest score among the skipped.
    pub highest_skipped: f64,
    /// The kept records of the highest scores, highest first.
    pub kept_examples: Vec<Example>,
    /// What would have become of each record, in their order; nothing for foreign
    /// ones.
    pub fates: Vec<Option<Fate>>,
    /// The effect of each rule.
    pub rules: Vec<RuleEffect>,
}

/// What would have become of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// Whether a rule would have skipped it.
    pub skipped: bool,
    /// Whether a rule would have kept it from the model.
    pub untaught: bool,
    /// The places of the rules that apply, among all rules of the explanation.
    pub rules: Vec<usize>,
}

impl Explanation {
    /// Records that would still be there.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.records.saturating_sub(self.skipped)
    }
}

/// The effect of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleEffect {
    /// The place of its detector in the job.
    pub detector: usize,
    /// Its place in the detector.
    pub rule: usize,
    /// The rule in words.
    pub words: String,
    /// Records of its detector.
    pub seen: usize,
    /// Records for which scope and conditions hold.
    pub matched: usize,
    /// Records for which it is the only rule that skips.
    pub alone: usize,
    /// The highest score among the matched.
    pub highest: f64,
    /// For each scope field, filter and item: how many matched records the item
    /// is responsible for. Filters that a rule excludes have no items here.
    pub items: BTreeMap<(String, String), BTreeMap<String, usize>>,
    /// The matched records of the highest scores, highest first.
    pub examples: Vec<Example>,
}

/// A record in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// When, in milliseconds since 1970.
    pub timestamp: i64,
    /// Its score.
    pub score: f64,
    /// Fields and their values.
    pub entities: Vec<(String, String)>,
}

/// How many examples a rule keeps.
const EXAMPLES: usize = 5;

/// A filter that is prepared, with what it said of values so far.
struct Lookup<'a> {
    filter: &'a Filter,
    matcher: Matcher,
    known: HashMap<String, Vec<u32>>,
}

impl Lookup<'_> {
    /// The items that a value is in.
    fn items(&mut self, value: &str) -> &[u32] {
        if !self.known.contains_key(value) {
            self.known
                .insert(value.to_owned(), self.matcher.matching(value));
        }
        self.known.get(value).map_or(&[], Vec::as_slice)
    }
}

/// A rule at work: its effect so far, and how often each item was responsible.
struct Work<'a> {
    detector: &'a Detector,
    rule: &'a Rule,
    effect: RuleEffect,
    counts: HashMap<(&'a str, u32), usize>,
}

/// What the rules of `job` would have done to `records`. A filter that is not
/// among `filters` counts as empty.
#[must_use]
pub fn explain(job: &Job, filters: &[Filter], records: &[Record<'_>]) -> Explanation {
    let detectors = job
        .analysis
        .as_ref()
        .map_or(&[][..], |analysis| &analysis.detectors);
    let mut lookups: HashMap<&str, Lookup<'_>> = filters
        .iter()
        .map(|filter| (filter.id.as_str(), prepare(filter)))
        .collect();
    let mut works = works(detectors);
    let mut explanation = Explanation::default();
    for record in records {
        let is_own = record
            .job_id
            .as_deref()
            .is_none_or(|id| job.id.as_deref().is_none_or(|own| own == id));
        let detector = detectors.get(record.detector_index).filter(|_| is_own);
        let Some(detector) = detector else {
            explanation.foreign += 1;
            explanation.fates.push(None);
            continue;
        };
        explanation.records += 1;
        let fate = judge(record, &mut works, &mut lookups, &mut explanation);
        if !fate.skipped {
            keep(&mut explanation.kept_examples, detector, record);
        }
        explanation.fates.push(Some(fate));
    }
    explanation.rules = works
        .into_iter()
        .map(|work| work.finish(&lookups))
        .collect();
    explanation
}

fn prepare(filter: &Filter) -> Lookup<'_> {
    Lookup {
        filter,
        matcher: Matcher::new(filter.items().iter().map(String::as_str)),
        known: HashMap::new(),
    }
}

fn works(detectors: &[Detector]) -> Vec<Work<'_>> {
    let mut works = Vec::new();
    for (index, detector) in detectors.iter().enumerate() {
        for (place, rule) in detector.rules.iter().enumerate() {
            works.push(Work {
                detector,
                rule,
                effect: RuleEffect {
                    detector: index,
                    rule: place,
                    words: super::detector::words::of_rule(rule),
                    seen: 0,
                    matched: 0,
                    alone: 0,
                    highest: 0.0,
                    items: BTreeMap::new(),
                    examples: Vec::new(),
                },
                counts: HashMap::new(),
            });
        }
    }
    works
}

fn judge(
    record: &Record<'_>,
    works: &mut [Work<'_>],
    lookups: &mut HashMap<&str, Lookup<'_>>,
    explanation: &mut Explanation,
) -> Fate {
    let (mut skippers, mut last_skipper) = (0_usize, None);
    let mut fate = Fate::default();
    for (place, work) in works.iter_mut().enumerate() {
        if work.effect.detector != record.detector_index {
            continue;
        }
        work.effect.seen += 1;
        if !work.applies(record, lookups) {
            continue;
        }
        fate.rules.push(place);
        if work.rule.actions.contains(&Action::SkipResult) {
            skippers += 1;
            last_skipper = Some(place);
        }
        fate.untaught |= work.rule.actions.contains(&Action::SkipModelUpdate);
    }
    fate.skipped = skippers > 0;
    if fate.skipped {
        explanation.skipped += 1;
        explanation.highest_skipped = explanation.highest_skipped.max(record.record_score);
    }
    if skippers == 1
        && let Some(work) = last_skipper.and_then(|place| works.get_mut(place))
    {
        work.effect.alone += 1;
    }
    explanation.untaught += usize::from(fate.untaught);
    fate
}

/// Keeps a record among the examples, if its score is high enough.
fn keep(examples: &mut Vec<Example>, detector: &Detector, record: &Record<'_>) {
    let place = examples.partition_point(|known| known.score >= record.record_score);
    if place >= EXAMPLES {
        return;
    }
    examples.insert(place, Example::of(detector, record));
    examples.truncate(EXAMPLES);
}

impl Example {
    /// A record of `detector` in short.
    #[must_use]
    pub fn of(detector: &Detector, record: &Record<'_>) -> Self {
        let entities = detector.entity_fields().filter_map(|field| {
            let value = record.entity(detector, field)?;
            Some((field.to_owned(), value.to_owned()))
        });
        Self {
            timestamp: record.timestamp,
            score: record.record_score,
            entities: entities.collect(),
        }
    }
}

impl<'a> Work<'a> {
    /// Whether the rule applies to a record; counts it, and the items behind it.
    fn applies(&mut self, record: &Record<'_>, lookups: &mut HashMap<&str, Lookup<'_>>) -> bool {
        if !self.rule.conditions.iter().all(|condition| {
            let value = record.value(condition.applies_to);
            value.is_some_and(|value| condition.operator.holds(value, condition.value))
        }) {
            return false;
        }
        let mut responsible: Vec<(&'a str, u32)> = Vec::new();
        for (field, reference) in self.rule.scope.references() {
            let value = record.entity(self.detector, field);
            let items = match (value, lookups.get_mut(reference.filter_id.as_str())) {
                (Some(value), Some(lookup)) => lookup.items(value),
                _ => &[],
            };
            match (reference.membership, items.is_empty()) {
                (Membership::Include, true) | (Membership::Exclude, false) => return false,
                (Membership::Include, false) => {
                    responsible.extend(items.iter().map(|item| (field, *item)));
                }
                (Membership::Exclude, true) => {}
            }
        }
        for key in responsible {
            *self.counts.entry(key).or_default() += 1;
        }
        self.effect.matched += 1;
        self.effect.highest = self.effect.highest.max(record.record_score);
        keep(&mut self.effect.examples, self.detector, record);
        true
    }

    fn finish(mut self, lookups: &HashMap<&str, Lookup<'_>>) -> RuleEffect {
        for (field, reference) in self.rule.scope.references() {
            if reference.membership == Membership::Exclude {
                continue;
            }
            let key = (field.to_owned(), reference.filter_id.clone());
            let items = self.effect.items.entry(key).or_default();
            let Some(lookup) = lookups.get(reference.filter_id.as_str()) else {
                continue;
            };
            for ((_, item), count) in self.counts.iter().filter(|((of, _), _)| *of == field) {
                if let Some(text) = lookup.filter.items().get(*item as usize) {
                    items.insert(text.clone(), *count);
                }
            }
        }
        self.effect
    }
}

impl Record<'_> {
    /// The value that a condition looks at; nothing where the record has none, and
    /// then the condition does not hold.
    fn value(&self, applies_to: AppliesTo) -> Option<f64> {
        match applies_to {
            AppliesTo::Actual => self.actual(),
            AppliesTo::Typical => self.typical(),
            AppliesTo::DiffFromTypical => Some((self.actual()? - self.typical()?).abs()),
            #[expect(clippy::cast_precision_loss, reason = "seconds of this millennium")]
            AppliesTo::Time => Some((self.timestamp / 1000) as f64),
        }
    }
}
