//! The two sides of a connection, plain, encrypted or in memory, and the buffer
//! in front of the reading one.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::limits::Refusal;

/// Something that bytes come from and go to, whose reads can be limited in time.
pub(super) trait Channel: Read + Write {
    /// Lets the next read wait no longer than this.
    fn wait_at_most(&mut self, time: Duration);
    /// Tells the other side that nothing more is written.
    fn finish(&mut self);
}

/// A socket that the server's registry shares, so that a stop can wake its reader.
pub(super) struct Socket(pub(super) Arc<TcpStream>);

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

impl Channel for Socket {
    fn wait_at_most(&mut self, time: Duration) {
        set_wait(&self.0, time);
    }

    fn finish(&mut self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }
}

/// An encrypted socket.
pub(super) struct Encrypted {
    pub(super) stream: crate::io::tls::ServerStream<Socket>,
    pub(super) socket: Arc<TcpStream>,
}

impl Read for Encrypted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Encrypted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Channel for Encrypted {
    fn wait_at_most(&mut self, time: Duration) {
        set_wait(&self.socket, time);
    }

    fn finish(&mut self) {
        self.stream.close();
        let _ = self.socket.shutdown(Shutdown::Write);
    }
}

/// A zero timeout would mean "for ever" to the socket, hence at least a millisecond.
fn set_wait(socket: &TcpStream, time: Duration) {
    let _ = socket.set_read_timeout(Some(time.max(Duration::from_millis(1))));
}

/// Bytes in memory as a connection: tests and fuzz targets drive the whole
/// request path with it.
pub(super) struct Memory<'a> {
    pub(super) input: &'a [u8],
    pub(super) output: Vec<u8>,
}

impl Read for Memory<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Memory<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Channel for Memory<'_> {
    fn wait_at_most(&mut self, _time: Duration) {}
    fn finish(&mut self) {}
}

/// Why no more bytes came.
#[derive(Debug)]
pub(super) enum Dry {
    /// The client closed, or the connection broke.
    Closed,
    /// The client was silent for too long.
    Late,
}

impl From<Dry> for Refusal {
    fn from(dry: Dry) -> Self {
        match dry {
            Dry::Closed => Self::Malformed("it ends early"),
            Dry::Late => Self::TooSlow,
        }
    }
}

/// A channel with the bytes that were read ahead of their use.
pub(super) struct Buffered<C> {
    pub(super) channel: C,
    bytes: Vec<u8>,
    start: usize,
}

impl<C: Channel> Buffered<C> {
    pub(super) fn new(channel: C) -> Self {
        Self {
            channel,
            bytes: Vec::new(),
            start: 0,
        }
    }

    /// What is there and not yet used.
    pub(super) fn ahead(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Marks `count` bytes as used.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.bytes.len());
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
            self.bytes.shrink_to(64 << 10);
        }
    }

    /// Reads once, until `deadline` at most; at least one byte is then ahead.
    pub(super) fn fill(&mut self, deadline: Instant) -> Result<(), Dry> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        let mut block = [0; 16 << 10];
        let count = self.read_once(&mut block, deadline)?;
        self.bytes
            .extend_from_slice(block.get(..count).unwrap_or_default());
        Ok(())
    }

    /// Reads once into `block`, past the buffer, which must be empty.
    pub(super) fn read_once(&mut self, block: &mut [u8], deadline: Instant) -> Result<usize, Dry> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Dry::Late);
            }
            self.channel.wait_at_most(left);
            match self.channel.read(block) {
                Ok(0) => return Err(Dry::Closed),
                Ok(count) => return Ok(count),
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Err(Dry::Late),
                    _ => return Err(Dry::Closed),
                },
            }
        }
    }

    /// After a last answer: says so, and reads what the client still sends for a
    /// moment, as an unread byte would turn the close into a reset that can
    /// destroy the answer on its way.
    pub(super) fn linger(&mut self) {
        self.channel.finish();
        let deadline = Instant::now() + Duration::from_secs(1);
        let mut block = [0; 16 << 10];
        let mut left = 64_usize << 20;
        while let Ok(count) = self.read_once(&mut block, deadline) {
            left = left.saturating_sub(count);
            if left == 0 {
                return;
            }
        }
    }
}
