//! What a bundle lies on: one file, or the volumes it was cut into, read in
//! place as one run of bytes.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::volumes::VolumeSet;

/// A run of bytes that can be read anywhere, by several threads at once.
#[derive(Debug)]
pub struct Medium {
    pieces: Vec<Piece>,
    length: u64,
    path: PathBuf,
    volumes: Option<VolumeSet>,
}

#[derive(Debug)]
struct Piece {
    file: File,
    path: PathBuf,
    start: u64,
    length: u64,
}

impl Medium {
    /// The bundle at `path`: a regular file, or volumes, which are looked for
    /// beside it and in `folders`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when something cannot be opened or is not a regular file;
    /// [`ErrorKind::Integrity`] when a volume is there twice.
    pub fn open(path: &Path, folders: &[PathBuf]) -> Result<Self> {
        match VolumeSet::locate(path, folders)? {
            None => Self::file(path),
            Some(set) => {
                let mut medium = Self::pieces(path, set.paths())?;
                medium.volumes = Some(set);
                Ok(medium)
            }
        }
    }

    /// The regular file at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be opened or is not a regular file.
    pub fn file(path: &Path) -> Result<Self> {
        Self::pieces(path, &[path.to_owned()])
    }

    /// The files at `paths`, one after the other; `path` names the whole.
    fn pieces(path: &Path, paths: &[PathBuf]) -> Result<Self> {
        let mut pieces = Vec::with_capacity(paths.len());
        let mut length = 0_u64;
        for part in paths {
            let piece = open(part, length)?;
            length = length.saturating_add(piece.length);
            pieces.push(piece);
        }
        Ok(Self {
            pieces,
            length,
            path: path.to_owned(),
            volumes: None,
        })
    }

    /// `error`, which reading this medium gave, with the bad volumes named where
    /// it is a set of volumes.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error {
        match &self.volumes {
            // A policy speaks of a bundle that could be read.
            Some(set) if error.kind() != ErrorKind::Policy => set.explain(error),
            _ => error,
        }
    }

    /// The number of bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The name of the whole.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when the medium ends before that;
    /// [`ErrorKind::Io`] when reading fails.
    pub fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let mut filled = 0;
        while filled < buffer.len() {
            let at = offset.saturating_add(filled as u64);
            let index = self.pieces.partition_point(|piece| piece.start <= at);
            let piece = index
                .checked_sub(1)
                .and_then(|index| self.pieces.get(index))
                .filter(|piece| at - piece.start < piece.length)
                .ok_or_else(|| self.cut_off())?;
            let inside = at - piece.start;
            let rest = buffer.get_mut(filled..).unwrap_or_default();
            let left = usize::try_from(piece.length - inside).unwrap_or(usize::MAX);
            let wanted = rest.len().min(left);
            let part = rest.get_mut(..wanted).unwrap_or_default();
            match read_at(&piece.file, part, inside) {
                // The file was cut while we read it.
                Ok(0) => return Err(self.cut_off()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(error).or_err(ErrorKind::Io, || {
                        format!("cannot read {} at byte {inside}", piece.path.display())
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes all bytes from `offset` on to `out`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when reading or writing fails.
    pub fn copy_from(&self, mut offset: u64, out: &mut dyn Write) -> Result<()> {
        let mut buffer = vec![0; 256 << 10];
        while offset < self.length {
            let left = usize::try_from(self.length - offset).unwrap_or(usize::MAX);
            let wanted = left.min(buffer.len());
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            self.read_exact_at(part, offset)?;
            out.write_all(part).or_err(ErrorKind::Io, || {
                format!("cannot copy {}", self.path.display())
            })?;
            offset += wanted as u64;
        }
        out.flush().or_err(ErrorKind::Io, || {
            format!("cannot copy {}", self.path.display())
        })
    }

    fn cut_off(&self) -> Error {
        Error::new(
            ErrorKind::Malformed,
            format!(
                "{} ends at byte {} in the middle of the bundle",
                self.path.display(),
                self.length
            ),
        )
        .hint("copy the bundle again; compare the sizes on both sides")
    }
}

fn open(path: &Path, start: u64) -> Result<Piece> {
    let cannot = || format!("cannot open {}", path.display());
    // Looked at by name first: opening a pipe would wait for somebody to write.
    refuse_irregular(path, &fs::metadata(path).or_err(ErrorKind::Io, cannot)?)?;
    let file = File::open(path).or_err(ErrorKind::Io, cannot)?;
    let metadata = file.metadata().or_err(ErrorKind::Io, cannot)?;
    refuse_irregular(path, &metadata)?;
    Ok(Piece {
        file,
        path: path.to_owned(),
        start,
        length: metadata.len(),
    })
}

fn refuse_irregular(path: &Path, metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Io,
        format!("{} is not a regular file", path.display()),
    )
    .hint("save the bundle to a file first; only `verify` reads a pipe"))
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
