//! Every command of the tables in `docs/migrating.md` is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sealift::io::http::{Client, Method, Request, Settings, Url};
use sealift::lab::publisher::{Publisher, Shelf};
use sealift::lab::{Lab, LabOptions};
use sealift::model::release::Repository;
use tempfile::TempDir;

const DGA: &str = "ML-DGA-20260105-1";
const DETECTIONS: &str = "ML-experimental-detections-20260220-1";

/// The retired commands, each of which has its row.
const RETIRED: [&str; 11] = [
    "validate-ml-dga-asset",
    "validate-ml-detections-asset",
    "setup -t",
    "setup-dga-model -t",
    "setup -d",
    "--overwrite",
    "remove-model",
    "remove-scripts-pipelines",
    "check-files",
    "upload-job",
    "delete-job",
];

/// The old and the new column of every row of the tables below the heading, up to
/// the next heading of any level.
fn rows(page: &str, heading: &str) -> Vec<(String, Vec<String>)> {
    let below = page.split_once(&format!("\n## {heading}\n")).unwrap().1;
    below
        .lines()
        .take_while(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with('|') && !line.starts_with("|---"))
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let commands = cells[2].split('`').skip(1).step_by(2);
            (cells[1].to_owned(), commands.map(str::to_owned).collect())
        })
        .collect()
}

fn fixture(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/releases")
        .join(name);
    path.to_str().unwrap().to_owned()
}

/// What stands for the words that the page writes in capitals.
fn word(word: &str) -> String {
    let file = |name: &str| fixture(&format!("{DETECTIONS}/{name}"));
    match word {
        "TAG" => DGA.to_owned(),
        "TAG.zip" => format!("{DGA}.zip"),
        "OWNER/NAME" => "example/ml-releases".to_owned(),
        "DIR" => fixture(DGA),
        "DETECTIONS-DIR" => fixture(DETECTIONS),
        "JOB.json" => file("drawn_names_by_client.json"),
        "JOB" => "fixture_drawn_names_by_client".to_owned(),
        "DATAFEED.json" => file("datafeed_drawn_names_by_client.json"),
        "DATAFEED" => "datafeed-fixture_drawn_names_by_client".to_owned(),
        "ANALYTICS.json" => file("client_outliers.json"),
        "ANALYTICS" => "fixture_client_outliers".to_owned(),
        "RULES" => file("fixture_rules.ndjson"),
        "MODEL" => "dga_500100_1.0".to_owned(),
        plain => {
            let is_plain = plain.chars().any(|c| c.is_ascii_lowercase()) || plain.len() < 3;
            assert!(is_plain, "what is {plain} in the page?");
            plain.to_owned()
        }
    }
}

struct Desk {
    folder: TempDir,
    publisher: Publisher,
    lab: Lab,
}

impl Desk {
    fn new() -> Self {
        let shelf = Shelf::new(Repository::parse("example/ml-releases").unwrap());
        let desk = Self {
            folder: TempDir::new().unwrap(),
            publisher: Publisher::start(shelf, None).unwrap(),
            lab: Lab::start(&LabOptions::default()).unwrap(),
        };
        let config = desk.folder.path().join(".config/sealift");
        fs::create_dir_all(&config).unwrap();
        let settings = format!(
            "[fetch]\nrepository = \"example/ml-releases\"\napi_url = \"{}\"\n",
            desk.publisher.url()
        );
        fs::write(config.join("sealift.toml"), settings).unwrap();
        // The index that the analytics of the fixtures reads.
        let url = Url::parse(&desk.lab.elasticsearch_url()).unwrap();
        let index = Request::new(Method::Put, url.below("/dns-clients-daily").unwrap());
        let client = Client::new(Settings::default()).unwrap();
        assert!(client.send(index).unwrap().is_success());
        desk
    }

    /// Exit code and all that it prints.
    fn run(&self, command: &str, on_cluster: bool) -> (i32, String) {
        let mut words = command.split(' ');
        assert_eq!(words.next(), Some("sealift"), "{command}");
        let mut process = Command::new(env!("CARGO_BIN_EXE_sealift"));
        process.args(words.map(word));
        let is_local = ["fetch", "key", "pack", "release"]
            .iter()
            .any(|verb| command.starts_with(&format!("sealift {verb} ")));
        if on_cluster && !is_local {
            process.args(["--url", &self.lab.elasticsearch_url()]);
            process.args(["--kibana-url", &self.lab.kibana_url()]);
        }
        let output = process
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("SEALIFT_GITHUB_TOKEN", "hunter2")
            .env("SEALIFT_KEY_PASSPHRASE", "for the test")
            .env("COLUMNS", "200")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    }
}

#[test]
fn every_command_of_the_page_works() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/migrating.md");
    let page = fs::read_to_string(path).unwrap();
    let publishing = rows(&page, "On the publisher's side");
    let installing = rows(&page, "On the cluster's side");
    let old: String = publishing
        .iter()
        .chain(&installing)
        .map(|(old, _)| old.as_str())
        .collect();
    for command in RETIRED {
        assert!(old.contains(command), "the page forgot {command}");
    }
    let desk = Desk::new();
    let mut ran = 0;
    for (table, on_cluster) in [(publishing, false), (installing, true)] {
        for (old, commands) in table {
            assert!(!commands.is_empty(), "{old} has no command");
            for command in commands {
                let (code, text) = desk.run(&command, on_cluster);
                assert_eq!(code, 0, "{command}\n{text}");
                ran += 1;
            }
        }
    }
    assert_eq!(ran, 28);
}

/// What the commands do, beyond ending well.
#[test]
fn one_step_is_sealed_trusted_and_remembered() {
    let desk = Desk::new();
    let run = |command: &str| desk.run(command, true);
    let (code, text) = run("sealift install --release DIR");
    assert_eq!(code, 2, "nobody confirmed: {text}");
    assert!(
        text.contains("(made just now), which is trusted here and now and nowhere else"),
        "{text}"
    );
    let (code, text) = run("sealift install --release DIR --yes");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("of this machine, which is trusted"), "{text}");
    let local = desk.folder.path().join(".local/state/sealift/local");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = fs::metadata(local.join("local.key.pem")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    let bundle = local.join(format!("{DGA}.sealift"));
    let first = fs::read(&bundle).unwrap();
    let (code, text) = run("sealift install --release DIR --yes");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("nothing to do"), "{text}");
    assert_eq!(fs::read(&bundle).unwrap(), first);
    // No other command trusts the key.
    let (code, text) = run(&format!("sealift install {} --yes", bundle.display()));
    assert_eq!(code, 7, "{text}");

    let (_, text) = run("sealift cluster files");
    let words = ["model", "dga_500100_1.0", "unknown", DGA];
    let mut lines = text.lines();
    assert!(
        lines.any(|line| line.split_whitespace().eq(words)),
        "{text}"
    );
    let (code, text) = run("sealift remove --model MODEL --yes");
    assert_eq!(code, 11, "{text}");
    assert!(
        text.contains("still used by pipeline dns_dga_inference_enrich_pipeline"),
        "{text}"
    );
    let (code, text) = run("sealift remove --family dga --model MODEL");
    assert_eq!(code, 2, "{text}");
    let (code, text) = run("sealift remove --family dga --model MODEL --yes");
    assert_eq!(code, 0, "{text}");
    let (_, text) = run("sealift cluster files");
    assert!(text.contains(": 0 models, scripts and pipelines"), "{text}");

    // What is there by another hand goes only when somebody confirms it.
    let (code, text) = run("sealift rule put RULES --yes");
    assert_eq!(code, 0, "{text}");
    let (code, text) = run("sealift job put --from DATAFEED.json");
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("sealift datafeed put"), "{text}");
}

/// Overwriting says what changes, and puts back what was there when the new one is
/// refused.
#[test]
fn jobs_are_put_over_jobs() {
    let desk = Desk::new();
    let run = |command: &str| desk.run(command, true);
    for command in [
        "sealift job put --from JOB.json",
        "sealift datafeed put --from DATAFEED.json",
        "sealift job open JOB",
    ] {
        let (code, text) = run(command);
        assert_eq!(code, 0, "{command}\n{text}");
    }
    let (code, text) = run("sealift job put --from JOB.json --yes");
    assert_eq!(code, 11, "without --overwrite the server refuses: {text}");
    let (code, text) = run("sealift job put --from JOB.json --overwrite");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("kept, it is the same"), "{text}");

    let source = fs::read_to_string(word("JOB.json")).unwrap();
    let changed = desk.folder.path().join("changed.json");
    fs::write(
        &changed,
        source
            .replace("\"15m\"", "\"30m\"")
            .replace("\"1h\"", "\"2h\""),
    )
    .unwrap();
    assert_ne!(fs::read_to_string(&changed).unwrap(), source);
    let put = "sealift job put --from changed.json --overwrite";
    let (code, text) = run(put);
    assert_eq!(code, 2, "nobody confirmed: {text}");
    let (code, text) = run(&format!("{put} --yes"));
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("was at work and is not started again"),
        "{text}"
    );
    let (code, text) = run("sealift datafeed show DATAFEED");
    assert_eq!(code, 0, "the datafeed is put back: {text}");

    // A job that nobody takes changes nothing.
    fs::write(
        &changed,
        source.replace("\"function\": \"", "\"function\": \"no_"),
    )
    .unwrap();
    let (code, text) = run(&format!("{put} --yes"));
    assert_eq!(code, 5, "{text}");
    let (code, text) = run("sealift job show JOB");
    assert_eq!(code, 0, "{text}");
}

/// The names that people and scripts still write.
#[test]
fn old_names_are_taken_or_explained() {
    let desk = Desk::new();
    let url = desk.lab.elasticsearch_url();
    let (code, text) = desk.run(
        &format!("sealift cluster info --elasticsearch-url {url}"),
        false,
    );
    assert_eq!(code, 0, "{text}");
    for (command, told) in [
        ("sealift remove-model MODEL", "`sealift remove --model ID`"),
        (
            "sealift es experimental ml check-files",
            "`sealift cluster files`",
        ),
        ("sealift upload-rule x", "`sealift rule put FILE`"),
        ("sealift install -t TAG", "install --release TAG"),
        ("sealift cluster info --es-password x", "SEALIFT_PASSWORD"),
        ("sealift cluster info --api-key x", "SEALIFT_API_KEY"),
        (
            "sealift cluster info --ignore-ssl-errors",
            "--ca-fingerprint",
        ),
        ("sealift cluster info --kibana-cookie x", "--api-key-file"),
    ] {
        let (code, text) = desk.run(command, false);
        assert_eq!(code, 2, "{command}: {text}");
        assert!(text.contains(told), "{command}: {text}");
    }
}
