//! Elastic integration packages as a source of artifacts.
//!
//! A package (package-spec, "integration" and "content") is a folder with
//! `manifest.yml`, and below it ingest pipelines and transforms in YAML, trained
//! models, modules of machine learning, detection rules and saved objects. What
//! Fleet would make of it is made here, once, when a bundle is packed: the
//! installing side reads no YAML. Models, rules and saved objects are taken from
//! the publisher's files as they are; pipelines, transforms, their templates, jobs
//! and datafeeds become files of their own below [`FOLDER`], named after the files
//! that they are made of, each `{"name", "type", "body"}`.
//!
//! The names are those that Fleet gives (Kibana, `fleet/server/services/epm`), so
//! that a later installation by Fleet finds what it would have put there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::model::content;

mod fields;
mod manifest;
mod module;
mod pipeline;
mod template;
mod transform;

pub use manifest::{Conditions, PackageManifest, is_manifest};

/// The folder of the files that are made of a package's.
pub const FOLDER: &str = "installable";

/// The file that makes a folder a package.
pub const MANIFEST: &str = "manifest.yml";

/// The text files of a package by their names within it.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What publishers leave to whoever installs their packages and releases.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// What is added to the ids that a release's file names give to scripts,
    /// pipelines and transforms: the files of a risk score refer to each other by
    /// names that end in `_SPACE`, and are not called so.
    pub suffix: Option<String>,
    /// The indices that the datafeeds of its modules read, separated by commas;
    /// without, the module's own.
    pub index_pattern: Option<String>,
    /// Leave open what nobody chose: for a look, not for installing.
    pub leave_open: bool,
}

impl Choices {
    /// Nothing chosen, and what is open left open.
    #[must_use]
    pub fn for_a_look() -> Self {
        Self {
            leave_open: true,
            ..Self::default()
        }
    }
}

/// A package, and what is made of it.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its manifest.
    pub manifest: PackageManifest,
    /// The files that are made of it, by their names within it.
    pub made: Files,
}

/// Whether `name` is a file of a package that [`read`] looks into.
#[must_use]
pub fn is_read(name: &str) -> bool {
    name == MANIFEST
        || (name.starts_with("data_stream/") && name.ends_with("/manifest.yml"))
        || name.contains("elasticsearch/ingest_pipeline/")
        || name.starts_with("elasticsearch/transform/")
        || name.starts_with("kibana/ml_module/")
}

/// Makes of the package in `files` (those that [`is_read`]) what can be
/// installed.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the file for what cannot be read or lacks what
/// the kind needs; [`ErrorKind::Usage`] when a choice is missing.
pub fn read(files: &Files, choices: &Choices) -> Result<Package> {
    let manifest = PackageManifest::of(files)?;
    let mut made = Made::default();
    pipeline::make(files, &manifest, &mut made)?;
    transform::make(files, &manifest, &mut made)?;
    module::make(files, choices, &mut made)?;
    Ok(Package {
        manifest,
        made: made.files,
    })
}

/// The files that are made.
#[derive(Default)]
struct Made {
    files: Files,
}

impl Made {
    /// Adds the artifact `name` of the type `kind` (as in wrapped files) with this
    /// `body`, made of the file `of`. A file of which several are made has a `part`
    /// for each.
    fn add(
        &mut self,
        of: &str,
        part: &str,
        (kind, name): (&str, &str),
        body: &Value,
    ) -> Result<()> {
        let stem = of.rsplit_once('.').map_or(of, |(stem, _)| stem);
        let dash = if part.is_empty() { "" } else { "-" };
        let path = format!("{FOLDER}/{stem}{dash}{part}.json");
        let wrapped = json!({"name": name, "type": kind, "body": body});
        let text = format!("{wrapped:#}\n");
        if self.files.insert(path, text.into_bytes()).is_some() {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{of} and another file of the package make the same {kind} {name}"),
            ));
        }
        Ok(())
    }
}

/// What Fleet writes into the `_meta` of what it manages.
fn managed(manifest: &PackageManifest) -> Value {
    json!({"managed_by": "fleet", "managed": true, "package": {"name": manifest.name}})
}

/// The object in the YAML or JSON `text` of the file `name`.
fn object(name: &str, text: &str) -> Result<Value> {
    let value = if content::has_extension(name, "json") {
        content::json(name, text)?
    } else {
        crate::model::yaml::parse(text, name)?
    };
    if value.is_object() {
        return Ok(value);
    }
    Err(Error::new(
        ErrorKind::Malformed,
        format!("{name} does not hold an object"),
    ))
}

/// Whether `name` can go into ids and paths: letters, digits, `_`, `-`, `.` and
/// `+`, no dot first.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.chars().all(plain)
}

/// `name`, if it [is plain](is_plain); `what` it is the name of goes into the
/// error.
fn plain(what: &str, name: &str) -> Result<()> {
    if is_plain(name) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Malformed,
        format!("{name:?} is not usable as the name of {what}"),
    ))
}
