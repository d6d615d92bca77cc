//! Passphrases of private keys: from the environment, a file, or a prompt.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::desk::Desk;
use crate::cli::environment::KEY_PASSPHRASE;
use crate::cli::prompt;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::key::read_secret_text;
use crate::io::files;
use crate::model::key::SecretKey;

/// The other ways to give a passphrase.
const HINT: &str = "set SEALIFT_KEY_PASSPHRASE or use --passphrase-file";
/// The longest passphrase, in bytes.
const MAX_PASSPHRASE: u64 = 4096;

/// Private keys to sign with.
#[derive(Debug, clap::Args)]
pub struct SigningArgs {
    /// Private key to sign with; repeat for several signers
    #[arg(long = "key", value_name = "FILE")]
    pub keys: Vec<PathBuf>,
    /// File whose first line is the passphrase of the private keys
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl SigningArgs {
    /// The keys, opened.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when others may read a key, or the passphrase is
    /// missing or wrong; [`ErrorKind::Malformed`] when a file is no key.
    pub fn open(&self, desk: &Desk) -> Result<Vec<SecretKey>> {
        self.keys
            .iter()
            .map(|path| self.open_one(path, desk))
            .collect()
    }

    fn open_one(&self, path: &Path, desk: &Desk) -> Result<SecretKey> {
        let text = read_secret_text(path)?;
        let passphrase = if SecretKey::is_encrypted(&text) {
            let question = format!("passphrase of {}", path.display());
            Some(
                given(self.passphrase_file.as_deref(), desk)?
                    .map_or_else(|| prompt::secret(&question, HINT).map(Zeroizing::new), Ok)?,
            )
        } else {
            None
        };
        SecretKey::from_pem(&text, passphrase.as_ref().map(|p| p.as_str()))
            .map_err(|error| error.context(format!("cannot use the key {}", path.display())))
    }
}

/// A passphrase for a new key; asked for twice.
///
/// # Errors
/// [`ErrorKind::Usage`] when it is empty, the two differ, or nobody is there.
pub fn new(file: Option<&Path>, desk: &Desk) -> Result<Zeroizing<String>> {
    let passphrase = given(file, desk)?.map_or_else(ask_twice, Ok)?;
    if passphrase.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "the passphrase is empty")
            .hint("give one, or say --no-passphrase"));
    }
    Ok(passphrase)
}

fn ask_twice() -> Result<Zeroizing<String>> {
    let hint = "set SEALIFT_KEY_PASSPHRASE, use --passphrase-file, or --no-passphrase";
    let first = Zeroizing::new(prompt::secret("passphrase for the new key", hint)?);
    let second = Zeroizing::new(prompt::secret("the same again", hint)?);
    if first == second {
        Ok(first)
    } else {
        Err(Error::new(ErrorKind::Usage, "the two passphrases differ"))
    }
}

fn given(file: Option<&Path>, desk: &Desk) -> Result<Option<Zeroizing<String>>> {
    if let Some(path) = file {
        let bytes = files::read_private(path, MAX_PASSPHRASE)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Error::new(
                ErrorKind::Usage,
                format!("{} is not UTF-8 text", path.display()),
            )
        })?;
        let line = text.lines().next().unwrap_or_default();
        return Ok(Some(Zeroizing::new(line.to_owned())));
    }
    let told = desk.environment.get(KEY_PASSPHRASE);
    Ok(told.map(|passphrase| Zeroizing::new(passphrase.to_owned())))
}
