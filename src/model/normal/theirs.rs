//! What of a detection rule is the operator's: whether it runs, whom it tells, and
//! which exceptions it has. A bundle that does not say leaves it as it is.

use serde_json::{Map, Value};

use super::walk;

/// The operator's lists, each with the key that tells its entries apart: the
/// connector of an action, the list of an exception.
const LISTS: [(&str, &str); 3] = [
    ("actions", "id"),
    ("exceptions_list", "list_id"),
    ("response_actions", "action_type_id"),
];

/// What goes along with actions: how often they run, and where their links lead.
const WITH_ACTIONS: [&str; 2] = ["throttle", "meta"];

/// The operator's parts as `wanted` names them, and the same parts as `observed`
/// has them. What only `observed` has is in neither.
pub(super) fn named(wanted: &Value, observed: &Value) -> [Map<String, Value>; 2] {
    let mut both = [Map::new(), Map::new()];
    let mut add = |key: &str, want: Value, have: Value| {
        for (part, value) in both.iter_mut().zip([want, have]) {
            part.insert(key.to_owned(), value);
        }
    };
    if let Some(asked) = wanted.get("enabled").filter(|asked| !asked.is_null()) {
        let runs = observed.get("enabled").cloned().unwrap_or_default();
        add("enabled", asked.clone(), runs);
    }
    for (list, key) in LISTS {
        let asked = entries(wanted, list);
        if asked.is_empty() {
            continue;
        }
        let there = entries(observed, list);
        let found = asked.iter().filter_map(|entry| {
            let mut found = there
                .iter()
                .find(|other| is_same(key, entry, other))?
                .clone();
            // Kibana adds keys of its own to an entry.
            walk::keep(&mut found, entry);
            Some(found)
        });
        add(list, asked.to_vec().into(), found.collect());
    }
    both
}

/// Takes the operator's parts out of a rule.
pub(super) fn forget(rule: &mut Map<String, Value>) {
    for (list, _) in LISTS {
        rule.remove(list);
    }
}

/// `body`, which takes the place of the rule `there`, with what is the operator's
/// of that one: the lists keep their entries but for those that `body` has itself.
pub fn kept(body: &mut Value, there: &Value) {
    let brings_actions = !entries(body, "actions").is_empty();
    let Value::Object(map) = body else { return };
    let mut keep = |key: &str| {
        if let Some(value) = there.get(key).filter(|value| !value.is_null())
            && map.get(key).is_none_or(Value::is_null)
        {
            map.insert(key.to_owned(), value.clone());
        }
    };
    keep("enabled");
    if !brings_actions && !entries(there, "actions").is_empty() {
        WITH_ACTIONS.into_iter().for_each(keep);
    }
    for (list, key) in LISTS {
        let own = entries(body, list);
        let theirs = entries(there, list).iter();
        let theirs = theirs.filter(|entry| !own.iter().any(|own| is_same(key, own, entry)));
        let all: Vec<Value> = own.iter().chain(theirs).cloned().collect();
        if !all.is_empty() {
            body[list] = Value::Array(all);
        }
    }
}

fn entries<'a>(rule: &'a Value, list: &str) -> &'a [Value] {
    rule.get(list)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_same(key: &str, one: &Value, other: &Value) -> bool {
    one.get(key) == other.get(key)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::artifact::ArtifactKind;
    use crate::model::normal;

    #[test]
    fn what_the_bundle_does_not_say_is_no_difference_and_stays() {
        let theirs = json!({"query": "a", "enabled": true, "throttle": "rule", "actions": [{"id": "mail",
            "uuid": "1"}], "exceptions_list": [{"list_id": "mine"}], "response_actions": []});
        let cases: [(Value, bool, Value); 7] = [
            (json!({"query": "a"}), true, json!(["mail"])),
            (
                json!({"query": "a", "actions": [], "exceptions_list": []}),
                true,
                json!(["mail"]),
            ),
            (
                json!({"query": "a", "enabled": null}),
                true,
                json!(["mail"]),
            ),
            (
                json!({"query": "a", "actions": [{"id": "mail"}]}),
                true,
                json!(["mail"]),
            ),
            (
                json!({"query": "a", "actions": [{"id": "chat"}]}),
                false,
                json!(["chat", "mail"]),
            ),
            (
                json!({"query": "a", "enabled": false}),
                false,
                json!(["mail"]),
            ),
            (json!({"query": "b"}), false, json!(["mail"])),
        ];
        for (mut body, same, actions) in cases {
            let told = body.to_string();
            assert_eq!(
                normal::same(ArtifactKind::Rule, &body, &theirs),
                same,
                "{told}"
            );
            let asked = body.get("enabled").and_then(Value::as_bool);
            super::kept(&mut body, &theirs);
            let ids: Vec<&Value> = super::entries(&body, "actions")
                .iter()
                .map(|action| &action["id"])
                .collect();
            assert_eq!(json!(ids), actions, "{told}");
            assert_eq!(body["enabled"], json!(asked.unwrap_or(true)), "{told}");
            assert_eq!(
                body["exceptions_list"],
                json!([{"list_id": "mine"}]),
                "{told}"
            );
        }
        let mut body =
            json!({"exceptions_list": [{"list_id": "ours"}, {"list_id": "mine", "v": 2}]});
        super::kept(&mut body, &theirs);
        assert_eq!(body["exceptions_list"][1]["v"], 2);
        assert_eq!(super::entries(&body, "exceptions_list").len(), 2);
        assert_eq!(body["throttle"], "rule");
    }
}
