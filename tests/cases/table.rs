//! `docs/threat-model.md` maps every id of the attack list to its cases, and no
//! id is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::case::Case;
use crate::{folders, name};

/// The families of the attack list and how many attacks each has.
const ATTACKS: [(&str, usize); 5] = [("S", 23), ("M", 17), ("T", 28), ("D", 10), ("V", 9)];

#[test]
fn the_table_of_attacks_is_complete_and_true() {
    let mut cases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in folders() {
        for id in Case::read(&folder).covers {
            cases.entry(id).or_default().insert(name(&folder));
        }
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/threat-model.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut faults = Vec::new();
    for (family, count) in ATTACKS {
        for number in 1..=count {
            let id = format!("{family}{number}");
            let Some(row) = page
                .lines()
                .find(|line| line.starts_with(&format!("| {id} |")))
            else {
                faults.push(format!("{id} has no row"));
                continue;
            };
            let told: BTreeSet<String> = row
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|word| !word.contains(' ') && !word.contains("::"))
                .map(str::to_owned)
                .collect();
            let real = cases.remove(&id).unwrap_or_default();
            if told != real {
                faults.push(format!("{id}: the page says {told:?}, the cases {real:?}"));
            }
            if real.is_empty() && row.trim_end_matches(['|', ' ']).len() < 40 {
                faults.push(format!("{id} has no case and no reason"));
            }
        }
    }
    faults.extend(cases.keys().map(|id| format!("unknown id {id}")));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
