//! Processors about flows in a network: `community_id`, `network_direction`.

mod address;
mod community;
mod direction;

pub(super) use address::parse as parse_address;
pub(super) use community::create as community_id;
pub(super) use direction::create as network_direction;
