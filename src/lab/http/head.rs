//! The head of a request: line, headers, and what they say about the body.

use std::time::Instant;

use super::limits::{Limits, Refusal};
use super::request::Request;
use super::stream::{Buffered, Channel, Dry};

/// A request without its body, and how the body comes.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) request: Request,
    pub(super) framing: Framing,
    pub(super) gzip: bool,
    pub(super) expects_continue: bool,
    pub(super) keep_alive: bool,
}

/// How the end of a body is known (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(usize),
    Chunked,
}

/// Reads the next head; nothing when the client closed or stayed silent between
/// requests.
pub(super) fn read<C: Channel>(
    stream: &mut Buffered<C>,
    limits: &Limits,
) -> Result<Option<Head>, Refusal> {
    if stream.ahead().is_empty() && stream.fill(Instant::now() + limits.idle).is_err() {
        return Ok(None);
    }
    let deadline = Instant::now() + limits.head_time;
    skip_empty_lines(stream);
    loop {
        if let Some((head, used)) = parse(stream.ahead(), limits)? {
            stream.consume(used);
            return Ok(Some(head));
        }
        match stream.fill(deadline) {
            Ok(()) => {}
            Err(Dry::Closed) if stream.ahead().is_empty() => return Ok(None),
            Err(dry) => return Err(dry.into()),
        }
    }
}

/// Empty lines before a request line are allowed (RFC 9112, section 2.2).
fn skip_empty_lines<C: Channel>(stream: &mut Buffered<C>) {
    let count = stream
        .ahead()
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    stream.consume(count);
}

/// The head at the start of `bytes` and its length; nothing when more is needed.
fn parse(bytes: &[u8], limits: &Limits) -> Result<Option<(Head, usize)>, Refusal> {
    let mut headers = vec![httparse::EMPTY_HEADER; limits.headers];
    let mut parsed = httparse::Request::new(&mut headers);
    let status = parsed.parse(bytes).map_err(|error| match error {
        httparse::Error::TooManyHeaders => Refusal::HeadTooLong(limits.head),
        httparse::Error::HeaderName => Refusal::Malformed("bad header name"),
        httparse::Error::HeaderValue => Refusal::Malformed("bad header value"),
        httparse::Error::NewLine => Refusal::Malformed("bad line end"),
        httparse::Error::Version => Refusal::Malformed("bad version"),
        _ => Refusal::Malformed("bad request line"),
    })?;
    check_line(bytes, limits)?;
    let used = match status {
        httparse::Status::Complete(used) if used <= limits.head => used,
        httparse::Status::Partial if bytes.len() <= limits.head => return Ok(None),
        _ => return Err(Refusal::HeadTooLong(limits.head)),
    };
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        ..Request::default()
    };
    request.set_target(parsed.path.unwrap_or_default());
    request.headers = parsed
        .headers
        .iter()
        .map(|header| {
            let value: String = header.value.iter().copied().map(char::from).collect();
            (header.name.to_ascii_lowercase(), value)
        })
        .collect();
    let newer = parsed.version == Some(1);
    interpret(request, newer).map(|head| Some((head, used)))
}

fn check_line(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let line = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    if line > limits.line {
        return Err(Refusal::LineTooLong(limits.line));
    }
    Ok(())
}

fn interpret(mut request: Request, newer: bool) -> Result<Head, Refusal> {
    let framing = framing(&request)?;
    let expects_continue = match request.header("expect") {
        None => false,
        Some(value) if value.eq_ignore_ascii_case("100-continue") => newer,
        Some(_) => return Err(Refusal::UnknownExpectation),
    };
    let keep_alive = match request.header("connection") {
        Some(value) if has_token(value, "close") => false,
        Some(value) if has_token(value, "keep-alive") => true,
        _ => newer,
    };
    let gzip = request.header("content-encoding").is_some_and(|coding| {
        coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip")
    });
    if gzip {
        request
            .headers
            .retain(|(name, _)| name != "content-encoding");
    }
    Ok(Head {
        request,
        framing,
        gzip,
        expects_continue,
        keep_alive,
    })
}

/// Both a length and a transfer coding, or two different lengths, are an attack
/// on whoever stands in front: refused.
fn framing(request: &Request) -> Result<Framing, Refusal> {
    let mut lengths = request
        .headers
        .iter()
        .filter(|(name, _)| name == "content-length")
        .map(|(_, value)| value.trim());
    let length = lengths.next();
    if lengths.any(|other| Some(other) != length) {
        return Err(Refusal::Malformed("two content lengths"));
    }
    match (request.header("transfer-encoding"), length) {
        (Some(_), Some(_)) => Err(Refusal::Malformed("content length and transfer coding")),
        (Some(coding), None) if coding.trim().eq_ignore_ascii_case("chunked") => {
            Ok(Framing::Chunked)
        }
        (Some(_), None) => Err(Refusal::UnknownCoding),
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(length)) if length.bytes().all(|byte| byte.is_ascii_digit()) => length
            .parse()
            .map(Framing::Length)
            .map_err(|_| Refusal::Malformed("bad content length")),
        (None, Some(_)) => Err(Refusal::Malformed("bad content length")),
    }
}

fn has_token(value: &str, token: &str) -> bool {
    value
        .split(',')
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}
