//! Changes of filters: shown as a diff, asked for, made, told.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed, prompt};
use crate::error::Result;
use crate::flow::manage::filters::{self, Change, Wish};

/// Shows what a wish changes on each cluster, asks, and makes the changes.
///
/// # Errors
/// As connecting and changing; [`crate::error::ErrorKind::Interrupted`] without consent.
pub(super) fn change(
    target: &TargetArgs,
    desk: &Desk,
    id: &str,
    wish: &Wish,
    yes: bool,
) -> Result<Answer> {
    let addresses = target.addresses(desk)?;
    let told = |change: &Change, users: &[String], is_done: bool| {
        let id = escape::line(id);
        let text = match (is_unchanged(change), is_done) {
            (true, _) => format!("filter {id}: nothing to change"),
            (false, false) => text(change, users),
            (false, true) => format!("{}\nfilter {id}: done", text(change, users)),
        };
        Answer::new(&to_json(change, users), text)
    };
    if !yes {
        let has_changes = AtomicBool::new(false);
        let planned = managed::each(&addresses, |cluster| {
            let planned = filters::plan(cluster, id, wish)?;
            has_changes.fetch_or(!is_unchanged(&planned), Ordering::Relaxed);
            told(&planned, &filters::users(cluster, id)?, false)
        })?;
        if !has_changes.into_inner() {
            return Ok(planned);
        }
        desk.terminal.note(&planned.text);
        let question = format!(
            "change the filter{}?",
            managed::of_clusters(addresses.len())
        );
        prompt::confirm(&question, false)?;
    }
    managed::each(&addresses, |cluster| {
        let users = filters::users(cluster, id)?;
        told(&filters::apply(cluster, id, wish)?, &users, true)
    })
}

fn is_unchanged(change: &Change) -> bool {
    change.before.is_some() && change.update.is_empty()
}

fn to_json(change: &Change, users: &[String]) -> serde_json::Value {
    let added = if change.before.is_some() {
        &change.update.add
    } else {
        change.after.items()
    };
    json!({
        "filter": change.after.id,
        "created": change.before.is_none(),
        "added": added,
        "removed": change.update.remove,
        "description": change.after.description,
        "used_by": users,
    })
}

fn text(change: &Change, users: &[String]) -> String {
    let is_new = change.before.is_none();
    let added = if is_new {
        change.after.items()
    } else {
        &change.update.add
    };
    let signed = |sign: char, items: &[String]| -> Vec<String> {
        items
            .iter()
            .map(|item| format!("{sign} {}", escape::line(item)))
            .collect()
    };
    let mut lines = signed('-', &change.update.remove);
    lines.extend(signed('+', added));
    if let Some(description) = &change.update.description {
        lines.push(format!("description: {}", escape::line(description)));
    }
    let users = if users.is_empty() {
        "no job uses it".to_owned()
    } else {
        format!(
            "used by {}; open jobs take the new items at once",
            escape::line(&users.join(", "))
        )
    };
    lines.push(users);
    lines.join("\n")
}
