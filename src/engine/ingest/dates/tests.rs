#![allow(clippy::unwrap_used, clippy::too_many_lines)]

use super::{Format, Language, Zone};

/// Reads with one format in UTC and writes as the date processor does.
fn read(format: &str, text: &str, zone: &str) -> Result<String, String> {
    let language = Language::ENGLISH;
    let zone = Zone::of(zone).unwrap();
    let mut said = Format::new(format)
        .and_then(|format| format.parse(text, language))
        .map_err(|failure| failure.root().reason().to_owned())?;
    if !said.has_year() {
        said.or_year(2026);
    }
    let mut when = said
        .when(None, &zone)
        .map_err(|failure| failure.root().reason().to_owned())?;
    when.zone = zone;
    Ok(Format::new("uuuu-MM-dd'T'HH:mm:ss.SSSXXX")
        .unwrap()
        .print(&when, language)
        .unwrap())
}

#[test]
fn reads_patterns() {
    let cases = [
        ("yyyy-MM-dd", "2020-08-31", "2020-08-31T00:00:00.000Z"),
        (
            "yyyyMMddHHmmssSSS",
            "20200831102030123",
            "2020-08-31T10:20:30.123Z",
        ),
        (
            "MMM dd HH:mm:ss",
            "Aug 31 10:20:30",
            "2026-08-31T10:20:30.000Z",
        ),
        (
            "MMM d HH:mm:ss",
            "Aug 1 10:20:30",
            "2026-08-01T10:20:30.000Z",
        ),
        ("HH:mm", "10:20", "2026-01-01T10:20:00.000Z"),
        (
            "h:mm a dd/MM/yy",
            "1:05 PM 02/03/21",
            "2021-03-02T13:05:00.000Z",
        ),
        ("yyyy", "2020", "2020-01-01T00:00:00.000Z"),
        ("yyyy-MM", "2020-08", "2020-08-01T00:00:00.000Z"),
        ("YYYY-ww", "2020-36", "2020-08-31T00:00:00.000Z"),
        ("yyyy-DDD", "2020-244", "2020-08-31T00:00:00.000Z"),
        (
            "EEE, dd MMM yyyy HH:mm:ss zzz",
            "Mon, 31 Aug 2020 10:20:30 CEST",
            "2020-08-31T08:20:30.000Z",
        ),
        (
            "EEE, dd MMM yyyy HH:mm:ss Z",
            "Mon, 31 Aug 2020 10:20:30 +0200",
            "2020-08-31T08:20:30.000Z",
        ),
        (
            "dd/MMM/yyyy:HH:mm:ss XX",
            "31/Aug/2020:10:20:30 -0700",
            "2020-08-31T17:20:30.000Z",
        ),
        (
            "uuuu-MM-dd'T'HH:mm:ss[.SSS]VV",
            "2020-08-31T10:20:30Europe/Berlin",
            "2020-08-31T08:20:30.000Z",
        ),
        (
            "yyyy/MM/dd||dd.MM.yyyy",
            "31.08.2020",
            "2020-08-31T00:00:00.000Z",
        ),
        (
            "iso8601",
            "2020-08-31T10:20:30.123456+02:00",
            "2020-08-31T08:20:30.123Z",
        ),
        (
            "iso8601",
            "2020-08-31T10:20:30,5Z",
            "2020-08-31T10:20:30.500Z",
        ),
        ("iso8601", "2020-08", "2020-08-01T00:00:00.000Z"),
        (
            "iso8601",
            "2020-08-31T10:20+0530",
            "2020-08-31T04:50:00.000Z",
        ),
        (
            "strict_date_optional_time",
            "2020-08-31T10",
            "2020-08-31T10:00:00.000Z",
        ),
        (
            "date_time",
            "2020-8-31T10:20:30.5Z",
            "2020-08-31T10:20:30.500Z",
        ),
        (
            "basic_date_time_no_millis",
            "20200831T102030+0200",
            "2020-08-31T08:20:30.000Z",
        ),
        ("week_date", "2020-W36-1", "2020-08-31T00:00:00.000Z"),
    ];
    for (format, text, expected) in cases {
        assert_eq!(
            read(format, text, "Z").as_deref(),
            Ok(expected),
            "{format} {text}"
        );
    }
    assert_eq!(
        read(
            "yyyy-MM-dd HH:mm:ss",
            "2020-08-31 10:20:30",
            "Europe/Berlin"
        )
        .unwrap(),
        "2020-08-31T10:20:30.000+02:00"
    );
}

#[test]
fn words_mismatches_as_java() {
    let cases = [
        (
            "yyyy-MM-dd",
            "2020-8-31",
            "Text '2020-8-31' could not be parsed at index 5",
        ),
        (
            "yyyy-MM-dd",
            "2020-08-31x",
            "Text '2020-08-31x' could not be parsed, unparsed text found at index 10",
        ),
        (
            "uuuu-MM-dd",
            "2020-13-31",
            "Invalid value for MonthOfYear (valid values 1 - 12): 13",
        ),
        ("yyyy-MM-dd", "2020-02-30", "Invalid date 'FEBRUARY 30'"),
        (
            "yyyy-MM-dd HH",
            "2020-02-10 25",
            "Invalid value for HourOfDay (valid values 0 - 23): 25",
        ),
        (
            "EEE uuuu-MM-dd",
            "Tue 2020-08-31",
            "Conflict found: Field DayOfWeek 1 differs from DayOfWeek 2 derived from 2020-08-31",
        ),
        ("yyyy-MM-ddTHH", "x", "Unknown pattern letter: T"),
        (
            "yyyy-MM-dd'T",
            "x",
            "Pattern ends with an incomplete string literal: yyyy-MM-dd'T",
        ),
        ("a||b", "x", "Unknown pattern letter: b"),
        ("yyyy||MM", "x", "Failed to parse with all enclosed parsers"),
        ("yyyy", "", "cannot parse empty date"),
    ];
    for (format, text, expected) in cases {
        assert_eq!(
            read(format, text, "Z"),
            Err(expected.to_owned()),
            "{format} {text}"
        );
    }
}

#[test]
fn writes_patterns() {
    let when = super::Zoned {
        seconds: 1_598_869_230,
        nano: 120_000_000,
        zone: Zone::of("America/New_York").unwrap(),
    };
    for (format, expected) in [
        ("yyyy/MM/dd", "2020/08/31"),
        ("EEEE d MMMM yy h a", "Monday 31 August 20 6 AM"),
        ("HH:mm:ss.SSS XXX", "06:20:30.120 -04:00"),
        ("YYYY-'W'ww-e Z O", "2020-W36-1 -0400 GMT-4"),
        ("ppppd|VV", "  31|America/New_York"),
        ("epoch_second", "1598869230"),
    ] {
        let text = Format::new(format)
            .unwrap()
            .print(&when, Language::ENGLISH)
            .unwrap();
        assert_eq!(text, expected, "{format}");
    }
    let far = super::Zoned {
        seconds: 99_999_999_999_999,
        nano: 8_000_000,
        zone: Zone::UTC,
    };
    let text = Format::new("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
        .unwrap()
        .print(&far, Language::ENGLISH)
        .unwrap();
    assert_eq!(text, "+3170843-11-07T09:46:39.008Z");
}
