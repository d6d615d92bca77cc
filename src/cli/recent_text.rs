//! What recent documents tell, as a person reads it.

use crate::cli::{escape, wrap};
use crate::model::recent::{Bypassed, Recent};

/// The lines for what recent documents of the cluster `label` tell.
#[must_use]
pub fn recent(label: &str, recent: &Recent) -> Vec<String> {
    let mut lines = vec![wrap::hanging(
        &format!("{}: ", escape::line(label)),
        &escape::line(&counts(recent)),
    )];
    let mut tell = |text: &str| lines.push(wrap::hanging("  ", &escape::line(text)));
    for one in &recent.messages {
        tell(&format!("{} failed with: {}", one.documents, one.message));
    }
    let (tried, pipeline) = (recent.tried, &recent.pipeline);
    if tried.documents > 0 {
        tell(&format!(
            "{} of those with neither were sent through {pipeline}: it enriches {}, fails for {}, \
             leaves {} alone",
            tried.documents,
            tried.enriched,
            tried.failed,
            tried.documents - tried.enriched - tried.failed
        ));
    }
    if tried.between > 0 {
        tell(&format!(
            "{} of these came in between documents that went through it: not all that sends \
             documents names the pipeline, or did so all the time",
            tried.between
        ));
    }
    for one in &recent.bypassed {
        tell(&bypassed(one, pipeline));
    }
    if let Some(failure) = &recent.failure {
        tell(&format!("this could not be finished: {}", failure.message));
        if let Some(hint) = &failure.hint {
            tell(&format!("hint: {hint}"));
        }
    }
    lines
}

/// How many documents there are, and what they hold.
fn counts(recent: &Recent) -> String {
    let index = &recent.index;
    if !recent.exists {
        format!("there is no index {index}")
    } else if recent.documents > 0 {
        format!(
            "the newest {} documents of {index}: {} enriched, {} failed, {} neither",
            recent.documents, recent.enriched, recent.failed, recent.neither
        )
    } else if recent.failure.is_some() {
        format!("recent documents of {index}")
    } else {
        format!("there are no documents in {index}")
    }
}

/// What to do about an index whose newest documents do not go through `pipeline`.
fn bypassed(one: &Bypassed, pipeline: &str) -> String {
    let index = &one.index;
    let found = format!("the newest documents of {index} do not go through {pipeline}");
    if one.led {
        return format!(
            "{found}, though it is their default or final pipeline: what sends them names another \
             one, or they came in before it was set"
        );
    }
    format!(
        "{found}: name it where they are sent from, or make it their default pipeline with \
         install --set-default-pipeline '{index}={pipeline}'"
    )
}

#[cfg(test)]
mod tests {
    use super::recent;
    use crate::model::recent::{Bypassed, Failure, Recent, Tried};

    fn flat(found: &Recent) -> String {
        let text = recent("soc", found).join("\n");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ")
    }

    #[test]
    fn what_recent_documents_tell_comes_with_what_to_do() {
        let found = Recent {
            documents: 41,
            enriched: 20,
            neither: 21,
            tried: Tried {
                documents: 21,
                enriched: 20,
                between: 2,
                failed: 0,
            },
            bypassed: vec![
                Bypassed {
                    index: "dns-2".to_owned(),
                    documents: 18,
                    led: false,
                },
                Bypassed {
                    index: "dns-3".to_owned(),
                    documents: 1,
                    led: true,
                },
            ],
            ..Recent::of("dns-*", "enrich")
        };
        let text = flat(&found);
        for part in [
            "soc: the newest 41 documents of dns-*: 20 enriched, 0 failed, 21 neither",
            "2 of these came in between",
            "documents of dns-2 do not go through enrich: name it",
            "install --set-default-pipeline 'dns-2=enrich'",
            "documents of dns-3 do not go through enrich, though",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let nowhere = Recent {
            exists: false,
            ..Recent::of("nowhere", "enrich")
        };
        assert_eq!(flat(&nowhere), "soc: there is no index nowhere");
        assert_eq!(
            flat(&Recent::of("dns-*", "enrich")),
            "soc: there are no documents in dns-*"
        );
        let failed = Recent {
            failure: Some(Failure {
                message: "cannot search dns-*: refused".to_owned(),
                hint: Some("grant read".to_owned()),
            }),
            ..Recent::of("dns-*", "enrich")
        };
        assert_eq!(
            flat(&failed),
            "soc: recent documents of dns-* this could not be finished: cannot search dns-*: \
             refused hint: grant read"
        );
    }
}
