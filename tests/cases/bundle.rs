//! Bundles as a case asks for them.

use std::fmt::Write as _;

use sealift::model::digest::Digest;
use sealift::model::key::SecretKey;
use serde_json::json;

use crate::archive::{self, Member};
use crate::case::{Bytes, Case, Over, Replace, Sign};

/// The order of the group of Ed25519, little-endian (RFC 8032 section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The payload: what a cluster takes.
const SCRIPT: &[u8] = b"{\"script\": {\"lang\": \"painless\", \"source\": \"1 + 1\"}}\n";
const PIPELINE: &[u8] = b"{\"processors\": [{\"set\": {\"field\": \"b\", \"value\": 2}}]}\n";

/// The key that is made from `seed`.
pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// The bytes of the bundle, and the digest of its list.
pub(crate) fn build(case: &Case) -> (Vec<u8>, Digest) {
    let mut files = vec![
        ("VERIFY.txt".to_owned(), b"see the documentation\n".to_vec()),
        ("payload/r/a.json".to_owned(), SCRIPT.to_vec()),
        ("payload/r/b.json".to_owned(), PIPELINE.to_vec()),
    ];
    for extra in &case.files {
        files.push((extra.name.clone(), extra.text.clone().into_bytes()));
    }
    files[1..].sort();
    let manifest = replace(manifest(&files), &case.manifest);
    let list = replace(list(case, &manifest, &files).into_bytes(), &case.list);
    let digest = Digest::of(&list);
    let mut members = vec![Member::new("SHA256SUMS", list.clone())];
    let one = [Sign {
        key: 1,
        named: None,
        name: None,
        over: Over::List,
        length: None,
        flip: None,
        malleable: false,
        r: None,
    }];
    let signs = case.sign.as_deref().unwrap_or(&one);
    let mut signatures: Vec<Member> = signs
        .iter()
        .map(|sign| signature(sign, &list, &manifest))
        .collect();
    signatures.sort_by(|a, b| a.name.cmp(&b.name));
    members.extend(signatures);
    members.push(Member::new("manifest.json", manifest));
    for (name, content) in files {
        members.push(Member::new(&name, content));
    }
    let bytes = archive::write(members, &case.archive);
    (change(bytes, &case.bytes), digest)
}

fn manifest(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let entry = |(name, content): &(String, Vec<u8>)| json!({"path": name, "size": content.len(), "sha256": Digest::of(content)});
    let find = |name: &str| files.iter().find(|(path, _)| path == name).unwrap();
    let (a, b) = (find("payload/r/a.json"), find("payload/r/b.json"));
    let manifest = json!({
        "format_version": 1,
        "producer": {"name": "test", "version": "1"},
        "sources": [{"folder": "r"}],
        "files": files.iter().map(entry).collect::<Vec<_>>(),
        "artifacts": [{
            "kind": "script", "id": "a", "path": a.0,
            "size": a.1.len(), "sha256": Digest::of(&a.1),
        }, {
            "kind": "pipeline", "id": "b", "path": b.0,
            "size": b.1.len(), "sha256": Digest::of(&b.1),
            "references": [{"kind": "script", "id": "a"}],
        }],
    });
    serde_json::to_vec(&manifest).unwrap()
}

fn list(case: &Case, manifest: &[u8], files: &[(String, Vec<u8>)]) -> String {
    let header = &case.header;
    let get = |field: &Option<String>, good: &str| field.clone().unwrap_or(good.to_owned());
    let mut text = format!(
        "# sealift/1 name={} channel={} sequence={} created={} expires={} trust={}\n",
        get(&header.name, "test"),
        get(&header.channel, "main"),
        get(&header.sequence, "7"),
        get(&header.created, "2026-01-01T00:00:00Z"),
        get(&header.expires, "2100-01-01T00:00:00Z"),
        get(&header.trust, "0"),
    );
    writeln!(text, "{}  manifest.json", Digest::of(manifest)).unwrap();
    for (name, content) in files {
        writeln!(text, "{}  {name}", Digest::of(content)).unwrap();
    }
    text
}

fn signature(sign: &Sign, list: &[u8], manifest: &[u8]) -> Member {
    let message: &[u8] = match sign.over {
        Over::List => list,
        Over::Manifest => manifest,
        Over::Other => b"# sealift/1 name=other\n",
    };
    let mut bytes = key(sign.key).sign(message).bytes().to_vec();
    if let Some(bit) = sign.flip {
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    if sign.malleable {
        let mut carry = 0_u16;
        for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
            carry += u16::from(*byte) + u16::from(order);
            *byte = u8::try_from(carry & 0xff).unwrap();
            carry >>= 8;
        }
    }
    if let Some(r) = &sign.r {
        for (at, byte) in bytes[..32].iter_mut().enumerate() {
            *byte = u8::from_str_radix(&r[at * 2..at * 2 + 2], 16).unwrap();
        }
    }
    if let Some(length) = sign.length {
        bytes.resize(length, 0);
    }
    let id = key(sign.named.unwrap_or(sign.key)).public().id();
    let name = sign.name.clone().unwrap_or(format!("SHA256SUMS.{id}.sig"));
    Member::new(&name, bytes)
}

/// `text` after `replacements`.
pub(crate) fn replace(text: Vec<u8>, replacements: &[Replace]) -> Vec<u8> {
    let mut bytes = text;
    for replacement in replacements {
        let to = replacement.to.repeat(replacement.times);
        let text = match &replacement.from {
            None => to,
            Some(from) => {
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.contains(from.as_str()), "{from:?} is not in {text}");
                text.replacen(from.as_str(), &to, 1)
            }
        };
        bytes = [replacement.prefix.as_slice(), text.as_bytes()].concat();
    }
    bytes
}

fn change(mut bytes: Vec<u8>, changes: &[Bytes]) -> Vec<u8> {
    for change in changes {
        match change {
            Bytes::Truncate { to } => bytes.truncate(from_end(*to, bytes.len())),
            Bytes::Append { text } => bytes.extend_from_slice(text.as_bytes()),
            Bytes::Zeros { count } => bytes.extend(vec![0; *count]),
            Bytes::Prefix { raw } => bytes = [raw.as_slice(), &bytes].concat(),
            Bytes::Twice => bytes = [bytes.as_slice(), &bytes].concat(),
            Bytes::Replace { raw } => bytes.clone_from(raw),
        }
    }
    bytes
}

/// `to`, or so far from the end when it is negative.
pub(crate) fn from_end(to: i64, length: usize) -> usize {
    let back = usize::try_from(to.unsigned_abs()).unwrap();
    if to < 0 { length - back } else { back }
}
