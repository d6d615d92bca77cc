//! Instants.

use sealift::model::time::Timestamp;

#[test]
fn a_time_is_whole_seconds_in_utc() {
    let cases = [
        ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z"),
        ("2026-01-31T08:00:00.999Z", "2026-01-31T08:00:00Z"),
        ("2026-01-31T10:30:00+02:30", "2026-01-31T08:00:00Z"),
    ];
    for (text, written) in cases {
        assert_eq!(Timestamp::parse(text).unwrap().to_string(), written);
    }
    for bad in [
        "",
        "2026-01-31",
        "2026-13-01T00:00:00Z",
        "now",
        "2026-01-31T08:00:00",
    ] {
        assert!(Timestamp::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_time_counts_seconds_and_days() {
    let epoch = Timestamp::from_seconds(0).unwrap();
    assert_eq!(epoch.to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(
        epoch.plus_days(365).unwrap().to_string(),
        "1971-01-01T00:00:00Z"
    );
    assert!(epoch.plus_days(i64::MAX).is_err());
    assert!(Timestamp::from_seconds(i64::MAX).is_err());
}
