//! A small package registry: packages by name and version, as the Elastic Package
//! Registry serves them (`/package/NAME/VERSION`, `/epr/…`, `/search`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::Result;
use crate::lab::http::{Request, Response, Server, ServerOptions};

/// One package on offer.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The zip.
    pub zip: Vec<u8>,
    /// The signature of the zip.
    pub signature: Option<Vec<u8>>,
}

/// Packages by name and version.
pub type Offers = BTreeMap<(String, String), Offer>;

/// A running registry; dropping it stops it.
#[derive(Debug)]
pub struct Registry {
    server: Server,
}

impl Registry {
    /// Serves `offers` on a free port of the loopback address.
    ///
    /// # Errors
    /// Kind `Io` when no address can be listened on.
    pub fn start(offers: Offers) -> Result<Self> {
        let server = Server::start(ServerOptions::default(), move |request: &Request| {
            answer(&offers, request)
        })?;
        Ok(Self { server })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }
}

/// The answer to one request.
#[must_use]
pub fn answer(offers: &Offers, request: &Request) -> Response {
    if request.method != "GET" {
        return Response::json(405, &json!({"error": "method not allowed"}));
    }
    let path: Vec<&str> = request
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match path.as_slice() {
        ["search"] => {
            let all: Vec<Value> = offers
                .iter()
                .map(|(key, offer)| about(key, offer))
                .collect();
            Response::json(200, &json!(all))
        }
        ["package", name, version] => {
            let key = ((*name).to_owned(), (*version).to_owned());
            match offers.get(&key) {
                Some(offer) => Response::json(200, &about(&key, offer)),
                None => Response::json(404, &json!({"error": "package revision not found"})),
            }
        }
        ["epr", name, file] => {
            let found = offers.iter().find_map(|((of, version), offer)| {
                let zip = format!("{of}-{version}.zip");
                let rest = file.strip_prefix(zip.as_str()).filter(|_| of == name)?;
                match rest {
                    "" => Some(offer.zip.clone()),
                    ".sig" => offer.signature.clone(),
                    _ => None,
                }
            });
            match found {
                Some(bytes) => Response::bytes(200, bytes),
                None => Response::json(404, &json!({"error": "artifact not found"})),
            }
        }
        _ => Response::json(404, &json!({"error": "not found"})),
    }
}

fn about((name, version): &(String, String), offer: &Offer) -> Value {
    let download = format!("/epr/{name}/{name}-{version}.zip");
    let mut about = json!({
        "name": name,
        "version": version,
        "type": "integration",
        "download": download,
        "path": format!("/package/{name}/{version}"),
    });
    if offer.signature.is_some() {
        about["signature_path"] = json!(format!("{download}.sig"));
    }
    about
}
