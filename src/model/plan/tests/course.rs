//! The order of the calls of a plan.

use serde_json::{Value, json};

use super::{NOTHING, cluster, plan, target};
use crate::model::artifact::ArtifactKind::{self, Filter, Job, Pipeline, Script, Template};
use crate::model::observation::RunState;
use crate::model::plan::{Call, Course, Plan, STAGING, is_staged, unstaged};

/// Objects by kind and id.
type Objects = Vec<(ArtifactKind, &'static str, Value)>;

/// A name, what is found, what is wanted, what is tried, and the calls.
type Case = (
    &'static str,
    Objects,
    Objects,
    &'static [&'static str],
    Vec<&'static str>,
);

fn script(source: &str) -> Value {
    json!({"script": {"lang": "painless", "source": source}})
}

/// A pipeline that says `text`, runs the script `s` and goes on to `next`.
fn pipeline(text: &str, next: &[&str]) -> Value {
    let mut processors = vec![json!({"script": {"id": "s"}})];
    processors.extend(next.iter().map(|name| json!({"pipeline": {"name": name}})));
    json!({"description": text, "processors": processors})
}

/// An entry that does nothing but go on to `inner`.
fn entry() -> Value {
    json!({"processors": [{"pipeline": {"name": "inner"}}]})
}

/// The plan that leads from `found`, all of it ours, to `wanted`; what is found and
/// not wanted goes.
fn planned(found: &Objects, wanted: &Objects, trials: &[&str]) -> Plan {
    let found: Vec<_> = found
        .iter()
        .map(|(kind, id, body)| (*kind, *id, body.clone(), RunState::Idle))
        .collect();
    let is_wanted = |id: &str| wanted.iter().any(|(_, wanted, _)| *wanted == id);
    let puts = wanted
        .iter()
        .map(|(kind, id, body)| target(*kind, id, Some(body.clone())));
    let gone = found.iter().filter(|(_, id, ..)| !is_wanted(id));
    let targets: Vec<_> = puts
        .chain(gone.map(|(kind, id, ..)| target(*kind, id, None)))
        .collect();
    let mut plan = plan(&targets, &cluster(&found), NOTHING);
    plan.trials = trials.iter().map(|name| (*name).to_owned()).collect();
    plan
}

/// Every call with the part of the course that it is in; copies are named `+ID`.
fn told(course: &Course<'_>) -> Vec<String> {
    let parts = [
        ("before", &course.before),
        ("copies", &course.copies),
        ("switch", &course.switch),
        ("clear", &course.clear),
        ("after", &course.after),
    ];
    let of = |(part, calls): (&str, &Vec<Call<'_>>)| -> Vec<String> {
        let told = calls.iter().map(|call| {
            let operation = call.operation.to_string().replace(STAGING, "+");
            // What a pipeline leads to tells a redirection from the real thing.
            let redirected = operation.starts_with("put pipeline")
                && unstaged(&call.operation.body) != call.operation.body;
            let to = if redirected { " to copies" } else { "" };
            format!("{part}: {operation}{to}")
        });
        told.collect()
    };
    parts.into_iter().flat_map(of).collect()
}

#[test]
fn the_calls_of_a_plan_have_their_order() {
    let old: Objects = vec![
        (Script, "s", script("1")),
        (Pipeline, "inner", pipeline("one", &[])),
        (Pipeline, "outer", entry()),
    ];
    let template = |text: &str| json!({"index_patterns": ["a-*"], "_meta": {"text": text}});
    let filter = json!({"items": ["a"]});
    let job = json!({"analysis_config": {"bucket_span": "15m",
        "detectors": [{"function": "count"}]}});
    let replaced = |source: &str, text: &str| -> Objects {
        vec![
            (Script, "s", script(source)),
            (Pipeline, "inner", pipeline(text, &[])),
            (Pipeline, "outer", entry()),
        ]
    };
    let cases: Vec<Case> = vec![
        (
            "nothing to do",
            old.clone(),
            old.clone(),
            &["outer"],
            vec![],
        ),
        (
            "new: what is used first, and the trial on a copy",
            vec![],
            old.clone(),
            &["outer"],
            vec![
                "before: put script s",
                "copies: put pipeline +inner",
                "copies: put pipeline +outer to copies",
                "switch: put pipeline inner",
                "switch: put pipeline outer",
                "clear: delete pipeline +outer",
                "clear: delete pipeline +inner",
            ],
        ),
        (
            "new, without a trial: no copies",
            vec![],
            old.clone(),
            &[],
            vec![
                "before: put script s",
                "switch: put pipeline inner",
                "switch: put pipeline outer",
            ],
        ),
        (
            "one thing changes: one call is the switch",
            old.clone(),
            replaced("1", "two"),
            &[],
            vec!["switch: put pipeline inner"],
        ),
        (
            "two things change: entries lead to copies meanwhile",
            old.clone(),
            replaced("2", "two"),
            &[],
            vec![
                "copies: put script +s",
                "copies: put pipeline +inner to copies",
                "copies: put pipeline +outer to copies",
                "switch: put pipeline outer to copies",
                "switch: put pipeline inner to copies",
                "switch: put script s",
                "switch: put pipeline inner",
                "switch: put pipeline outer",
                "clear: delete pipeline +outer",
                "clear: delete pipeline +inner",
                "clear: delete script +s",
            ],
        ),
        (
            "templates with the switch, jobs after it, what goes last",
            vec![
                (Script, "gone", script("1")),
                (Template, "t", template("a")),
            ],
            vec![
                (Job, "j", job),
                (Filter, "f", filter),
                (Template, "t", template("b")),
                (Script, "s", script("1")),
            ],
            &[],
            vec![
                "before: put script s",
                "switch: put template t",
                "after: put filter f",
                "after: put job j",
                "after: delete script gone",
            ],
        ),
        (
            "a copy that was left goes",
            vec![(Script, "sealift-staging-s", script("1"))],
            vec![],
            &[],
            vec!["after: delete script +s"],
        ),
        (
            "a copy that was left is made anew, and goes with the others",
            [
                old.clone(),
                vec![(Script, "sealift-staging-s", script("0"))],
            ]
            .concat(),
            replaced("2", "one"),
            &["outer"],
            vec![
                "copies: put script +s",
                "copies: put pipeline +inner to copies",
                "copies: put pipeline +outer to copies",
                "switch: put script s",
                "clear: delete pipeline +outer",
                "clear: delete pipeline +inner",
                "clear: delete script +s",
            ],
        ),
    ];
    for (name, found, wanted, trials, expected) in cases {
        let plan = planned(&found, &wanted, trials);
        let course = plan.course();
        assert_eq!(told(&course), expected, "{name}");
        assert_eq!(course.len(), expected.len(), "{name}");
        assert_eq!(course.is_empty(), expected.is_empty(), "{name}");
        assert!(course.staged().all(is_staged), "{name}");
        let redirects = expected
            .iter()
            .any(|call| call.starts_with("switch") && call.ends_with("copies"));
        assert_eq!(course.redirects, redirects, "{name}");
        let copied = expected.contains(&"copies: put pipeline +outer to copies");
        let trial = course.trials.get("outer").map(String::as_str);
        let tried = !trials.is_empty() && copied;
        assert_eq!(trial, tried.then_some("sealift-staging-outer"), "{name}");
    }
}

#[test]
fn calls_know_what_was_there() {
    let found = vec![
        (Script, "s", script("1")),
        (Script, "sealift-staging-s", script("0")),
        (Pipeline, "p", pipeline("one", &[])),
    ];
    let wanted = vec![
        (Script, "s", script("2")),
        (Pipeline, "p", pipeline("two", &[])),
    ];
    let plan = planned(&found, &wanted, &[]);
    let course = plan.course();
    let before: Vec<(String, Option<&Value>)> = course
        .calls()
        .map(|call| (call.operation.to_string(), call.previous.as_deref()))
        .collect();
    let old = |place: usize| Some(&found[place].2);
    assert_eq!(
        before[0],
        ("put script sealift-staging-s".to_owned(), old(1))
    );
    assert_eq!(
        before[1],
        ("put pipeline sealift-staging-p".to_owned(), None)
    );
    // The switch, the real script, and the real pipeline in the place of the switch.
    assert_eq!(before[2], ("put pipeline p".to_owned(), old(2)));
    assert_eq!(before[3], ("put script s".to_owned(), old(0)));
    let (last, previous) = &before[4];
    assert_eq!(last, "put pipeline p");
    let led = previous.unwrap().to_string();
    assert!(led.contains("sealift-staging-s"), "{led}");
}
