//! Bundles cut for media: where the volumes are, and which of them is bad.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::files;
use crate::model::digest::{Digest, Hasher};
use crate::model::volume_index::{
    INDEX_SUFFIX, MAX_INDEX, MAX_VOLUMES, VolumeIndex, volume_name, volume_number,
};

/// The volumes of one bundle, found in one folder or several.
#[derive(Clone, Debug)]
pub struct VolumeSet {
    /// The bundle's name without number or suffix.
    name: String,
    /// The volumes from the first on, without a gap: what is read.
    paths: Vec<PathBuf>,
    /// All volumes that were found, by number.
    found: BTreeMap<usize, PathBuf>,
    index: Option<VolumeIndex>,
}

impl VolumeSet {
    /// The set that `path` means: its index, one of its volumes, or the name of
    /// the bundle before it was cut. Volumes are looked for beside it and in
    /// `folders`. None when `path` is a plain file.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] when a volume is there twice or none is there;
    /// [`ErrorKind::Io`] when one is not a regular file.
    pub fn locate(path: &Path, folders: &[PathBuf]) -> Result<Option<Self>> {
        let file_name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("");
        let name = match (
            file_name.strip_suffix(INDEX_SUFFIX),
            volume_number(file_name),
        ) {
            (Some(name), _) | (None, Some((name, _))) => name,
            (None, None) if path.symlink_metadata().is_ok() => return Ok(None),
            (None, None) => file_name,
        };
        let own = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut places = vec![own];
        places.extend(folders.iter().cloned());
        places.dedup();
        let mut found = BTreeMap::new();
        for number in 1..=MAX_VOLUMES {
            if let Some(volume) = find(&places, &volume_name(name, number))? {
                found.insert(number, volume);
            }
        }
        let index_name = format!("{name}{INDEX_SUFFIX}");
        let index = match places
            .iter()
            .map(|p| p.join(&index_name))
            .find(|p| p.is_file())
        {
            // An index that cannot be used is as good as none: it never decides.
            Some(index) => VolumeIndex::parse(&files::read_limited(&index, MAX_INDEX)?).ok(),
            None => None,
        };
        if found.is_empty() && index.is_none() {
            return Ok(None);
        }
        let paths = (1..=MAX_VOLUMES).map_while(|number| found.get(&number).cloned());
        Ok(Some(Self {
            name: name.to_owned(),
            paths: paths.collect(),
            found,
            index,
        }))
    }

    /// The volumes from the first on, without a gap.
    #[must_use]
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// `error`, which reading the set gave, with every volume named that is
    /// missing, damaged, swapped or foreign.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error {
        let faults = self.faults();
        if faults.is_empty() {
            return error;
        }
        Error::new(ErrorKind::Integrity, faults.join("; "))
            .hint("copy the named volumes again; the others are as they were cut")
            .because(error)
    }

    /// What is wrong with which volume, as far as the index can tell.
    fn faults(&self) -> Vec<String> {
        let Some(index) = &self.index else {
            let highest = self.found.keys().next_back().copied().unwrap_or(0);
            return (1..=highest)
                .filter(|number| !self.found.contains_key(number))
                .map(|number| format!("volume {} is missing", volume_name(&self.name, number)))
                .collect();
        };
        let mut faults = Vec::new();
        for (at, (name, wanted)) in index.volumes.iter().enumerate() {
            let fault = match self.found.get(&(at + 1)) {
                None => Some(format!("volume {name} is missing")),
                Some(path) => examine(path, *wanted, index),
            };
            faults.extend(fault);
        }
        for (_, path) in self.found.range(index.volumes.len() + 1..) {
            faults.push(format!(
                "{} is not of this set: it has {} volumes",
                path.display(),
                index.volumes.len()
            ));
        }
        faults
    }
}

/// The one regular file called `name` in `places`.
fn find(places: &[PathBuf], name: &str) -> Result<Option<PathBuf>> {
    let mut found: Option<PathBuf> = None;
    for place in places {
        let path = place.join(name);
        let Ok(metadata) = path.symlink_metadata() else {
            continue;
        };
        if !metadata.is_file() {
            return Err(Error::new(
                ErrorKind::Io,
                format!("volume {} is not a regular file", path.display()),
            ));
        }
        if let Some(other) = &found {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "volume {name} is there twice: {} and {}",
                    other.display(),
                    path.display()
                ),
            )
            .hint("leave out the folder that holds the wrong one"));
        }
        found = Some(path);
    }
    Ok(found)
}

/// What is wrong with the volume at `path`, which should have the digest
/// `wanted`.
fn examine(path: &Path, wanted: Digest, index: &VolumeIndex) -> Option<String> {
    let found = match digest(path) {
        Ok(found) if found == wanted => return None,
        Ok(found) => found,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            return Some(format!("{error} ({})", cause.unwrap_or_default()));
        }
    };
    let place = path.display();
    let other = index.volumes.iter().find(|(_, digest)| *digest == found);
    Some(match other {
        Some((name, _)) => format!("volume {place} holds what belongs into {name}"),
        None => format!("volume {place} is damaged or of another set"),
    })
}

fn digest(path: &Path) -> Result<Digest> {
    let cannot = || format!("cannot read volume {}", path.display());
    let mut file = std::fs::File::open(path).or_err(ErrorKind::Io, cannot)?;
    let mut hasher = Hasher::new();
    std::io::copy(&mut file, &mut hasher).or_err(ErrorKind::Io, cannot)?;
    Ok(hasher.finish())
}
