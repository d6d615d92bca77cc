//! Templates, indices, enrich policies, transforms and saved objects: their whole
//! life, and the releases and packages that bring them.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::too_many_lines
)]

mod catalog;
mod command;
mod families;
#[allow(
    dead_code,
    reason = "the kit of the installer's tests has more than these need"
)]
#[path = "../install/kit.rs"]
mod kit;
mod life;
mod packages;
mod packing;
mod rights;
mod sample;
