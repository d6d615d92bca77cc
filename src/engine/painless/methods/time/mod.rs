//! `java.time`: the part of it that ingest scripts use.

mod arithmetic;
mod civil;
mod date;
mod moment;
mod print;
mod read;
mod rows;
mod units;

pub(super) use rows::TABLES;
