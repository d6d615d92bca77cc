//! Cutting a bundle into volumes for media.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::bundle::UnjudgedBundle;
use crate::io::files::{self, Draft};
use crate::io::medium::Medium;
use crate::model::digest::{Digest, Hasher};
use crate::model::volume_index::{INDEX_SUFFIX, MAX_VOLUMES, VolumeIndex, volume_name};
use crate::progress::Progress;

/// How much is copied in one go.
const BUFFER: usize = 256 << 10;

/// The volumes of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Volumes {
    /// The files, in order.
    pub files: Vec<PathBuf>,
    /// The index.
    pub index: PathBuf,
}

/// Cuts the bundle `file` into volumes of `size` bytes in the folder `into`; the
/// bundle stays as it is.
///
/// # Errors
/// [`ErrorKind::Usage`] when there would be more than [`MAX_VOLUMES`] or none;
/// [`ErrorKind::Io`] when a volume exists already or cannot be written, and those
/// of [`UnjudgedBundle::open`] for a file that is not a whole bundle.
pub fn split(
    file: &Path,
    size: u64,
    into: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Volumes> {
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("{} has no usable name", file.display()),
            )
        })?;
    let medium = Medium::file(file)?;
    let length = medium.length();
    let count = if size == 0 { 0 } else { length.div_ceil(size) };
    if count == 0 || count > MAX_VOLUMES as u64 {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("volumes of {size} bytes cannot hold a bundle of {length}"),
        )
        .hint(format!("a bundle has 1 to {MAX_VOLUMES} volumes")));
    }
    // A broken bundle is noticed here and not on the other side.
    UnjudgedBundle::open(medium, threads, progress)?;
    files::create_folder(into)?;
    let index = into.join(format!("{name}{INDEX_SUFFIX}"));
    let count = usize::try_from(count).unwrap_or(MAX_VOLUMES);
    let targets: Vec<PathBuf> = (1..=count)
        .map(|n| into.join(volume_name(name, n)))
        .collect();
    // Also the volume after the last: a longer set would be mixed in.
    let beyond = into.join(volume_name(name, count + 1));
    for path in targets.iter().chain([&index, &beyond]) {
        if path.symlink_metadata().is_ok() {
            return Err(
                Error::new(ErrorKind::Io, format!("{} exists already", path.display()))
                    .hint("move the volumes of an earlier split away, or choose another folder"),
            );
        }
    }
    let mut input = BufReader::with_capacity(
        BUFFER,
        File::open(file).or_err(ErrorKind::Io, || format!("cannot open {}", file.display()))?,
    );
    progress.begin_bytes("writing volumes", Some(length));
    let mut volumes = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        progress.go_on()?;
        let digest = cut(&mut input, size, target)?;
        volumes.push((volume_name(name, at + 1), digest));
        progress.advance(size);
    }
    progress.end();
    let text = VolumeIndex {
        size: length,
        volumes,
    };
    files::write_atomic(&index, text.to_text().as_bytes())?;
    Ok(Volumes {
        files: targets,
        index,
    })
}

fn cut(input: &mut BufReader<File>, size: u64, target: &Path) -> Result<Digest> {
    let cannot = || format!("cannot write {}", target.display());
    let mut draft = Draft::beside(target)?;
    let mut hasher = Hasher::new();
    {
        let mut out = BufWriter::with_capacity(BUFFER, &mut draft);
        let mut left = size;
        let mut buffer = vec![0; BUFFER];
        while left > 0 {
            let wanted = usize::try_from(left).map_or(BUFFER, |left| left.min(BUFFER));
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            let count = match input.read(part) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.or_err(ErrorKind::Io, || "cannot read the bundle")?,
            };
            if count == 0 {
                break;
            }
            let part = part.get(..count).unwrap_or_default();
            hasher.update(part);
            out.write_all(part).or_err(ErrorKind::Io, cannot)?;
            left -= count as u64;
        }
        out.flush().or_err(ErrorKind::Io, cannot)?;
    }
    draft.publish()?;
    Ok(hasher.finish())
}
