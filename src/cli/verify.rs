//! `sealift verify`: everything checked, and the evidence of it.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::OpeningArgs;
use crate::error::{ErrorKind, OrErr, Result};
use crate::io::bundle::{Evidence, verify_stream};
use crate::io::files;

/// Check a bundle's signatures, list and every byte; opens no connection and
/// writes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift verify dga.sealift --trust keys/alice.pub.pem")]
pub struct VerifyArgs {
    /// Bundle, or - for standard input
    pub file: PathBuf,
    /// Write what was checked as JSON to this file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Checks the bundle.
///
/// # Errors
/// Those of [`OpeningArgs::open`]; [`ErrorKind::Io`] when the report cannot be
/// written.
pub fn run(args: &VerifyArgs, desk: &Desk) -> Result<Answer> {
    let evidence = if args.file == Path::new("-") {
        args.opening.under(desk, |conditions| {
            verify_stream(&mut io::stdin().lock(), conditions)
        })?
    } else {
        args.opening.open(&args.file, desk)?.evidence().clone()
    };
    if let Some(path) = &args.report {
        let mut report = serde_json::to_vec_pretty(&evidence)
            .or_err(ErrorKind::Bug, || "the evidence has no JSON form")?;
        report.push(b'\n');
        files::write_atomic(path, &report)?;
    }
    let text = format!(
        "{} is what was signed\n{}",
        escape::line(&args.file.display().to_string()),
        describe(&evidence)
    );
    Answer::new(&evidence, text)
}

/// The evidence in words; ends without a newline.
#[must_use]
pub fn describe(evidence: &Evidence) -> String {
    let header = &evidence.header;
    let verdict = &evidence.verdict;
    // Writing to a string cannot fail.
    let mut text = format!(
        "\
bundle    {}
sha256    {} (of SHA256SUMS)
size      {} bytes
channel   {}, sequence {}
created   {}
expires   {}
signers   {}, {} needed
",
        header.name,
        evidence.bundle_sha256,
        evidence.size,
        header.channel,
        header.sequence,
        header.created,
        header.expires,
        verdict.signers.len(),
        verdict.threshold,
    );
    for signer in &verdict.signers {
        let _ = writeln!(
            text,
            "          {} {}",
            signer.key_id,
            escape::line(&signer.label)
        );
    }
    for ignored in &verdict.ignored {
        let _ = writeln!(
            text,
            "          {} does not count: {}",
            ignored.key_id,
            escape::line(&ignored.reason)
        );
    }
    for note in &evidence.notes {
        let _ = writeln!(text, "note      {}", escape::line(note));
    }
    let _ = writeln!(
        text,
        "checked   {} by {}",
        evidence.checked_at, evidence.tool
    );
    let _ = write!(text, "members   {}", evidence.members.len());
    for member in &evidence.members {
        let _ = write!(text, "\n{}  {}", member.sha256, member.path);
    }
    text
}
