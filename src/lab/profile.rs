//! Version profiles: what changed when, as a table, and the identity that a
//! cluster of a version shows.
//!
//! The dates come from the elasticsearch-specification repository, the
//! Elasticsearch release notes and, for 7.9, from recordings of a development
//! build of August 2020.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::model::version::StackVersion;

/// Something that some versions have and others have not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feature {
    /// `_ml/inference` as a path of the trained-model API.
    InferencePath,
    /// `_ml/trained_models` as a path of the trained-model API.
    TrainedModelsPath,
    /// `include_model_definition` on GET of models.
    IncludeModelDefinition,
    /// `include=definition` on GET of models.
    IncludeParameter,
    /// `for_export` on GET of models.
    ForExport,
    /// `exclude_generated` on GET of models, jobs, datafeeds and analytics.
    ExcludeGenerated,
    /// Model aliases.
    ModelAliases,
    /// `defer_definition_decompression` on PUT of models.
    DeferDecompression,
    /// `force` on DELETE of models; the guard then looks into wrapped processors.
    ForceModelDelete,
    /// `model_type`, `model_size_bytes` and definition parts of models.
    ModelTypes,
    /// `X-elastic-product` on every answer.
    ProductHeader,
    /// `application/json` without a charset, and compatible media types.
    PlainContentType,
    /// `_meta` and `if_version` of pipelines.
    PipelineMeta,
    /// A pipeline that is some index's default cannot be deleted.
    PipelineInUse,
    /// `_type` in answers about documents.
    DocumentTypes,
    /// `accept_enterprise` on GET of the license is needed to see `enterprise`.
    EnterpriseHidden,
    /// `POST _reset` of jobs.
    JobReset,
    /// Closing a job stops its datafeed.
    CloseStopsDatafeed,
    /// Deleting a job deletes its datafeed.
    DeleteTakesDatafeed,
    /// `datafeed_config` inside a job.
    InlineDatafeed,
    /// Opening a job checks that its filters exist.
    FilterCheckAtOpen,
    /// 403 names the privileges that would grant the action.
    DenialNamesPrivileges,
    /// 403 names the caller's roles.
    DenialNamesRoles,
    /// 403 calls those roles effective.
    DenialNamesEffectiveRoles,
    /// `allow_no_jobs` and `allow_no_datafeeds` besides `allow_no_match`.
    OldAllowNoMatch,
    /// Built-in monitoring pipelines.
    MonitoringPipelines,
    /// Kibana's `_bulk_create` and its kin for rules.
    RuleBulkVerbs,
    /// Kibana's `_bulk_action` for rules.
    RuleBulkAction,
    /// Kibana's rules need `.siem-signals` to be created first.
    SignalsIndex,
    /// Kibana's status names levels instead of colors.
    StatusLevels,
    /// Named privileges that came with 8.x (`read_pipeline`, ...).
    NewerPrivileges,
}

/// First version that has a feature, and first that has it no more.
type Span = (Option<(u32, u32)>, Option<(u32, u32)>);

const ALWAYS: Option<(u32, u32)> = None;
const STILL: Option<(u32, u32)> = None;

#[expect(
    clippy::match_same_arms,
    reason = "one line for each feature, in the order of versions"
)]
const fn span(feature: Feature) -> Span {
    match feature {
        Feature::ForExport => (ALWAYS, Some((7, 11))),
        Feature::MonitoringPipelines => (ALWAYS, Some((7, 10))),
        Feature::OldAllowNoMatch => (ALWAYS, Some((8, 0))),
        Feature::SignalsIndex => (ALWAYS, Some((8, 0))),
        Feature::InferencePath => (ALWAYS, Some((9, 0))),
        Feature::IncludeModelDefinition => (ALWAYS, Some((9, 0))),
        Feature::RuleBulkVerbs => (ALWAYS, Some((9, 0))),
        Feature::DocumentTypes => (Some((7, 10)), Some((8, 0))),
        Feature::EnterpriseHidden => (Some((7, 10)), Some((8, 0))),
        Feature::TrainedModelsPath => (Some((7, 10)), STILL),
        Feature::IncludeParameter => (Some((7, 10)), STILL),
        Feature::DenialNamesPrivileges => (Some((7, 10)), STILL),
        Feature::ExcludeGenerated => (Some((7, 11)), STILL),
        Feature::ModelAliases => (Some((7, 13)), STILL),
        Feature::DenialNamesRoles => (Some((7, 13)), STILL),
        Feature::ProductHeader => (Some((7, 14)), STILL),
        Feature::JobReset => (Some((7, 14)), STILL),
        Feature::CloseStopsDatafeed => (Some((7, 14)), STILL),
        Feature::DeleteTakesDatafeed => (Some((7, 15)), STILL),
        Feature::InlineDatafeed => (Some((7, 15)), STILL),
        Feature::DeferDecompression => (Some((7, 16)), STILL),
        Feature::PipelineMeta => (Some((7, 16)), STILL),
        Feature::PipelineInUse => (Some((7, 16)), STILL),
        Feature::ForceModelDelete => (Some((8, 0)), STILL),
        Feature::ModelTypes => (Some((8, 0)), STILL),
        Feature::PlainContentType => (Some((8, 0)), STILL),
        Feature::StatusLevels => (Some((8, 0)), STILL),
        Feature::RuleBulkAction => (Some((8, 1)), STILL),
        Feature::NewerPrivileges => (Some((8, 1)), STILL),
        Feature::DenialNamesEffectiveRoles => (Some((8, 4)), STILL),
        Feature::FilterCheckAtOpen => (Some((8, 6)), STILL),
    }
}

/// How a cluster of one version answers.
#[derive(Clone, Debug)]
pub struct Profile {
    version: StackVersion,
    api: StackVersion,
    build: Build,
}

/// What a cluster says of its build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The version in warnings, with its qualifier.
    pub version: String,
    /// The version that created objects carry.
    pub number: String,
    /// The commit.
    pub hash: &'static str,
    /// When it was built.
    pub date: &'static str,
    /// Whether it is a snapshot.
    pub snapshot: bool,
    /// The Lucene inside.
    pub lucene: &'static str,
    /// The oldest version it talks to.
    pub minimum_wire: String,
    /// The oldest version whose indices it reads.
    pub minimum_index: String,
}

/// Short names of the profiles that tests and documents speak of, with the
/// version that each stands for.
static SHORT: [(&str, StackVersion); 8] = [
    ("7.9", StackVersion::new(7, 9, 3)),
    ("7.10", StackVersion::new(7, 10, 2)),
    ("7.17", StackVersion::new(7, 17, 29)),
    ("8", StackVersion::new(8, 19, 9)),
    ("8.x", StackVersion::new(8, 19, 9)),
    ("8.19", StackVersion::new(8, 19, 9)),
    ("9", StackVersion::new(9, 2, 3)),
    ("9.x", StackVersion::new(9, 2, 3)),
];

/// The Lucene of each line, newest first.
const LUCENE: [((u32, u32), &str); 9] = [
    ((9, 2), "10.3.2"),
    ((9, 0), "10.1.0"),
    ((8, 16), "9.12.2"),
    ((8, 10), "9.8.0"),
    ((8, 0), "9.0.0"),
    ((7, 17), "8.11.3"),
    ((7, 14), "8.9.0"),
    ((7, 10), "8.7.0"),
    ((0, 0), "8.6.2"),
];

impl Profile {
    /// The profile of a version: `7.9` (the one of the recordings), `7.10`, `7.17`, `8.19`,
    /// `9.x`, or any version from 7.9 on (`8.11.3`).
    ///
    /// # Errors
    /// Kind `Usage` when it is not a version or too old.
    pub fn parse(text: &str) -> Result<Self> {
        let short = SHORT.iter().find(|(name, _)| *name == text);
        let version = match short {
            Some((_, version)) => version.clone(),
            None => text
                .parse()
                .or_else(|_| format!("{text}.0").parse())
                .map_err(|_: Error| refused(text))?,
        };
        if !version.offers(7, 9) || version.offers(10, 0) {
            return Err(refused(text));
        }
        Ok(Self::new(version))
    }

    fn new(version: StackVersion) -> Self {
        let build = if version.line() == (7, 9) {
            Build {
                version: "8.0.0-SNAPSHOT".to_owned(),
                number: "8.0.0".to_owned(),
                hash: "a5dd631612accb3f99436e0c45b7c5ababaf0195",
                date: "2020-08-31T02:37:19.000000Z",
                snapshot: true,
                lucene: "8.8.1",
                minimum_wire: "7.10.0".to_owned(),
                minimum_index: "7.0.0".to_owned(),
            }
        } else {
            let (wire, index) = oldest(&version);
            Build {
                version: version.to_string(),
                number: version.number(),
                hash: "0000000000000000000000000000000000000000",
                date: "2020-01-01T00:00:00.000000000Z",
                snapshot: version.qualifier() == Some("SNAPSHOT"),
                lucene: LUCENE
                    .iter()
                    .find(|(line, _)| version.line() >= *line)
                    .map_or("8.6.2", |(_, lucene)| *lucene),
                minimum_wire: wire,
                minimum_index: index,
            }
        };
        let api = build.version.parse().unwrap_or_else(|_| version.clone());
        Self {
            version,
            api,
            build,
        }
    }

    /// The version whose API this is: that of the build. For the profile 7.9 it is the
    /// development build, which [`StackVersion`] knows to follow the 7.9 line.
    #[must_use]
    pub fn api(&self) -> &StackVersion {
        &self.api
    }

    /// The version as `GET /` shows it.
    #[must_use]
    pub fn version(&self) -> &StackVersion {
        &self.version
    }

    /// The build behind it. In the profile 7.9 it is the development build that
    /// was recorded; only the number of the root answer differs.
    #[must_use]
    pub fn build(&self) -> &Build {
        &self.build
    }

    /// Whether this version has a feature.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        let (since, until) = span(feature);
        let line = self.version.line();
        since.is_none_or(|since| line >= since) && until.is_none_or(|until| line < until)
    }

    /// Whether this version is `major.minor` or newer.
    #[must_use]
    pub fn since(&self, major: u32, minor: u32) -> bool {
        self.version.offers(major, minor)
    }
}

impl Default for Profile {
    /// A current 8.x, the line that most isolated clusters run.
    fn default() -> Self {
        Self::new(StackVersion::new(8, 19, 9))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(f)
    }
}

/// The oldest wire- and index-compatible versions of a release.
fn oldest(version: &StackVersion) -> (String, String) {
    match version.major() {
        7 => ("6.8.0".to_owned(), "6.0.0-beta1".to_owned()),
        8 => ("7.17.0".to_owned(), "7.0.0".to_owned()),
        _ => ("8.19.0".to_owned(), "8.0.0".to_owned()),
    }
}

fn refused(text: &str) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!("no practice cluster of version {text:?}"),
    )
    .hint("choose 7.9, 7.10, 7.17, 8.19, 9.x, or a full version between 7.9.0 and 9.99.99")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Feature, Profile};

    #[test]
    fn features_come_and_go() {
        let cases = [
            ("7.9", Feature::TrainedModelsPath, false),
            ("7.9", Feature::InferencePath, true),
            ("7.10", Feature::TrainedModelsPath, true),
            ("8.19", Feature::InferencePath, true),
            ("9.x", Feature::InferencePath, false),
            ("7.13.4", Feature::ProductHeader, false),
            ("7.17", Feature::ProductHeader, true),
            ("8.5.0", Feature::FilterCheckAtOpen, false),
            ("8.6", Feature::FilterCheckAtOpen, true),
        ];
        for (version, feature, expected) in cases {
            let profile = Profile::parse(version).unwrap();
            assert_eq!(profile.has(feature), expected, "{version} {feature:?}");
        }
    }

    #[test]
    fn versions_outside_the_table_are_refused() {
        for text in ["7.8", "6.8.0", "10.0.0", "x", "", "-1"] {
            assert!(Profile::parse(text).is_err(), "{text}");
        }
    }
}
