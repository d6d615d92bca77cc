//! From paths to an opened bundle.

use std::path::PathBuf;

use sealift::error::Result;
use sealift::flow::gather::{Gathered, gather_with};
use sealift::flow::pack::{PackInput, pack};
use sealift::io::bundle::VerifiedBundle;
use sealift::model::label::Label;
use sealift::model::package::Choices;
use sealift::model::signed_list::ListHeader;
use sealift::model::time::Timestamp;
use sealift::progress::Silent;

use crate::kit::{self, Room};

/// What the paths hold; datafeeds of packages read `dns-*`.
pub(crate) fn gathered(paths: &[PathBuf]) -> Result<Gathered> {
    let choices = Choices {
        index_pattern: Some("dns-*".to_owned()),
        ..Choices::default()
    };
    gather_with(paths, false, &choices, &Silent)
}

/// The paths packed, signed, and verified again.
pub(crate) fn bundle(paths: &[PathBuf], room: &Room) -> VerifiedBundle {
    let Gathered { releases, catalog } = gathered(paths).unwrap();
    let created = Timestamp::from_seconds(kit::now().unwrap().seconds() - 3600).unwrap();
    let input = PackInput {
        header: ListHeader {
            name: Label::parse("test").unwrap(),
            channel: Label::parse("main").unwrap(),
            sequence: 1,
            created,
            expires: created.plus_days(365).unwrap(),
            trust: 0,
        },
        releases,
        catalog,
        validation: Vec::new(),
        license: None,
        trust: Vec::new(),
    };
    let path = room.path().join("packed.sealift");
    pack(input, &[kit::key()], &path, 1, &Silent).unwrap();
    kit::open(&path)
}
