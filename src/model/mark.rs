//! The mark that says who put an object into a cluster.
//!
//! It stands where the API has room for the client's own words: `_meta` of a
//! template, of a pipeline and of a transform (7.16), `metadata` of a model,
//! `custom_settings` of a job, tags of a rule. The other kinds have no such
//! place; their mark is kept beside the receipts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::model::artifact::ArtifactKind;
use crate::model::digest::Digest;

/// The key of a mark, and the start of its tags.
const KEY: &str = "sealift";

/// Who put an object there: the bundle, its place in its channel, and the
/// digest of the artifact's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The bundle's name.
    pub bundle: String,
    /// The channel that the bundle updates.
    pub channel: String,
    /// Its place in the channel.
    pub sequence: u64,
    /// The SHA-256 of the artifact's file in the bundle.
    pub digest: Digest,
}

/// The object key under which `kind` has room for the client's own words.
const fn place(kind: ArtifactKind) -> Option<&'static str> {
    match kind {
        ArtifactKind::Component
        | ArtifactKind::Template
        | ArtifactKind::Pipeline
        | ArtifactKind::Transform => Some("_meta"),
        ArtifactKind::Model => Some("metadata"),
        ArtifactKind::Job => Some("custom_settings"),
        ArtifactKind::Index
        | ArtifactKind::Enrich
        | ArtifactKind::Script
        | ArtifactKind::Filter
        | ArtifactKind::Datafeed
        | ArtifactKind::Analytics
        | ArtifactKind::Object
        | ArtifactKind::Rule
        | ArtifactKind::Setting => None,
    }
}

/// Whether objects of `kind` have a place for a mark.
#[must_use]
pub const fn has_place(kind: ArtifactKind) -> bool {
    matches!(kind, ArtifactKind::Rule) || place(kind).is_some()
}

/// Writes `mark` into `body`, where its kind has a place for it; whatever else
/// stands there stays.
pub fn put(kind: ArtifactKind, body: &mut Value, mark: &Mark) {
    let Value::Object(map) = body else { return };
    if let Some(place) = place(kind) {
        let room = map.entry(place).or_insert_with(|| json!({}));
        if let Value::Object(room) = room {
            room.insert(KEY.to_owned(), json!(mark));
        }
    } else if kind == ArtifactKind::Rule {
        let tags = map.entry("tags").or_insert_with(|| json!([]));
        if let Value::Array(tags) = tags {
            tags.retain(|tag| !is_ours(tag));
            tags.push(json!(tag(mark)));
        }
    }
}

/// The mark in `body`. One that cannot be read is no mark.
#[must_use]
pub fn read(kind: ArtifactKind, body: &Value) -> Option<Mark> {
    if kind == ArtifactKind::Rule {
        return body.get("tags")?.as_array()?.iter().find_map(from_tag);
    }
    serde_json::from_value(body.get(place(kind)?)?.get(KEY)?.clone()).ok()
}

/// Takes the mark out of `body`, and the room that held nothing else.
pub fn strip(kind: ArtifactKind, body: &mut Value) {
    let Value::Object(map) = body else { return };
    if let Some(place) = place(kind) {
        if let Some(Value::Object(room)) = map.get_mut(place) {
            room.remove(KEY);
            if room.is_empty() {
                map.remove(place);
            }
        }
    } else if kind == ArtifactKind::Rule
        && let Some(Value::Array(tags)) = map.get_mut("tags")
    {
        tags.retain(|tag| !is_ours(tag));
    }
}

/// Takes the whole room of a mark out of a body that goes to a cluster which
/// does not know it.
pub fn forget_room(kind: ArtifactKind, body: &mut Map<String, Value>) {
    if let Some(place) = place(kind) {
        body.remove(place);
    }
}

fn is_ours(tag: &Value) -> bool {
    tag.as_str().is_some_and(|tag| tag.starts_with("sealift:"))
}

/// The mark as one tag, `sealift:BUNDLE:CHANNEL:SEQUENCE:DIGEST`.
fn tag(mark: &Mark) -> String {
    format!(
        "{KEY}:{}:{}:{}:{}",
        mark.bundle, mark.channel, mark.sequence, mark.digest
    )
}

fn from_tag(tag: &Value) -> Option<Mark> {
    let rest = tag.as_str()?.strip_prefix("sealift:")?;
    let (rest, digest) = rest.rsplit_once(':')?;
    let (rest, sequence) = rest.rsplit_once(':')?;
    let (bundle, channel) = rest.rsplit_once(':')?;
    Some(Mark {
        bundle: bundle.to_owned(),
        channel: channel.to_owned(),
        sequence: sequence.parse().ok()?,
        digest: Digest::parse(digest).ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::{Mark, put, read, strip};
    use crate::model::artifact::ArtifactKind;
    use crate::model::digest::Digest;

    #[test]
    fn put_read_and_stripped_again() {
        let mark = Mark {
            bundle: "dga".to_owned(),
            channel: "ml-dga".to_owned(),
            sequence: 7,
            digest: Digest::of(b"x"),
        };
        for (kind, before) in [
            (ArtifactKind::Pipeline, json!({"_meta": {"a": 1}})),
            (ArtifactKind::Pipeline, json!({"processors": []})),
            (ArtifactKind::Model, json!({"metadata": {"a": {}}})),
            (ArtifactKind::Job, json!({})),
            (ArtifactKind::Rule, json!({"tags": ["x", "sealift"]})),
        ] {
            let mut body = before.clone();
            put(kind, &mut body, &mark);
            assert_eq!(read(kind, &body).unwrap(), mark, "{kind}");
            put(kind, &mut body, &mark);
            strip(kind, &mut body);
            assert_eq!(body, before, "{kind}");
        }
        let mut script = json!({"source": "1"});
        put(ArtifactKind::Script, &mut script, &mark);
        assert_eq!(script, json!({"source": "1"}));
        assert_eq!(
            read(ArtifactKind::Pipeline, &json!({"_meta": {"sealift": 3}})),
            None
        );
    }
}
