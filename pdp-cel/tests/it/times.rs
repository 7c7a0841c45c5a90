//! Points in time and lengths of time: how they are read and written, and where they end.

use pdp_cel::{Duration, DurationError, Timestamp, TimestampError};

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|_| panic!("{text} is no time"))
}

fn length(text: &str) -> Duration {
    Duration::parse(text).unwrap_or_else(|_| panic!("{text} is no length"))
}

#[test]
fn times_of_seconds_have_bounds() {
    let (first, last) = (-62_135_596_800, 253_402_300_799);
    for (seconds, nanoseconds, written) in [
        (0, 0, "1970-01-01T00:00:00Z"),
        (0, 1, "1970-01-01T00:00:00.000000001Z"),
        (-1, 500_000_000, "1969-12-31T23:59:59.5Z"),
        (first, 0, "0001-01-01T00:00:00Z"),
        (last, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
        (951_782_400, 0, "2000-02-29T00:00:00Z"),
        (951_868_799, 0, "2000-02-29T23:59:59Z"),
        (951_868_800, 0, "2000-03-01T00:00:00Z"),
        (4_107_542_399, 0, "2100-02-28T23:59:59Z"),
        (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
        // So many mean years after 1970 it would be the next year.
        (4_007_836_799, 0, "2096-12-31T23:59:59Z"),
        (4_007_836_800, 0, "2097-01-01T00:00:00Z"),
        (86_399, 0, "1970-01-01T23:59:59Z"),
        (3_661, 120_000, "1970-01-01T01:01:01.00012Z"),
    ] {
        let time = Timestamp::from_unix(seconds, nanoseconds).expect("within the years");
        assert_eq!(time.to_string(), written);
        assert_eq!((time.unix_seconds(), time.nanoseconds()), (seconds, nanoseconds));
        assert_eq!(Timestamp::parse(written), Ok(time));
    }
    for (seconds, nanoseconds) in
        [(first - 1, 0), (last + 1, 0), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)]
    {
        assert_eq!(Timestamp::from_unix(seconds, nanoseconds), Err(TimestampError));
    }
}

#[test]
fn times_are_read_to_the_letter() {
    for (text, written) in [
        ("2026-11-27T09:30:15+00:00", "2026-11-27T09:30:15Z"),
        ("2026-11-27T09:30:15-00:00", "2026-11-27T09:30:15Z"),
        ("2026-11-27T09:30:15+01:30", "2026-11-27T08:00:15Z"),
        ("2026-11-27T09:30:15-01:30", "2026-11-27T11:00:15Z"),
        ("2026-11-27T09:30:15+23:59", "2026-11-26T09:31:15Z"),
        ("2026-11-27T09:30:15.123456789Z", "2026-11-27T09:30:15.123456789Z"),
        ("2026-11-27T09:30:15.1+10:00", "2026-11-26T23:30:15.1Z"),
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("2026-04-30T00:00:00Z", "2026-04-30T00:00:00Z"),
        ("2026-06-30T00:00:00Z", "2026-06-30T00:00:00Z"),
        ("2026-09-30T00:00:00Z", "2026-09-30T00:00:00Z"),
        ("2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"),
    ] {
        assert_eq!(time(text).to_string(), written, "{text}");
    }
    for text in [
        "2026-00-10T00:00:00Z",
        "2026-13-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-06-31T00:00:00Z",
        "2026-09-31T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2026-11-27T24:00:00Z",
        "2026-11-27T00:60:00Z",
        "2026-11-27T00:00:60Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-11-27T00:00:00+24:00",
        "2026-11-27T00:00:00+00:60",
        "2026-11-27T00:00:00.1234567890Z",
        "2026-11-27T00:00:00.",
        "2026-11-27T00:00:00.5",
        "2026-11-27T00:00:00+0:00",
        "2026-11-27T00:00:00+00-00",
        "2026-11-27T00:00:00+0000",
        "2026-11-27T00:00:00*00:00",
        "2026-11-27T00:00:00+aa:00",
        "2026-11-27T00:00:00+00:aa",
        "2026-11-27T00:00:00ZZ",
        "2026-11-27T00:00:00z",
        "2026-11-27t00:00:00Z",
        "2026/11/27T00:00:00Z",
        "2026-11-27T00.00.00Z",
        "202a-11-27T00:00:00Z",
        "2026-11-27T00:00:0Z",
        "2026-11-27T00:00:00",
        "2026-11-27T00:00:0",
        "",
    ] {
        assert_eq!(Timestamp::parse(text), Err(TimestampError), "{text}");
    }
}

#[test]
fn times_and_lengths_add_up() {
    let (start, hour) = (time("2026-11-27T09:30:00.75Z"), length("1h"));
    let shown = |time: Option<Timestamp>| time.map(|time| time.to_string());
    assert_eq!(shown(start.checked_add(hour)).as_deref(), Some("2026-11-27T10:30:00.75Z"));
    assert_eq!(shown(start.checked_sub(hour)).as_deref(), Some("2026-11-27T08:30:00.75Z"));
    assert_eq!(
        shown(start.checked_add(length("0.5s"))).as_deref(),
        Some("2026-11-27T09:30:01.25Z")
    );
    assert_eq!(
        shown(start.checked_sub(length("0.8s"))).as_deref(),
        Some("2026-11-27T09:29:59.95Z")
    );
    let later = time("2026-11-27T10:30:01.25Z");
    assert_eq!(later.since(start), Some(length("3600.5s")));
    assert_eq!(start.since(later), Some(length("-3600.5s")));
    assert_eq!(start.since(start), Some(length("0")));
    let last = time("9999-12-31T23:59:59.999999999Z");
    assert_eq!(last.checked_add(length("1ns")), None);
    assert_eq!(last.checked_sub(length("-1ns")), None);
    let first = time("0001-01-01T00:00:00Z");
    assert_eq!(first.checked_sub(length("1ns")), None);
    assert_eq!(first.checked_add(length("-1ns")), None);
}

#[test]
fn lengths_are_read_to_the_letter() {
    for (text, nanoseconds, written) in [
        ("1h", 3_600_000_000_000, "3600s"),
        ("1m", 60_000_000_000, "60s"),
        ("1s", 1_000_000_000, "1s"),
        ("1ms", 1_000_000, "0.001s"),
        ("1us", 1_000, "0.000001s"),
        ("1\u{b5}s", 1_000, "0.000001s"),
        ("1\u{3bc}s", 1_000, "0.000001s"),
        ("1ns", 1, "0.000000001s"),
        ("1.9ns", 1, "0.000000001s"),
        ("-1.9ns", -1, "-0.000000001s"),
        ("1h2m3s4ms5us6ns", 3_723_004_005_006, "3723.004005006s"),
        ("1s1s", 2_000_000_000, "2s"),
        ("0.5h", 1_800_000_000_000, "1800s"),
        ("+1s", 1_000_000_000, "1s"),
        ("-0.25s", -250_000_000, "-0.25s"),
        ("0", 0, "0s"),
        ("+0", 0, "0s"),
        ("0s", 0, "0s"),
        ("00.50s", 500_000_000, "0.5s"),
        // Digits from the twenty-first on are passed over.
        ("0.00000000000000000001h", 0, "0s"),
        ("0.000000000000277777777778h", 0, "0s"),
        ("0.00000000000027777778h", 1, "0.000000001s"),
    ] {
        let length = length(text);
        assert_eq!(length.total_nanoseconds(), nanoseconds, "{text}");
        assert_eq!(length.to_string(), written, "{text}");
    }
    let long = |count: usize| format!("{}1s", "0".repeat(count - 2));
    assert_eq!(Duration::parse(&long(128)), Ok(length("1s")));
    assert_eq!(Duration::parse(&long(129)), Err(DurationError));
    for text in [
        "",
        "+",
        "-",
        "+-1s",
        "1",
        "1.5",
        ".",
        ".s",
        "1.2.3s",
        "1 s",
        "1S",
        "s1",
        "1s2",
        "1d",
        "é",
        "99999999999999999999999999999999999999999s",
        "315576000001s",
        "-315576000001s",
        "315576000000s1s",
    ] {
        assert_eq!(Duration::parse(text), Err(DurationError), "{text}");
    }
}

#[test]
fn lengths_have_bounds() {
    let most = 315_576_000_000;
    for seconds in [most, -most, 0, 1, -1] {
        let length = Duration::from_seconds(seconds).expect("within the range");
        assert_eq!(length.whole_seconds(), seconds);
        assert_eq!(length.negated().whole_seconds(), -seconds);
        assert_eq!(length.total_nanoseconds(), i128::from(seconds) * 1_000_000_000);
    }
    for seconds in [most + 1, -most - 1, i64::MAX, i64::MIN] {
        assert_eq!(Duration::from_seconds(seconds), Err(DurationError));
    }
    let (longest, least) = (length("315576000000.999999999s"), length("1ns"));
    assert_eq!(longest.checked_add(least), None);
    assert_eq!(longest.negated().checked_sub(least), None);
    assert_eq!(longest.checked_sub(least), Some(length("315576000000.999999998s")));
    assert_eq!(longest.checked_add(least.negated()), longest.checked_sub(least));
    assert_eq!(length("1.5s").checked_sub(length("2s")), Some(length("-0.5s")));
    assert_eq!(length("-0.5s").whole_seconds(), 0);
    assert!(length("-1.5s") < length("-1.25s") && length("-0.5s") < length("0.25s"));
}
