//! `sealift split`: a bundle cut for media.

use std::path::PathBuf;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::threads;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::split::split;

/// Cut a bundle into volumes; every command reads them in place.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example: sealift split dga.sealift --size 650M
The volumes are plain pieces: `cat dga.sealift.0* > dga.sealift` joins them.")]
pub struct SplitArgs {
    /// Bundle, which stays as it is
    pub file: PathBuf,
    /// Size of a volume in bytes, or with K, M, G (1000) or Ki, Mi, Gi (1024)
    #[arg(long, value_name = "N", value_parser = size)]
    pub size: u64,
    /// Folder for the volumes [default: beside the bundle]
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Threads that hash [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// Cuts the bundle.
///
/// # Errors
/// Those of [`split`].
pub fn run(args: &SplitArgs, desk: &Desk) -> Result<Answer> {
    let progress = desk.progress();
    let beside = args.file.parent().map(PathBuf::from).unwrap_or_default();
    let into = args.into.clone().unwrap_or(beside);
    let into = if into.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        into
    };
    let volumes = split(
        &args.file,
        args.size,
        &into,
        threads(args.threads),
        &progress,
    )?;
    let mut lines: Vec<String> = volumes
        .files
        .iter()
        .chain([&volumes.index])
        .map(|path| escape::line(&path.display().to_string()))
        .collect();
    lines.insert(0, format!("{} volumes", volumes.files.len()));
    Answer::new(&volumes, lines.join("\n"))
}

/// A number of bytes with a unit.
fn size(text: &str) -> Result<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.get(digits.len()..).unwrap_or_default() {
        "" | "B" => Some(1_u64),
        "K" | "kB" | "KB" => Some(1000),
        "M" | "MB" => Some(1_000_000),
        "G" | "GB" => Some(1_000_000_000),
        "Ki" | "KiB" => Some(1 << 10),
        "Mi" | "MiB" => Some(1 << 20),
        "Gi" | "GiB" => Some(1 << 30),
        _ => None,
    };
    factor
        .zip(digits.parse::<u64>().ok())
        .and_then(|(factor, number)| number.checked_mul(factor))
        .filter(|size| *size > 0)
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("{text:?} is not a size such as 650M or 4GiB"),
            )
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::size;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("512", 512),
            ("650M", 650_000_000),
            ("4GiB", 4 << 30),
            ("1K", 1000),
        ] {
            assert_eq!(size(text).unwrap(), bytes);
        }
        for bad in ["", "0", "M", "-1", "1.5G", "1T", "99999999999999G"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
