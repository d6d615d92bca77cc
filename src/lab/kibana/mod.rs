//! Kibana's door.

use std::sync::Arc;

use serde_json::json;

use super::cluster::Cluster;
use super::door::Door;
use super::fault::Faults;
use super::http::{Request, Response, Service};

/// Kibana's API over a cluster.
pub(crate) struct Kibana {
    cluster: Arc<Cluster>,
    door: Door,
}

impl Kibana {
    pub(crate) fn new(cluster: Arc<Cluster>, faults: Arc<Faults>) -> Self {
        Self {
            cluster,
            door: Door::new(faults),
        }
    }

    fn call(&self, request: &Request) -> Response {
        let version = self.cluster.profile().version().to_string();
        match request.path.as_str() {
            "/api/status" => Response::json(200, &json!({"version": {"number": version}})),
            _ => Response::json(
                404,
                &json!({"statusCode": 404, "error": "Not Found", "message": "Not Found"}),
            ),
        }
    }
}

impl Service for Kibana {
    fn answer(&self, request: &Request) -> Response {
        self.door.pass(request, || self.call(request))
    }
}
