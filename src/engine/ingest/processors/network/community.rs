//! `community_id`: a hash over the ends and the protocol of a flow
//! (Community ID Flow Hashing, version 1).

use core::net::IpAddr;

use super::address::parse;
use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::sha1;
use crate::engine::value::Value;
use crate::model::base64;

const ICMP: i32 = 1;
const ICMP_V6: i32 = 58;
const TCP: i32 = 6;
const UDP: i32 = 17;
const SCTP: i32 = 132;

/// Protocols by name.
const PROTOCOLS: [(&str, i32); 11] = [
    ("icmp", ICMP),
    ("igmp", 2),
    ("tcp", TCP),
    ("udp", UDP),
    ("gre", 47),
    ("ipv6-icmp", ICMP_V6),
    ("icmpv6", ICMP_V6),
    ("eigrp", 88),
    ("ospf", 89),
    ("pim", 103),
    ("sctp", SCTP),
];

/// Types of ICMP messages and those that answer them.
const ANSWERS: [(i32, i32); 9] = [
    (8, 0),
    (0, 8),
    (13, 14),
    (14, 13),
    (15, 16),
    (10, 9),
    (9, 10),
    (17, 18),
    (18, 17),
];

/// The same for version 6.
const ANSWERS_V6: [(i32, i32); 11] = [
    (128, 129),
    (129, 128),
    (133, 134),
    (134, 133),
    (136, 135),
    (135, 136),
    (130, 131),
    (139, 140),
    (140, 139),
    (144, 145),
    (145, 144),
];

struct CommunityId {
    source: Field,
    source_port: Field,
    destination: Field,
    destination_port: Field,
    iana_number: Field,
    transport: Field,
    icmp_type: Field,
    icmp_code: Field,
    target: Field,
    seed: u16,
    ignore_missing: bool,
}

/// Creates a `community_id` processor.
pub(in super::super) fn create(
    config: &mut Config,
    _: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let seed = config.optional_int("seed")?.unwrap_or(0);
    let Ok(seed) = u16::try_from(seed) else {
        return Err(config.refuse("seed", "must be a value between 0 and 65535"));
    };
    Ok(Box::new(CommunityId {
        source: config.field_or("source_ip", "source.ip")?,
        source_port: config.field_or("source_port", "source.port")?,
        destination: config.field_or("destination_ip", "destination.ip")?,
        destination_port: config.field_or("destination_port", "destination.port")?,
        iana_number: config.field_or("iana_number", "network.iana_number")?,
        transport: config.field_or("transport", "network.transport")?,
        icmp_type: config.field_or("icmp_type", "icmp.type")?,
        icmp_code: config.field_or("icmp_code", "icmp.code")?,
        target: config.field_or("target_field", "network.community_id")?,
        seed,
        ignore_missing: config.boolean("ignore_missing", true)?,
    }))
}

impl Processor for CommunityId {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        match self.id(document)? {
            Some(id) => self.target.set(document, id.into())?,
            None if self.ignore_missing => {}
            None => {
                return Err(Failure::illegal_argument(
                    "unable to construct flow from document",
                ));
            }
        }
        Ok(Flow::Continue)
    }
}

impl CommunityId {
    fn id(&self, document: &Document) -> Result<Option<String>, Failure> {
        let source = self.source.nullable_text(document, self.ignore_missing)?;
        let destination = self
            .destination
            .nullable_text(document, self.ignore_missing)?;
        let given = |field: &Field, lenient: bool| -> Result<Value, Failure> {
            Ok(field.value(document, lenient)?.unwrap_or_default())
        };
        let number = given(&self.iana_number, true)?;
        let (icmp_type, icmp_code) = (given(&self.icmp_type, true)?, given(&self.icmp_code, true)?);
        let (Some(source), Some(destination)) = (source, destination) else {
            return Ok(None);
        };
        let (source, destination) = (parse(&source.to_str())?, parse(&destination.to_str())?);
        let transport = if number.is_null() {
            given(&self.transport, self.ignore_missing)?
        } else {
            number
        };
        if transport.is_null() {
            return Ok(None);
        }
        let protocol = protocol(&transport)?;
        let ports = match protocol {
            TCP | UDP | SCTP => Some((
                port(
                    &given(&self.source_port, self.ignore_missing)?,
                    "source port",
                )?,
                port(
                    &given(&self.destination_port, self.ignore_missing)?,
                    "destination port",
                )?,
            )),
            ICMP | ICMP_V6 => Some((
                number_of(&icmp_type, "icmp type")?,
                number_of(&icmp_code, "icmp code")?,
            )),
            _ => None,
        };
        Ends {
            source,
            destination,
            protocol,
            ports,
        }
        .hash(self.seed)
        .map(Some)
    }
}

/// A flow.
struct Ends {
    source: IpAddr,
    destination: IpAddr,
    protocol: i32,
    /// Ports, or the type and the code of an ICMP message.
    ports: Option<(i32, i32)>,
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// An address as a number, of whichever version.
fn size(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

impl Ends {
    /// The hash over the smaller end, the larger one and the protocol.
    fn hash(&self, seed: u16) -> Result<String, Failure> {
        let answers = match self.protocol {
            ICMP => Some(ANSWERS.as_slice()),
            ICMP_V6 => Some(ANSWERS_V6.as_slice()),
            _ => None,
        };
        let (mut ports, mut one_way) = (self.ports.unwrap_or_default(), false);
        if let Some(answers) = answers {
            let answer = answers.iter().find(|(kind, _)| *kind == ports.0);
            one_way = answer.is_none();
            ports.1 = answer.map_or(ports.1, |(_, answer)| *answer);
        }
        let (source, destination) = (size(self.source), size(self.destination));
        let ordered = source < destination || source == destination && ports.0 < ports.1;
        let mut bytes = seed.to_be_bytes().to_vec();
        let (first, second) = if ordered || one_way {
            ((self.source, ports.0), (self.destination, ports.1))
        } else {
            ((self.destination, ports.1), (self.source, ports.0))
        };
        bytes.extend(octets(first.0));
        bytes.extend(octets(second.0));
        bytes.extend(two_bytes(self.protocol << 8)?);
        if self.ports.is_some() {
            bytes.extend(two_bytes(first.1)?);
            bytes.extend(two_bytes(second.1)?);
        }
        Ok(format!("1:{}", base64::encode(&sha1::digest(&bytes))))
    }
}

fn two_bytes(n: i32) -> Result<[u8; 2], Failure> {
    u16::try_from(n).map(u16::to_be_bytes).map_err(|_| {
        Failure::new(
            500,
            "illegal_state_exception",
            format!("number [{n}] must be a value between 0 and 65535"),
        )
    })
}

/// A number, or text that is one; null counts as 0.
fn number_of(value: &Value, what: &str) -> Result<i32, Failure> {
    let unable = || {
        Failure::illegal_argument(format!(
            "unable to parse {what} [{}]",
            value.to_java_string()
        ))
    };
    match value {
        Value::Null => Ok(0),
        Value::Str(text) => text.to_str().parse().map_err(|_| unable()),
        _ => match (value.as_i64(), value.as_f64()) {
            #[expect(clippy::cast_possible_truncation, reason = "as Number.intValue()")]
            (Some(n), _) => Ok(n as i32),
            #[expect(clippy::cast_possible_truncation, reason = "as Number.intValue()")]
            (None, Some(n)) => Ok(n as i32),
            (None, None) => Err(unable()),
        },
    }
}

fn port(value: &Value, what: &str) -> Result<i32, Failure> {
    let port = number_of(value, what)?;
    if u16::try_from(port).is_err() {
        let shown = value.to_java_string();
        return Err(Failure::illegal_argument(format!(
            "invalid {what} [{shown}]"
        )));
    }
    Ok(port)
}

fn protocol(value: &Value) -> Result<i32, Failure> {
    let number = match value {
        Value::Str(text) => {
            let name = text.to_str().to_lowercase();
            if let Some((_, number)) = PROTOCOLS.iter().find(|(known, _)| *known == name) {
                return Ok(*number);
            }
            text.to_str().parse().map_err(|_| {
                Failure::illegal_argument(format!(
                    "could not convert string [{text}] to transport protocol"
                ))
            })?
        }
        number if number.as_f64().is_some() => number_of(number, "protocol")?,
        other => {
            return Err(Failure::illegal_argument(format!(
                "could not convert value of type [{}] to transport protocol",
                other.class_name()
            )));
        }
    };
    if !(0..255).contains(&number) {
        return Err(Failure::illegal_argument(format!(
            "invalid transport protocol number [{number}]"
        )));
    }
    Ok(number)
}
