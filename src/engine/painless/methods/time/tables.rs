//! The classes of dates and times.

use super::{calendar, clock, date, duration, field, rows, units};
use crate::engine::painless::methods::{Table, class, hidden};

const TEMPORAL: &[&str] = &["java.time.temporal.Temporal", "java.lang.Comparable"];

pub(in crate::engine::painless::methods) static TABLES: &[Table] = &[
    class("java.time.temporal.TemporalAccessor", &[], field::ACCESSOR),
    class("java.time.temporal.TemporalAdjuster", &[], &[]),
    class("java.time.temporal.TemporalField", &[], &[]),
    class(
        "java.time.temporal.ChronoField",
        &["java.time.temporal.TemporalField", "java.lang.Enum"],
        field::FIELDS,
    ),
    class(
        "java.time.temporal.TemporalAdjusters",
        &[],
        field::ADJUSTERS,
    ),
    class(
        "java.time.format.TextStyle",
        &["java.lang.Enum"],
        field::STYLES,
    ),
    class("java.lang.Enum", &["java.lang.Comparable"], units::ENUM),
    class("java.time.LocalTime", TEMPORAL, rows::TIME_ROWS),
    class("java.time.LocalTime", TEMPORAL, clock::TIME),
    class("java.time.OffsetDateTime", TEMPORAL, rows::OFFSET_ROWS),
    class("java.time.OffsetDateTime", TEMPORAL, clock::OFFSET),
    class(
        "java.time.Period",
        &["java.time.temporal.TemporalAmount"],
        calendar::PERIOD,
    ),
    class("java.time.Year", TEMPORAL, calendar::YEAR),
    class("java.time.YearMonth", TEMPORAL, calendar::YEAR_MONTH),
    class("java.time.format.DateTimeFormatter", &[], units::ISO),
    class(
        "java.time.temporal.Temporal",
        &["java.time.temporal.TemporalAccessor"],
        &[],
    ),
    class("java.time.temporal.TemporalAmount", &[], &[]),
    class("java.time.temporal.TemporalUnit", &[], &[]),
    class("java.time.Instant", TEMPORAL, rows::INSTANT),
    class("java.time.ZonedDateTime", TEMPORAL, rows::ZONED),
    class("java.time.LocalDate", TEMPORAL, rows::DATE),
    class("java.time.LocalDateTime", TEMPORAL, rows::DATE_TIME),
    class(
        "java.time.Duration",
        &["java.time.temporal.TemporalAmount", "java.lang.Comparable"],
        duration::DURATION,
    ),
    class("java.time.ZoneId", &[], units::ZONE),
    class(
        "java.time.ZoneOffset",
        &["java.time.ZoneId"],
        units::OFFSETS,
    ),
    hidden("java.time.ZoneRegion", &["java.time.ZoneId"]),
    class(
        "java.time.temporal.ChronoUnit",
        &["java.time.temporal.TemporalUnit", "java.lang.Enum"],
        units::UNIT,
    ),
    class(
        "java.time.DayOfWeek",
        &["java.time.temporal.TemporalAccessor", "java.lang.Enum"],
        units::WEEKDAY,
    ),
    class(
        "java.time.Month",
        &["java.time.temporal.TemporalAccessor", "java.lang.Enum"],
        units::MONTH,
    ),
    class("java.time.format.DateTimeFormatter", &[], units::FORMATTER),
    class("java.util.Date", &["java.lang.Comparable"], date::DATE),
];
