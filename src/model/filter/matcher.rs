//! Many items against many values: which items of a filter a value is in.

use std::collections::{HashMap, VecDeque};

use super::item::Pattern;

/// The items of a filter, prepared for matching. A lookup costs about the length
/// of the value, whatever the number of items.
#[derive(Debug)]
pub struct Matcher {
    exact: HashMap<Box<str>, Vec<u32>>,
    prefixes: Ends,
    suffixes: Ends,
    inner: Automaton,
}

/// Texts at one end of values, looked up by each length that occurs among them.
#[derive(Debug, Default)]
struct Ends {
    texts: HashMap<Box<str>, Vec<u32>>,
    lengths: Vec<usize>,
}

impl Ends {
    fn insert(&mut self, text: &str, item: u32) {
        self.texts.entry(text.into()).or_default().push(item);
        if let Err(place) = self.lengths.binary_search(&text.len()) {
            self.lengths.insert(place, text.len());
        }
    }

    fn find<'a>(
        &self,
        cut: impl Fn(usize) -> Option<&'a str>,
        length: usize,
        found: &mut Vec<u32>,
    ) {
        for &wanted in self.lengths.iter().take_while(|wanted| **wanted <= length) {
            if let Some(items) = cut(wanted).and_then(|text| self.texts.get(text)) {
                found.extend_from_slice(items);
            }
        }
    }
}

impl Matcher {
    /// Prepares the items of a filter; they are known by their place.
    #[must_use]
    pub fn new<'a>(items: impl IntoIterator<Item = &'a str>) -> Self {
        let mut matcher = Self {
            exact: HashMap::new(),
            prefixes: Ends::default(),
            suffixes: Ends::default(),
            inner: Automaton::new(),
        };
        for (item, place) in items.into_iter().zip(0_u32..) {
            match Pattern::of(item) {
                Pattern::Nothing => {}
                Pattern::Exact(text) => matcher.exact.entry(text.into()).or_default().push(place),
                Pattern::Prefix(text) => matcher.prefixes.insert(text, place),
                Pattern::Suffix(text) => matcher.suffixes.insert(text, place),
                Pattern::Contains(text) => matcher.inner.insert(text.as_bytes(), place),
            }
        }
        matcher.inner.link();
        matcher
    }

    /// The places of all items that `value` is in, ascending.
    #[must_use]
    pub fn matching(&self, value: &str) -> Vec<u32> {
        let mut found = self.exact.get(value).cloned().unwrap_or_default();
        let length = value.len();
        self.prefixes
            .find(|wanted| value.get(..wanted), length, &mut found);
        self.suffixes
            .find(|wanted| value.get(length - wanted..), length, &mut found);
        self.inner.find(value.as_bytes(), &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The automaton of Aho and Corasick: all texts within a value in one pass.
#[derive(Debug)]
struct Automaton {
    states: Vec<State>,
}

#[derive(Debug, Default)]
struct State {
    next: Vec<(u8, u32)>,
    /// Where to go on when no byte fits: the longest other beginning that this
    /// state's text ends with.
    fallback: u32,
    /// The nearest state along fallbacks that ends a text.
    shorter: u32,
    items: Vec<u32>,
}

impl State {
    fn step(&self, byte: u8) -> Option<u32> {
        let place = self
            .next
            .binary_search_by_key(&byte, |(known, _)| *known)
            .ok()?;
        self.next.get(place).map(|(_, state)| *state)
    }
}

impl Automaton {
    fn new() -> Self {
        Self {
            states: vec![State::default()],
        }
    }

    fn state(&self, number: u32) -> Option<&State> {
        self.states.get(number as usize)
    }

    fn insert(&mut self, text: &[u8], item: u32) {
        let mut at = 0_u32;
        for &byte in text {
            let known = self.state(at).and_then(|state| state.step(byte));
            at = known.unwrap_or_else(|| self.grow(at, byte));
        }
        if let Some(state) = self.states.get_mut(at as usize) {
            state.items.push(item);
        }
    }

    fn grow(&mut self, from: u32, byte: u8) -> u32 {
        let new = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.states.push(State::default());
        if let Some(state) = self.states.get_mut(from as usize) {
            let place = state.next.partition_point(|(known, _)| *known < byte);
            state.next.insert(place, (byte, new));
        }
        new
    }

    /// Sets the fallbacks, nearest states first.
    fn link(&mut self) {
        let mut queue = VecDeque::from([0_u32]);
        while let Some(at) = queue.pop_front() {
            let (next, fallback) = match self.state(at) {
                Some(state) => (state.next.clone(), state.fallback),
                None => continue,
            };
            for (byte, child) in next {
                let below = if at == 0 {
                    0
                } else {
                    self.follow(fallback, byte)
                };
                let ends = self
                    .state(below)
                    .is_some_and(|state| !state.items.is_empty());
                let shorter = if ends {
                    below
                } else {
                    self.state(below).map_or(0, |state| state.shorter)
                };
                if let Some(state) = self.states.get_mut(child as usize) {
                    (state.fallback, state.shorter) = (below, shorter);
                }
                queue.push_back(child);
            }
        }
    }

    fn follow(&self, from: u32, byte: u8) -> u32 {
        let mut at = from;
        while let Some(state) = self.state(at) {
            match state.step(byte) {
                Some(next) => return next,
                None if at == 0 => break,
                None => at = state.fallback,
            }
        }
        0
    }

    fn find(&self, value: &[u8], found: &mut Vec<u32>) {
        if self.states.len() == 1 {
            return;
        }
        let mut at = 0;
        for &byte in value {
            at = self.follow(at, byte);
            let mut ending = at;
            while ending != 0 {
                let Some(state) = self.state(ending) else {
                    break;
                };
                found.extend_from_slice(&state.items);
                ending = state.shorter;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::super::item::Pattern;
    use super::Matcher;

    proptest! {
        #[test]
        fn finds_what_a_scan_finds(
            items in prop::collection::vec("\\*?[ab*]{0,4}\\*?", 0..40),
            value in "[ab*é]{0,8}",
            _noise in any::<u8>(),
        ) {
            let matcher = Matcher::new(items.iter().map(String::as_str));
            let scanned: Vec<u32> = (0_u32..)
                .zip(&items)
                .filter(|(_, item)| Pattern::of(item).matches(&value))
                .map(|(place, _)| place)
                .collect();
            assert_eq!(matcher.matching(&value), scanned, "{items:?} {value:?}");
        }
    }
}
