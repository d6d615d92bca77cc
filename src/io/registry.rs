//! An Elastic Package Registry: packages by name and version, each a zip with the
//! publisher's signature beside it (package-registry, `/package/NAME/VERSION`).

use serde_json::Value;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::http::{Again, Client, Response, Retry, Setback, Settings, Url};
use crate::progress::Progress;

/// The largest description of a package that is read, in bytes.
const MAX_ABOUT: u64 = 16 << 20;
/// The largest package that is fetched, in bytes; Fleet takes 100 MB.
const MAX_ZIP: u64 = 256 << 20;
/// The largest signature that is read, in bytes.
const MAX_SIGNATURE: u64 = 64 << 10;

/// A registry.
#[derive(Debug)]
pub struct Registry {
    client: Client,
    url: Url,
    retry: Retry,
}

/// A package as the registry serves it.
#[derive(Clone, Debug)]
pub struct Served {
    /// Where its zip is.
    pub url: Url,
    /// The zip.
    pub zip: Vec<u8>,
    /// The signature of the zip, where the registry has one.
    pub signature: Option<Vec<u8>>,
}

impl Registry {
    /// The registry at `url`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the settings cannot be used.
    pub fn new(url: Url, settings: Settings, retry: Retry) -> Result<Self> {
        Ok(Self {
            client: Client::new(settings)?,
            url,
            retry,
        })
    }

    /// The registry's address, for messages and records.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin()
    }

    /// The package `name` of `version`, both of which can be parts of a path.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the registry does not answer or does not have
    /// it; [`ErrorKind::Malformed`] when it describes another package, or points to
    /// another server.
    pub fn package(&self, name: &str, version: &str, progress: &dyn Progress) -> Result<Served> {
        let about = self.get(&format!("/package/{name}/{version}"), MAX_ABOUT, progress)?;
        let about: Value = serde_json::from_slice(&about).or_err(ErrorKind::Malformed, || {
            format!("{} does not describe {name} in JSON", self.origin())
        })?;
        let text = |key: &str| about.get(key).and_then(Value::as_str);
        if text("name") != Some(name) || text("version") != Some(version) {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!(
                    "{} describes {:?} {:?} when asked about {name} {version}",
                    self.origin(),
                    text("name").unwrap_or_default(),
                    text("version").unwrap_or_default()
                ),
            ));
        }
        let download = text("download").unwrap_or_default();
        let zip = self.get(download, MAX_ZIP, progress)?;
        let signature = match text("signature_path") {
            Some(path) => Some(self.get(path, MAX_SIGNATURE, progress)?),
            None => None,
        };
        Ok(Served {
            url: self.address(download)?,
            zip,
            signature,
        })
    }

    fn get(&self, path: &str, limit: u64, progress: &dyn Progress) -> Result<Vec<u8>> {
        let address = self.address(path)?;
        progress.begin_bytes(&format!("fetching {path}"), None);
        let bytes = self.retry.run(progress, || {
            let headers = [("accept-encoding", "identity".to_owned())];
            let response = self.client.follow(&address, &headers, None)?;
            Ok(good(path, response)?.bytes(limit)?)
        });
        progress.end();
        bytes
    }

    /// An address of the registry itself; it never points elsewhere.
    fn address(&self, path: &str) -> Result<Url> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '+');
        let climbs = path.split('/').any(|segment| matches!(segment, "." | ".."));
        if !path.starts_with('/') || path.starts_with("//") || climbs || !path.chars().all(plain) {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!(
                    "{} names {path:?}, which is no path of its own",
                    self.origin()
                ),
            ));
        }
        self.url.below(path)
    }
}

/// The response, if it is good.
fn good(path: &str, response: Response) -> Result<Response, Setback> {
    let status = response.status();
    if status == 200 {
        return Ok(response);
    }
    let error = if status == 404 {
        Error::new(ErrorKind::Network, format!("the registry has no {path}"))
            .hint("look up the versions: GET /search?package=NAME&all=true")
    } else {
        Error::new(
            ErrorKind::Network,
            format!("the registry answers {path} with status {status}"),
        )
    };
    if status == 429 || status >= 500 {
        return Err(Setback {
            error,
            again: Again::Soon,
        });
    }
    Err(error.into())
}
