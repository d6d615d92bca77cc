//! A folder, a practice cluster and the settings that connect the command with
//! them and with a publisher.

use std::path::Path;
use std::process::{Command, Stdio};

use sealift::io::http::{Client, Method, Request, Settings, Url};
use sealift::lab::{Lab, LabOptions};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Field {
    folder: TempDir,
    lab: Lab,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Field {
    pub(crate) fn new(publisher: &str, repository: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let lab = Lab::start(&LabOptions::default()).unwrap();
        let settings = format!(
            "[fetch]\nrepository = \"{repository}\"\napi_url = \"{publisher}\"\n\
             [trust]\nkeys = [\"trust\"]\n\
             [cluster.practice]\nurl = \"{}\"\nkibana_url = \"{}\"\n",
            lab.elasticsearch_url(),
            lab.kibana_url()
        );
        std::fs::write(folder.path().join("sealift.toml"), settings).unwrap();
        Self { folder, lab }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn snapshot(&self) -> Value {
        self.lab.snapshot()
    }

    pub(crate) fn make_index(&self, name: &str) {
        let url = Url::parse(&self.lab.elasticsearch_url()).unwrap();
        let url = url.below(&format!("/{name}")).unwrap();
        let client = Client::new(Settings::default()).unwrap();
        let made = client.send(Request::new(Method::Put, url)).unwrap();
        assert!(made.is_success(), "{name}: {}", made.status());
    }

    /// `sealift` in the folder, with only what the field gives it.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealift"));
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("SEALIFT_CONFIG", self.path().join("sealift.toml"))
            .env("COLUMNS", "120")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let output = self.command(args).output().unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs what must succeed, and gives its standard output.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}\n{}\n{}", run.out, run.err);
        run.out
    }
}
