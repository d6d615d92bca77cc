//! Ingest pipelines of a package, under the names that Fleet gives them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Files, Made, PackageManifest, managed, object, plain, template};
use crate::error::{Error, ErrorKind, Result};
use crate::model::content;

/// Where pipelines stand: in the package, and in each of its data streams.
const FOLDER: &str = "elasticsearch/ingest_pipeline/";

/// The pipeline of a data stream that takes its name.
const DEFAULT: &str = "default";

/// Makes the pipelines of `files`.
pub(super) fn make(files: &Files, manifest: &PackageManifest, made: &mut Made) -> Result<()> {
    let mut prefixes: Vec<&str> = files
        .keys()
        .filter_map(|name| name.find(FOLDER).map(|at| &name[..at]))
        .collect();
    prefixes.dedup();
    for prefix in prefixes {
        let names = installed_names(files, manifest, prefix)?;
        for (file, name) in files_below(files, prefix) {
            let text = content::text(file, files.get(file).map_or(&[], Vec::as_slice))?;
            let mut body = object(file, &template::filled(text, file, &names)?)?;
            if !body.get("processors").is_some_and(Value::is_array) {
                return Err(malformed(format!("{file} has no list `processors`")));
            }
            body["_meta"] = managed(manifest);
            let id = names.get(name).map_or(name, String::as_str);
            made.add(file, "", ("ingest_pipeline", id), &body)?;
        }
    }
    Ok(())
}

/// The pipelines of the package itself, by the names that its other files call
/// them: of these, transforms may use one.
pub(super) fn of_package(
    files: &Files,
    manifest: &PackageManifest,
) -> Result<BTreeMap<String, String>> {
    installed_names(files, manifest, "")
}

/// The names under which the pipelines below `prefix` are installed.
fn installed_names(
    files: &Files,
    manifest: &PackageManifest,
    prefix: &str,
) -> Result<BTreeMap<String, String>> {
    let version = &manifest.version;
    let stream = match prefix {
        "" => None,
        prefix => Some(stream(files, manifest, prefix)?),
    };
    let mut names = BTreeMap::new();
    for (file, name) in files_below(files, prefix) {
        plain("a pipeline", name)?;
        let installed = match &stream {
            None => format!("{version}-{name}"),
            Some(stream) if name == DEFAULT => format!("{stream}-{version}"),
            Some(stream) => format!("{stream}-{version}-{name}"),
        };
        if names.insert(name.to_owned(), installed).is_some() {
            return Err(malformed(format!(
                "{file} and another file are the same pipeline {name}"
            )));
        }
    }
    Ok(names)
}

/// The pipelines that stand right below `prefix`: file and name.
fn files_below<'a>(files: &'a Files, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let folder = format!("{prefix}{FOLDER}");
    files.keys().filter_map(move |file| {
        let base = file.strip_prefix(&folder)?;
        let (name, extension) = base.rsplit_once('.')?;
        let known = matches!(extension, "yml" | "yaml" | "json") && !base.contains('/');
        known.then_some((file.as_str(), name))
    })
}

/// `TYPE-DATASET` of the data stream in the folder `prefix`.
fn stream(files: &Files, manifest: &PackageManifest, prefix: &str) -> Result<String> {
    let folder = prefix
        .strip_prefix("data_stream/")
        .and_then(|rest| rest.strip_suffix('/'))
        .filter(|folder| !folder.contains('/'))
        .ok_or_else(|| malformed(format!("{prefix}{FOLDER} is not the place of pipelines")))?;
    plain("a data stream", folder)?;
    let name = format!("{prefix}manifest.yml");
    let about = match files.get(&name) {
        Some(bytes) => object(&name, content::text(&name, bytes)?)?,
        None => json!({}),
    };
    let text = |key: &str| about.get(key).and_then(Value::as_str);
    let kind = text("type").unwrap_or("logs");
    let own = format!("{}.{folder}", manifest.name);
    let dataset = text("dataset").unwrap_or(&own);
    plain("a data stream's type", kind)?;
    plain("a data set", dataset)?;
    Ok(format!("{kind}-{dataset}"))
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
