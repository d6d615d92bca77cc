//! `sealift key`: making and naming keys.

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::passphrase::{self, SigningArgs};
use crate::cli::table::table;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::key::{self, KeyFacts, NewKey};
use crate::io::{files, trust_store};
use crate::model::key::MAX_KEY_FILE;

/// Make and name signing keys.
#[derive(Debug, clap::Args)]
pub struct KeyArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeyCommand,
}

/// The commands of `sealift key`.
#[derive(Debug, clap::Subcommand)]
pub enum KeyCommand {
    /// Make a key: NAME.key.pem (private, encrypted) and NAME.pub.pem
    New(NewArgs),
    /// Show a key's id and fingerprint
    Show(ShowArgs),
    /// List the public keys in folders
    List(ListArgs),
}

/// Make a key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift key new alice --dir keys")]
pub struct NewArgs {
    /// What the key is called, and its files
    pub name: String,
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Leave the private key unencrypted
    #[arg(long, conflicts_with = "passphrase_file")]
    pub no_passphrase: bool,
    /// File whose first line is the passphrase
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Show a key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift key show alice.pub.pem")]
pub struct ShowArgs {
    /// Key file, public or private
    pub file: PathBuf,
    /// File whose first line is the passphrase of a private key
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// List keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift key list /etc/sealift/trust")]
pub struct ListArgs {
    /// Key files or folders of them [default: those of the settings]
    #[arg(value_name = "KEY-OR-DIR")]
    pub paths: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Those of [`key::create`], [`SigningArgs::open`] and [`key::list`].
pub fn run(args: KeyArgs, desk: &Desk) -> Result<Answer> {
    match args.command {
        KeyCommand::New(args) => new(&args, desk),
        KeyCommand::Show(args) => show(args, desk),
        KeyCommand::List(args) => list(&args, desk),
    }
}

fn new(args: &NewArgs, desk: &Desk) -> Result<Answer> {
    let passphrase = if args.no_passphrase {
        None
    } else {
        Some(passphrase::new(args.passphrase_file.as_deref(), desk)?)
    };
    let made = key::create(
        &args.dir,
        &args.name,
        passphrase.as_ref().map(|p| p.as_str()),
    )?;
    let NewKey { facts, .. } = &made;
    let text = format!(
        "{}\nprivate      {}{}\npublic       {}",
        describe(facts),
        made.secret_file.display(),
        if made.encrypted {
            ""
        } else {
            " (not encrypted)"
        },
        made.public_file.display(),
    );
    Answer::new(&made, text)
}

fn show(args: ShowArgs, desk: &Desk) -> Result<Answer> {
    let text = Zeroizing::new(files::read_text(&args.file, MAX_KEY_FILE)?);
    let facts = if text.contains("PRIVATE KEY-----") {
        let name = args.file.file_name().unwrap_or_default().to_string_lossy();
        let label = name.strip_suffix(".key.pem").unwrap_or(&name).to_owned();
        let signing = SigningArgs {
            keys: vec![args.file],
            passphrase_file: args.passphrase_file,
        };
        let opened = signing.open(desk)?;
        let secret = opened
            .first()
            .ok_or_else(|| Error::new(ErrorKind::Bug, "no key was opened"))?;
        KeyFacts::of(&secret.public(), &label)
    } else {
        let known = trust_store::read_key(&args.file)?;
        KeyFacts::of(&known.key, &known.label)
    };
    Answer::new(&facts, describe(&facts))
}

fn list(args: &ListArgs, desk: &Desk) -> Result<Answer> {
    let paths = if args.paths.is_empty() {
        &desk.settings.trust.keys
    } else {
        &args.paths
    };
    let keys = key::list(paths)?;
    let rows: Vec<Vec<String>> = keys
        .iter()
        .map(|facts| {
            vec![
                facts.key_id.to_string(),
                facts.label.clone(),
                facts.spoken.clone(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "no keys".to_owned()
    } else {
        table(desk.terminal.width(), &["key id", "name", "spoken"], &rows)
    };
    Answer::new(&keys, text)
}

fn describe(facts: &KeyFacts) -> String {
    format!(
        "key          {}\nkey id       {}\nfingerprint  {}\nspoken       {}",
        crate::cli::escape::line(&facts.label),
        facts.key_id,
        facts.fingerprint,
        facts.spoken
    )
}
