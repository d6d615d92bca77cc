//! Times of entries, which say no zone.

/// The time of an entry as if it were UTC (RFC 3339).
pub(super) fn as_utc(time: zip::DateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
