//! Finding the model's fields in a document.

use crate::engine::value::{JavaMap, Map, Value};

/// A field's name, cut at its dots.
#[derive(Clone, Debug)]
pub(super) struct FieldPath {
    name: String,
    /// Where each part begins and ends in the name
    parts: Vec<(usize, usize)>,
}

impl FieldPath {
    pub(super) fn new(name: &str) -> Self {
        let mut parts = Vec::new();
        let mut start = 0;
        for part in name.split('.') {
            parts.push((start, start + part.len()));
            start += part.len() + 1;
        }
        Self {
            name: name.to_owned(),
            parts,
        }
    }

    /// Parts `from..to` of the name, with the dots between them.
    fn merged(&self, from: usize, to: usize) -> &str {
        let start = self.parts.get(from).map_or(0, |part| part.0);
        let end = to
            .checked_sub(1)
            .and_then(|last| self.parts.get(last))
            .map_or(0, |part| part.1);
        self.name.get(start..end).unwrap_or_default()
    }
}

/// The fields of one document, and those that a field map adds to them.
pub(super) struct Fields<'d> {
    document: &'d JavaMap,
    ingest: Option<&'d Map>,
    added: Vec<(&'d str, Value)>,
    /// The places that are still to be searched, kept for the next search
    open: Vec<(Map, usize)>,
}

impl<'d> Fields<'d> {
    /// The fields of a document; `ingest` stands under `_ingest`.
    pub(super) const fn new(document: &'d JavaMap, ingest: Option<&'d Map>) -> Self {
        Self {
            document,
            ingest,
            added: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Makes each field that is there visible under another name as well, unless
    /// something has that name already.
    pub(super) fn add(&mut self, field_map: &'d [(FieldPath, String)]) {
        for (from, to) in field_map {
            if self.top(to).is_none()
                && let Some(value) = self.dig(from)
            {
                self.added.push((to, value));
            }
        }
    }

    /// The value of a field: first under its whole name, then along every way in
    /// which maps can be nested by the parts of the name, longer parts first.
    pub(super) fn dig(&mut self, path: &FieldPath) -> Option<Value> {
        if let Some(value) = self.top(&path.name) {
            return Some(value);
        }
        let count = path.parts.len();
        if count < 2 {
            return None;
        }
        self.open.clear();
        for end in 1..count {
            if let Some(Value::Map(map)) = self.top(path.merged(0, end)) {
                self.open.push((map, end));
            }
        }
        while let Some((map, start)) = self.open.pop() {
            for end in start + 1..=count {
                match map.get(path.merged(start, end)) {
                    None | Some(Value::Null) => {}
                    Some(value) if end == count => return Some(value),
                    Some(Value::Map(next)) => self.open.push((next, end)),
                    Some(_) => {}
                }
            }
        }
        None
    }

    /// What stands under a name at the top of the document; nothing for null.
    fn top(&self, name: &str) -> Option<Value> {
        match self.document.get_str(name) {
            None | Some(Value::Null) => {}
            Some(value) => return Some(value.clone()),
        }
        if name == "_ingest"
            && let Some(ingest) = self.ingest
        {
            return Some(Value::Map(ingest.clone()));
        }
        self.added
            .iter()
            .find_map(|(added, value)| (*added == name).then(|| value.clone()))
    }
}
