//! `sealift demo`: the whole way on embedded parts, with the commands that an
//! operator would type.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use serde::Serialize;
use serde_json::Value;

use crate::cli::answer::Answer;
use crate::cli::args::Args;
use crate::cli::desk::Desk;
use crate::cli::environment::STATE;
use crate::cli::settings::Settings;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::files;
use crate::io::http::{self, Client, Method, Request, Url};
use crate::lab::publisher::{Publisher, documents, fixtures};
use crate::lab::{Lab, LabOptions};

/// Show the whole way on embedded parts: a local publisher, a throw-away key, a
/// practice cluster. Nothing leaves this machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift demo --into /tmp/sealift-demo")]
pub struct DemoArgs {
    /// New folder for what the demo makes [default: one below the temporary folder]
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
}

/// One part of the story: who acts where, and what they type.
struct Chapter {
    title: &'static str,
    commands: &'static [&'static str],
}

/// The story. What a user reads here is what runs.
const STORY: [Chapter; 3] = [
    Chapter {
        title: "Connected side: fetch releases, pack and sign them",
        commands: &[
            "release list",
            "fetch ML-DGA-20260105-1 ML-experimental-detections-20260220-1 --into releases",
            "key new demo --dir keys --no-passphrase",
            "pack releases/ML-DGA-20260105-1.zip releases/ML-experimental-detections-20260220-1.zip \
             -o dga.sealift --key keys/demo.key.pem --channel demo --sequence 1 \
             --validation documents.ndjson",
        ],
    },
    Chapter {
        title: "Transfer: one file crosses the gap",
        commands: &["verify dga.sealift", "rehearse dga.sealift"],
    },
    Chapter {
        title: "Isolated side: plan, install, prove, remove",
        commands: &[
            "plan dga.sealift --cluster practice",
            "install dga.sealift --cluster practice --yes",
            "check dga.sealift --cluster practice",
            "status --cluster practice",
            "install dga.sealift --cluster practice --yes",
            "remove dga.sealift --cluster practice --yes",
        ],
    },
];

/// One command of the story and what it answered.
#[derive(Serialize)]
struct Step {
    command: &'static str,
    result: Value,
}

/// What the demo leaves behind.
#[derive(Serialize)]
struct Report {
    folder: PathBuf,
    milliseconds: u128,
    steps: Vec<Step>,
}

/// Tells the story.
///
/// # Errors
/// The first failure of a command, with the command in front; kind `Usage` when
/// the folder is there already.
pub fn run(args: &DemoArgs, desk: &Desk) -> Result<Answer> {
    let start = Instant::now();
    let folder = match &args.into {
        Some(folder) => new_folder(folder)?,
        None => files::scratch_folder()?.keep(),
    };
    let publisher = Publisher::start(fixtures()?, None)?;
    let lab = Lab::start(&LabOptions::default())?;
    make_index(&lab, "dns-clients-daily")?;
    let settings = settings(&publisher, &lab);
    files::write_atomic(&folder.join("sealift.toml"), settings.as_bytes())?;
    files::write_atomic(&folder.join("documents.ndjson"), documents())?;
    std::env::set_current_dir(&folder).or_err(ErrorKind::Io, || {
        format!("cannot enter {}", folder.display())
    })?;

    let here = Desk {
        terminal: desk.terminal.without_notes(),
        settings: Settings::load(Some(Path::new("sealift.toml")), &desk.environment)?,
        environment: desk.environment.with(STATE, "state"),
    };
    let mut steps = Vec::new();
    for chapter in STORY {
        say(desk, &format!("== {}\n", chapter.title))?;
        for command in chapter.commands {
            let answer = step(command, desk, &here)
                .map_err(|error| error.context(format!("`sealift {command}` failed")))?;
            steps.push(Step {
                command,
                result: answer.json,
            });
        }
    }
    let milliseconds = start.elapsed().as_millis();
    let text = format!(
        "== Done in {milliseconds} ms\n\n\
         The bundle, the releases, the key, the settings and the receipts are left in\n{}",
        folder.display()
    );
    Answer::new(
        &Report {
            folder,
            milliseconds,
            steps,
        },
        text,
    )
}

/// Makes the index that the release's analytics read, as a cluster that has
/// data would have it.
fn make_index(lab: &Lab, name: &str) -> Result<()> {
    let url = Url::parse(&lab.elasticsearch_url())?.below(&format!("/{name}"))?;
    let client = Client::new(http::Settings::default())?;
    let made = client.send(Request::new(Method::Put, url))?;
    if made.is_success() {
        Ok(())
    } else {
        let status = made.status();
        Err(Error::new(
            ErrorKind::Bug,
            format!("the practice cluster refused an index with status {status}"),
        ))
    }
}

/// Makes `folder`, which must be new or empty.
fn new_folder(folder: &Path) -> Result<PathBuf> {
    files::create_folder(folder)?;
    if files::walk(folder, 1).is_ok_and(|found| found.is_empty()) {
        Ok(folder.to_owned())
    } else {
        Err(Error::new(
            ErrorKind::Usage,
            format!("the folder {} is not empty", folder.display()),
        )
        .hint("name a new folder with --into"))
    }
}

/// Shows `command`, runs it, shows its answer.
fn step(command: &str, desk: &Desk, here: &Desk) -> Result<Answer> {
    say(desk, &format!("$ sealift {command}"))?;
    let words = std::iter::once("sealift").chain(command.split_whitespace());
    let args = Args::try_parse_from(words)
        .or_err(ErrorKind::Bug, || "the demo types a command that is none")?;
    let answer = args.command.run(here)?;
    if !answer.text.is_empty() {
        say(desk, &answer.text)?;
    }
    say(desk, "")?;
    if answer.code == 0 {
        Ok(answer)
    } else {
        Err(Error::new(
            ErrorKind::Difference,
            format!("it ended with exit code {}", answer.code),
        ))
    }
}

fn say(desk: &Desk, text: &str) -> Result<()> {
    desk.terminal
        .say(text)
        .or_err(ErrorKind::Io, || "cannot write to standard output")
}

/// The settings file of the demo: where everything is.
fn settings(publisher: &Publisher, lab: &Lab) -> String {
    format!(
        "[fetch]\n\
         repository = \"{}\"\n\
         api_url = \"{}\"\n\n\
         [trust]\n\
         keys = [\"keys\"]\n\n\
         [cluster.practice]\n\
         url = \"{}\"\n\
         kibana_url = \"{}\"\n",
        publisher.desk().shelf().repository,
        publisher.url(),
        lab.elasticsearch_url(),
        lab.kibana_url()
    )
}
