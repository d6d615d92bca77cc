//! `sealift trust`: who is trusted, and how trust is handed over.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::{OpeningArgs, threads};
use crate::cli::passphrase::SigningArgs;
use crate::error::Result;
use crate::flow::key::KeyFacts;
use crate::flow::trust::{self, NewRoot};
use crate::io::trust_store;
use crate::model::key::SecretKey;
use crate::model::label::Label;
use crate::model::time::Timestamp;
use crate::model::trust::{TrustPolicy, TrustedKey};
use crate::model::trust_root::SignedRoot;

/// Show who is trusted; make, rotate and take over trust roots.
#[derive(Debug, clap::Args)]
pub struct TrustArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: TrustCommand,
}

/// The commands of `sealift trust`.
#[derive(Debug, clap::Subcommand)]
pub enum TrustCommand {
    /// Show the policy that bundles are judged by
    #[command(after_help = "Example: sealift trust show --trust trust")]
    Show(ShowArgs),
    /// Make the first trust root in a folder
    Init(InitArgs),
    /// Make the next trust root: other keys, another threshold, a later end
    Rotate(RotateArgs),
    /// Add signatures to the newest trust root in a folder
    #[command(after_help = "Example: sealift trust sign next --key b.key.pem")]
    Sign(SignRootArgs),
    /// Take over newer trust roots from a bundle or folder
    Update(UpdateArgs),
}

/// Show the policy.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// What a new root says.
#[derive(Debug, clap::Args)]
pub struct RootArgs {
    /// Public key of the root; repeat for several
    #[arg(long = "public", value_name = "KEY", required = true)]
    pub publics: Vec<PathBuf>,
    /// How many of the keys must sign
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub threshold: u32,
    /// Days until the root must have been replaced
    #[arg(long, value_name = "N", default_value_t = 730)]
    pub valid_days: u32,
    /// Whom to sign as.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Make the first root.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example: sealift trust init trust --public a.pub.pem --public b.pub.pem --threshold 2 \\
           --key a.key.pem --key b.key.pem")]
pub struct InitArgs {
    /// Folder of the trust store
    pub dir: PathBuf,
    /// The root.
    #[command(flatten)]
    pub root: RootArgs,
}

/// Make the next root.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example: sealift trust rotate trust --into next --public c.pub.pem --key a.key.pem --key c.key.pem
A threshold of the old root and of the new one must sign: see `sealift trust sign`.")]
pub struct RotateArgs {
    /// Folder of the trust store
    pub dir: PathBuf,
    /// Folder to write the next root to
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// The root.
    #[command(flatten)]
    pub root: RootArgs,
}

/// Sign a root.
#[derive(Debug, clap::Args)]
pub struct SignRootArgs {
    /// Folder with the root
    pub dir: PathBuf,
    /// Whom to sign as.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Take over newer roots.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift trust update trust --from dga.sealift")]
pub struct UpdateArgs {
    /// Folder of the trust store
    pub dir: PathBuf,
    /// Bundle that carries roots, or a folder of them
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub from: PathBuf,
    /// More folders to look for volumes in
    #[arg(long, value_name = "DIR")]
    pub volume_dir: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Those of [`mod@trust`] and [`OpeningArgs::policy`].
pub fn run(args: TrustArgs, desk: &Desk) -> Result<Answer> {
    match args.command {
        TrustCommand::Show(args) => show(&args.opening.policy(desk)?),
        TrustCommand::Init(args) => {
            let signers = args.root.signing.open(desk)?;
            let root = trust::init(&args.dir, &new_root(&args.root, &signers, desk)?)?;
            tell(&root)
        }
        TrustCommand::Rotate(args) => {
            let signers = args.root.signing.open(desk)?;
            let new = new_root(&args.root, &signers, desk)?;
            tell(&trust::rotate(&args.dir, &args.into, &new)?)
        }
        TrustCommand::Sign(args) => tell(&trust::sign(&args.dir, &args.signing.open(desk)?)?),
        TrustCommand::Update(args) => {
            let progress = desk.progress();
            let folders = &args.volume_dir;
            tell(&trust::update(
                &args.dir,
                &args.from,
                folders,
                threads(None),
                &progress,
            )?)
        }
    }
}

fn new_root<'a>(args: &RootArgs, signers: &'a [SecretKey], desk: &Desk) -> Result<NewRoot<'a>> {
    let keys: Vec<TrustedKey> = args
        .publics
        .iter()
        .map(|path| trust_store::read_key(path))
        .collect::<Result<_>>()?;
    let created = match desk.source_date()? {
        Some(told) => told,
        None => desk.now()?,
    };
    Ok(NewRoot {
        keys,
        threshold: args.threshold,
        expires: created.plus_days(i64::from(args.valid_days))?,
        signers,
    })
}

fn tell(signed: &SignedRoot) -> Result<Answer> {
    let root = &signed.root;
    let signers: Vec<String> = signed
        .signatures
        .iter()
        .map(|(id, _)| id.to_string())
        .collect();
    let complete = signed.check_own().is_ok();
    let mut text = format!(
        "trust root {}, {} of {} keys, expires {}\nsigned by {}",
        root.version,
        root.threshold,
        root.keys.len(),
        root.expires,
        if signers.is_empty() {
            "nobody".to_owned()
        } else {
            signers.join(", ")
        },
    );
    if !complete {
        text.push_str("\nnot yet signed by a threshold of its own keys");
    }
    let result = json!({"root": root, "signed_by": signers, "complete": complete});
    Answer::new(&result, text)
}

fn show(policy: &TrustPolicy) -> Result<Answer> {
    let keys: Vec<KeyFacts> = policy
        .keys()
        .iter()
        .map(|known| KeyFacts::of(&known.key, &known.label))
        .collect();
    let root = policy.root;
    let result = json!({
        "threshold": policy.threshold(),
        "keys": keys,
        "revoked": policy.revoked(),
        "channels": policy.channels,
        "min_days_left": policy.min_days_left,
        "root": root.map(|(version, expires): (u32, Timestamp)| {
            json!({"version": version, "expires": expires})
        }),
    });
    let revoked = |facts: &KeyFacts| policy.revoked().iter().any(|key| key.id == facts.key_id);
    let usable = keys.iter().filter(|facts| !revoked(facts)).count();
    let mut text = format!("{} of {usable} keys must sign", policy.threshold());
    for facts in &keys {
        let label = escape::line(&facts.label);
        let note = if revoked(facts) { ", revoked" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n  {} {label}{note}\n    {}",
            facts.key_id, facts.spoken
        );
    }
    for revoked in policy.revoked() {
        let reason = escape::line(&revoked.reason);
        let _ = write!(text, "\nrevoked {}: {reason}", revoked.id);
    }
    if let Some((version, expires)) = root {
        let _ = write!(text, "\ntrust root {version}, expires {expires}");
    }
    if !policy.channels.is_empty() {
        let names: Vec<&str> = policy.channels.iter().map(Label::as_str).collect();
        let _ = write!(text, "\nchannels {}", names.join(", "));
    }
    if policy.min_days_left > 0 {
        let _ = write!(
            text,
            "\nbundles must be good for {} more days",
            policy.min_days_left
        );
    }
    Answer::new(&result, text)
}
