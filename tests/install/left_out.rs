//! What an operator leaves out is not asked for, and what is in the way names the
//! way round.

use sealift::model::artifact::ArtifactKind;

use crate::command::Desk;
use crate::kit::{DETECTIONS, Recipe, lab, open, wanted};

#[test]
fn what_is_left_out_asks_nothing_of_the_stack() {
    let desk = Desk::new(&[DETECTIONS], lab("7.9.2"));
    let (code, _, err) = desk.run("install", &["--yes", "--without", "analytics"]);
    assert_eq!(code, 8, "{err}");
    assert!(err.contains("asks for a stack from 7.10.0"), "{err}");
    let (_, option) = err.split_once("--without 'rule ").unwrap();
    let (id, _) = option.split_once('\'').unwrap();
    let one = format!("rule {id}");

    let room = crate::kit::Room::new();
    let bundle = open(&Recipe::of(&[DETECTIONS]).packed(room.path()));
    let targets = wanted(&bundle);
    let mut rules = targets.iter().map(|target| &target.artifact);
    assert!(
        rules.any(|artifact| artifact.kind == ArtifactKind::Rule && artifact.id == id),
        "{err}"
    );
    let part = ["--yes", "--without", "analytics", "--without", &one];
    let (code, out, err) = desk.run("install", &part);
    assert_eq!(code, 0, "{out}{err}");
}
