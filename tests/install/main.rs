//! Installing from real bundles into the practice cluster.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, clippy::print_stderr)]

mod after;
mod astray;
mod between;
mod changes;
mod channels;
mod checks;
mod command;
mod cycle;
mod doubt;
mod elsewhere;
mod failed;
mod faults;
mod group;
mod held;
mod kibana_role;
mod kit;
mod leading;
mod left_out;
mod many;
mod moved;
mod next_steps;
mod plan_file;
mod prompts;
mod reach;
mod ready;
mod receipts;
mod recordings;
mod refusing;
mod remembering;
mod reopen;
mod rights;
mod rules;
#[allow(dead_code, reason = "tests of single kinds change more of it")]
#[path = "../kinds/sample.rs"]
mod sample;
mod secure;
mod staging;
mod stream;
mod theirs;
mod unfinished;
mod users;
