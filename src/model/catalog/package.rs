//! What the files of an integration package hold; see
//! [`crate::model::package`].

use crate::error::Result;
use crate::model::artifact::ArtifactKind;
use crate::model::content;
use crate::model::manifest::Part;
use crate::model::package;

use super::classify::{Class, Found, malformed, model, rule, wrapped};
use super::{naming, shape};

/// Saved objects of a package that are no objects of a space: what Fleet alone
/// makes something of.
const FOR_FLEET: [&str; 2] = ["osquery_pack_asset", "slo_template"];

/// What the file `name` of a package holds. What is not installed goes along, for
/// it is a part of what the publisher signed.
pub(super) fn classify(name: &str, bytes: &[u8]) -> Result<Class> {
    let folders: Vec<&str> = name.split('/').collect();
    let is_json = content::has_extension(name, "json");
    match folders.as_slice() {
        [package::FOLDER, ..] if is_json => {
            let value = content::json(name, content::text(name, bytes)?)?;
            let found = wrapped(&value)?;
            let found = found.ok_or_else(|| malformed("it is not of the form name, type, body"))?;
            Ok(Class::Artifacts(vec![found]))
        }
        ["elasticsearch", "ml_model", _] if is_json => {
            // Fleet takes the file's name for the id.
            let id = naming::stem(name).map(str::to_owned);
            model(name, id, bytes)
        }
        ["kibana", "security_rule", _] if is_json => {
            let value = content::json(name, content::text(name, bytes)?)?;
            let body = value.get("attributes");
            let body = body.ok_or_else(|| malformed("the rule has no attributes"))?;
            let found = rule(body, Part::Pointer("/attributes".to_owned()))?;
            Ok(Class::Artifacts(vec![found]))
        }
        ["kibana", folder, _] if is_json && !FOR_FLEET.contains(folder) => {
            let value = content::json(name, content::text(name, bytes)?)?;
            let id = shape::object(&value).ok_or_else(|| {
                malformed("a saved object has texts `id` and `type` and an object `attributes`")
            })?;
            let found = Found::new(ArtifactKind::Object, &id, None, &value);
            Ok(Class::Artifacts(vec![found]))
        }
        _ => Ok(Class::Document),
    }
}
