//! The cluster behind both doors: its version, its store, its clock.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::error::{ErrorKind, OrErr, Result};
use crate::model::failure::Failure;

use super::compiled::Compiled;
use super::options::{LabOptions, License};
use super::profile::Profile;
use super::random;
use super::security::password_hash;
use super::shape::{self, Shape};
use super::store::{Collection, Store};

/// Id of the document that says who the cluster is.
const IDENTITY: &str = "identity";
/// Id of the document that holds the settings that were set by the API.
pub(crate) const SETTINGS: &str = "settings";
/// Id of the document that says whether machine learning is in upgrade mode.
pub(crate) const UPGRADE_MODE: &str = "ml_upgrade_mode";
/// Id of the document that holds the license.
const LICENSE: &str = "license";
/// The user that a cluster with security has from the start.
pub(crate) const ELASTIC: &str = "elastic";

/// A practice cluster.
#[derive(Debug)]
pub struct Cluster {
    profile: Profile,
    shape: Shape,
    store: RwLock<Store>,
    compiled: Compiled,
    /// Who it is, beside the store: to look that up while the store is being read
    /// would wait for a writer who waits for the reader.
    identity: Value,
    secured: bool,
}

impl Cluster {
    /// A cluster as `options` describe it.
    ///
    /// # Errors
    /// Kinds `Io` and `Malformed` when the data folder cannot be used.
    pub fn new(options: &LabOptions) -> Result<Self> {
        let mut store = match &options.data {
            Some(folder) => Store::open(folder)?,
            None => Store::in_memory(),
        };
        furnish(&mut store, options);
        store.commit()?;
        let secured = store.count(&Collection::Users) > 0;
        let identity = store.get(&Collection::Cluster, IDENTITY).cloned();
        Ok(Self {
            profile: options.version.clone(),
            shape: options.shape.clone(),
            store: RwLock::new(store),
            compiled: Compiled::default(),
            identity: identity.unwrap_or_default(),
            secured,
        })
    }

    /// How this version answers.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the engine made of the stored pipelines, scripts and models.
    #[must_use]
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Its machine and the settings of its files.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The value of a setting: as it was set by the API, else as in its files,
    /// else as it is shipped.
    #[must_use]
    pub fn setting(&self, name: &str) -> String {
        let store = self.read();
        let set = store.get(&Collection::Cluster, SETTINGS);
        let set = |scope: &str| set?.get(scope)?.get(name)?.as_str().map(str::to_owned);
        set("transient")
            .or_else(|| set("persistent"))
            .unwrap_or_else(|| self.shape.setting(name, &self.profile).to_owned())
    }

    /// Whether scripts may use regular expressions. Only the files say so.
    #[must_use]
    pub fn has_regex(&self) -> bool {
        self.shape.setting(shape::REGEX_ENABLED, &self.profile) != "false"
    }

    /// Whether machine learning stands still for an upgrade.
    #[must_use]
    pub fn is_upgrading(&self) -> bool {
        let store = self.read();
        store.get(&Collection::Cluster, UPGRADE_MODE) == Some(&json!(true))
    }

    /// Whether callers must log in.
    #[must_use]
    pub fn secured(&self) -> bool {
        self.secured
    }

    /// The store, to look at.
    pub fn read(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the store alone and makes what it changed last. `work` must
    /// not fail after its first change.
    ///
    /// # Errors
    /// What `work` refuses, and 503 when the data folder cannot be written.
    pub fn change<T>(
        &self,
        work: impl FnOnce(&mut Store) -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let outcome = work(&mut store)?;
        store
            .commit()
            .or_err(ErrorKind::Io, || "the store cannot be written")
            .map_err(|error| Failure::new(503, "exception", error.to_string()))?;
        Ok(outcome)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        now().saturating_add(self.shape.clock_ahead.saturating_mul(1000))
    }

    /// The cluster's or node's name, id and the like.
    #[must_use]
    pub fn identity(&self, key: &str) -> String {
        let value = self.identity.get(key).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    }

    /// The license document; nothing when there is none.
    #[must_use]
    pub fn license(&self) -> Option<Value> {
        self.read().get(&Collection::Cluster, LICENSE).cloned()
    }

    /// Puts another license in its place.
    ///
    /// # Errors
    /// 503 when the data folder cannot be written.
    pub fn set_license(&self, license: Value) -> std::result::Result<(), Failure> {
        self.change(|store| {
            store.put(&Collection::Cluster, LICENSE, license);
            Ok(())
        })
    }

    /// Refuses what needs machine learning when the license does not include it.
    ///
    /// # Errors
    /// 403 as the real server words it.
    pub fn require_ml_license(&self) -> std::result::Result<(), Failure> {
        if self.has_ml_license() {
            return Ok(());
        }
        Err(Failure::new(
            403,
            "security_exception",
            "current license is non-compliant for [ml]",
        )
        .with("license.expired.feature", "ml"))
    }

    /// Whether the license includes machine learning and is active.
    #[must_use]
    pub fn has_ml_license(&self) -> bool {
        self.license().is_some_and(|license| {
            let grade = license
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or_default();
            matches!(grade, "trial" | "platinum" | "enterprise") && !expired(&license, self.now())
        })
    }
}

/// Whether a license document has run out at `now`.
pub(crate) fn expired(license: &Value, now: i64) -> bool {
    license
        .get("expiry_date_in_millis")
        .and_then(Value::as_i64)
        .is_some_and(|expiry| expiry <= now)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|age| i64::try_from(age.as_millis()).ok())
        .unwrap_or_default()
}

/// A new license document.
pub(crate) fn license_document(license: &License, now: i64) -> Value {
    let mut document = json!({
        "uid": random::uuid(),
        "type": license.grade.name(),
        "issue_date_in_millis": now,
    });
    let trial_end = || now.saturating_add(30 * 24 * 3600 * 1000);
    let expiry = license
        .expires
        .or_else(|| (license.grade.name() == "trial").then(trial_end))
        .or_else(|| {
            (license.grade.name() != "basic").then(|| now.saturating_add(365 * 24 * 3600 * 1000))
        });
    if let Some(expiry) = expiry {
        document["expiry_date_in_millis"] = json!(expiry);
    }
    document
}

/// Puts what every cluster has from the start.
fn furnish(store: &mut Store, options: &LabOptions) {
    if !store.has(&Collection::Cluster, IDENTITY) {
        let identity = json!({
            "cluster_name": options.cluster_name,
            "cluster_uuid": random::token(),
            "node_name": "node-0",
            "node_id": random::token(),
        });
        store.put(&Collection::Cluster, IDENTITY, identity);
    }
    // A license that was asked for holds; else the one in the store stays.
    let fresh = !store.has(&Collection::Cluster, LICENSE);
    if let Some(license) = options
        .license
        .clone()
        .or_else(|| fresh.then(License::default))
    {
        let document = license_document(&license, now());
        store.put(&Collection::Cluster, LICENSE, document);
    }
    for (name, password) in &options.users {
        let reserved = name == ELASTIC;
        let user = json!({
            "roles": ["superuser"],
            "reserved": reserved,
            "password": password_hash(&random::token(), password),
        });
        store.put(&Collection::Users, name, user);
    }
    if !store.has(&Collection::Spaces, "default") {
        let space = json!({
            "id": "default", "name": "Default", "description": "This is your default space!",
            "color": "#00bfb3", "disabledFeatures": [], "_reserved": true,
        });
        store.put(&Collection::Spaces, "default", space);
    }
}
