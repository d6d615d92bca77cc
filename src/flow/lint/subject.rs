//! The objects of files, with the places of all that they say.

use std::rc::Rc;

use super::Placed;
use crate::error::Result;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::body;
use crate::model::catalog::Item;
use crate::model::content;
use crate::model::filter_text::{self, FilterText};
use crate::model::finding::Finding;
use crate::model::json_text::{self, Kind, Member, Node, Position};
use crate::model::lint::{Surroundings, guess};
use crate::model::manifest::Part;

/// One object of a file.
pub(super) struct Subject {
    source: String,
    file: String,
    pub(super) artifact: ArtifactId,
    /// The whole file, positions and all, and the pointer to the object in it.
    root: Option<Rc<Node>>,
    path: String,
    /// The object itself, as a server gets it.
    pub(super) body: Node,
    /// A filter with what people noted about its items.
    pub(super) noted: Option<Noted>,
}

/// Items of a filter with what people noted about them.
pub(super) struct Noted {
    pub(super) text: FilterText,
    /// Whether the file goes into bundles as it is, expired items and all.
    pub(super) is_packed: bool,
}

impl Subject {
    /// A finding at its place in the file.
    pub(super) fn place(&self, finding: Finding) -> Placed {
        let full = format!("{}{}", self.path, finding.path);
        let position = self.root.as_ref().and_then(|root| {
            let node = root.pointer(&full).or_else(|| root.pointer(&self.path));
            node.map(|node| node.at)
        });
        Placed {
            source: self.source.clone(),
            file: self.file.clone(),
            artifact: Some(self.artifact.clone()),
            position,
            finding,
        }
    }
}

/// The objects of a file in which the catalog found `items`, or, when it found
/// none, those that the shape of its JSON gives away. Models are left out.
pub(super) fn of_file(source: &str, name: &str, bytes: &[u8], items: &[Item]) -> Vec<Subject> {
    if items
        .iter()
        .any(|item| item.artifact.kind == ArtifactKind::Model)
    {
        return Vec::new();
    }
    let Ok(text) = content::text(name, bytes) else {
        return Vec::new();
    };
    let maker = Maker { source, name };
    if content::has_extension(name, "json") {
        return maker.of_json(text, items);
    }
    if content::has_extension(name, "toml") {
        return maker.of_toml(bytes, items);
    }
    maker.of_lines(text, items)
}

/// The filter of a plain list, which is called as its file.
///
/// # Errors
/// As [`filter_text::parse_list`].
pub(super) fn of_list(source: &str, name: &str, bytes: &[u8]) -> Result<Subject> {
    let text = content::text(name, bytes)?;
    let id = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let filter = filter_text::parse_list(id, text, name)?;
    // The lines are the places that a finding names.
    let lines = (1..).zip(text.lines());
    let lines = lines.filter(|(_, line)| !filter_text::item_of_line(line).is_empty());
    let items = filter.items.iter().zip(lines).map(|(item, (line, _))| {
        let at = Position { line, column: 1 };
        Node {
            at,
            end: at,
            kind: Kind::String(item.item.clone()),
        }
    });
    let top = Position { line: 1, column: 1 };
    let node = |kind| Node {
        at: top,
        end: top,
        kind,
    };
    let items = Member {
        name: "items".to_owned(),
        at: top,
        value: node(Kind::Array(items.collect())),
    };
    let body = node(Kind::Object(vec![items]));
    let maker = Maker { source, name };
    Ok(Subject {
        root: Some(Rc::new(body.clone())),
        noted: Some(Noted {
            text: filter,
            is_packed: false,
        }),
        ..maker.subject(ArtifactId::new(ArtifactKind::Filter, id), body)
    })
}

struct Maker<'a> {
    source: &'a str,
    name: &'a str,
}

impl Maker<'_> {
    fn of_json(&self, text: &str, items: &[Item]) -> Vec<Subject> {
        let root = Rc::new(json_text::parse(text));
        let found: Vec<(ArtifactId, String)> = if items.is_empty() {
            let base = self.name.rsplit('/').next().unwrap_or(self.name);
            let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
            guess(stem, &root)
        } else {
            let items = items.iter();
            items
                .map(|item| (item.artifact.clone(), pointer_of(item)))
                .collect()
        };
        let found = found.into_iter();
        found
            .filter_map(|(artifact, path)| {
                let mut body = root.pointer(&path)?.clone();
                let item = items.iter().find(|item| item.artifact == artifact);
                complete(&mut body, item);
                Some(Subject {
                    root: Some(Rc::clone(&root)),
                    path,
                    ..self.subject(artifact, body)
                })
            })
            .collect()
    }

    fn of_toml(&self, bytes: &[u8], items: &[Item]) -> Vec<Subject> {
        let Ok(whole) = content::read(self.name, None, bytes) else {
            return Vec::new();
        };
        let of_item = |item: &Item| {
            let value = whole.pointer(&pointer_of(item))?;
            if item.artifact.kind != ArtifactKind::Filter {
                let body = json_text::parse(&value.to_string());
                return Some(self.subject(item.artifact.clone(), body));
            }
            let sent = body::for_cluster(&item.artifact, value, &Surroundings::NEWEST, None);
            let text = FilterText::of_value(&item.artifact.id, value).ok();
            Some(Subject {
                noted: text.map(|text| Noted {
                    text,
                    is_packed: true,
                }),
                ..self.subject(item.artifact.clone(), json_text::parse(&sent.to_string()))
            })
        };
        items.iter().filter_map(of_item).collect()
    }

    fn of_lines(&self, text: &str, items: &[Item]) -> Vec<Subject> {
        let lines: Vec<&str> = text.lines().collect();
        let of_item = |item: &Item| {
            let Some(Part::Line(number)) = item.place.part else {
                return None;
            };
            let place = usize::try_from(number).ok()?.checked_sub(1)?;
            let body = json_text::parse(lines.get(place)?);
            Some(self.subject(item.artifact.clone(), body))
        };
        items.iter().filter_map(of_item).collect()
    }

    fn subject(&self, artifact: ArtifactId, body: Node) -> Subject {
        Subject {
            source: self.source.to_owned(),
            file: self.name.to_owned(),
            artifact,
            root: None,
            path: String::new(),
            body,
            noted: None,
        }
    }
}

/// Lets a datafeed that stands inside its job say whose it is.
fn complete(body: &mut Node, item: Option<&Item>) {
    let job = item.filter(|item| item.artifact.kind == ArtifactKind::Datafeed);
    let job = job.and_then(|item| {
        item.references
            .iter()
            .find(|id| id.kind == ArtifactKind::Job)
    });
    let (Some(job), Kind::Object(members)) = (job, &mut body.kind) else {
        return;
    };
    if members.iter().all(|member| member.name != "job_id") {
        members.push(Member {
            name: "job_id".to_owned(),
            at: body.at,
            value: Node {
                at: body.at,
                end: body.end,
                kind: Kind::String(job.id.clone()),
            },
        });
    }
}

fn pointer_of(item: &Item) -> String {
    match &item.place.part {
        Some(Part::Pointer(pointer)) => pointer.clone(),
        _ => String::new(),
    }
}
