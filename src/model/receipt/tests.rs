#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::{End, Entry, FORMAT, Header, Origin, Outcome, Purpose, Receipt};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::observation::ClusterIdentity;
use crate::model::operation::Verb;
use crate::model::time::Timestamp;

fn entries() -> Vec<Entry> {
    let artifact = ArtifactId::new(ArtifactKind::Script, "s");
    vec![
        Entry::Begin(Header {
            format: FORMAT,
            id: "r1".to_owned(),
            purpose: Purpose::Install,
            origin: Origin {
                bundle: "b".to_owned(),
                channel: "c".to_owned(),
                sequence: 1,
                digest: Digest::of(b""),
            },
            cluster: ClusterIdentity {
                uuid: "u".to_owned(),
                name: "n".to_owned(),
                version: "8.0.0".to_owned(),
            },
            space: "default".to_owned(),
            started: Timestamp::from_seconds(0).unwrap(),
            by: "tester".to_owned(),
            continues: None,
            undoes: None,
            tool: "0.1.0".to_owned(),
            overrides: vec![],
        }),
        Entry::Intent {
            call: 0,
            verb: Verb::Put,
            artifact: artifact.clone(),
            previous: Some(json!({"source": "1"})),
            claim: None,
        },
        Entry::Outcome {
            call: 0,
            outcome: Outcome::Done,
            reason: None,
        },
        Entry::Intent {
            call: 1,
            verb: Verb::Put,
            artifact,
            previous: Some(json!({"source": "2"})),
            claim: None,
        },
        Entry::End {
            end: End::Failed,
            at: Timestamp::from_seconds(1).unwrap(),
        },
    ]
}

fn journal(entries: &[Entry]) -> String {
    entries
        .iter()
        .map(|entry| serde_json::to_string(entry).unwrap() + "\n")
        .collect()
}

#[test]
fn a_journal_tells_the_receipt_wherever_it_was_cut() {
    let all = entries();
    let text = journal(&all);
    let receipt = Receipt::from_journal(&text).unwrap();
    assert_eq!(receipt.calls[0].outcome, Outcome::Done);
    assert_eq!(receipt.calls[1].outcome, Outcome::Unknown);
    assert_eq!(receipt.state(), "failed");
    let before = receipt.before();
    assert_eq!(before.len(), 1);
    assert_eq!(
        before.values().next().unwrap().0,
        Some(json!({"source": "1"}))
    );
    let header = journal(&all[..1]).len();
    for cut in header..text.len() {
        let receipt = Receipt::from_journal(&text[..cut]).unwrap();
        assert_eq!(receipt.state(), "cut off");
    }
    assert!(Receipt::from_journal(&text[..header - 1]).is_err());
}

#[test]
fn what_does_not_follow_is_refused() {
    let all = entries();
    let order = |indices: &[usize]| -> Vec<Entry> {
        indices.iter().map(|index| all[*index].clone()).collect()
    };
    for bad in [&[1, 2][..], &[0, 2], &[0, 3], &[0, 0]] {
        assert!(Receipt::from_journal(&journal(&order(bad))).is_err());
    }
}
