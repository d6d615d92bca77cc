//! Which publisher: the options that `release`, `fetch` and `install --release`
//! share.

use std::path::{Path, PathBuf};

use crate::cli::desk::Desk;
use crate::cli::environment::{GITHUB_TOKEN, SEALIFT_GITHUB_TOKEN};
use crate::error::{ErrorKind, OrErr, Result};
use crate::io::files;
use crate::io::github::{API, GitHub, Options};
use crate::io::http::{Identity, Proxy, Roots, Url};
use crate::model::release::Repository;
use crate::model::secret::Secret;

/// The repository that is asked when nobody names one.
const REPOSITORY: &str = "elastic/detection-rules";
/// The largest token or certificate file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Where releases come from.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Publisher")]
pub struct PublisherArgs {
    /// Which repository.
    #[command(flatten)]
    pub repository: RepositoryArgs,
    /// File that holds an access token
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Which repository, and the way to it.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Publisher")]
pub struct RepositoryArgs {
    /// Repository [default: that of the settings, else elastic/detection-rules]
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<String>,
    /// API of GitHub Enterprise or a mirror [default: that of github.com]
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Certificate authority of the API to trust instead of the system's, PEM
    #[arg(long, value_name = "FILE")]
    pub api_ca: Option<PathBuf>,
    /// Certificate to show to the API, PEM
    #[arg(long, value_name = "FILE", requires = "api_client_key")]
    pub api_client_cert: Option<PathBuf>,
    /// Key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "api_client_cert")]
    pub api_client_key: Option<PathBuf>,
    /// Connect to the API straight, whatever proxy the environment names
    #[arg(long)]
    pub no_proxy: bool,
}

impl RepositoryArgs {
    /// The publisher, with a token of the environment or the settings.
    ///
    /// # Errors
    /// As [`PublisherArgs::github`].
    pub fn github(&self, desk: &Desk) -> Result<GitHub> {
        let args = PublisherArgs {
            repository: self.clone(),
            token_file: None,
        };
        args.github(desk)
    }
}

impl PublisherArgs {
    /// The publisher: option before setting before default; the token from
    /// `--token-file`, the environment, or the settings.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an option or setting that cannot be used;
    /// [`ErrorKind::Io`] when a file cannot be read.
    pub fn github(&self, desk: &Desk) -> Result<GitHub> {
        let args = &self.repository;
        let settings = &desk.settings.fetch;
        let repository = args.repo.as_ref().or(settings.repository.as_ref());
        let repository = Repository::parse(repository.map_or(REPOSITORY, String::as_str))?;
        let api = args.api_url.as_ref().or(settings.api_url.as_ref());
        let mut options = Options::new(repository, Url::parse(api.map_or(API, String::as_str))?);
        options.token = self.token(desk)?;
        if args.no_proxy {
            options.proxy = Proxy::Direct;
        }
        if let Some(path) = &args.api_ca {
            options.roots = Roots::Pem(files::read_limited(path, MAX_FILE)?);
        }
        if let (Some(chain), Some(key)) = (&args.api_client_cert, &args.api_client_key) {
            options.identity = Some(Identity {
                chain: files::read_limited(chain, MAX_FILE)?,
                key: text_of(key, "key")?,
            });
        }
        GitHub::new(options)
    }

    fn token(&self, desk: &Desk) -> Result<Option<Secret>> {
        let told = [SEALIFT_GITHUB_TOKEN, GITHUB_TOKEN]
            .into_iter()
            .find_map(|name| desk.environment.get(name));
        let file = match (&self.token_file, told) {
            (Some(path), _) => Some(path),
            (None, Some(token)) => return Ok(Some(Secret::new(token.to_owned()))),
            (None, None) => desk.settings.fetch.token_file.as_ref(),
        };
        let Some(path) = file else {
            return Ok(None);
        };
        text_of(path, "token").map(Some)
    }
}

/// The secret in a file that only its owner may read.
fn text_of(path: &Path, what: &str) -> Result<Secret> {
    let bytes = files::read_private(path, MAX_FILE)?;
    let text = std::str::from_utf8(&bytes).or_err(ErrorKind::Usage, || {
        format!("{} does not hold a {what}", path.display())
    })?;
    Ok(Secret::new(text.trim().to_owned()))
}
