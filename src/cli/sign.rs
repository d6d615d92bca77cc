//! `sealift sign`: signatures apart from packing.

use std::path::PathBuf;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::threads;
use crate::cli::passphrase::SigningArgs;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::sign;

/// Add a signature to a bundle; every other byte stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sealift sign dga.sealift --key bob.key.pem
  sealift sign dga.sealift --list-only SHA256SUMS
  openssl pkeyutl -sign -rawin -inkey bob.key.pem -in SHA256SUMS -out bob.sig
  sealift sign dga.sealift --attach bob.sig --signer bob.pub.pem")]
pub struct SignArgs {
    /// Bundle, which is replaced as a whole
    pub file: PathBuf,
    /// Whom to sign as.
    #[command(flatten)]
    pub signing: SigningArgs,
    /// Only write the bytes to be signed to this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["keys", "attach"])]
    pub list_only: Option<PathBuf>,
    /// Attach this raw signature of 64 bytes, made elsewhere
    #[arg(long, value_name = "SIG", requires = "signer", conflicts_with = "keys")]
    pub attach: Option<PathBuf>,
    /// Public key that the attached signature was made with
    #[arg(long, value_name = "KEY", requires = "attach")]
    pub signer: Option<PathBuf>,
    /// Threads that hash [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// Signs the bundle.
///
/// # Errors
/// Those of [`mod@sign`]; [`ErrorKind::Usage`] when there is nothing to sign with.
pub fn run(args: &SignArgs, desk: &Desk) -> Result<Answer> {
    let threads = threads(args.threads);
    let progress = desk.progress();
    let signed = match (&args.list_only, &args.attach, &args.signer) {
        (Some(target), _, _) => sign::list_only(&args.file, target, threads, &progress)?,
        (None, Some(signature), Some(signer)) => {
            sign::attach(&args.file, signature, signer, threads, &progress)?
        }
        _ => {
            let keys = args.signing.open(desk)?;
            if keys.is_empty() {
                return Err(Error::new(ErrorKind::Usage, "nothing to sign with")
                    .hint("use --key, --list-only or --attach"));
            }
            sign::sign(&args.file, &keys, threads, &progress)?
        }
    };
    let names: Vec<String> = signed.signed_by.iter().map(ToString::to_string).collect();
    let text = format!(
        "{}\nsha256    {} (of SHA256SUMS)\nsigners   {}",
        escape::line(&args.file.display().to_string()),
        signed.bundle_sha256,
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    );
    Answer::new(&signed, text)
}
