//! What is answered.

use std::fmt;
use std::io::{Read, Write};

use serde::de::DeserializeOwned;
use ureq::http::HeaderMap;

use crate::error::{Error, ErrorKind, OrErr, Result};

use super::failure::{Failure, Phase};
use super::request::Method;
use super::url::Url;

/// Bytes are passed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// One answer: its head, and its body still to be read.
pub struct Response {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: ureq::Body,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} {} {})", self.method, self.url, self.status)
    }
}

impl Response {
    /// The status code (RFC 9110 section 15).
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status says that it was done (2xx).
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Who answered.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The first header of this name, where it is readable text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The length of the body where the head says it.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// The whole body, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it breaks off or is longer.
    pub fn bytes(self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.copy_to(&mut bytes, limit, &mut |_| {})?;
        Ok(bytes)
    }

    /// The whole body as JSON, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it breaks off, is longer, or is not what it
    /// should be.
    pub fn json<T: DeserializeOwned>(self, limit: u64) -> Result<T> {
        let (method, url, status) = (self.method, self.url.clone(), self.status);
        let bytes = self.bytes(limit)?;
        serde_json::from_slice(&bytes).or_err(ErrorKind::Network, || {
            format!("the answer to {method} {url} (status {status}) is not the JSON it should be")
        })
    }

    /// Writes the body to `writer` as it arrives and tells `seen` the bytes of
    /// each piece; gives their number.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it breaks off, before the length that its head
    /// promised or before a timeout, or is longer than `limit`; [`ErrorKind::Io`]
    /// when `writer` fails.
    pub fn copy_to(
        mut self,
        writer: &mut dyn Write,
        limit: u64,
        seen: &mut dyn FnMut(&[u8]),
    ) -> Result<u64> {
        let promised = self.content_length();
        let mut reader = self.body.as_reader();
        let mut piece = vec![0; PIECE];
        let mut total: u64 = 0;
        loop {
            let count = reader.read(&mut piece).map_err(|error| {
                Failure::new(self.method, &self.url, Phase::ReceiveBody, error.into())
            })?;
            let bytes = &piece[..count];
            if bytes.is_empty() {
                break;
            }
            total += count as u64;
            if total > limit {
                return Err(Error::new(
                    ErrorKind::Network,
                    format!("the answer of {} has more than {limit} bytes", self.url),
                ));
            }
            writer
                .write_all(bytes)
                .or_err(ErrorKind::Io, || "the answer could not be written")?;
            seen(bytes);
        }
        match promised {
            Some(promised) if self.method != Method::Head && promised != total => Err(Error::new(
                ErrorKind::Network,
                format!("{} sent {total} of {promised} bytes", self.url),
            )),
            _ => Ok(total),
        }
    }
}
