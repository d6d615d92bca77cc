//! The releases that the program brings along (see `fixtures/README.md`).

use crate::error::Result;
use crate::model::release::{ReleaseTag, Repository};

use super::shelf::Shelf;

/// A release: tag, time of publication, files.
struct Fixture {
    tag: &'static str,
    created_at: &'static str,
    files: &'static [(&'static str, &'static [u8])],
}

/// The files `$name` of the release `$tag`, compiled in.
macro_rules! files {
    ($tag:literal: $($name:literal),+ $(,)?) => {
        &[$((
            $name,
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/fixtures/releases/", $tag, "/", $name
            )),
        )),+]
    };
}

const RELEASES: [Fixture; 3] = [
    Fixture {
        tag: "ML-DGA-20260105-1",
        created_at: "2026-01-05T09:00:00Z",
        files: files!("ML-DGA-20260105-1":
            "dga_500100_1.0_ingest_pipeline1.json",
            "dga_500100_1.0_ingest_pipeline2.json",
            "dga_500100_1.0_model.json",
            "dga_500100_1.0_ngrams_create.json",
            "dga_500100_1.0_ngrams_transform_delete.json",
        ),
    },
    Fixture {
        tag: "ML-NameShape-20260212-1",
        created_at: "2026-02-12T09:00:00Z",
        files: files!("ML-NameShape-20260212-1":
            "ml_nameshape_inference_pipeline.json",
            "ml_nameshape_ingest_pipeline.json",
            "ml_nameshape_measure_script.json",
            "ml_nameshape_verdict_script.json",
            "nameshape_20260212_1.0_model.json",
        ),
    },
    Fixture {
        tag: "ML-experimental-detections-20260220-1",
        created_at: "2026-02-20T09:00:00Z",
        files: files!("ML-experimental-detections-20260220-1":
            "README.md",
            "client_outliers.json",
            "command_and_control_drawn_name.toml",
            "datafeed_drawn_names_by_client.json",
            "datafeed_rare_zone.json",
            "drawn_names_by_client.json",
            "filter_quiet_domains.json",
            "fixture_rules.ndjson",
            "ml_fixture_drawn_names_by_client.toml",
            "rare_zone.json",
        ),
    },
];

/// Documents to enrich, one JSON object (`_id`, `_source`) a line.
#[must_use]
pub fn documents() -> &'static [u8] {
    include_bytes!("../../../fixtures/documents.ndjson")
}

/// What becomes of the [`documents`] by the release `tag`, one JSON object
/// (`_id`, `enriched`, `_source`) a line.
#[must_use]
pub fn expected(tag: &str) -> Option<&'static [u8]> {
    match tag {
        "ML-DGA-20260105-1" => Some(include_bytes!(
            "../../../fixtures/expected/ML-DGA-20260105-1.ndjson"
        )),
        "ML-NameShape-20260212-1" => Some(include_bytes!(
            "../../../fixtures/expected/ML-NameShape-20260212-1.ndjson"
        )),
        _ => None,
    }
}

/// A shelf of the repository `example/ml-releases` with the fixture releases.
///
/// # Errors
/// Never in practice: the files are compiled in and a test publishes them.
pub fn fixtures() -> Result<Shelf> {
    let mut shelf = Shelf::new(Repository::parse("example/ml-releases")?);
    for fixture in RELEASES {
        let tag = ReleaseTag::parse(fixture.tag)?;
        let files = fixture.files.iter().copied();
        shelf.publish(&tag, fixture.created_at, files)?;
    }
    Ok(shelf)
}
