//! The document that goes through a pipeline: its source together with the
//! metadata fields, and beside it the metadata of ingest
//! (`org.elasticsearch.ingest.IngestDocument`).

use crate::engine::failure::Failure;
use crate::engine::value::{CopyError, JavaMap, List, Map, Value};

use super::limits::Budget;
use super::names;
use super::path::{Path, Root};

/// The metadata fields, in the order in which `_simulate` shows them.
pub(super) const METADATA: [&str; 7] = [
    "_index",
    "_id",
    "_routing",
    "_version",
    "_version_type",
    "_if_seq_no",
    "_if_primary_term",
];

/// Lists that processors make grow have at most this many elements.
const MAX_LIST: usize = 1_000_000;

/// A document on its way.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Source and metadata fields.
    pub(super) fields: Map,
    /// `_ingest`
    pub(super) ingest: Map,
    /// Ids of the pipelines that run, the innermost last.
    pub(super) pipelines: Vec<String>,
    /// What was done for it so far.
    pub(super) budget: Budget,
}

impl Document {
    /// A document of this source. `metadata` are fields such as `_index`.
    pub(super) fn new(source: &Map, metadata: Vec<(&'static str, Value)>, timestamp: &str) -> Self {
        let mut fields = JavaMap::new();
        let source = source.borrow();
        fields.reserve(source.len());
        for (key, value) in source.iter() {
            fields.put(key.clone(), value.clone());
        }
        for (key, value) in metadata {
            fields.put_str(key, value);
        }
        let mut ingest = JavaMap::new();
        ingest.put_str("timestamp", timestamp.into());
        Self {
            fields: Map::new(fields),
            ingest: Map::new(ingest),
            pipelines: Vec::new(),
            budget: Budget::default(),
        }
    }

    /// Takes the metadata fields out; gives those that are not null, as texts.
    pub(super) fn take_metadata(&self) -> Vec<(&'static str, String)> {
        let known = |key| Some((key, self.fields.remove(key)?));
        METADATA
            .into_iter()
            .filter_map(known)
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, value.to_java_string()))
            .collect()
    }

    /// An independent copy.
    ///
    /// # Errors
    /// `illegal_argument_exception` when a script left an object that no
    /// document may hold.
    pub(super) fn copy(&self) -> Result<Self, Failure> {
        Ok(Self {
            fields: copy_map(&self.fields)?,
            ingest: copy_map(&self.ingest)?,
            pipelines: self.pipelines.clone(),
            budget: self.budget.clone(),
        })
    }

    fn root(&self, path: &Path) -> Value {
        Value::Map(match path.root() {
            Root::Ingest => self.ingest.clone(),
            Root::Fields => self.fields.clone(),
        })
    }

    /// The value at a path; a handle where it is a container.
    ///
    /// # Errors
    /// `illegal_argument_exception` that says which part of the path is not there.
    pub(super) fn get(&self, path: &Path) -> Result<Value, Failure> {
        path.parts()
            .iter()
            .try_fold(self.root(path), |at, part| step(&at, part, path))
    }

    /// As [`get`](Self::get); `None` when the field is missing.
    ///
    /// # Errors
    /// None of a missing field; the others of [`get`](Self::get).
    pub(super) fn get_if_present(&self, path: &Path) -> Result<Option<Value>, Failure> {
        match self.get(path) {
            Ok(value) => Ok(Some(value)),
            Err(_) if !self.has(path) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Whether there is a field, even if it is null.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.find(path, false).unwrap_or(false)
    }

    /// As [`has`](Self::has), but an index beyond its list is an error.
    ///
    /// # Errors
    /// `illegal_argument_exception` for such an index.
    pub(super) fn has_within_lists(&self, path: &Path) -> Result<bool, Failure> {
        self.find(path, true)
    }

    fn find(&self, path: &Path, strict: bool) -> Result<bool, Failure> {
        let mut at = self.root(path);
        for part in path.parts() {
            let next = match &at {
                Value::Map(map) => map.get(part),
                Value::List(list) => match part.parse::<i32>() {
                    Ok(index) => match usize::try_from(index).ok().and_then(|it| list.get(it)) {
                        None if strict => return Err(out_of_bounds(index, list.len(), path)),
                        found => found,
                    },
                    Err(_) => None,
                },
                _ => None,
            };
            match next {
                Some(next) => at = next,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Puts a value at a path; missing parts become maps.
    ///
    /// # Errors
    /// `illegal_argument_exception` when a part of the path is neither a map nor a
    /// fitting place of a list, `circuit_breaking_exception` when too much was
    /// written.
    pub(super) fn set(&self, path: &Path, value: Value) -> Result<(), Failure> {
        self.budget.write(&value)?;
        let (parent, leaf) = self.make_parent(path)?;
        match &parent {
            Value::Map(map) => {
                map.put(leaf, value);
                Ok(())
            }
            Value::List(list) => {
                let index = index_in(list, leaf, path)?;
                if let Some(place) = list.borrow_mut().get_mut(index) {
                    *place = value;
                }
                Ok(())
            }
            other => Err(no_parent(other, leaf, path)),
        }
    }

    /// Adds a value (of a list its elements) to the list at a path. What stands
    /// there and is no list becomes the first element of one.
    ///
    /// # Errors
    /// As [`set`](Self::set), and when the list would grow too long.
    pub(super) fn append(
        &self,
        path: &Path,
        value: &Value,
        allow_duplicates: bool,
    ) -> Result<(), Failure> {
        self.budget.write(value)?;
        let (parent, leaf) = self.make_parent(path)?;
        match &parent {
            Value::Map(map) => {
                let old = map.get(leaf);
                let list = append_to(old.as_ref(), value, allow_duplicates)?;
                map.put(leaf, list);
                Ok(())
            }
            Value::List(outer) => {
                let index = index_in(outer, leaf, path)?;
                let old = outer.get(index);
                let list = append_to(old.as_ref(), value, allow_duplicates)?;
                if let Some(place) = outer.borrow_mut().get_mut(index) {
                    *place = list;
                }
                Ok(())
            }
            other => Err(no_parent(other, leaf, path)),
        }
    }

    /// Takes a field out.
    ///
    /// # Errors
    /// `illegal_argument_exception` when it is not there.
    pub(super) fn remove(&self, path: &Path) -> Result<(), Failure> {
        let (leaf, before) = path.split_leaf()?;
        let parent = before
            .iter()
            .try_fold(self.root(path), |at, part| step(&at, part, path))?;
        match &parent {
            Value::Map(map) => match map.remove(leaf) {
                Some(_) => Ok(()),
                None => Err(not_present(leaf, path)),
            },
            Value::List(list) => {
                let index = index_in(list, leaf, path)?;
                list.borrow_mut().remove(index);
                Ok(())
            }
            Value::Null => Err(Failure::illegal_argument(format!(
                "cannot remove [{leaf}] from null as part of path [{path}]"
            ))),
            other => Err(Failure::illegal_argument(format!(
                "cannot remove [{leaf}] from object of type [{}] as part of path [{path}]",
                other.class_name()
            ))),
        }
    }

    /// What holds the last part of a path, and that part.
    fn make_parent<'path>(&self, path: &'path Path) -> Result<(Value, &'path str), Failure> {
        let (leaf, before) = path.split_leaf()?;
        let mut at = self.root(path);
        for part in before {
            let next = match &at {
                Value::Map(map) => map.get(part).unwrap_or_else(|| {
                    let next = Value::map();
                    map.put(part, next.clone());
                    next
                }),
                Value::List(list) => {
                    let index = index_in(list, part, path)?;
                    list.get(index).unwrap_or_default()
                }
                other => return Err(unresolvable(other, part, path)),
            };
            at = next;
        }
        Ok((at, leaf))
    }
}

fn copy_map(map: &Map) -> Result<Map, Failure> {
    match Value::Map(map.clone()).deep_copy() {
        Ok(Value::Map(copy)) => {
            names::check(&copy)?;
            Ok(copy)
        }
        Ok(_) => Ok(map.clone()),
        Err(CopyError::TooDeep) => Err(Failure::illegal_argument(
            "Iterable object is self-referencing itself (ingest document)",
        )),
        Err(error) => Err(Failure::illegal_argument(error.to_string())),
    }
}

/// One part further down when reading.
fn step(at: &Value, part: &str, path: &Path) -> Result<Value, Failure> {
    match at {
        Value::Map(map) => map.get(part).ok_or_else(|| not_present(part, path)),
        Value::List(list) => {
            let index = part.parse::<i32>().map_err(|_| {
                Failure::illegal_argument(format!(
                    "[{part}] is not an integer, cannot be used as an index as part of path [{path}]"
                ))
            })?;
            usize::try_from(index)
                .ok()
                .and_then(|index| list.get(index))
                .ok_or_else(|| out_of_bounds(index, list.len(), path))
        }
        other => Err(unresolvable(other, part, path)),
    }
}

fn unresolvable(at: &Value, part: &str, path: &Path) -> Failure {
    Failure::illegal_argument(if at.is_null() {
        format!("cannot resolve [{part}] from null as part of path [{path}]")
    } else {
        format!(
            "cannot resolve [{part}] from object of type [{}] as part of path [{path}]",
            at.class_name()
        )
    })
}

fn not_present(part: &str, path: &Path) -> Failure {
    Failure::illegal_argument(format!(
        "field [{part}] not present as part of path [{path}]"
    ))
}

fn no_parent(parent: &Value, leaf: &str, path: &Path) -> Failure {
    Failure::illegal_argument(if parent.is_null() {
        format!("cannot set [{leaf}] with null parent as part of path [{path}]")
    } else {
        format!(
            "cannot set [{leaf}] with parent object of type [{}] as part of path [{path}]",
            parent.class_name()
        )
    })
}

/// The place in a list that a part of a path to be written names.
fn index_in(list: &List, part: &str, path: &Path) -> Result<usize, Failure> {
    let index = part.parse::<i32>().map_err(|_| {
        Failure::illegal_argument(format!(
            "[{part}] is not an integer, cannot be used as an index as part of path [{path}]"
        ))
        .because(Failure::new(
            400,
            "number_format_exception",
            format!("For input string: \"{part}\""),
        ))
    })?;
    usize::try_from(index)
        .ok()
        .filter(|index| *index < list.len())
        .ok_or_else(|| out_of_bounds(index, list.len(), path))
}

fn out_of_bounds(index: i32, length: usize, path: &Path) -> Failure {
    Failure::illegal_argument(format!(
        "[{index}] is out of bounds for array with length [{length}] as part of path [{path}]"
    ))
}

fn append_to(old: Option<&Value>, value: &Value, allow_duplicates: bool) -> Result<Value, Failure> {
    let list = match old {
        Some(Value::List(list)) => list.clone(),
        Some(other) => List::new(vec![other.clone()]),
        None => List::new(Vec::new()),
    };
    let more = match value {
        Value::List(more) => more.items(),
        one => vec![one.clone()],
    };
    if list.len().saturating_add(more.len()) > MAX_LIST {
        return Err(Failure::illegal_argument(format!(
            "a list would grow beyond [{MAX_LIST}] elements"
        )));
    }
    for item in more {
        if allow_duplicates || !list.borrow().contains(&item) {
            list.push(item);
        }
    }
    Ok(Value::List(list))
}
