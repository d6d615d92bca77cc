//! `sealift fetch`: releases become files here, verified.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::publisher::PublisherArgs;
use crate::cli::table::table;
use crate::error::Result;
use crate::flow::fetch::{self, Fetched, Voucher};
use crate::flow::fetch_package::{PackageName, fetch_package};
use crate::io::http::{Proxy, Retry, Settings, Url};
use crate::io::registry::Registry;
use crate::model::release::ReleaseTag;

/// Fetch releases, resume broken downloads, check every digest.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift fetch ML-DGA-20210604-2 --into releases")]
pub struct FetchArgs {
    /// Tags of the releases; with --registry packages as NAME@VERSION
    #[arg(required = true, value_name = "TAG")]
    pub tags: Vec<String>,
    /// Fetch integration packages from the package registry at this address
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
    /// Folder to write to; what is there and right is kept
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub into: PathBuf,
    /// Where from.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Fetches the releases one after the other.
///
/// # Errors
/// Those of [`fetch::fetch`], for the first release that fails; those before it
/// are here.
pub fn run(args: &FetchArgs, desk: &Desk) -> Result<Answer> {
    if let Some(url) = &args.registry {
        return packages(args, url, desk);
    }
    let tags = args.tags.iter().map(|tag| ReleaseTag::parse(tag));
    let tags = tags.collect::<Result<Vec<_>>>()?;
    let github = args.publisher.github(desk)?;
    let progress = desk.progress();
    let mut fetched = Vec::new();
    for tag in &tags {
        fetched.push(fetch::fetch(&github, tag, &args.into, &progress)?);
    }
    let rows: Vec<Vec<String>> = fetched.iter().map(row).collect();
    let text = format!(
        "{}\n\nthe zips are in {}",
        table(
            desk.terminal.width(),
            &["release", "bytes", "files", "vouched for by", ""],
            &rows,
        ),
        escape::line(&args.into.display().to_string()),
    );
    let releases: Vec<Value> = fetched.iter().map(document).collect();
    Answer::new(&json!({"releases": releases}), text)
}

/// The packages from the registry at `url`, one after the other.
fn packages(args: &FetchArgs, url: &str, desk: &Desk) -> Result<Answer> {
    let names = args.tags.iter().map(|name| PackageName::parse(name));
    let names = names.collect::<Result<Vec<_>>>()?;
    let settings = Settings {
        proxy: Proxy::Environment,
        ..Settings::default()
    };
    let registry = Registry::new(Url::parse(url)?, settings, Retry::default())?;
    let progress = desk.progress();
    let mut fetched = Vec::new();
    for name in &names {
        let got = fetch_package(&registry, name, &args.into, &progress)?;
        fetched.push(got);
    }
    let rows: Vec<Vec<String>> = fetched
        .iter()
        .map(|got| {
            vec![
                got.package.name.clone(),
                got.package.version.clone(),
                got.size.to_string(),
                got.files.to_string(),
                if got.signed { "yes" } else { "no" }.to_owned(),
            ]
        })
        .collect();
    let text = format!(
        "{}\n\nthe zips are in {}",
        table(
            desk.terminal.width(),
            &[
                "package",
                "version",
                "bytes",
                "files",
                "signature beside it"
            ],
            &rows,
        ),
        escape::line(&args.into.display().to_string()),
    );
    let packages: Vec<Value> = fetched
        .iter()
        .map(|got| {
            json!({
                "name": got.package.name,
                "version": got.package.version,
                "path": got.path,
                "size": got.size,
                "sha256": got.sha256,
                "files": got.files,
                "signature": got.signed,
            })
        })
        .collect();
    Answer::new(&json!({"packages": packages}), text)
}

fn row(fetched: &Fetched) -> Vec<String> {
    let vouchers: Vec<&str> = fetched.vouchers.iter().map(|v| v.name()).collect();
    vec![
        fetched.tag.to_string(),
        fetched.size.to_string(),
        fetched.files.to_string(),
        if vouchers.is_empty() {
            "nobody".to_owned()
        } else {
            vouchers.join(", ")
        },
        if fetched.kept { "kept" } else { "fetched" }.to_owned(),
    ]
}

fn document(fetched: &Fetched) -> Value {
    json!({
        "tag": fetched.tag.as_str(),
        "path": fetched.path,
        "size": fetched.size,
        "sha256": fetched.sha256,
        "files": fetched.files,
        "kept": fetched.kept,
        "vouched_by": fetched.vouchers.iter().map(|v: &Voucher| v.name()).collect::<Vec<_>>(),
    })
}
