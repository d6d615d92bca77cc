//! Answers on their way out.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::response::{Body, Cut, Response, phrase};

/// Whether the connection can go on after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    KeepAlive,
    Close,
    /// A fault was asked for: drop the connection at once.
    Break,
}

/// Writes `response`; without its body to a `HEAD` request.
pub(super) fn write(
    out: &mut impl Write,
    response: &Response,
    head_only: bool,
    keep_alive: bool,
) -> io::Result<After> {
    if response.cut == Some(Cut::Silent) {
        return Ok(After::Break);
    }
    let keep_alive = keep_alive && !response.close;
    let mut head = head(response, keep_alive);
    let length = match response.cut {
        Some(Cut::AfterBody(count)) => count.min(response.length()),
        _ => response.length(),
    };
    match &response.body {
        _ if head_only => out.write_all(&head)?,
        Body::Bytes(bytes) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let body = bytes.get(..length).unwrap_or(bytes);
            if body.len() <= 16 << 10 {
                // One write, one packet.
                head.extend_from_slice(body);
                out.write_all(&head)?;
            } else {
                out.write_all(&head)?;
                out.write_all(body)?;
            }
        }
        Body::File { path, offset, .. } => {
            out.write_all(&head)?;
            copy_file(out, path, *offset, length)?;
        }
    }
    out.flush()?;
    Ok(match response.cut {
        Some(_) => After::Break,
        None if keep_alive => After::KeepAlive,
        None => After::Close,
    })
}

fn head(response: &Response, keep_alive: bool) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {} {}\r\n",
        response.status,
        phrase(response.status)
    );
    for (name, value) in &response.headers {
        // A service may echo a client's text; a line break in it must not
        // become a header.
        let value: String = value.chars().filter(|char| !char.is_control()).collect();
        head.push_str(&format_header(name, &value));
    }
    if response.status >= 200 && response.status != 204 && response.status != 304 {
        head.push_str(&format_header(
            "content-length",
            &response.length().to_string(),
        ));
    }
    if !keep_alive {
        head.push_str("connection: close\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}

fn format_header(name: &str, value: &str) -> String {
    format!("{name}: {value}\r\n")
}

fn copy_file(out: &mut impl Write, path: &Path, offset: u64, length: u64) -> io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let copied = io::copy(&mut file.take(length), out)?;
    if copied < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
