//! The bundle's container: strict, deterministic ustar (POSIX.1-1988).
//!
//! Every header has one spelling, that of `tar --format=ustar --mtime=@0
//! --owner=0 --group=0 --numeric-owner --mode=0644`: it is rebuilt from name and
//! size, and whatever differs is refused and named.

use std::io::{self, Read, Write};

use tar::Header;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::path::BundlePath;

/// The unit of an archive, in bytes.
pub const BLOCK: u64 = 512;
/// One unit.
pub type Block = [u8; 512];
/// The largest member: eleven octal digits.
pub const MAX_MEMBER: u64 = 0o77_777_777_777;
/// What ends an archive: two blocks of zeros.
pub const END_BYTES: u64 = 2 * BLOCK;
const ZEROS: Block = [0; 512];

/// The bytes of zeros after `size` bytes of content.
#[must_use]
pub const fn padding(size: u64) -> u64 {
    (BLOCK - size % BLOCK) % BLOCK
}

/// The header of the member `name` with `size` bytes.
///
/// # Errors
/// [`ErrorKind::Malformed`] when the name does not fit, or the member is larger
/// than [`MAX_MEMBER`].
pub fn header(name: &BundlePath, size: u64) -> Result<Block> {
    if size > MAX_MEMBER {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{name} has {size} bytes, a member has at most {MAX_MEMBER}"),
        ));
    }
    let cannot = || format!("cannot write a header for {name}");
    let mut header = Header::new_ustar();
    header
        .set_path(name.as_str())
        .or_err(ErrorKind::Malformed, cannot)?;
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_device_major(0).or_err(ErrorKind::Bug, cannot)?;
    header.set_device_minor(0).or_err(ErrorKind::Bug, cannot)?;
    header.set_cksum();
    // Six digits, NUL, space: as GNU tar writes it, where the crate writes seven
    // digits and NUL.
    let sum = header.cksum().or_err(ErrorKind::Bug, cannot)?;
    header
        .as_old_mut()
        .cksum
        .copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(*header.as_bytes())
}

/// What a block says where a header is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A member starts.
    Member(BundlePath, u64),
    /// A block of zeros: the first half of the end.
    End,
}

/// Reads `block`, which stands at `offset`, as a header.
///
/// # Errors
/// [`ErrorKind::Malformed`] that names the offset and the first rule that the
/// header breaks.
pub fn parse_header(block: &Block, offset: u64) -> Result<Found> {
    if *block == ZEROS {
        return Ok(Found::End);
    }
    let refuse = |fault: &str| {
        Error::new(
            ErrorKind::Malformed,
            format!("the header at byte {offset} {fault}"),
        )
    };
    if offset == 0
        && let Some(format) = foreign(block)
    {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("this is {format}, not a bundle"),
        ));
    }
    if stored_sum(block) != Some(unsigned_sum(block)) {
        return Err(refuse("has a wrong checksum"));
    }
    let header = Header::from_byte_slice(block);
    if let Some(kind) = foreign_type(header.as_old().linkflag[0]) {
        return Err(refuse(&format!(
            "is of {kind}, only regular files are allowed"
        )));
    }
    if block.get(257..265) != Some(b"ustar\x0000") {
        return Err(refuse(
            "is not ustar: it has the magic of another tar dialect",
        ));
    }
    let name = text_field(&header.as_old().name)
        .ok_or_else(|| refuse("has a name with bytes after its end or outside ASCII"))?;
    let name = BundlePath::parse(name)
        .map_err(|error| error.context(format!("the header at byte {offset} has a bad name")))?;
    let size = octal(&header.as_old().size)
        .ok_or_else(|| refuse("has a size that is not eleven octal digits"))?;
    let canonical = self::header(&name, size)?;
    match FIELDS
        .iter()
        .find(|(_, from, to)| block.get(*from..*to) != canonical.get(*from..*to))
    {
        None => Ok(Found::Member(name, size)),
        Some((field, _, _)) => Err(refuse(&format!(
            "({name}) has an unexpected {field}; every field but name and size is fixed"
        ))),
    }
}

/// The fields of a ustar header, from and to which byte; together the whole
/// block.
const FIELDS: [(&str, usize, usize); 16] = [
    ("name", 0, 100),
    ("mode", 100, 108),
    ("owner id", 108, 116),
    ("group id", 116, 124),
    ("size", 124, 136),
    ("modification time", 136, 148),
    ("type", 156, 157),
    ("link name", 157, 257),
    ("magic", 257, 265),
    ("owner name", 265, 297),
    ("group name", 297, 329),
    ("device major", 329, 337),
    ("device minor", 337, 345),
    ("name prefix", 345, 500),
    ("reserved end", 500, 512),
    // Last, for it differs whenever another field does.
    ("checksum spelling", 148, 156),
];

/// What a file is that starts with `block` and is no archive.
fn foreign(block: &Block) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 7] = [
        (b"\x1f\x8b", "a gzip file"),
        (b"PK\x03\x04", "a zip file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
        (b"\xfd7zXZ\0", "an xz file"),
        (b"BZh", "a bzip2 file"),
        (b"\x7fELF", "a program"),
        (b"-----BEGIN ", "a PEM file"),
    ];
    KNOWN
        .iter()
        .find(|(magic, _)| block.starts_with(magic))
        .map(|(_, format)| *format)
}

/// What a type flag other than `0` stands for.
fn foreign_type(flag: u8) -> Option<String> {
    let kind = match flag {
        b'0' => return None,
        b'\0' => "the old regular type",
        b'1' => "type 1 (hard link)",
        b'2' => "type 2 (symbolic link)",
        b'3' => "type 3 (character device)",
        b'4' => "type 4 (block device)",
        b'5' => "type 5 (folder)",
        b'6' => "type 6 (fifo)",
        b'7' => "type 7 (contiguous file)",
        b'x' => "type x (PAX record)",
        b'g' => "type g (global PAX record)",
        b'L' => "type L (GNU long name)",
        b'K' => "type K (GNU long link)",
        b'S' => "type S (GNU sparse file)",
        other => return Some(format!("the unknown type {other:#04x}")),
    };
    Some(kind.to_owned())
}

/// The text before the first NUL, when only NULs follow and it is ASCII.
fn text_field(field: &[u8]) -> Option<&str> {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at(end);
    let clean = rest.iter().all(|b| *b == 0) && text.is_ascii();
    std::str::from_utf8(text).ok().filter(|_| clean)
}

/// Eleven octal digits and a NUL.
fn octal(field: &[u8; 12]) -> Option<u64> {
    let (digits, end) = field.split_at(11);
    let plain = digits.iter().all(|b| matches!(b, b'0'..=b'7')) && end == [0];
    let text = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    u64::from_str_radix(text, 8).ok()
}

/// The sum that the header states, however it is spelt.
fn stored_sum(block: &Block) -> Option<u32> {
    let field = block.get(148..156)?;
    let text = std::str::from_utf8(field).ok()?;
    u32::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

/// The sum of all bytes, the sum's own field taken as spaces.
fn unsigned_sum(block: &Block) -> u32 {
    let all: u32 = block.iter().map(|b| u32::from(*b)).sum();
    let own: u32 = block.iter().skip(148).take(8).map(|b| u32::from(*b)).sum();
    all - own + 8 * u32::from(b' ')
}

/// Writes an archive member by member.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    out: W,
}

impl<W: Write> ArchiveWriter<W> {
    /// An archive that goes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Adds the member `name` with exactly `size` bytes from `content`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when reading or writing fails, or `content` is longer or
    /// shorter.
    pub fn append(&mut self, name: &BundlePath, size: u64, content: impl Read) -> Result<()> {
        let cannot = || format!("cannot write {name} into the bundle");
        self.out
            .write_all(&header(name, size)?)
            .or_err(ErrorKind::Io, cannot)?;
        let mut limited = content.take(size.saturating_add(1));
        let copied = io::copy(&mut limited, &mut self.out).or_err(ErrorKind::Io, cannot)?;
        if copied != size {
            return Err(Error::new(
                ErrorKind::Io,
                format!("the content of {name} changed while it was packed"),
            ));
        }
        let zeros = usize::try_from(padding(size)).unwrap_or(0);
        self.out
            .write_all(&ZEROS[..zeros])
            .or_err(ErrorKind::Io, cannot)
    }

    /// Ends the archive and gives back what it was written to.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing fails.
    pub fn finish(mut self) -> Result<W> {
        self.out
            .write_all(&[0; 2 * 512])
            .and_then(|()| self.out.flush())
            .or_err(ErrorKind::Io, || "cannot write the end of the bundle")?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{ArchiveWriter, FIELDS, Found, header, padding, parse_header};
    use crate::error::ErrorKind;
    use crate::model::path::BundlePath;

    fn path(name: &str) -> BundlePath {
        BundlePath::parse(name).unwrap()
    }

    #[test]
    fn a_header_is_read_back() {
        let long = "x".repeat(100);
        for (name, size) in [("a", 0), ("payload/r/b.json", 8_589_934_591), (&long, 1)] {
            let block = header(&path(name), size).unwrap();
            let found = parse_header(&block, 0).unwrap();
            assert_eq!(found, Found::Member(path(name), size));
        }
        assert!(header(&path("a"), 8_589_934_592).is_err());
        assert_eq!(parse_header(&[0; 512], 512).unwrap(), Found::End);
    }

    #[test]
    fn every_changed_byte_of_a_header_is_refused() {
        let good = header(&path("payload/a"), 5).unwrap();
        for at in 0..512 {
            for flip in [1, 0x20, 0x80] {
                let mut block = good;
                block[at] ^= flip;
                let error = parse_header(&block, 1024).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Malformed, "byte {at}");
            }
        }
    }

    #[test]
    fn the_fields_cover_the_whole_block() {
        let mut at = 0;
        let mut fields = FIELDS;
        fields.sort_by_key(|(_, from, _)| *from);
        for (name, from, to) in fields {
            assert_eq!(from, at, "{name}");
            at = to;
        }
        assert_eq!(at, 512);
    }

    #[test]
    fn content_must_have_the_promised_length() {
        for wrong in [&b"1234"[..], b"123456"] {
            let mut writer = ArchiveWriter::new(Vec::new());
            assert!(writer.append(&path("a"), 5, wrong).is_err());
        }
        let mut writer = ArchiveWriter::new(Vec::new());
        writer.append(&path("a"), 5, &b"12345"[..]).unwrap();
        assert_eq!(writer.finish().unwrap().len(), 512 * 4);
        assert_eq!([0, 1, 511, 512].map(padding), [0, 511, 1, 0]);
    }
}
