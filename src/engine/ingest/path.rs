//! Paths of fields: `a.b.0`, `_ingest.x`, `_source.y`.

use std::fmt;

use crate::engine::failure::Failure;

/// A path has at most this many parts.
const MAX_PARTS: usize = 256;

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// The source with the metadata fields.
    Fields,
    /// The metadata of ingest.
    Ingest,
}

/// A parsed path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    text: String,
    root: Root,
    parts: Vec<String>,
}

impl Path {
    /// Parses a path as the server does: trailing dots vanish, other empty parts
    /// are keys.
    ///
    /// # Errors
    /// `illegal_argument_exception` for a path without a part.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        if text.is_empty() {
            return Err(Failure::illegal_argument("path cannot be null nor empty"));
        }
        let (root, rest) = match (text.strip_prefix("_ingest."), text.strip_prefix("_source.")) {
            (Some(rest), _) => (Root::Ingest, rest),
            (None, Some(rest)) => (Root::Fields, rest),
            (None, None) => (Root::Fields, text),
        };
        let parts: Vec<String> = match rest.trim_end_matches('.') {
            "" => Vec::new(),
            rest => rest.split('.').map(str::to_owned).collect(),
        };
        if parts.is_empty() || parts.len() > MAX_PARTS {
            return Err(Failure::illegal_argument(format!(
                "path [{text}] is not valid"
            )));
        }
        Ok(Self {
            text: text.to_owned(),
            root,
            parts,
        })
    }

    pub(super) fn root(&self) -> Root {
        self.root
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The last part, and those before it.
    pub(super) fn split_leaf(&self) -> Result<(&str, &[String]), Failure> {
        self.parts
            .split_last()
            .map(|(leaf, before)| (leaf.as_str(), before))
            .ok_or_else(|| Failure::illegal_argument(format!("path [{self}] is not valid")))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
