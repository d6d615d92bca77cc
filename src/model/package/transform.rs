//! Transforms of a package, and the templates of the indices that they write to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Files, Made, PackageManifest, fields, managed, object, pipeline, plain, template};
use crate::error::{Error, ErrorKind, Result};
use crate::model::content;

/// Where transforms stand, each in a folder.
const FOLDER: &str = "elasticsearch/transform/";

/// The version of a transform that states none.
const FIRST_VERSION: &str = "0.1.0";

/// The priority of the templates, by which Fleet puts them before its others.
const PRIORITY: u32 = 250;

/// Makes the transforms of `files`.
pub(super) fn make(files: &Files, manifest: &PackageManifest, made: &mut Made) -> Result<()> {
    let pipelines = pipeline::of_package(files, manifest)?;
    let folders: BTreeSet<&str> = files
        .keys()
        .filter_map(|file| file.strip_prefix(FOLDER)?.split_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    for folder in folders {
        plain("a transform", folder)?;
        let module = Module {
            files,
            manifest,
            folder,
            pipelines: &pipelines,
        };
        module.make(made)?;
    }
    Ok(())
}

/// One folder of a transform.
struct Module<'a> {
    files: &'a Files,
    manifest: &'a PackageManifest,
    folder: &'a str,
    pipelines: &'a BTreeMap<String, String>,
}

impl Module<'_> {
    fn make(&self, made: &mut Made) -> Result<()> {
        let path = format!("{FOLDER}{}/", self.folder);
        // The older form: each JSON file a transform, named by the package's version.
        for file in self.files.keys() {
            let base = file.strip_prefix(&path).filter(|base| !base.contains('/'));
            if let Some(stem) = base.and_then(|base| base.strip_suffix(".json")) {
                plain("a transform", stem)?;
                let Self {
                    manifest, folder, ..
                } = self;
                let id = format!("{}.{folder}-{stem}-{}", manifest.name, manifest.version);
                let body = self.body(file)?;
                made.add(file, "", ("transform", &id), &body)?;
            }
        }
        let file = format!("{path}transform.yml");
        if !self.files.contains_key(&file) {
            return Ok(());
        }
        let body = self.body(&file)?;
        let version = match body.pointer("/_meta/fleet_transform_version") {
            Some(Value::String(version)) => version.clone(),
            Some(other) => other.to_string(),
            None => FIRST_VERSION.to_owned(),
        };
        plain("a transform's version", &version)?;
        let id = format!(
            "logs-{}.{}-default-{version}",
            self.manifest.name, self.folder
        );
        self.templates(&path, &body, made)?;
        made.add(&file, "", ("transform", &id), &body)
    }

    /// The transform in `file` as it is installed.
    fn body(&self, file: &str) -> Result<Value> {
        let bytes = self.files.get(file).map_or(&[][..], Vec::as_slice);
        let text = content::text(file, bytes)?;
        let mut body = object(file, &template::filled(text, file, self.pipelines)?)?;
        let mut meta = body.get("_meta").cloned().unwrap_or_else(|| json!({}));
        if let (Value::Object(meta), Value::Object(ours)) = (&mut meta, managed(self.manifest)) {
            meta.extend(ours);
        }
        body["_meta"] = meta;
        if body
            .pointer("/dest/index")
            .and_then(Value::as_str)
            .is_none()
        {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{file} names no index to write to"),
            ));
        }
        Ok(body)
    }

    /// The template of the index that the transform writes to, where the package
    /// says anything about that index.
    fn templates(&self, path: &str, transform: &Value, made: &mut Made) -> Result<()> {
        let about_file = format!("{path}manifest.yml");
        let about = match self.files.get(&about_file) {
            Some(bytes) => object(&about_file, content::text(&about_file, bytes)?)?,
            None => json!({}),
        };
        let given = about.get("destination_index_template");
        let mut properties = json!({});
        let mut has_fields = false;
        for (file, bytes) in self.files {
            let base = file.strip_prefix(path).unwrap_or_default();
            if base == "fields.yml"
                || (base.starts_with("fields/") && content::has_extension(base, "yml"))
            {
                has_fields = true;
                fields::add(file, content::text(file, bytes)?, &mut properties)?;
            }
        }
        if given.is_none() && !has_fields {
            return Ok(());
        }
        let part = |key: &str| given.and_then(|given| given.get(key)).cloned();
        let mut mappings = part("mappings").unwrap_or_else(|| json!({}));
        if has_fields {
            mappings["properties"] = properties;
        }
        let mut package = json!({"mappings": mappings});
        if let Some(settings) = part("settings") {
            package["settings"] = settings;
        }
        let name = format!("logs-{}.{}-template", self.manifest.name, self.folder);
        let (theirs, custom) = (format!("{name}@package"), format!("{name}@custom"));
        let meta = managed(self.manifest);
        let of = format!("{path}manifest.yml");
        let body = json!({"template": package, "_meta": meta});
        made.add(&of, "package", ("component_template", &theirs), &body)?;
        let body = json!({"template": {"settings": {}}, "_meta": meta});
        made.add(&of, "custom", ("component_template", &custom), &body)?;
        let body = json!({
            "index_patterns": [transform.pointer("/dest/index")],
            "priority": PRIORITY,
            "composed_of": [theirs, custom],
            "_meta": meta,
        });
        made.add(&of, "template", ("index_template", &name), &body)
    }
}
