//! What still feeds pipelines of earlier bundles.

use std::collections::BTreeSet;

use super::{Advice, shell};

/// A pipeline that an earlier bundle of the channel brought, that this one does not
/// bring, and that is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its id.
    pub pipeline: String,
    /// The indices whose default or final pipeline it is.
    pub led: BTreeSet<String>,
    /// Those among them whose setting sealift did not make.
    pub foreign: BTreeSet<String>,
}

/// How what is `left` is fed no more, and goes. `entries` are the pipelines that
/// documents enter now.
pub(super) fn of(left: &[Left], entries: &[&str]) -> Vec<Advice> {
    let (led, idle): (Vec<&Left>, Vec<&Left>) = left.iter().partition(|one| !one.led.is_empty());
    let mut all: Vec<Advice> = led.into_iter().map(|one| moving(one, entries)).collect();
    if !idle.is_empty() {
        let names: Vec<&str> = idle.iter().map(|one| one.pipeline.as_str()).collect();
        all.push(Advice {
            what: format!(
                "of earlier bundles is left: {}; what sends documents to it by name, as the file \
                 of a Beat does, goes on doing so; install --prune removes it once nothing uses it",
                names.join(", ")
            ),
            lines: Vec::new(),
        });
    }
    all
}

/// How the indices that `left` leads come to one of `entries`.
fn moving(left: &Left, entries: &[&str]) -> Advice {
    let old = &left.pipeline;
    let led: Vec<&str> = left.led.iter().map(String::as_str).collect();
    let (new, choice) = match entries {
        [] => (None, String::new()),
        [entry] => (Some(*entry), format!(" to {entry}")),
        several => (
            Some("PIPELINE"),
            format!(", PIPELINE being one of {}", several.join(", ")),
        ),
    };
    let lines = led.iter().map(|index| match new {
        Some(new) => {
            let adopt = if left.foreign.contains(*index) {
                " --adopt"
            } else {
                ""
            };
            let asked = shell(&format!("{index}={new}"));
            format!("sealift install FILE --set-default-pipeline {asked}{adopt}")
        }
        None => format!("PUT {index}/_settings {{\"index.default_pipeline\":null}}"),
    });
    Advice {
        what: format!(
            "{old} of an earlier bundle, which this one no longer brings, is still the default or \
             final pipeline of {}: move them{choice}, and Beats that name it; install --prune \
             removes it once nothing uses it",
            led.join(", ")
        ),
        lines: lines.collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Left, of};

    #[test]
    fn who_feeds_old_pipelines_is_told_how_to_move() {
        let left = |pipeline: &str, led: &[&str]| Left {
            pipeline: pipeline.to_owned(),
            led: led.iter().map(|index| (*index).to_owned()).collect(),
            foreign: BTreeSet::from(["dns-2".to_owned()]),
        };
        let told = |left: &[Left], entries: &[&str]| -> String {
            let all = of(left, entries).into_iter();
            let lines = all.flat_map(|one| [one.what].into_iter().chain(one.lines));
            lines.collect::<Vec<_>>().join("\n")
        };
        let both = [left("old", &["dns-1", "dns-2"]), left("helper", &[])];
        let text = told(&both, &["new"]);
        for part in [
            "old of an earlier bundle",
            "pipeline of dns-1, dns-2: move them to new",
            "--set-default-pipeline 'dns-1=new'\n",
            "--set-default-pipeline 'dns-2=new' --adopt",
            "left: helper;",
            "install --prune",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = told(&both, &["a", "b"]);
        assert!(text.contains("'dns-1=PIPELINE'") && text.contains("one of a, b"));
        let text = told(&both, &[]);
        assert!(text.contains("PUT dns-1/_settings {\"index.default_pipeline\":null}"));
        assert_eq!(told(&[], &["new"]), "");
    }
}
