//! Many detection rules in one call: the import API, with what became of each.

use serde::Serialize;
use serde_json::{Value, json};

use super::Kibana;
use super::rules::needs_index;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::elasticsearch::{CallError, Called, answer};
use crate::io::http::Method;
use crate::model::digest::Digest;

/// The largest file that is sent: Kibana's own limit is 10,485,760 bytes
/// (`xpack.securitySolution.maxRuleImportPayloadBytes`), the frame included.
const MAX_BYTES: usize = 10_000_000;

/// The most rules of one file; Kibana's own limit is 10,000.
const MAX_RULES: usize = 1_000;

/// What became of the rules of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// How many were taken.
    pub taken: u64,
    /// Those that were not, with what Kibana said.
    pub refused: Vec<Refused>,
}

/// A rule that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its `rule_id`; `(unknown id)` where the line could not be read.
    pub rule_id: String,
    /// The status that creating it alone would have had.
    pub status: u16,
    /// What Kibana said.
    pub message: String,
}

impl Refused {
    /// The refusal as that of a call of its own.
    #[must_use]
    pub fn into_error(self, call: &str) -> CallError {
        let body = json!({"message": self.message, "status_code": self.status});
        let call = format!("{call} {}", self.rule_id);
        answer::refusal(&call, self.status, body.to_string().as_bytes(), 0).into()
    }
}

impl Kibana {
    /// Imports `rules`, each with a `rule_id`; with `overwrite` also those that
    /// are there. As many calls as needed are made; a rule that is refused keeps
    /// no other from being taken.
    ///
    /// # Errors
    /// A [`CallError`] where a call fails as a whole.
    pub fn import_rules(&self, rules: &[Value], overwrite: bool) -> Called<Imported> {
        let mut imported = Imported::default();
        for file in files(rules)? {
            let part = match self.import_file(&file, overwrite) {
                Err(failed) if needs_index(&failed) => {
                    self.create_index()?;
                    self.import_file(&file, overwrite)?
                }
                other => other?,
            };
            imported.taken += part.taken;
            imported.refused.extend(part.refused);
        }
        Ok(imported)
    }

    fn import_file(&self, file: &[u8], overwrite: bool) -> Called<Imported> {
        let (kind, body) = multipart(file);
        let path = self.rules(&format!("/_import?overwrite={overwrite}"));
        let answer = self.peer.call_bytes(Method::Post, &path, &kind, &body)?;
        Ok(report(&answer))
    }
}

/// Lines of JSON as the file of a form (RFC 7578), and the content type of the
/// form.
pub(super) fn multipart(lines: &[u8]) -> (String, Vec<u8>) {
    // What is made of a digest of the content cannot well be in the content; a
    // boundary has 70 characters at most.
    let digest = Digest::of(lines).to_string();
    let boundary = format!("sealift-{}", digest.get(..40).unwrap_or(&digest));
    let mut body = format!(
        "--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"sealift.ndjson\"\r\n\
         Content-Type: application/ndjson\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(lines);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// The rules as lines, in files that Kibana takes.
fn files(rules: &[Value]) -> Result<Vec<Vec<u8>>> {
    let mut files: Vec<Vec<u8>> = Vec::new();
    let mut room = 0;
    for rule in rules {
        let line = serde_json::to_vec(rule).or_err(ErrorKind::Bug, || "a rule is not JSON")?;
        if line.len() > MAX_BYTES {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("a rule has {} bytes, Kibana takes {MAX_BYTES}", line.len()),
            ));
        }
        let fits = |file: &&mut Vec<u8>| file.len() + line.len() < MAX_BYTES;
        if let Some(file) = files.last_mut().filter(fits).filter(|_| room > 0) {
            file.extend_from_slice(&line);
        } else {
            files.push(line);
            room = MAX_RULES;
        }
        room -= 1;
        if let Some(file) = files.last_mut() {
            file.push(b'\n');
        }
    }
    Ok(files)
}

/// Kibana answers 200 also where rules failed; their errors stand in the body.
fn report(answer: &Value) -> Imported {
    let text = |value: &Value, pointer: &str| {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let lists = ["errors", "exceptions_errors", "action_connectors_errors"];
    let refused = lists
        .iter()
        .filter_map(|list| answer.get(*list)?.as_array())
        .flatten()
        .map(|error| {
            let named = ["/rule_id", "/id", "/list_id", "/item_id"];
            let mut ids = named.iter().map(|pointer| text(error, pointer));
            Refused {
                rule_id: ids.find(|id| !id.is_empty()).unwrap_or_default(),
                status: error
                    .pointer("/error/status_code")
                    .and_then(Value::as_u64)
                    .and_then(|status| u16::try_from(status).ok())
                    .unwrap_or(500),
                message: text(error, "/error/message"),
            }
        })
        .collect();
    Imported {
        taken: answer
            .get("success_count")
            .and_then(Value::as_u64)
            .unwrap_or(0),
        refused,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Refused, files, report};
    use crate::io::elasticsearch::answer::Decision;

    #[test]
    fn every_rule_that_was_refused_is_told() {
        let answer = json!({"success": false, "success_count": 3, "errors": [
            {"rule_id": "a", "error": {"status_code": 409, "message": "rule_id: \"a\" already exists"}},
            {"id": "b", "error": {"status_code": 403, "message": "no"}}],
            "exceptions_errors": [{"list_id": "l", "error": {"status_code": 400, "message": "x"}}]});
        let imported = report(&answer);
        assert_eq!(imported.taken, 3);
        let ids: Vec<&str> = imported
            .refused
            .iter()
            .map(|r| r.rule_id.as_str())
            .collect();
        assert_eq!(ids, ["a", "b", "l"]);
        let decisions: Vec<Decision> = imported
            .refused
            .into_iter()
            .map(|refused: Refused| refused.into_error("import").decision)
            .collect();
        assert_eq!(
            decisions,
            [Decision::Exists, Decision::Stop, Decision::Stop]
        );
        assert_eq!(report(&Value::Null).refused, []);
    }

    #[test]
    fn many_rules_go_in_several_files() {
        let rules: Vec<Value> = (0..2500).map(|n| json!({"rule_id": n})).collect();
        let files = files(&rules).expect("small rules");
        let lines = files
            .iter()
            .map(|file| file.split(|b| *b == b'\n').count() - 1);
        assert_eq!(lines.collect::<Vec<_>>(), [1000, 1000, 500]);
        assert_eq!(super::files(&[]).expect("none").len(), 0);
    }
}
