//! One connection: request, answer, request, answer, until one side closes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::budget::Budget;
use super::limits::{Limits, Refusal};
use super::request::Request;
use super::response::Response;
use super::stream::{Buffered, Channel, Memory};
use super::write::{self, After};
use super::{body, head};

/// Turns requests into answers. Every `Fn(&Request) -> Response` is one.
pub trait Service: Send + Sync {
    /// The answer to `request`.
    fn answer(&self, request: &Request) -> Response;

    /// The answer to what is not a request that can be shown to
    /// [`answer`](Self::answer); the connection is closed after it.
    fn refuse(&self, refusal: &Refusal) -> Response {
        Response::text(refusal.status(), refusal.reason())
    }
}

impl<F: Fn(&Request) -> Response + Send + Sync> Service for F {
    fn answer(&self, request: &Request) -> Response {
        self(request)
    }
}

/// Serves `channel` until it closes, `going` says no, or an answer closes it.
pub(super) fn serve<C: Channel>(
    channel: C,
    service: &dyn Service,
    limits: &Limits,
    budget: &Budget,
    going: &dyn Fn() -> bool,
) {
    let mut stream = Buffered::new(channel);
    while going() {
        let after = match turn(&mut stream, service, limits, budget) {
            Ok(Some(after)) => after,
            Ok(None) => break,
            Err(refusal) => {
                let response = service.refuse(&refusal).closing();
                write::write(&mut stream.channel, &response, false, false).unwrap_or(After::Break)
            }
        };
        match after {
            After::KeepAlive => {}
            After::Close => return stream.linger(),
            After::Break => return,
        }
    }
    stream.channel.finish();
}

/// One request and its answer; nothing when the client is done.
fn turn<C: Channel>(
    stream: &mut Buffered<C>,
    service: &dyn Service,
    limits: &Limits,
    budget: &Budget,
) -> Result<Option<After>, Refusal> {
    let Some(head) = head::read(stream, limits)? else {
        return Ok(None);
    };
    if let head::Framing::Length(length) = head.framing
        && length > limits.body
    {
        return Err(Refusal::BodyTooLong(limits.body));
    }
    let has_body = head.framing != head::Framing::Length(0);
    if head.expects_continue
        && has_body
        && stream.ahead().is_empty()
        && stream
            .channel
            .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
            .is_err()
    {
        return Ok(None);
    }
    let mut share = budget.share();
    let mut request = head.request;
    request.body = body::read(stream, head.framing, limits, &mut share)?;
    if head.gzip && has_body {
        let inflated = body::inflate(&request.body, limits, &mut share)?;
        request.body_garbled = inflated.is_none();
        request.body = inflated.unwrap_or_default();
    }
    let response = catch_unwind(AssertUnwindSafe(|| service.answer(&request)))
        .unwrap_or_else(|_| service.refuse(&Refusal::ServiceFailed).closing());
    let head_only = request.method == "HEAD";
    drop(request);
    let after = write::write(&mut stream.channel, &response, head_only, head.keep_alive);
    Ok(Some(after.unwrap_or(After::Break)))
}

/// Runs the bytes of one connection through `service` in memory and returns the
/// bytes that a client would see: the whole request path without a socket.
#[must_use]
pub fn exchange(bytes: &[u8], service: &dyn Service, limits: &Limits) -> Vec<u8> {
    let mut memory = Memory {
        input: bytes,
        output: Vec::new(),
    };
    serve(
        &mut memory,
        service,
        limits,
        &Budget::new(limits.in_flight),
        &|| true,
    );
    memory.output
}

impl<C: Channel> Channel for &mut C {
    fn wait_at_most(&mut self, time: std::time::Duration) {
        (**self).wait_at_most(time);
    }

    fn finish(&mut self) {
        (**self).finish();
    }
}
