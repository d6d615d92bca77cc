//! Under which terms the payload comes: what goes into the manifest's notes.

use std::collections::BTreeSet;
use std::io::Read as _;

use crate::error::{ErrorKind, OrErr, Result};
use crate::io::bundle::Content;
use crate::model::artifact::ArtifactKind;
use crate::model::catalog::Catalog;
use crate::model::license_text::{is_license, title};
use crate::model::manifest::LicenseNote;

/// How much of a license file is looked at, in bytes: its title stands first.
const HEAD: u64 = 16 << 10;
/// The longest license of a rule that is noted, in characters.
const MAX_STATED: usize = 200;

/// The licenses that the rules of `catalog` state, each once.
pub(super) fn of_rules(catalog: &Catalog) -> Vec<LicenseNote> {
    let stated = catalog
        .items
        .iter()
        .filter_map(|item| item.license.as_deref());
    let distinct: BTreeSet<String> = stated
        .map(|text| {
            text.chars()
                .filter(|c| !c.is_control())
                .take(MAX_STATED)
                .collect()
        })
        .collect();
    let note = |note| LicenseNote {
        about: ArtifactKind::Rule.to_string(),
        note,
    };
    distinct.into_iter().map(note).collect()
}

/// The license files among `files`, those of the release in `folder`; `stated`
/// where there are none.
pub(super) fn of_release(
    folder: &str,
    files: &[(String, Content)],
    stated: Option<&str>,
) -> Result<Vec<LicenseNote>> {
    let note = |note| LicenseNote {
        about: folder.to_owned(),
        note,
    };
    let mut notes = Vec::new();
    for (name, content) in files.iter().filter(|(name, _)| is_license(name)) {
        let mut head = Vec::new();
        content
            .open()?
            .take(HEAD)
            .read_to_end(&mut head)
            .or_err(ErrorKind::Io, || format!("cannot read {name} of {folder}"))?;
        let title = title(&String::from_utf8_lossy(&head));
        notes.push(note(format!("{name}: {title}")));
    }
    if notes.is_empty() {
        notes.extend(stated.map(|text| note(text.to_owned())));
    }
    Ok(notes)
}
