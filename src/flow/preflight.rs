//! Looks whether a cluster can take the work at all, before anything else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::engine::painless;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::plan::Target;
use crate::model::preflight::{self, Facts, Finding, Needs, Range, Weight};
use crate::model::reference;

/// What a piece of work asks of every cluster that it is done to; found out
/// once.
#[derive(Debug)]
pub struct Question {
    needs: Needs,
    ranges: Vec<Range>,
}

impl Question {
    /// What installing or removing `targets` asks; of `ranges`, what a whole bundle
    /// asks of the stack, theirs count. `enable_rules`: detection rules are to run
    /// at once.
    #[must_use]
    pub fn of(targets: &[Target], ranges: &[Range], enable_rules: bool) -> Self {
        let mut needs = Needs::of(targets.iter().map(|t| (&t.artifact, t.body.as_ref())));
        let with_regex = targets.iter().filter(|target| has_regex(target));
        needs.regex = with_regex.map(|target| target.artifact.clone()).collect();
        needs.enable_rules = enable_rules;
        let theirs: BTreeSet<&ArtifactId> = targets.iter().map(|t| &t.artifact).collect();
        let ranges = ranges.iter();
        let ranges = ranges.filter(|range| theirs.contains(&range.artifact));
        Self {
            needs,
            ranges: ranges.cloned().collect(),
        }
    }

    /// The same, where also the default pipeline of `indices`, names or patterns,
    /// is set.
    #[must_use]
    pub fn leading<'i>(mut self, indices: impl IntoIterator<Item = &'i str>) -> Self {
        for index in indices {
            self.needs.setting(index);
        }
        self
    }

    /// What is missing on `cluster`, and what is doubtful, all at once.
    ///
    /// # Errors
    /// As the calls.
    pub fn put_to(&self, cluster: &Cluster, clock: &Clock<'_>) -> Result<Answer> {
        let facts = facts(cluster, &self.needs)?;
        let found = preflight::findings(&self.needs, &self.ranges, &facts, clock.now()?);
        let role = self.needs.role(facts.of_features(), &cluster.space);
        Ok(Answer { found, role })
    }

    /// What can be said of a cluster that does not tell this user what it is: that
    /// the right is missing, and a role for `space`, with Kibana's features as the
    /// newest version calls them.
    #[must_use]
    pub fn unanswered(&self, space: &str) -> Answer {
        let found = Finding {
            weight: Weight::Missing,
            what: "the user lacks the cluster privilege monitor, so that not even the version can \
                   be read"
                .to_owned(),
            next: "grant the role that --preflight-only prints, and look again: more may be \
                   missing"
                .to_owned(),
        };
        Answer {
            found: vec![found],
            role: self.needs.role(&preflight::NEWEST, space),
        }
    }
}

/// What a preflight gave.
#[derive(Debug)]
pub struct Answer {
    /// Everything that is missing, then everything that is doubtful.
    pub found: Vec<Finding>,
    /// The body of `PUT _security/role/NAME` that grants all rights.
    pub role: Value,
}

impl Answer {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.missing().next().is_none()
    }

    fn missing(&self) -> impl Iterator<Item = &Finding> {
        let found = self.found.iter();
        found.filter(|finding| finding.weight == Weight::Missing)
    }

    /// What is doubtful.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        let found = self.found.iter();
        found.filter(|finding| finding.weight == Weight::Warning)
    }

    /// An error that names everything that is missing on the cluster `label`, or
    /// nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Policy`] where something is.
    pub fn refuse(&self, label: &str) -> Result<()> {
        if self.is_ready() {
            return Ok(());
        }
        let what: Vec<&str> = self
            .missing()
            .map(|finding| finding.what.as_str())
            .collect();
        let mut next: Vec<&str> = Vec::new();
        for finding in self.missing() {
            if !next.contains(&finding.next.as_str()) {
                next.push(&finding.next);
            }
        }
        Err(Error::new(
            ErrorKind::Policy,
            format!("{label} is not ready: {}", what.join("; ")),
        )
        .hint(next.join("; ")))
    }
}

/// Everything that matters of `cluster`, its Kibana among it.
///
/// # Errors
/// As the calls.
pub fn facts(cluster: &Cluster, needs: &Needs) -> Result<Facts> {
    let kibana = cluster.kibana_facts(!needs.kibana.is_empty())?;
    Ok(cluster.elasticsearch.facts(needs, kibana)?)
}

/// Whether a stored script, or a script or condition of a pipeline, uses a
/// regular expression.
fn has_regex(target: &Target) -> bool {
    let Some(body) = &target.body else {
        return false;
    };
    match target.artifact.kind {
        ArtifactKind::Script => {
            let script = body.get("script").unwrap_or(body);
            let source = script.get("source").and_then(Value::as_str);
            source.is_some_and(painless::uses_regex)
        }
        ArtifactKind::Pipeline => {
            let sources = reference::painless_of_pipeline(body);
            sources.into_iter().any(painless::uses_regex)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::has_regex;
    use crate::flow::targets;
    use crate::model::artifact::{ArtifactId, ArtifactKind};

    #[test]
    fn regular_expressions_are_found_wherever_scripts_stand() {
        let source = "if (ctx.a =~ /x+/) { ctx.b = 1 }";
        let inner = json!({"script": {"source": source}});
        let cases: [(ArtifactKind, Value, bool); 7] = [
            (
                ArtifactKind::Script,
                json!({"script": {"source": source}}),
                true,
            ),
            (
                ArtifactKind::Script,
                json!({"source": "ctx.a = ctx.b / 2 / 3"}),
                false,
            ),
            (ArtifactKind::Pipeline, json!({"processors": [inner]}), true),
            (
                ArtifactKind::Pipeline,
                json!({"on_failure": [{"foreach": {"processor": inner}}]}),
                true,
            ),
            (
                ArtifactKind::Pipeline,
                json!({"processors": [{"set": {"if": "ctx.a ==~ /x/", "field": "b"}}]}),
                true,
            ),
            (
                ArtifactKind::Pipeline,
                json!({"processors": [{"set": {"field": "b", "value": "/x/"}}]}),
                false,
            ),
            (ArtifactKind::Rule, json!({"query": "/x/"}), false),
        ];
        for (kind, body, expected) in cases {
            let mut target = targets::absent(ArtifactId::new(kind, "x"));
            target.body = Some(body);
            assert_eq!(has_regex(&target), expected, "{target:?}");
        }
    }
}
