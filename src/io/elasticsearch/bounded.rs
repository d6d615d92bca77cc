//! The body of an answer, up to a length.

use std::io::{self, Write};

use super::answer::Decision;
use super::called::{CallError, Called};
use crate::error::{Error, ErrorKind};
use crate::io::http::Response;

/// The body of `response` to `call`, if it has at most `limit` bytes. A longer one
/// stays longer: what only reads, as `safe` says, is not sent again for it.
///
/// # Errors
/// A [`CallError`]: once the head has come, the rest lost means that the outcome is
/// unknown.
pub(super) fn body(response: Response, call: &str, limit: u64, safe: bool) -> Called<Vec<u8>> {
    let too_long = || CallError {
        decision: if safe {
            Decision::Stop
        } else {
            Decision::Unknown
        },
        error: Error::new(
            ErrorKind::Network,
            format!("the answer to {call} has more than {limit} bytes"),
        )
        .hint("check that the address leads to Elasticsearch itself"),
    };
    if response
        .content_length()
        .is_some_and(|length| length > limit)
    {
        return Err(too_long());
    }
    let mut bounded = Bounded {
        bytes: Vec::new(),
        room: limit,
    };
    match response.copy_to(&mut bounded, u64::MAX, &mut |_| {}) {
        Ok(_) => Ok(bounded.bytes),
        // Of memory, only the limit can fail.
        Err(error) if error.kind() == ErrorKind::Io => Err(too_long()),
        Err(error) => Err(CallError {
            decision: Decision::Unknown,
            error,
        }),
    }
}

/// Bytes in memory, with room for so many more.
struct Bounded {
    bytes: Vec<u8>,
    room: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.room = self
            .room
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use super::Bounded;

    #[test]
    fn one_byte_past_the_limit_fails() {
        let mut bounded = Bounded {
            bytes: Vec::new(),
            room: 3,
        };
        bounded.write_all(b"ab").unwrap();
        bounded.write_all(b"c").unwrap();
        assert!(bounded.write_all(b"d").is_err());
        assert_eq!(bounded.bytes, b"abc");
    }
}
