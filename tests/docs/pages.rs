//! Every session that a page shows is run, and prints what the page says.

use std::path::Path;
use std::process::Command;

use sealift::io::http::{Client, Method, Request, Settings, Url};
use sealift::lab::publisher::{Publisher, documents, fixtures};
use sealift::lab::{Lab, LabOptions};
use tempfile::TempDir;

use crate::transcript::{matches, shown, steps, with_outputs};

#[test]
fn the_readme_shows_what_happens() {
    run_page("README.md");
}

#[test]
fn the_guide_shows_what_happens() {
    run_page("docs/guide.md");
}

/// Runs all sessions of a page, in order, in one folder: the connected and the
/// isolated side of the reader, with a publisher and a practice cluster where
/// the reader has GitHub and a cluster.
fn run_page(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let page = std::fs::read_to_string(&path).unwrap();
    let bless = std::env::var_os("SEALIFT_BLESS").is_some();
    let mut outputs = Vec::new();
    let steps = steps(&page);
    assert!(!steps.is_empty(), "{name} shows no command");
    let publisher = Publisher::start(fixtures().unwrap(), None).unwrap();
    let lab = Lab::start(&LabOptions::default()).unwrap();
    let folder = TempDir::new().unwrap();
    prepare(folder.path(), &publisher, &lab);
    let mut faults = Vec::new();
    for step in steps {
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{}", step.command)])
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .env("COLUMNS", "80")
            .env("PATH", search_path())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = printed.lines().collect();
        outputs.push(
            lines
                .iter()
                .map(|line| line.trim_end().to_owned())
                .collect(),
        );
        let actual = shown(&printed);
        let actual: Vec<&str> = actual.iter().map(String::as_str).collect();
        if !matches(&shown(&step.output.join("\n")), &actual) {
            faults.push(format!(
                "{name} line {}: $ {}\n--- the page says\n{}\n--- it prints\n{printed}",
                step.line,
                step.command,
                step.output.join("\n")
            ));
        }
    }
    if bless {
        std::fs::write(&path, with_outputs(&page, &outputs)).unwrap();
        return;
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The settings that the page tells the reader to write, documents to try, and
/// the index that an analytics job of the fixtures reads.
fn prepare(folder: &Path, publisher: &Publisher, lab: &Lab) {
    let settings = format!(
        "[fetch]\nrepository = \"{}\"\napi_url = \"{}\"\n\n[trust]\nkeys = [\"{}\"]\n\n\
         [cluster.soc]\nurl = \"{}\"\nkibana_url = \"{}\"\n",
        publisher.desk().shelf().repository,
        publisher.url(),
        folder.join("trust").display(),
        lab.elasticsearch_url(),
        lab.kibana_url()
    );
    let config = folder.join(".config/sealift");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("sealift.toml"), settings).unwrap();
    std::fs::create_dir(folder.join("trust")).unwrap();
    let url = Url::parse(&lab.elasticsearch_url()).unwrap();
    let index = Request::new(Method::Put, url.below("/dns-clients-daily").unwrap());
    let client = Client::new(Settings::default()).unwrap();
    assert!(client.send(index).unwrap().is_success());
    std::fs::write(folder.join("documents.ndjson"), documents()).unwrap();
}

/// The path, with the built command first.
fn search_path() -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_sealift"));
    format!(
        "{}:{}",
        binary.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    )
}
