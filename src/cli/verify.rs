//! `sealift verify`: everything checked, and the evidence of it.

use std::fmt::Write as _;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::{OpeningArgs, STANDARD_INPUT};
use crate::error::{ErrorKind, OrErr, Result};
use crate::io::bundle::{Evidence, verify_stream};
use crate::io::files;

/// Check a bundle's signatures, list and every byte; opens no connection and
/// writes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift verify dga.sealift --trust keys/alice.pub.pem")]
pub struct VerifyArgs {
    /// Bundle; a pipe, or - for standard input, is checked as it goes by
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
    let evidence = match stream(&args.file)? {
        Some(mut stream) => args
            .opening
            .under(desk, |conditions| verify_stream(&mut stream, conditions))?,
        None => args.opening.open(&args.file, desk)?.evidence().clone(),
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

/// What can be read only once: standard input, or a pipe by its name.
fn stream(path: &Path) -> Result<Option<Box<dyn Read>>> {
    if path == Path::new(STANDARD_INPUT) {
        return Ok(Some(Box::new(io::stdin())));
    }
    if path.metadata().is_ok_and(|found| is_pipe(&found)) {
        let file =
            File::open(path).or_err(ErrorKind::Io, || format!("cannot open {}", path.display()))?;
        return Ok(Some(Box::new(file)));
    }
    Ok(None)
}

#[cfg(unix)]
fn is_pipe(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_found: &Metadata) -> bool {
    false
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
    for license in &evidence.licenses {
        let about = escape::line(&license.about);
        let _ = writeln!(text, "license   {about}: {}", escape::line(&license.note));
    }
    let _ = write!(text, "members   {}", evidence.members.len());
    for member in &evidence.members {
        let _ = write!(text, "\n{}  {}", member.sha256, member.path);
    }
    text
}
