//! Following redirects (RFC 9110 section 15.4), for peers where that is wanted.

use crate::error::{Error, ErrorKind, Result};

use super::client::Client;
use super::request::{Authorization, Method, Request};
use super::response::Response;
use super::retry::Setback;
use super::url::Url;

/// More hops than this are a circle.
const MAX_HOPS: usize = 5;

impl Client {
    /// Reads `url` and follows where the answers lead. The credentials go to
    /// `url`'s own origin only, never to another scheme, host or port; an
    /// encrypted exchange never goes on unencrypted. Failures that may pass are
    /// the caller's to try again.
    ///
    /// # Errors
    /// A [`Setback`] of kind [`ErrorKind::Network`] when an exchange fails, the
    /// redirects do not end, or one leads nowhere.
    pub fn follow(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        authorization: Option<&Authorization>,
    ) -> Result<Response, Setback> {
        let mut here = url.clone();
        for _ in 0..=MAX_HOPS {
            let trusted = here.same_origin(url);
            let mut request = Request::new(Method::Get, here.clone())
                .authorized(authorization.filter(|_| trusted));
            request.headers = headers.to_vec();
            let response = self.send(request)?;
            if !matches!(response.status(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            here = next(&here, response.header("location"))?;
        }
        Err(Error::new(
            ErrorKind::Network,
            format!("{url} redirects more than {MAX_HOPS} times"),
        )
        .into())
    }
}

fn next(here: &Url, location: Option<&str>) -> Result<Url> {
    let refuse = |why: &str| Error::new(ErrorKind::Network, format!("{here} redirects {why}"));
    let location = location.ok_or_else(|| refuse("without saying where"))?;
    let next = here
        .join(location)
        .map_err(|error| refuse("to an unusable address").because(error))?;
    if here.is_secure() && !next.is_secure() {
        return Err(refuse("to an unencrypted address"));
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::next;
    use crate::io::http::url::Url;

    #[test]
    fn a_redirect_must_lead_somewhere_safe() {
        let here = Url::parse("https://a.example/x").expect("url");
        assert!(next(&here, Some("https://b.example/y")).is_ok());
        for location in [None, Some("http://a.example/x"), Some("ftp://b/")] {
            assert!(next(&here, location).is_err(), "{location:?}");
        }
    }
}
