//! `java.time`: the part of it that ingest scripts use.

mod arithmetic;
mod calendar;
mod civil;
mod clock;
mod date;
mod duration;
mod field;
mod letters;
mod moment;
mod print;
mod read;
mod rows;
mod scan;
mod tables;
mod units;

pub(super) use tables::TABLES;
