//! `sealift lab`: the practice cluster in the foreground.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::lab::{Fault, Grade, Lab, LabOptions, License, Profile, Shape, Wants};
use crate::model::time::Timestamp;

/// How often an interrupt is looked for.
const GLANCE: Duration = Duration::from_millis(100);

/// Run a practice cluster: an HTTP server on this machine that answers as
/// Elasticsearch and Kibana do. It is neither.
#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "Examples:\n  sealift lab --version 7.17 --license basic\n  sealift lab --user elastic:changeme --tls --data lab\n  sealift lab --fault 'PUT _ml/*: 503 x2, drop after 1'"
)]
pub struct LabArgs {
    /// Where Elasticsearch's API listens; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9200")]
    pub listen: SocketAddr,
    /// Where Kibana's API listens; port 0 picks one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5601")]
    pub kibana_listen: SocketAddr,
    /// The version to answer as: 7.9, 7.10, 7.17, 8.19, 9.x, or a full one
    #[arg(long, value_name = "V", default_value = "8.19")]
    pub version: String,
    /// Kind of license: basic, standard, gold, platinum, enterprise or trial
    #[arg(long, value_name = "TYPE")]
    pub license: Option<Grade>,
    /// When the license ends, as 2026-01-31T08:00:00Z
    #[arg(long, value_name = "WHEN")]
    pub license_expires: Option<String>,
    /// A superuser, repeatable; switches security on
    #[arg(long, value_name = "USER:PASSWORD")]
    pub user: Vec<String>,
    /// Serve https with a certificate authority made for it
    #[arg(long)]
    pub tls: bool,
    /// Let in only callers that show the certificate client.crt of the data folder; implies --tls
    #[arg(long, requires = "data")]
    pub client_auth: bool,
    /// A setting of its files, repeatable
    #[arg(
        long,
        value_name = "NAME=VALUE",
        long_help = "A setting of its files, repeatable: xpack.ml.enabled, \
                     xpack.ml.max_inference_processors or script.painless.regex.enabled"
    )]
    pub setting: Vec<String>,
    /// The heap of its node, as 512mb [default: 4gb]
    #[arg(long, value_name = "SIZE")]
    pub heap: Option<String>,
    /// How many seconds its clock is ahead
    #[arg(
        long,
        value_name = "SECONDS",
        allow_negative_numbers = true,
        default_value_t = 0
    )]
    pub clock_ahead: i64,
    /// Keep state in this folder, across runs and crashes
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A fault on demand, repeatable, such as 'PUT _ml/*: 503 x2, drop after 1'; others are lose,
    /// truncate and delay TIME
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// Write addresses and fingerprint to this file as JSON when ready
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
}

/// Runs the cluster until it is interrupted.
///
/// # Errors
/// [`ErrorKind::Usage`] for options that mean nothing, [`ErrorKind::Io`] when an
/// address or folder cannot be used.
pub fn run(args: &LabArgs, desk: &Desk) -> Result<Answer> {
    let options = options(args)?;
    let stop = desk.stop();
    let lab = Lab::start(&options)?;
    let described = describe(&lab, &options);
    if let Some(file) = &args.ready_file {
        std::fs::write(file, format!("{described}\n"))
            .or_err(ErrorKind::Io, || format!("cannot write {}", file.display()))?;
    }
    for line in banner(&described, &options) {
        desk.terminal
            .say(&line)
            .or_err(ErrorKind::Io, || "cannot write to standard output")?;
    }
    for address in [options.listen, options.kibana_listen] {
        if !is_private(address.ip()) {
            desk.terminal.note(&format!(
                "warning: {address} can be reached from the network, and a practice cluster protects nothing"
            ));
        }
    }
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(GLANCE);
    }
    lab.stop();
    Answer::new(&described, "stopped")
}

fn is_private(address: IpAddr) -> bool {
    address.is_loopback()
}

fn options(args: &LabArgs) -> Result<LabOptions> {
    let users = args
        .user
        .iter()
        .map(|user| {
            user.split_once(':')
                .filter(|(name, password)| !name.is_empty() && !password.is_empty())
                .map(|(name, password)| (name.to_owned(), password.to_owned()))
                .ok_or_else(|| {
                    Error::new(ErrorKind::Usage, "a user without name or password")
                        .hint("write --user NAME:PASSWORD")
                })
        })
        .collect::<Result<_>>()?;
    let expires = match &args.license_expires {
        Some(when) => Some(
            Timestamp::parse(when)
                .map_err(|error| Error::new(ErrorKind::Usage, error.to_string()))?
                .seconds()
                .saturating_mul(1000),
        ),
        None => None,
    };
    let license = (args.license.is_some() || expires.is_some()).then(|| License {
        grade: args.license.unwrap_or_default(),
        expires,
    });
    Ok(LabOptions {
        listen: args.listen,
        kibana_listen: args.kibana_listen,
        version: Profile::parse(&args.version)?,
        license,
        users,
        tls: args.tls || args.client_auth,
        certificate: Wants {
            client: args.client_auth,
            ..Wants::default()
        },
        shape: shape(args)?,
        data: args.data.clone(),
        faults: args
            .fault
            .iter()
            .map(|fault| fault.parse::<Fault>())
            .collect::<Result<_>>()?,
        ..LabOptions::default()
    })
}

/// The machine and the settings.
fn shape(args: &LabArgs) -> Result<Shape> {
    let mut shape = Shape::default();
    shape.clock_ahead = args.clock_ahead;
    if let Some(heap) = &args.heap {
        shape.set_heap(heap)?;
    }
    for setting in &args.setting {
        shape.set(setting)?;
    }
    Ok(shape)
}

fn describe(lab: &Lab, options: &LabOptions) -> Value {
    let mut described = json!({
        "elasticsearch": lab.elasticsearch_url(),
        "kibana": lab.kibana_url(),
        "version": options.version.to_string(),
        "secured": lab.secured(),
    });
    if let Some(authority) = lab.authority() {
        described["ca_fingerprint"] = json!(authority.fingerprint());
        described["ca"] = json!(authority.certificate());
    }
    described
}

fn banner(described: &Value, options: &LabOptions) -> Vec<String> {
    let text = |name: &str| {
        described
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let mut lines = vec![
        format!(
            "This is a practice cluster. It answers as Elasticsearch {} and its Kibana do, and it",
            text("version")
        ),
        "is neither: nothing is searched, analyzed or protected here.".to_owned(),
        String::new(),
        format!("  Elasticsearch   {}", text("elasticsearch")),
        format!("  Kibana          {}", text("kibana")),
    ];
    let security = if described.get("secured") == Some(&json!(true)) {
        "on"
    } else {
        "off (--user NAME:PASSWORD switches it on)"
    };
    lines.push(format!("  Security        {security}"));
    if !text("ca_fingerprint").is_empty() {
        lines.push("  HTTP CA certificate SHA-256 fingerprint:".to_owned());
        lines.push(format!("    {}", text("ca_fingerprint")));
    }
    let state = options.data.as_ref().map_or_else(
        || "in memory, gone at the end".to_owned(),
        |folder| format!("kept in {}", escape::line(&folder.display().to_string())),
    );
    lines.push(format!("  State           {state}"));
    lines.push(String::new());
    lines.push("Ctrl-C stops it.".to_owned());
    lines
}
