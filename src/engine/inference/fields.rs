//! Finding the model's fields in a document.

use crate::engine::value::{JavaMap, Map, Value, hash_code_of_str};

/// A field's name, cut at its dots, with what is needed to know the hash codes of
/// all its stretches: fields are looked up in every document.
#[derive(Clone, Debug)]
pub(super) struct FieldPath {
    name: String,
    hash: i32,
    parts: Vec<Part>,
}

/// A part of a name between two dots.
#[derive(Clone, Debug)]
struct Part {
    start: Place,
    end: Place,
    /// `hashCode()` of the part alone
    hash: i32,
    text: Box<str>,
}

/// A place in a name.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    byte: usize,
    /// How many UTF-16 units stand before it
    units: u32,
    /// `hashCode()` of what stands before it
    hash: i32,
}

impl Place {
    fn after(self, text: &str) -> Self {
        let units = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        Self {
            byte: self.byte + text.len(),
            units: self.units.wrapping_add(units),
            hash: self
                .hash
                .wrapping_mul(31_i32.wrapping_pow(units))
                .wrapping_add(hash_code_of_str(text)),
        }
    }
}

/// A stretch of a field's name and its hash code.
#[derive(Clone, Copy)]
struct Key<'n> {
    text: &'n str,
    hash: i32,
}

impl<'n> Key<'n> {
    fn new(text: &'n str) -> Self {
        Self {
            text,
            hash: hash_code_of_str(text),
        }
    }

    fn find(self, map: &JavaMap) -> Option<&Value> {
        map.get_hashed(self.text, self.hash)
    }
}

impl FieldPath {
    pub(super) fn new(name: &str) -> Self {
        let mut parts = Vec::new();
        let mut start = Place::default();
        for text in name.split('.') {
            let end = start.after(text);
            parts.push(Part {
                start,
                end,
                hash: hash_code_of_str(text),
                text: text.into(),
            });
            start = end.after(".");
        }
        Self {
            name: name.to_owned(),
            hash: hash_code_of_str(name),
            parts,
        }
    }

    fn whole(&self) -> Key<'_> {
        Key {
            text: &self.name,
            hash: self.hash,
        }
    }

    /// One part of the name.
    fn part(&self, index: usize) -> Key<'_> {
        match self.parts.get(index) {
            Some(part) => Key {
                text: &part.text,
                hash: part.hash,
            },
            None => Key { text: "", hash: 0 },
        }
    }

    /// Parts `from..to` of the name, with the dots between them.
    fn merged(&self, from: usize, to: usize) -> Key<'_> {
        let start = self.parts.get(from).map(|part| part.start);
        let end = to.checked_sub(1).and_then(|last| self.parts.get(last));
        let (start, end) = (
            start.unwrap_or_default(),
            end.map(|part| part.end).unwrap_or_default(),
        );
        // The hash code of a text is a number in base 31.
        let before = start
            .hash
            .wrapping_mul(31_i32.wrapping_pow(end.units.wrapping_sub(start.units)));
        Key {
            text: self.name.get(start.byte..end.byte).unwrap_or_default(),
            hash: end.hash.wrapping_sub(before),
        }
    }
}

/// The fields of one document, and those that a field map adds to them.
pub(super) struct Fields<'d> {
    document: &'d JavaMap,
    ingest: Option<&'d Map>,
    added: Vec<(&'d str, Value)>,
    /// Whether a name at the top may have a dot in it
    dotted: bool,
    /// What the last name of two parts began with, and the map there: the fields of
    /// a model mostly stand side by side.
    parent: Option<(&'d str, Option<Map>)>,
    /// The places that are still to be searched, kept for the next search
    open: Vec<(Map, usize)>,
}

impl<'d> Fields<'d> {
    /// The fields of a document; `ingest` stands under `_ingest`.
    pub(super) fn new(document: &'d JavaMap, ingest: Option<&'d Map>) -> Self {
        let dotted = |(key, _): (&Value, &Value)| match key {
            Value::Str(name) => name.units().any(|unit| unit == u16::from(b'.')),
            _ => false,
        };
        Self {
            dotted: document.iter().any(dotted),
            document,
            ingest,
            added: Vec::new(),
            parent: None,
            open: Vec::new(),
        }
    }

    /// Makes each field that is there visible under another name as well, unless
    /// something has that name already.
    pub(super) fn add(&mut self, field_map: &'d [(FieldPath, String)]) {
        for (from, to) in field_map {
            if self.top(Key::new(to)).is_none()
                && let Some(value) = self.dig(from)
            {
                self.added.push((to, value));
                self.dotted = true;
                self.parent = None;
            }
        }
    }

    /// The value of a field: first under its whole name, then along every way in
    /// which maps can be nested by the parts of the name, longer parts first.
    pub(super) fn dig(&mut self, path: &'d FieldPath) -> Option<Value> {
        let count = path.parts.len();
        if (count < 2 || self.dotted)
            && let Some(value) = self.top(path.whole())
        {
            return Some(value);
        }
        if count < 2 {
            return None;
        }
        if count == 2 {
            let map = self.parent(path.part(0))?.borrow();
            let value = path.part(1).find(&map);
            return value.filter(|value| !value.is_null()).cloned();
        }
        self.open.clear();
        for end in 1..count {
            if let Some(Value::Map(map)) = self.top(path.merged(0, end)) {
                self.open.push((map, end));
            }
        }
        while let Some((map, start)) = self.open.pop() {
            for end in start + 1..=count {
                match path.merged(start, end).find(&map.borrow()) {
                    None | Some(Value::Null) => {}
                    Some(value) if end == count => return Some(value.clone()),
                    Some(Value::Map(next)) => self.open.push((next.clone(), end)),
                    Some(_) => {}
                }
            }
        }
        None
    }

    /// The map under a name at the top of the document.
    fn parent(&mut self, name: Key<'d>) -> Option<&Map> {
        if self
            .parent
            .as_ref()
            .is_none_or(|(known, _)| *known != name.text)
        {
            let map = match self.top(name) {
                Some(Value::Map(map)) => Some(map),
                _ => None,
            };
            self.parent = Some((name.text, map));
        }
        self.parent.as_ref()?.1.as_ref()
    }

    /// What stands under a name at the top of the document; nothing for null.
    fn top(&self, name: Key<'_>) -> Option<Value> {
        match name.find(self.document) {
            None | Some(Value::Null) => {}
            Some(value) => return Some(value.clone()),
        }
        if name.text == "_ingest"
            && let Some(ingest) = self.ingest
        {
            return Some(Value::Map(ingest.clone()));
        }
        self.added
            .iter()
            .find_map(|(added, value)| (*added == name.text).then(|| value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::FieldPath;
    use crate::engine::value::hash_code_of_str;

    #[test]
    fn stretches_of_a_name_have_their_hash_codes() {
        for name in ["a", "dns.question.name", "a..b", ".", "", "ü.\u{1f600}x.y"] {
            let path = FieldPath::new(name);
            for from in 0..path.parts.len() {
                for to in from + 1..=path.parts.len() {
                    let key = path.merged(from, to);
                    assert_eq!(key.hash, hash_code_of_str(key.text), "{name} {from} {to}");
                }
            }
        }
    }
}
