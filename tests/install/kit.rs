//! Bundles of the fixtures, a practice cluster, and the hands to install with.

use std::borrow::Borrow;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use sealift::error::Result;
use sealift::flow::clock::Clock;
use sealift::flow::install::{Bench, Done};
use sealift::flow::lock::LEASE;
use sealift::flow::pack::{PackInput, PackRelease, PackValidation, pack};
use sealift::flow::prepare::{self, Wish};
use sealift::flow::targets;
use sealift::io::bundle::{Content, VerifiedBundle};
use sealift::io::cluster::{Address, Cluster};
use sealift::io::elasticsearch::{Access, Patience};
use sealift::io::http::{Authorization, Method, Settings, Timeouts, Url};
use sealift::lab::{Lab, LabOptions, Profile};
use sealift::model::catalog::Cataloger;
use sealift::model::manifest::Source;
use sealift::model::plan::{Permissions, Target};
use sealift::progress::Silent;

#[path = "../common/bundles.rs"]
mod bundles;

use bundles::header;
pub(crate) use bundles::{key, now, open};

/// Files by name.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// The releases of the fixtures.
pub(crate) const DGA: &str = "ML-DGA-20260105-1";
pub(crate) const NAMES: &str = "ML-NameShape-20260212-1";
pub(crate) const DETECTIONS: &str = "ML-experimental-detections-20260220-1";

/// How long a call may take that may meet a fault.
pub(crate) const PATIENCE: Duration =
    Duration::from_millis(if cfg!(debug_assertions) { 600 } else { 150 });

/// How long one may take that no fault disturbs.
const LONG: Duration = Duration::from_secs(30);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The files of a release of the fixtures, by name.
pub(crate) fn release(tag: &str) -> Files {
    folder(&fixtures().join("releases").join(tag))
}

pub(crate) fn folder(folder: &Path) -> Files {
    let mut files: Files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// What a test bundle is made of.
pub(crate) struct Recipe {
    pub(crate) releases: Vec<(String, Files)>,
    pub(crate) channel: &'static str,
    pub(crate) sequence: u64,
    /// The tag whose expected documents go along.
    pub(crate) validation: Option<&'static str>,
    /// How many of them.
    pub(crate) documents: usize,
    /// The pipeline that they enter, where several could be meant.
    pub(crate) entry: Option<&'static str>,
}

impl Recipe {
    pub(crate) fn of(tags: &[&str]) -> Self {
        Self {
            releases: tags
                .iter()
                .map(|tag| ((*tag).to_owned(), release(tag)))
                .collect(),
            channel: "main",
            sequence: 1,
            validation: None,
            documents: usize::MAX,
            entry: None,
        }
    }

    /// Packs, signs, verifies.
    pub(crate) fn bundle(&self, folder: &Path) -> VerifiedBundle {
        open(&self.packed(folder))
    }

    /// Packs and signs.
    pub(crate) fn packed(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}-{}.sealift", self.channel, self.sequence));
        let mut cataloger = Cataloger::new();
        for (tag, files) in &self.releases {
            cataloger.begin(tag, files.iter().map(|(name, _)| name.as_str()));
            for (name, bytes) in files {
                cataloger.file(name, bytes);
            }
        }
        let input = PackInput {
            header: header(self.channel, self.sequence),
            releases: self
                .releases
                .iter()
                .map(|(tag, files)| PackRelease {
                    name: tag.clone(),
                    source: source(),
                    files: files
                        .iter()
                        .map(|(name, bytes)| (name.clone(), Content::Bytes(bytes.clone())))
                        .collect(),
                })
                .collect(),
            catalog: cataloger.finish().usable().unwrap(),
            validation: self
                .validation
                .iter()
                .map(|tag| validation(tag, self.documents, self.entry))
                .collect(),
            license: None,
            trust: Vec::new(),
        };
        pack(input, &[key()], &path, 1, &Silent).unwrap();
        path
    }
}

fn source() -> Source {
    Source {
        folder: String::new(),
        repository: None,
        tag: None,
        release_id: None,
        asset_url: None,
        asset_sha256: None,
        fetched_from: None,
        package: None,
        signature: None,
    }
}

fn validation(tag: &str, documents: usize, entry: Option<&str>) -> PackValidation {
    let read = |name: String| {
        let text = fs::read_to_string(fixtures().join(name)).unwrap();
        let lines: Vec<&str> = text.lines().take(documents).collect();
        Content::Bytes(lines.join("\n").into_bytes())
    };
    PackValidation {
        name: tag.to_owned(),
        pipeline: entry.map(str::to_owned),
        documents: read("documents.ndjson".to_owned()),
        expected: Some(read(format!("expected/{tag}.ndjson"))),
        failed: None,
    }
}

/// A practice cluster of `version` that has the index of the analytics.
pub(crate) fn lab(version: &str) -> Lab {
    let lab = Lab::start(&LabOptions {
        version: Profile::parse(version).unwrap(),
        ..LabOptions::default()
    })
    .unwrap();
    let body = json!({"mappings": {"properties": {"requests": {"type": "long"}}}});
    call(&lab, Method::Put, "/dns-clients-daily", &body);
    lab
}

/// One call past the installer.
pub(crate) fn call(lab: &Lab, method: Method, path: &str, body: &Value) -> Value {
    let cluster = connect(lab);
    cluster.elasticsearch.call(method, path, body).unwrap()
}

pub(crate) fn access(url: &str, authorization: Option<Authorization>) -> Access {
    Access {
        urls: vec![Url::parse(url).unwrap()],
        authorization,
        http: Settings {
            timeouts: Timeouts {
                connect: Duration::from_secs(2),
                response: PATIENCE,
                idle: PATIENCE,
                ..Timeouts::default()
            },
            ..Settings::default()
        },
        patience: Patience {
            retries: 2,
            pause: Duration::from_millis(1),
            longest: Duration::from_millis(5),
        },
        compress: false,
    }
}

/// How tests reach `lab`.
pub(crate) fn address(lab: &Lab, authorization: Option<Authorization>) -> Address {
    Address {
        label: "practice".to_owned(),
        elasticsearch: access(&lab.elasticsearch_url(), authorization.clone()),
        kibana: Some(access(&lab.kibana_url(), authorization)),
        space: None,
    }
}

/// A connection that no fault disturbs.
pub(crate) fn connect(lab: &Lab) -> Cluster {
    let mut address = address(lab, None);
    let both = [Some(&mut address.elasticsearch), address.kibana.as_mut()];
    for access in both.into_iter().flatten() {
        access.http.timeouts.response = LONG;
        access.http.timeouts.idle = LONG;
    }
    Cluster::connect(address).unwrap()
}

/// A folder for state, and what installers need.
pub(crate) struct Room(pub(crate) tempfile::TempDir);

impl Room {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&Bench<'_>) -> T) -> T {
        work(&Bench {
            state: &self.path().join("state"),
            holder: "tester",
            clock: &Clock::new(&now),
            pause: Duration::from_millis(1),
            lease: LEASE,
        })
    }
}

/// Nothing is allowed that needs to be asked for.
pub(crate) const CAREFUL: Permissions = Permissions {
    adopt: false,
    restart_jobs: false,
    unseen: false,
};

pub(crate) const PLAIN: Wish = Wish {
    permissions: CAREFUL,
    prune: false,
    unchecked: false,
    start: false,
    default_pipelines: Vec::new(),
};

pub(crate) fn wanted(bundle: &VerifiedBundle) -> Vec<Target> {
    targets::wanted(bundle).unwrap()
}

/// Plans and installs.
pub(crate) fn install(
    room: &Room,
    cluster: &Cluster,
    bundle: &VerifiedBundle,
    wish: impl Borrow<Wish>,
) -> Result<Done> {
    let prepared = prepare::prepare(cluster, bundle, &wanted(bundle), wish.borrow(), &Silent)?;
    room.with(|bench| prepared.apply(cluster, bench, &Silent))
}

/// Plans and removes.
pub(crate) fn remove(
    room: &Room,
    cluster: &Cluster,
    bundle: &VerifiedBundle,
    permissions: Permissions,
) -> Result<Done> {
    let prepared = prepare::prepare_removal(
        cluster,
        &targets::origin(bundle),
        &targets::gone(bundle),
        permissions,
        &Silent,
    )?;
    room.with(|bench| prepared.apply(cluster, bench, &Silent))
}
