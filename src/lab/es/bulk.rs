//! Many documents in one call.

use serde_json::{Value, json};

use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call};
use crate::model::failure::Failure;

use super::documents::{parse_source, shown};
use super::write::{Operation, Seen, Written, delete_document, put_document};

/// `_bulk`: lines of actions and sources; each has its own outcome.
pub(super) fn bulk(call: &Call) -> Answered {
    let body = call.body()?;
    let refresh = call
        .params
        .get("refresh")
        .is_some_and(|value| value != "false");
    let pipeline = call.params.get("pipeline").map(str::to_owned);
    call.params.accept(&[
        "timeout",
        "wait_for_active_shards",
        "routing",
        "require_alias",
        "_source",
    ]);
    let text = body.text();
    if !text.ends_with('\n') {
        return Err(Failure::illegal_argument(
            "The bulk request must be terminated by a newline [\\n]",
        ));
    }
    call.begin_on_index("indices:data/write/bulk", call.path("index"))?;
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate();
    let mut items = Vec::new();
    let mut errors = false;
    while let Some((number, line)) = lines.next() {
        let action = Action::parse(line, number + 1, call.path("index"), pipeline.as_deref())?;
        let source = if action.verb == "delete" {
            None
        } else {
            lines.next().map(|(_, line)| line)
        };
        let verb = action.verb;
        let (index, id) = (action.operation.index.clone(), action.operation.id.clone());
        let outcome = perform(call, action, source);
        let item = match outcome {
            Ok(written) => {
                let mut item = shown(call, &written, refresh);
                item["status"] = json!(written.status());
                item
            }
            Err(failure) => {
                errors = true;
                json!({"_index": index, "_id": id, "status": failure.status(), "error": failure.to_json()})
            }
        };
        items.push(json!({verb: item}));
    }
    Ok(Answer::ok(
        json!({"took": 0, "ingest_took": 0, "errors": errors, "items": items}),
    ))
}

struct Action {
    verb: &'static str,
    operation: Operation,
}

impl Action {
    fn parse(
        line: &str,
        number: usize,
        index: &str,
        pipeline: Option<&str>,
    ) -> Result<Self, Failure> {
        let malformed = |what: String| {
            Failure::illegal_argument(format!("Malformed action/metadata line [{number}], {what}"))
        };
        let parsed: Value = serde_json::from_str(line)
            .map_err(|error| malformed(format!("expected an object: {error}")))?;
        let (verb, meta) = parsed
            .as_object()
            .and_then(|members| members.iter().next())
            .ok_or_else(|| malformed("expected START_OBJECT".to_owned()))?;
        let verb = ["index", "create", "delete"]
            .into_iter()
            .find(|known| known == verb)
            .ok_or_else(|| {
                malformed(format!(
                    "expected field [create], [delete], [index] but found [{verb}]"
                ))
            })?;
        let text = |name: &str| meta.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| meta.get(name).and_then(Value::as_u64);
        let index = text("_index").unwrap_or_else(|| index.to_owned());
        if index.is_empty() {
            return Err(Failure::new(
                400,
                "action_request_validation_exception",
                "Validation Failed: 1: index is missing;",
            ));
        }
        Ok(Self {
            verb,
            operation: Operation {
                index,
                id: text("_id").unwrap_or_else(random::document_id),
                pipeline: text("pipeline").or_else(|| pipeline.map(str::to_owned)),
                only_create: verb == "create",
                seen: Seen::of(number("if_seq_no"), number("if_primary_term"))?,
            },
        })
    }
}

fn perform(call: &Call, action: Action, source: Option<&str>) -> Result<Written, Failure> {
    let operation = action.operation;
    match source {
        None => delete_document(call, &operation.index, &operation.id, operation.seen),
        Some(line) => put_document(call, operation, parse_source(line)?),
    }
}
