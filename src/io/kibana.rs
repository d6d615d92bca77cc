//! Kibana over HTTP: detection rules and saved objects of one space.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::facts::is_unknown_route;
use crate::io::elasticsearch::{Access, Called, Peer};
use crate::io::http::Method;
use crate::model::version::StackVersion;

mod import;
mod look;
mod objects;
mod rules;

pub use import::{Imported, Refused};

/// The version of the public API that is asked for; older ones ignore it.
const API_VERSION: &str = "2023-10-31";

/// What to do where Elasticsearch or something else answers in Kibana's place.
const NOT_KIBANA: &str = "this is not Kibana; where it is Elasticsearch, give it by --url, and by --kibana-url the \
     address of Kibana, by default port 5601";

/// One space of a Kibana that answered.
#[derive(Debug)]
pub struct Kibana {
    peer: Peer,
    /// `/s/SPACE`, or nothing for the default space.
    base: String,
    space: String,
    version: Option<StackVersion>,
}

impl Kibana {
    /// Asks Kibana how it is.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it cannot be reached, is not Kibana, or is not
    /// ready; [`ErrorKind::Usage`] for a space name that cannot be one.
    pub fn connect(access: Access, space: Option<&str>) -> Result<Self> {
        let space = space.filter(|space| *space != "default");
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if let Some(space) = space
            && (space.is_empty() || !space.chars().all(plain))
        {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{space:?} is not the id of a Kibana space"),
            )
            .hint("ids of spaces are lower-case letters, digits, _ and -"));
        }
        let headers = vec![
            ("kbn-xsrf", "sealift".to_owned()),
            ("elastic-api-version", API_VERSION.to_owned()),
        ];
        let peer = Peer::new(access, headers)?;
        let status = peer
            .call(Method::Get, "/api/status", &Value::Null)
            .map_err(|failed| {
                let is_elasticsearch = is_unknown_route(&failed.error.to_string());
                let told = format!("cannot talk to Kibana at {}", peer.address());
                let error = failed.error.context(told);
                if is_elasticsearch {
                    error.hint(NOT_KIBANA)
                } else {
                    error
                }
            })?;
        let overall = status.pointer("/status/overall");
        if !overall.is_some_and(Value::is_object) {
            return Err(Error::new(
                ErrorKind::Network,
                format!("{} answers, but is not Kibana", peer.address()),
            )
            .hint(NOT_KIBANA));
        }
        // 8.x says `level: available`, 7.x says `state: green`.
        let word = |key: &str| overall.and_then(|overall| overall.get(key)?.as_str());
        let level = word("level").or_else(|| word("state")).unwrap_or_default();
        if matches!(level, "unavailable" | "critical" | "red") {
            return Err(Error::new(ErrorKind::Network, format!("Kibana is {level}"))
                .hint("wait until it is ready"));
        }
        let number = status.pointer("/version/number").and_then(Value::as_str);
        Ok(Self {
            peer,
            base: base(space.unwrap_or("default")),
            space: space.unwrap_or("default").to_owned(),
            version: number.and_then(|number| number.parse().ok()),
        })
    }

    /// Its version, where it tells.
    #[must_use]
    pub fn version(&self) -> Option<&StackVersion> {
        self.version.as_ref()
    }

    /// Makes jobs and models that were created over Elasticsearch visible in
    /// Kibana.
    ///
    /// # Errors
    /// As of every call; versions without this one answer that it is absent.
    pub fn sync_saved_objects(&self) -> Called<()> {
        let path = format!("{}/api/ml/saved_objects/sync", self.base);
        self.peer.call(Method::Get, &path, &Value::Null).map(drop)
    }

    /// The path of the API of rules in this space.
    fn rules(&self, query: &str) -> String {
        rules_of(&self.base, query)
    }
}

/// The path of the API of rules below `base`, the prefix of a space.
fn rules_of(base: &str, query: &str) -> String {
    format!("{base}/api/detection_engine/rules{query}")
}

/// The prefix of a space: nothing for the default one.
fn base(space: &str) -> String {
    match space {
        "default" => String::new(),
        space => format!("/s/{space}"),
    }
}
