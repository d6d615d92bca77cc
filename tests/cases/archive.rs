//! An archive writer of its own, so that the reader is not tested against its
//! own idea of the format.

use crate::case::Change;

/// A member before it is written.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    content: Vec<u8>,
    kind: u8,
    link: String,
    /// Places in the header that are overwritten, and whether the checksum
    /// follows.
    patches: Vec<(usize, Vec<u8>, bool)>,
    padding: u8,
}

impl Member {
    pub(crate) fn new(name: &str, content: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            content,
            kind: b'0',
            link: String::new(),
            patches: Vec::new(),
            padding: 0,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut header = [0_u8; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &self.name.as_bytes()[..self.name.len().min(100)]);
        put(100, b"0000644\0");
        put(108, b"0000000\0");
        put(116, b"0000000\0");
        put(124, format!("{:011o}\0", self.content.len()).as_bytes());
        put(136, b"00000000000\0");
        put(156, &[self.kind]);
        put(157, self.link.as_bytes());
        put(257, b"ustar\x0000");
        put(329, b"0000000\0");
        put(337, b"0000000\0");
        for (at, bytes, _) in &self.patches {
            header[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        if self.patches.iter().all(|(_, _, checksum)| *checksum) {
            header[148..156].copy_from_slice(b"        ");
            let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
            header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        out.extend_from_slice(&header);
        out.extend_from_slice(&self.content);
        let padding = self.content.len().next_multiple_of(512) - self.content.len();
        out.extend(std::iter::repeat_n(self.padding, padding));
    }
}

/// Applies `changes` to `members` and writes the archive.
pub(crate) fn write(mut members: Vec<Member>, changes: &[Change]) -> Vec<u8> {
    let mut blocks = 2;
    for change in changes {
        match change {
            Change::Remove { member } => {
                members.remove(find(&members, member));
            }
            Change::Repeat { member } => {
                let at = find(&members, member);
                members.insert(at, members[at].clone());
            }
            Change::Move { member, before } => {
                let moved = members.remove(find(&members, member));
                let at = find(&members, before);
                members.insert(at, moved);
            }
            Change::Insert {
                name,
                before,
                text,
                kind,
                link,
                times,
            } => {
                let mut member = Member::new(name, text.clone().into_bytes());
                member.kind = kind.as_ref().map_or(b'0', |kind| kind.as_bytes()[0]);
                member.link.clone_from(link);
                let at = match before {
                    Some(before) => find(&members, before),
                    None => members.len(),
                };
                for _ in 0..*times {
                    members.insert(at, member.clone());
                }
            }
            Change::Header {
                member,
                at,
                text,
                raw,
                checksum,
            } => {
                let bytes = [text.as_bytes(), raw].concat();
                let found = find(&members, member);
                members[found].patches.push((*at, bytes, *checksum));
            }
            Change::Content { member, text } => {
                let at = find(&members, member);
                members[at].content = text.clone().into_bytes();
            }
            Change::Padding { member, byte } => {
                let at = find(&members, member);
                members[at].padding = *byte;
            }
            Change::End { blocks: asked } => blocks = *asked,
        }
    }
    let mut out = Vec::new();
    for member in &members {
        member.write(&mut out);
    }
    out.extend(vec![0; 512 * blocks]);
    out
}

/// Where the member `name` stands; `sig` means the first signature.
fn find(members: &[Member], name: &str) -> usize {
    members
        .iter()
        .position(|member| {
            member.name == name || name == "sig" && member.name.starts_with("SHA256SUMS.")
        })
        .unwrap_or_else(|| panic!("no member {name}"))
}
