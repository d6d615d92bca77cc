//! What an operator does after an installation, made for one bundle and cluster.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::RunState;

mod left;
mod way_in;

pub use left::Left;
pub use way_in::{Authority, Credentials, WayIn};

/// One thing to do, or to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What, in one line.
    pub what: String,
    /// The lines to write or the calls to make.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

/// What the advice depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The pipelines that documents enter.
    pub entries: &'a [Entry<'a>],
    /// The pipelines of earlier bundles that are still there.
    pub left: &'a [Left],
    /// The addresses of the cluster.
    pub hosts: &'a [String],
    /// How the installer got into it.
    pub way_in: &'a WayIn,
    /// The bundle's jobs and datafeeds, and whether they are at work.
    pub states: &'a [(ArtifactId, RunState)],
    /// Whether jobs of the bundle have custom rules, or filters that feed them.
    pub custom_rules: bool,
    /// The detection rules that are there and switched off.
    pub rules: usize,
    /// Whether the cluster has a Kibana.
    pub kibana: bool,
    /// The fields that a document gains.
    pub results: &'a [String],
    /// Whether data views still go by the name of index patterns (before 8.0).
    pub index_patterns: bool,
}

/// A pipeline that documents enter.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its id.
    pub pipeline: &'a str,
    /// Its body, and those of the bundle's pipelines that it leads to.
    pub bodies: Vec<&'a Value>,
    /// The indices whose default or final pipeline it is.
    pub led: BTreeSet<String>,
}

/// The Beats, by the field that tells which documents they send.
const BEATS: [(&str, &str); 3] = [
    ("dns", "packetbeat"),
    ("process", "winlogbeat"),
    ("url", "packetbeat"),
];

/// Everything that is left to do.
#[must_use]
pub fn of(facts: &Facts<'_>) -> Vec<Advice> {
    let mut all = Vec::new();
    for entry in facts.entries {
        all.extend(documents(facts, entry));
    }
    let entries: Vec<&str> = facts.entries.iter().map(|entry| entry.pipeline).collect();
    all.extend(left::of(facts.left, &entries));
    all.extend(view(facts));
    all.extend(work(facts));
    if facts.rules > 0 {
        all.push(Advice {
            what: format!(
                "{} installed and switched off where nobody switched them on: enable them in \
                 Kibana under Security, Rules",
                match facts.rules {
                    1 => "1 detection rule is".to_owned(),
                    many => format!("{many} detection rules are"),
                }
            ),
            lines: Vec::new(),
        });
    }
    if facts.custom_rules {
        all.push(Advice {
            what: "custom rules and their filters affect only results that are created from now \
                   on; anomalies that are there already stay"
                .to_owned(),
            lines: Vec::new(),
        });
    }
    all
}

/// How documents get to the pipeline `entry`, or from where they do.
fn documents(facts: &Facts<'_>, entry: &Entry<'_>) -> Vec<Advice> {
    let pipeline = entry.pipeline;
    if !entry.led.is_empty() {
        let led: Vec<&str> = entry.led.iter().map(String::as_str).collect();
        return vec![Advice {
            what: format!(
                "{pipeline} is the default or final pipeline of {}; indices that are created \
                 later need it in their template",
                led.join(", ")
            ),
            lines: Vec::new(),
        }];
    }
    // Of several each has to be named.
    let is_alone = facts.entries.len() == 1;
    let beat = beat(&entry.bodies);
    let file = beat.map_or("the file of the Beat".to_owned(), |beat| {
        format!("{beat}.yml")
    });
    let hosts: Vec<String> = facts.hosts.iter().map(|host| quoted(host)).collect();
    let index = beat.map_or("INDEX".to_owned(), |beat| format!("{beat}-*"));
    let (through, asked) = if is_alone {
        (String::new(), index.clone())
    } else {
        (format!(" {pipeline}"), format!("{index}={pipeline}"))
    };
    let mut output = vec![
        "output.elasticsearch:".to_owned(),
        format!("  hosts: [{}]", hosts.join(", ")),
        format!("  pipeline: {}", quoted(pipeline)),
    ];
    output.extend(way_in::lines(facts.way_in));
    vec![
        Advice {
            what: format!("send documents through the pipeline{through}: in {file}"),
            lines: output,
        },
        Advice {
            what: format!(
                "or make it the default of indices that are there (install \
                 --set-default-pipeline {} does it)",
                shell(&asked)
            ),
            lines: vec![format!(
                "PUT {index}/_settings {}",
                serde_json::json!({"index.default_pipeline": pipeline})
            )],
        },
    ]
}

/// How the new fields of documents are seen.
fn view(facts: &Facts<'_>) -> Option<Advice> {
    if facts.entries.is_empty() || !facts.kibana || facts.results.is_empty() {
        return None;
    }
    let view = if facts.index_patterns {
        "index pattern"
    } else {
        "data view"
    };
    Some(Advice {
        what: format!(
            "once documents came in, refresh the field list of the {view} in Kibana, so that {} \
             can be searched",
            facts.results.join(", ")
        ),
        lines: Vec::new(),
    })
}

/// Which jobs and datafeeds wait to be put to work.
fn work(facts: &Facts<'_>) -> Option<Advice> {
    let idle = facts
        .states
        .iter()
        .filter(|(_, state)| *state == RunState::Idle);
    let lines: Vec<String> = idle
        .filter_map(|(artifact, _)| match artifact.kind {
            ArtifactKind::Job => Some(format!("POST _ml/anomaly_detectors/{}/_open", artifact.id)),
            ArtifactKind::Datafeed => Some(format!("POST _ml/datafeeds/{}/_start", artifact.id)),
            _ => None,
        })
        .collect();
    (!lines.is_empty()).then(|| Advice {
        what: "open the jobs and start the datafeeds (install --start does it)".to_owned(),
        lines,
    })
}

/// The Beat whose documents the pipelines are about.
fn beat(pipelines: &[&Value]) -> Option<&'static str> {
    let mut text = String::new();
    for pipeline in pipelines {
        text.push_str(&pipeline.to_string());
    }
    let found = BEATS.iter().find(|(field, _)| {
        text.contains(&format!("ctx.{field}")) || text.contains(&format!("\"{field}."))
    });
    found.map(|(_, beat)| *beat)
}

/// A scalar of YAML between double quotes, which a JSON text is.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A word as a shell takes it.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::{Authority, Credentials, Entry, Facts, Left, WayIn, of};
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::observation::RunState;

    #[test]
    fn advice_is_made_for_bundle_and_cluster() {
        let pipeline =
            json!({"processors": [{"pipeline": {"if": "ctx.dns?.id != null", "name": "x"}}]});
        let job = |id: &str| ArtifactId::new(ArtifactKind::Job, id);
        let states = [
            (job("open"), RunState::Running),
            (job("closed"), RunState::Idle),
        ];
        let entry = |pipeline: &'static str, body, led: &[&str]| Entry {
            pipeline,
            bodies: vec![body],
            led: led.iter().map(|index| (*index).to_owned()).collect(),
        };
        let pinned = WayIn {
            authority: Authority::Fingerprint("ab12".to_owned()),
            credentials: Credentials::Password,
        };
        let facts = Facts {
            entries: &[entry("enrich", &pipeline, &[])],
            left: &[],
            hosts: &["https://es:9200".to_owned()],
            way_in: &pinned,
            states: &states,
            custom_rules: true,
            rules: 0,
            kibana: true,
            results: &["ml_is_dga".to_owned()],
            index_patterns: true,
        };
        let told = |facts: &Facts<'_>| -> Vec<String> {
            let all = of(facts).into_iter();
            all.flat_map(|one| [one.what].into_iter().chain(one.lines))
                .collect()
        };
        let all = told(&facts).join("\n");
        for part in [
            "in packetbeat.yml\noutput.elasticsearch:\n  hosts: [\"https://es:9200\"]\n  pipeline: \"enrich\"\n  ssl.ca_trusted_fingerprint: \"ab12\"\n  username: \"${ES_USER}\"",
            "--set-default-pipeline 'packetbeat-*'",
            "PUT packetbeat-*/_settings {\"index.default_pipeline\":\"enrich\"}",
            "index pattern in Kibana, so that ml_is_dga",
            "POST _ml/anomaly_detectors/closed/_open",
            "only results that are created from now on",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert!(
            !all.contains("/open/_open") && !all.contains("detection rules"),
            "{all}"
        );
        let later = Facts {
            entries: &[entry("enrich", &pipeline, &["packetbeat-1"])],
            ..facts
        };
        let all = told(&later).join("\n");
        assert!(
            all.contains("pipeline of packetbeat-1;") && !all.contains("packetbeat.yml"),
            "{all}"
        );
        // Each of several is told of, and the fields of all once.
        let other = json!({"processors": [{"set": {"if": "ctx.process != null"}}]});
        let left = Left {
            pipeline: "older".to_owned(),
            led: BTreeSet::from(["dns-1".to_owned()]),
            foreign: BTreeSet::new(),
        };
        let both = Facts {
            entries: &[entry("enrich", &pipeline, &[]), entry("names", &other, &[])],
            left: &[left],
            ..facts
        };
        let all = told(&both).join("\n");
        for part in [
            "the pipeline enrich: in packetbeat.yml",
            "--set-default-pipeline 'packetbeat-*=enrich'",
            "the pipeline names: in winlogbeat.yml",
            "--set-default-pipeline 'winlogbeat-*=names'",
            "older of an earlier bundle",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert_eq!(all.matches("so that ml_is_dga").count(), 1, "{all}");
        let nothing = Facts {
            entries: &[],
            states: &[],
            custom_rules: false,
            ..facts
        };
        assert_eq!(told(&nothing), Vec::<String>::new());
    }
}
