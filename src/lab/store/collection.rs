//! The names of what is held.

use std::borrow::Cow;

/// A collection of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collection {
    /// The cluster's own identity and license.
    Cluster,
    /// Stored scripts.
    Scripts,
    /// Ingest pipelines.
    Pipelines,
    /// Trained model configurations, without definitions.
    Models,
    /// Compressed definitions of trained models, base64.
    Definitions,
    /// Vocabularies of trained models.
    Vocabularies,
    /// Model aliases: alias to model id.
    ModelAliases,
    /// Component templates.
    ComponentTemplates,
    /// Index templates.
    IndexTemplates,
    /// Templates of the old kind.
    LegacyTemplates,
    /// Enrich policies, and whether they were executed.
    EnrichPolicies,
    /// Transforms.
    Transforms,
    /// Tasks of started transforms.
    TransformTasks,
    /// Machine-learning filters.
    Filters,
    /// Anomaly detection jobs.
    Jobs,
    /// Tasks of opened or failed jobs.
    JobTasks,
    /// Datafeeds.
    Datafeeds,
    /// Tasks of started datafeeds.
    DatafeedTasks,
    /// Data frame analytics.
    Analytics,
    /// Calendars.
    Calendars,
    /// Events of calendars.
    CalendarEvents,
    /// Indices: settings, mappings, counters.
    Indices,
    /// Documents of an index.
    Documents(String),
    /// Users.
    Users,
    /// Roles.
    Roles,
    /// API keys.
    ApiKeys,
    /// Kibana's spaces.
    Spaces,
    /// Detection rules of a space, by saved-object id.
    Rules(String),
    /// Exception lists of a space, by list id.
    ExceptionLists(String),
    /// Other saved objects of a space, by `TYPE:ID`.
    Objects(String),
}

impl Collection {
    /// The documents of an index.
    #[must_use]
    pub fn documents(index: &str) -> Self {
        Self::Documents(index.to_owned())
    }

    /// The detection rules of a space.
    #[must_use]
    pub fn rules(space: &str) -> Self {
        Self::Rules(space.to_owned())
    }

    /// The saved objects of a space.
    #[must_use]
    pub fn objects(space: &str) -> Self {
        Self::Objects(space.to_owned())
    }

    /// The name under which it is kept.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Cluster => "cluster",
            Self::Scripts => "scripts",
            Self::Pipelines => "pipelines",
            Self::Models => "models",
            Self::Definitions => "definitions",
            Self::Vocabularies => "vocabularies",
            Self::ModelAliases => "model_aliases",
            Self::ComponentTemplates => "component_templates",
            Self::IndexTemplates => "index_templates",
            Self::LegacyTemplates => "legacy_templates",
            Self::EnrichPolicies => "enrich_policies",
            Self::Transforms => "transforms",
            Self::TransformTasks => "transform_tasks",
            Self::Filters => "filters",
            Self::Jobs => "jobs",
            Self::JobTasks => "job_tasks",
            Self::Datafeeds => "datafeeds",
            Self::DatafeedTasks => "datafeed_tasks",
            Self::Analytics => "analytics",
            Self::Calendars => "calendars",
            Self::CalendarEvents => "calendar_events",
            Self::Indices => "indices",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::ApiKeys => "api_keys",
            Self::Spaces => "spaces",
            Self::Documents(index) => return format!("documents/{index}").into(),
            Self::Rules(space) => return format!("rules/{space}").into(),
            Self::Objects(space) => return format!("saved_objects/{space}").into(),
            Self::ExceptionLists(space) => return format!("exception_lists/{space}").into(),
        })
    }
}
