//! `java.time` in scripts, by example.

use crate::language::result;

#[test]
fn periods_count_in_the_calendar() {
    for (source, expected) in [
        ("Period.of(1, 2, 3).toString()", "P1Y2M3D"),
        ("Period.ZERO.toString()", "P0D"),
        ("Period.parse('P1Y2M3W4D').getDays()", "25"),
        ("Period.parse('-P2M').getMonths()", "-2"),
        ("Period.of(0, 14, 5).normalized().toString()", "P1Y2M5D"),
        ("Period.ofWeeks(2).toString()", "P14D"),
        (
            "Period.between(LocalDate.of(2020, 1, 31), LocalDate.of(2020, 3, 1)).toString()",
            "P1M1D",
        ),
        (
            "Period.between(LocalDate.of(2021, 3, 1), LocalDate.of(2020, 2, 29)).toString()",
            "P-1Y-1D",
        ),
        (
            "LocalDate.of(2020, 1, 31).plus(Period.ofMonths(1)).toString()",
            "2020-02-29",
        ),
        (
            "LocalDate.of(2021, 3, 31).minus(Period.of(0, 1, 1)).toString()",
            "2021-02-27",
        ),
        (
            "try { Period.ofDays(2147483647).multipliedBy(2) } catch (ArithmeticException e) { e.getMessage() }",
            "integer overflow",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn local_times_go_round_the_clock() {
    for (source, expected) in [
        ("LocalTime.of(9, 5).toString()", "09:05"),
        ("LocalTime.parse('10:15:30').toSecondOfDay()", "36930"),
        ("LocalTime.of(23, 30).plusMinutes(45).toString()", "00:15"),
        ("LocalTime.MIDNIGHT.minusSeconds(1).toString()", "23:59:59"),
        ("LocalTime.of(1, 2, 3, 40000000).toString()", "01:02:03.040"),
        ("LocalTime.NOON.isBefore(LocalTime.of(12, 0, 1))", "true"),
        (
            "LocalTime.of(13, 14, 15).truncatedTo(ChronoUnit.HOURS).toString()",
            "13:00",
        ),
        (
            "LocalTime.of(8, 0).atDate(LocalDate.of(2020, 8, 31)).toString()",
            "2020-08-31T08:00",
        ),
        (
            "try { LocalTime.of(24, 0) } catch (DateTimeException e) { e.getMessage() }",
            "Invalid value for HourOfDay (valid values 0 - 23): 24",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn offsets_and_zones_share_the_instant() {
    for (source, expected) in [
        (
            "OffsetDateTime.parse('2020-08-31T10:20:30+02:00').toInstant().toString()",
            "2020-08-31T08:20:30Z",
        ),
        (
            "OffsetDateTime.of(2020, 8, 31, 10, 20, 0, 0, ZoneOffset.ofHours(-5)).toString()",
            "2020-08-31T10:20-05:00",
        ),
        (
            "OffsetDateTime.parse('2020-08-31T23:30:00Z').withOffsetSameInstant(ZoneOffset.ofHours(2)).toString()",
            "2020-09-01T01:30+02:00",
        ),
        (
            "OffsetDateTime.parse('2020-08-31T23:30:00Z').withOffsetSameLocal(ZoneOffset.ofHours(2)).toString()",
            "2020-08-31T23:30+02:00",
        ),
        (
            "Instant.ofEpochSecond(0).atOffset(ZoneOffset.ofHoursMinutes(5, 30)).toString()",
            "1970-01-01T05:30+05:30",
        ),
        (
            "OffsetDateTime.parse('2020-01-01T12:00:00Z').atZoneSameInstant(ZoneId.of('Europe/Berlin')).toString()",
            "2020-01-01T13:00+01:00[Europe/Berlin]",
        ),
        (
            "OffsetDateTime.parse('2020-01-01T00:00:00+01:00').isEqual(OffsetDateTime.parse('2019-12-31T23:00:00Z'))",
            "true",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn patterns_print() {
    let at = "ZonedDateTime.parse('2020-08-31T15:04:05.678+02:00')";
    for (pattern, expected) in [
        ("yyyy-MM-dd HH:mm:ss.SSS", "2020-08-31 15:04:05.678"),
        ("dd/MMM/yyyy:HH:mm:ss xx", "31/Aug/2020:15:04:05 +0200"),
        ("EEEE, d MMMM yy, h:mm a", "Monday, 31 August 20, 3:04 PM"),
        ("yyyy-DDD", "2020-244"),
        ("HH[:mm[:ss]]XXX", "15:04:05+02:00"),
        ("''yyyy'' 'o''clock'", "'2020' o'clock"),
        ("kk K", "15 3"),
    ] {
        let quoted = pattern.replace('\'', "\\'");
        let source = format!("{at}.format(DateTimeFormatter.ofPattern('{quoted}'))");
        assert_eq!(result(&source), expected, "{source}");
    }
    for (source, expected) in [
        (
            "LocalDate.of(2020, 8, 31).format(DateTimeFormatter.ofPattern('yyyy[ HH:mm]'))",
            "2020",
        ),
        (
            "DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.parse('2008-06-03T11:05:30Z'))",
            "Tue, 3 Jun 2008 11:05:30 GMT",
        ),
        (
            "DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.parse('2008-06-03T11:05:30-05:00'))",
            "Tue, 3 Jun 2008 11:05:30 -0500",
        ),
        (
            "DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(LocalDateTime.of(2020, 8, 31, 10, 20))",
            "2020-08-31T10:20:00",
        ),
        (
            "DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochSecond(1))",
            "1970-01-01T00:00:01Z",
        ),
        (
            "DateTimeFormatter.BASIC_ISO_DATE.format(LocalDate.of(2020, 8, 31))",
            "20200831",
        ),
        (
            "DateTimeFormatter.ofPattern('HH:mm').withZone(ZoneId.of('+03:00')).format(Instant.ofEpochSecond(0))",
            "03:00",
        ),
        (
            "try { DateTimeFormatter.ofPattern('HH').format(LocalDate.of(2020, 8, 31)) } catch (DateTimeException e) { e.getMessage() }",
            "Unsupported field: HourOfDay",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn patterns_read() {
    for (class, text, pattern, expected) in [
        ("LocalDate", "31.08.2020", "dd.MM.yyyy", "2020-08-31"),
        ("LocalDate", "20200831", "yyyyMMdd", "2020-08-31"),
        ("LocalDate", "31-Aug-20", "dd-MMM-yy", "2020-08-31"),
        ("LocalDate", "2020-244", "yyyy-DDD", "2020-08-31"),
        ("LocalTime", "3:04 PM", "h:mm a", "15:04"),
        ("LocalTime", "12:00 AM", "h:mm a", "00:00"),
        (
            "LocalDateTime",
            "2020-08-31T10:20",
            "yyyy-MM-dd[ HH:mm][\\'T\\'HH:mm]",
            "2020-08-31T10:20",
        ),
        (
            "ZonedDateTime",
            "10/Oct/2000:13:55:36 -0700",
            "dd/MMM/yyyy:HH:mm:ss Z",
            "2000-10-10T13:55:36-07:00",
        ),
        (
            "OffsetDateTime",
            "2020-08-31 10:20:30.5+02:00",
            "yyyy-MM-dd HH:mm:ss.SXXX",
            "2020-08-31T10:20:30.500+02:00",
        ),
        ("YearMonth", "08/2020", "MM/yyyy", "2020-08"),
    ] {
        let source =
            format!("{class}.parse('{text}', DateTimeFormatter.ofPattern('{pattern}')).toString()");
        assert_eq!(result(&source), expected, "{source}");
    }
    for (source, expected) in [
        (
            "ZonedDateTime.parse('Tue, 3 Jun 2008 11:05:30 GMT', DateTimeFormatter.RFC_1123_DATE_TIME).toInstant().toString()",
            "2008-06-03T11:05:30Z",
        ),
        (
            "try { LocalDate.parse('31.08.20x0', DateTimeFormatter.ofPattern('dd.MM.yyyy')) } catch (DateTimeException e) { 'no date' }",
            "no date",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn durations_count_in_seconds() {
    for (source, expected) in [
        ("Duration.parse('PT1H30M').toMinutes()", "90"),
        ("Duration.parse('P2DT3.5S').toMillis()", "172803500"),
        ("Duration.parse('-PT6H').toHours()", "-6"),
        ("Duration.ofMillis(-1500).toString()", "PT-1.5S"),
        ("Duration.ofMillis(-500).toString()", "PT-0.5S"),
        ("Duration.ofMinutes(90).toString()", "PT1H30M"),
        ("Duration.ofDays(2).toString()", "PT48H"),
        ("Duration.ofSeconds(10).dividedBy(4).toString()", "PT2.5S"),
        ("Duration.ofHours(-1).abs().getSeconds()", "3600"),
        (
            "Duration.of(3, ChronoUnit.MINUTES).multipliedBy(2).toString()",
            "PT6M",
        ),
        (
            "Duration.between(Instant.ofEpochSecond(10), Instant.ofEpochMilli(12500)).toMillis()",
            "2500",
        ),
        (
            "try { Duration.ofSeconds(9223372036854775807L).multipliedBy(9223372036854775807L) } catch (ArithmeticException e) { 'too long' }",
            "too long",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

#[test]
fn dates_are_adjusted() {
    // 2020-08-31 is a Monday
    for (adjuster, expected) in [
        ("firstDayOfMonth()", "2020-08-01"),
        ("lastDayOfMonth()", "2020-08-31"),
        ("firstDayOfNextMonth()", "2020-09-01"),
        ("lastDayOfYear()", "2020-12-31"),
        ("firstDayOfNextYear()", "2021-01-01"),
        ("next(DayOfWeek.MONDAY)", "2020-09-07"),
        ("nextOrSame(DayOfWeek.MONDAY)", "2020-08-31"),
        ("next(DayOfWeek.SUNDAY)", "2020-09-06"),
        ("previous(DayOfWeek.MONDAY)", "2020-08-24"),
        ("previousOrSame(DayOfWeek.SUNDAY)", "2020-08-30"),
    ] {
        let source =
            format!("LocalDate.of(2020, 8, 31).with(TemporalAdjusters.{adjuster}).toString()");
        assert_eq!(result(&source), expected, "{source}");
    }
    for (source, expected) in [
        (
            "LocalDateTime.of(2020, 8, 31, 1, 2).with(ChronoField.DAY_OF_YEAR, 60).toString()",
            "2020-02-29T01:02",
        ),
        (
            "LocalDate.of(2020, 8, 31).get(ChronoField.DAY_OF_WEEK)",
            "1",
        ),
        ("LocalDate.ofYearDay(2020, 366).toString()", "2020-12-31"),
        (
            "YearMonth.of(2020, 2).atEndOfMonth().toString()",
            "2020-02-29",
        ),
        ("Year.of(1900).isLeap()", "false"),
        ("Month.FEBRUARY.length(true)", "29"),
        ("DayOfWeek.MONDAY.minus(1).toString()", "SUNDAY"),
        (
            "ChronoUnit.CENTURIES.between(LocalDate.of(1800, 1, 1), LocalDate.of(2020, 1, 1))",
            "2",
        ),
    ] {
        assert_eq!(result(source), expected, "{source}");
    }
}

/// What is far beyond the calendar is refused, whatever makes it.
#[test]
fn dates_beyond_the_calendar_are_refused() {
    for expression in [
        "LocalDate.ofEpochDay(9223372036854775807L)",
        "LocalDate.of(2020, 1, 1).plusMonths(-9223372036854775807L - 1)",
        "Instant.ofEpochSecond(9223372036854775807L)",
        "Instant.ofEpochSecond(0).plusSeconds(9223372036854775807L)",
        "LocalDateTime.ofEpochSecond(9223372036854775807L, 0, ZoneOffset.MAX)",
        "LocalDate.parse('999999999999999999', DateTimeFormatter.ofPattern('y'))",
        "YearMonth.parse('999999999999999999-01', DateTimeFormatter.ofPattern('y-MM'))",
        "LocalDate.of(2021, 2, 29)",
        "LocalDate.ofYearDay(2021, 366)",
        "def d = LocalDate.of(2020, 1, 1); for (;;) d = d.plusMonths(12000000)",
    ] {
        let last = expression.rsplit("; ").next().unwrap();
        let first = expression.strip_suffix(last).unwrap();
        let source =
            format!("{first} try {{ {last}; }} catch (DateTimeException e) {{ return 'refused' }}");
        assert_eq!(result(&source), "refused", "{source}");
    }
}

/// Neither wide nor deep patterns reach the stack or a format's width.
#[test]
fn monstrous_patterns_are_refused() {
    for (letter, expected) in [
        ("y", "Too many pattern letters: y"),
        (
            "[",
            "not supported offline: more than 16 optional sections within each other",
        ),
    ] {
        let source = format!(
            "String s = '{letter}'; for (int i = 0; i < 20; i++) {{ s += s }} \
             try {{ DateTimeFormatter.ofPattern(s) }} catch (IllegalArgumentException e) {{ e.getMessage() }}"
        );
        assert_eq!(result(&source), expected, "{source}");
    }
}

#[test]
fn zones_are_named() {
    let berlin = "ZonedDateTime.parse('2020-08-31T10:20:30+02:00[Europe/Berlin]')";
    for (moment, pattern, expected) in [
        (berlin, "z VV O OOOO", "CEST Europe/Berlin GMT+2 GMT+02:00"),
        (
            "ZonedDateTime.parse('2020-01-31T10:20:30-05:00[America/New_York]')",
            "HH:mm zzz",
            "10:20 EST",
        ),
        (
            "ZonedDateTime.parse('2020-08-31T10:20:30Z')",
            "z O",
            "Z GMT",
        ),
        (
            "ZonedDateTime.ofInstant(Instant.ofEpochMilli(0), ZoneId.of('UTC'))",
            "z",
            "UTC",
        ),
        (
            berlin,
            "zzzz",
            "full names of zones are not supported offline",
        ),
        (berlin, "foo", "Unknown pattern letter: f"),
    ] {
        let source = format!(
            "try {{ return {moment}.format(DateTimeFormatter.ofPattern('{pattern}')) }} catch (Exception e) {{ return e.getMessage() }}"
        );
        assert_eq!(result(&source), expected, "{source}");
    }
    assert_eq!(
        result(&format!(
            "{berlin}.format(DateTimeFormatter.ISO_ORDINAL_DATE)"
        )),
        "2020-244+02:00"
    );
}
