//! The second names of models, which are put by calls of their own (7.13 on).

use std::borrow::Cow;

use serde_json::Value;

use super::answer::Decision;
use super::place::path;
use super::{Called, Elasticsearch};
use crate::io::http::{Method, encode_segment};
use crate::model::artifact::ArtifactId;
use crate::model::reference;

/// How often a call is made that gets no answer; repeating it does no harm.
const TRIES: u32 = 3;

/// The body of a model without its aliases, which creating it refuses.
pub(super) fn without(body: &Value) -> Cow<'_, Value> {
    if body.pointer("/metadata/model_aliases").is_none() {
        return Cow::Borrowed(body);
    }
    let mut body = body.clone();
    if let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("model_aliases");
    }
    Cow::Owned(body)
}

impl Elasticsearch {
    /// Gives the model `artifact` the aliases that `body` has in its metadata. One
    /// that is another model's by now stays with that.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub(super) fn put_aliases(&self, artifact: &ArtifactId, body: &Value) -> Called<()> {
        for alias in reference::aliases(body) {
            let model = path(self.version(), artifact)?;
            let path = format!("{model}/model_aliases/{}", encode_segment(&alias.id));
            let mut tries = 1;
            loop {
                match self.call(Method::Put, &path, &Value::Null) {
                    Err(failed) if failed.decision == Decision::Unknown && tries < TRIES => {
                        tries += 1;
                    }
                    Err(failed) if failed.error.to_string().contains("already refers to") => break,
                    other => {
                        other?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}
