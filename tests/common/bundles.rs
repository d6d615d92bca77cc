//! What bundles of tests and benches have in common: their time, their key, how they
//! are opened.

use std::path::Path;

use sealift::error::Result;
use sealift::io::bundle::{Conditions, VerifiedBundle};
use sealift::io::medium::Medium;
use sealift::model::key::SecretKey;
use sealift::model::label::Label;
use sealift::model::signed_list::ListHeader;
use sealift::model::time::Timestamp;
use sealift::model::trust::{TrustPolicy, TrustedKey};
use sealift::progress::Silent;

/// When they are created: 2026-03-01.
const CREATED: i64 = 1_772_323_200;

/// The time at which they are used.
pub(crate) fn now() -> Result<Timestamp> {
    Timestamp::from_seconds(CREATED + 3600)
}

/// The key that signs them.
pub(crate) fn key() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

/// The head of the list of one that is good for fifty years.
pub(crate) fn header(channel: &str, sequence: u64) -> ListHeader {
    ListHeader {
        name: Label::parse("test").unwrap(),
        channel: Label::parse(channel).unwrap(),
        sequence,
        created: Timestamp::from_seconds(CREATED).unwrap(),
        expires: Timestamp::from_seconds(CREATED + 18_250 * 86_400).unwrap(),
        trust: 0,
    }
}

/// Opens one by its key.
pub(crate) fn open(path: &Path) -> VerifiedBundle {
    let trusted = TrustedKey {
        key: key().public(),
        label: "test key".to_owned(),
    };
    let policy = TrustPolicy::new(vec![trusted], 1, Vec::new()).unwrap();
    let conditions = Conditions {
        policy: &policy,
        now: now().unwrap(),
        memory: None,
        overrides: &[],
        threads: 1,
        progress: &Silent,
    };
    VerifiedBundle::open(Medium::file(path).unwrap(), &conditions).unwrap()
}
