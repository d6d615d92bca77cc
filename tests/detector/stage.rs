//! A practice cluster, a folder, and the commands.

use std::path::Path;
use std::process::Command;

use sealift::io::elasticsearch::{Access, Elasticsearch, Patience};
use sealift::io::http::{Method, Settings, Url};
use sealift::lab::{Lab, LabOptions, Profile};
use serde_json::{Value, json};

/// A connection to a practice cluster.
pub(crate) fn connect(lab: &Lab) -> Elasticsearch {
    Elasticsearch::connect(Access {
        urls: vec![Url::parse(&lab.elasticsearch_url()).unwrap()],
        authorization: None,
        http: Settings::default(),
        patience: Patience::default(),
        compress: false,
    })
    .unwrap()
}

/// A practice cluster and a folder.
pub(crate) struct Stage {
    pub(crate) lab: Lab,
    folder: tempfile::TempDir,
}

impl Stage {
    /// A current version.
    pub(crate) fn new() -> Self {
        Self::with(&LabOptions::default())
    }

    /// A certain version.
    pub(crate) fn of_version(version: &str) -> Self {
        Self::with(&LabOptions {
            version: Profile::parse(version).unwrap(),
            ..LabOptions::default()
        })
    }

    fn with(options: &LabOptions) -> Self {
        Self {
            lab: Lab::start(options).unwrap(),
            folder: tempfile::TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes an index with these fields.
    pub(crate) fn index(&self, name: &str, fields: &Value) {
        let body = json!({"mappings": {"properties": fields}});
        connect(&self.lab)
            .call(Method::Put, &format!("/{name}"), &body)
            .unwrap();
    }

    /// Writes a file; gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Runs a command in the folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealift"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.path())
            .current_dir(self.path());
        command
    }

    /// A command that has nothing to do with the cluster: exit code, document,
    /// standard error.
    pub(crate) fn away(&self, args: &[&str]) -> (i32, Value, String) {
        let output = self.command(args).arg("--json").output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code().unwrap(), document, told)
    }

    /// A command on the cluster.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, Value, String) {
        let url = self.lab.elasticsearch_url();
        self.away(&[args, &["--url", &url]].concat())
    }

    /// The result of a command on the cluster that has to succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> Value {
        result(args, self.run(args))
    }

    /// The result of a command away from the cluster that has to succeed.
    pub(crate) fn ok_away(&self, args: &[&str]) -> Value {
        result(args, self.away(args))
    }
}

fn result(args: &[&str], (code, mut document, told): (i32, Value, String)) -> Value {
    assert_eq!(code, 0, "{args:?}: {document} {told}");
    document["result"].take()
}
