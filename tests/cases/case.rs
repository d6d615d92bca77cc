//! What `case.toml` may say.

use std::path::Path;

use serde::Deserialize;

/// One case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What it is about.
    pub(crate) about: String,
    /// The ids of the attacks that it covers.
    #[serde(default)]
    pub(crate) covers: Vec<String>,
    /// The exit code of every command.
    pub(crate) exit: i32,
    /// What standard error must hold.
    #[serde(default)]
    pub(crate) message: String,
    /// More arguments for every command.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    /// Fields of the list's first line, instead of good ones.
    #[serde(default)]
    pub(crate) header: Header,
    /// Replacements in the signed list, before it is signed.
    #[serde(default)]
    pub(crate) list: Vec<Replace>,
    /// Replacements in the manifest, before its digest goes into the list.
    #[serde(default)]
    pub(crate) manifest: Vec<Replace>,
    /// More files of the payload.
    #[serde(default)]
    pub(crate) files: Vec<Extra>,
    /// The signatures; one by key 1 where absent.
    pub(crate) sign: Option<Vec<Sign>>,
    /// Changes to the archive after signing.
    #[serde(default)]
    pub(crate) archive: Vec<Change>,
    /// Changes to the finished bytes.
    #[serde(default)]
    pub(crate) bytes: Vec<Bytes>,
    /// Who is trusted; key 1 alone where absent.
    pub(crate) trust: Option<Trust>,
    /// What was installed before.
    pub(crate) state: Option<State>,
    /// Cuts the bundle into volumes.
    pub(crate) volumes: Option<Volumes>,
    /// A release zip to be packed instead of a bundle to be opened.
    pub(crate) zip: Option<Zip>,
    /// A file to be packed instead of a bundle to be opened.
    pub(crate) pack: Option<Pack>,
}

impl Case {
    pub(crate) fn read(folder: &Path) -> Self {
        let path = folder.join("case.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// Fields of the list's first line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) name: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) sequence: Option<String>,
    pub(crate) created: Option<String>,
    pub(crate) expires: Option<String>,
    pub(crate) trust: Option<String>,
}

/// A replacement in a text; the text must hold `from`. Without `from` the whole
/// text is replaced. `times` repeats `to`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replace {
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    #[serde(default = "one")]
    pub(crate) times: usize,
    /// Bytes that are put before the text.
    #[serde(default)]
    pub(crate) prefix: Vec<u8>,
}

/// One more file below `payload/r/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extra {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// One signature.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    /// The key: its seed.
    pub(crate) key: u8,
    /// The key whose id names the member, where it is not `key`.
    pub(crate) named: Option<u8>,
    /// The member's whole name, where it is not made from a key.
    pub(crate) name: Option<String>,
    /// What is signed: `list`, `manifest` or `other`.
    #[serde(default)]
    pub(crate) over: Over,
    /// Keep only so many bytes, or add zeros up to so many.
    pub(crate) length: Option<usize>,
    /// Flip this bit.
    pub(crate) flip: Option<usize>,
    /// Add the group order to `S`.
    #[serde(default)]
    pub(crate) malleable: bool,
    /// Use these bytes for `R`, hexadecimal.
    pub(crate) r: Option<String>,
}

/// What a signature is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Over {
    #[default]
    List,
    Manifest,
    Other,
}

/// A change to the archive after signing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "do")]
pub(crate) enum Change {
    /// Takes a member out.
    Remove { member: String },
    /// Puts a copy of a member after it.
    Repeat { member: String },
    /// Puts a member right before another.
    Move { member: String, before: String },
    /// Puts a new member before another, or at the end.
    Insert {
        name: String,
        before: Option<String>,
        #[serde(default)]
        text: String,
        #[serde(rename = "type")]
        kind: Option<String>,
        #[serde(default)]
        link: String,
        #[serde(default = "one")]
        times: usize,
    },
    /// Writes text into a header at a place; the checksum follows unless told
    /// otherwise.
    Header {
        member: String,
        at: usize,
        #[serde(default)]
        text: String,
        #[serde(default)]
        raw: Vec<u8>,
        #[serde(default = "yes")]
        checksum: bool,
    },
    /// Changes the content of a member.
    Content { member: String, text: String },
    /// Writes a byte into the padding of a member.
    Padding { member: String, byte: u8 },
    /// Writes so many blocks of zeros at the end, instead of two.
    End { blocks: usize },
}

/// A change to the finished bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "do")]
pub(crate) enum Bytes {
    /// Keeps so many bytes; negative counts from the end.
    Truncate { to: i64 },
    /// Adds text at the end.
    Append { text: String },
    /// Adds zeros at the end.
    Zeros { count: usize },
    /// Puts bytes in front.
    Prefix { raw: Vec<u8> },
    /// Adds the whole once more.
    Twice,
    /// Replaces everything.
    Replace { raw: Vec<u8> },
}

/// Who is trusted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    /// The keys: their seeds.
    #[serde(default)]
    pub(crate) keys: Vec<u8>,
    /// The text of `trust.toml`; `ID1` stands for the id of key 1.
    pub(crate) policy: Option<String>,
    /// More files, by name; `PUB1`, `SECRET1` stand for key files.
    #[serde(default)]
    pub(crate) files: Vec<Extra>,
    /// Trust roots.
    #[serde(default)]
    pub(crate) roots: Vec<Root>,
    /// No `--trust` at all.
    #[serde(default)]
    pub(crate) nothing: bool,
}

/// A trust root.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Root {
    pub(crate) version: u32,
    /// The version in the file's name, where it is another one.
    pub(crate) named: Option<u32>,
    pub(crate) keys: Vec<u8>,
    #[serde(default = "one_key")]
    pub(crate) threshold: u32,
    #[serde(default = "far")]
    pub(crate) expires: String,
    pub(crate) signers: Vec<u8>,
    /// Replacements in the file after signing.
    #[serde(default)]
    pub(crate) damage: Vec<Replace>,
}

/// What was installed before.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// The text of the memory; `DIGEST` stands for this bundle's.
    pub(crate) text: String,
}

/// Volumes of so many bytes, and what becomes of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Volumes {
    pub(crate) size: usize,
    #[serde(default)]
    pub(crate) changes: Vec<VolumeChange>,
    /// The name that is opened; the index where absent.
    pub(crate) open: Option<String>,
}

/// A change to the volumes; they are numbered from 1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "do")]
pub(crate) enum VolumeChange {
    Remove {
        volume: usize,
    },
    Swap {
        volume: usize,
        with: usize,
    },
    Copy {
        volume: usize,
        to: usize,
    },
    Cut {
        volume: usize,
    },
    Flip {
        volume: usize,
    },
    Link {
        volume: usize,
    },
    /// Puts a copy into the second folder.
    Elsewhere {
        volume: usize,
        #[serde(default)]
        keep: bool,
    },
    /// Replaces text in the index.
    Index {
        from: String,
        to: String,
    },
    /// Changes a digest in the index.
    Lie {
        volume: usize,
    },
    /// Takes the index away.
    Noindex,
}

/// A release zip.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Zip {
    #[serde(default)]
    pub(crate) entries: Vec<Entry>,
    #[serde(default)]
    pub(crate) changes: Vec<ZipChange>,
}

/// An entry of a zip.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) text: String,
    /// Repeats `text`.
    #[serde(default = "one")]
    pub(crate) times: usize,
    /// The Unix mode in the external attributes.
    pub(crate) mode: Option<u32>,
}

/// A change to a zip's bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "do")]
pub(crate) enum ZipChange {
    /// Sets a little-endian field of the nth central header.
    Central {
        entry: usize,
        at: usize,
        value: u64,
        width: usize,
    },
    /// Sets a little-endian field of the nth local header.
    Local {
        entry: usize,
        at: usize,
        value: u64,
        width: usize,
    },
    /// Sets a little-endian field of the end record.
    End {
        at: usize,
        value: u64,
        width: usize,
    },
    /// Replaces every occurrence of equally long text.
    Text {
        from: String,
        to: String,
        skip: usize,
    },
    Append {
        text: String,
    },
    Prefix {
        text: String,
    },
    Twice,
    Truncate {
        to: i64,
    },
}

/// A file to be packed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pack {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default = "one")]
    pub(crate) times: usize,
}

fn one() -> usize {
    1
}

fn one_key() -> u32 {
    1
}

fn yes() -> bool {
    true
}

fn far() -> String {
    "2100-01-01T00:00:00Z".to_owned()
}
