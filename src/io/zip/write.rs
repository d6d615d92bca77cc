//! Zips that depend on nothing but the files in them.

use std::io::{Seek, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::error::{ErrorKind, OrErr, Result};

/// A zip in the making: every entry deflated, mode 0644 (folders 0755), dated
/// 1980-01-01, the format's first day.
pub struct ZipBuilder<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> std::fmt::Debug for ZipBuilder<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ZipBuilder")
    }
}

impl<W: Write + Seek> ZipBuilder<W> {
    /// An empty zip in `out`.
    #[must_use]
    pub fn new(out: W) -> Self {
        Self(ZipWriter::new(out))
    }

    /// Adds the folder `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written.
    pub fn folder(&mut self, name: &str) -> Result<()> {
        self.0
            .add_directory(name, options().unix_permissions(0o755))
            .or_err(ErrorKind::Io, || format!("cannot zip the folder {name}"))
    }

    /// Adds the file `name` with these bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let cannot = || format!("cannot zip {name}");
        self.0
            .start_file(name, options().unix_permissions(0o644))
            .or_err(ErrorKind::Io, cannot)?;
        self.0.write_all(bytes).or_err(ErrorKind::Io, cannot)
    }

    /// Ends the zip and gives back what it was written to.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written.
    pub fn finish(self) -> Result<W> {
        self.0
            .finish()
            .or_err(ErrorKind::Io, || "cannot end the zip")
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::ZipBuilder;
    use crate::io::zip::{ZipLimits, ZipReader};

    fn build() -> Vec<u8> {
        let mut zip = ZipBuilder::new(Cursor::new(Vec::new()));
        zip.folder("t").expect("folder");
        zip.file("t/a.json", b"{}").expect("file");
        zip.finish().expect("zip").into_inner()
    }

    #[test]
    fn our_reader_takes_what_we_write_and_it_is_always_the_same() {
        let bytes = build();
        assert_eq!(bytes, build());
        let mut zip =
            ZipReader::new(Cursor::new(bytes), "zip", ZipLimits::default()).expect("readable");
        let entries = zip.entries().to_vec();
        assert_eq!(entries.len(), 1);
        assert_eq!(zip.read(&entries[0]).expect("bytes"), b"{}");
    }
}
