//! `network_direction`: whether a flow goes into or out of some networks.

use std::borrow::Cow;

use super::address::{Network, parse};
use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::mustache::Template;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::Value;

/// Where the names or ranges of the networks come from.
enum Networks {
    Given(Vec<Template>),
    Field(Field),
}

struct NetworkDirection {
    source: Field,
    destination: Field,
    target: Field,
    networks: Networks,
    ignore_missing: bool,
}

/// Creates a `network_direction` processor.
pub(in super::super) fn create(
    config: &mut Config,
    _: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let source = config.field_or("source_ip", "source.ip")?;
    let destination = config.field_or("destination_ip", "destination.ip")?;
    let target = config.field_or("target_field", "network.direction")?;
    let ignore_missing = config.boolean("ignore_missing", true)?;
    let given = config.optional_strings("internal_networks")?;
    let field = config.optional_string("internal_networks_field")?;
    let networks = match (given, field) {
        (None, None) => {
            return Err(config.refuse(
                "internal_networks",
                "or [internal_networks_field] must be specified",
            ));
        }
        (Some(_), Some(_)) => {
            return Err(config.refuse(
                "internal_networks",
                "and [internal_networks_field] cannot both be used in the same processor",
            ));
        }
        (None, Some(field)) => Networks::Field(Field::fixed(&field)),
        (Some(given), None) => Networks::Given(
            given
                .iter()
                .map(|text| config.template("internal_networks", text))
                .collect::<Result<_, _>>()?,
        ),
    };
    Ok(Box::new(NetworkDirection {
        source,
        destination,
        target,
        networks,
        ignore_missing,
    }))
}

impl NetworkDirection {
    /// The networks for a document; `None` if their field is absent.
    fn networks(&self, document: &Document) -> Result<Option<Vec<String>>, Failure> {
        match &self.networks {
            Networks::Given(templates) => templates
                .iter()
                .map(|template| template.fill(document).map(Cow::into_owned))
                .collect::<Result<_, _>>()
                .map(Some),
            Networks::Field(field) => {
                let list = field.list(document, self.ignore_missing, "cannot process it.")?;
                let texts = |value: &Value| value.to_java_string();
                Ok(list.map(|list| list.items().iter().map(texts).collect()))
            }
        }
    }

    fn address(&self, field: &Field, document: &Document) -> Result<Option<String>, Failure> {
        let text = field.nullable_text(document, self.ignore_missing)?;
        Ok(text.map(|text| text.to_string()))
    }

    fn direction(&self, document: &Document) -> Result<Option<&'static str>, Failure> {
        let (Some(networks), Some(source), Some(destination)) = (
            self.networks(document)?,
            self.address(&self.source, document)?,
            self.address(&self.destination, document)?,
        ) else {
            return Ok(None);
        };
        let internal = |address: &str| -> Result<bool, Failure> {
            for network in &networks {
                let address = parse(address)?;
                if Network::parse(network)?.holds(address) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        Ok(Some(match (internal(&source)?, internal(&destination)?) {
            (true, true) => "internal",
            (true, false) => "outbound",
            (false, true) => "inbound",
            (false, false) => "external",
        }))
    }
}

impl Processor for NetworkDirection {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        match self.direction(document)? {
            Some(direction) => self.target.set(document, direction.into())?,
            None if self.ignore_missing => {}
            None => {
                return Err(Failure::illegal_argument(
                    "unable to calculate network direction from document",
                ));
            }
        }
        Ok(Flow::Continue)
    }
}
