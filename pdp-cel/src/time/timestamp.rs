use std::fmt;

use super::Duration;

/// A point in time with a resolution of one nanosecond, from year 1 to year 9999, UTC.
///
/// Written as RFC 3339: `2026-11-26T09:30:00Z`, with up to nine digits of fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanoseconds: u32,
}

/// Why a text is no [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time in RFC 3339 form, such as 2026-11-26T09:30:00Z")]
pub struct TimestampError;

/// Seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z since the Unix epoch.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Longer texts are refused unread.
const LENGTH_MAX: usize = 64;

impl Timestamp {
    /// The time `seconds` after (or, negative, before) 1970-01-01T00:00:00Z, plus `nanoseconds`.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] outside the years 1 to 9999, or with `nanoseconds` of a second or more.
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Result<Self, TimestampError> {
        if SECONDS.contains(&seconds) && nanoseconds < 1_000_000_000 {
            Ok(Timestamp { seconds, nanoseconds })
        } else {
            Err(TimestampError)
        }
    }

    /// Reads RFC 3339: date, `T`, time with seconds, then `Z` or an offset.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] for any other text, for one of more than 64 bytes, and outside the years
    /// 1 to 9999.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let bytes = text.as_bytes();
        if text.len() > LENGTH_MAX || !is_rfc3339(bytes) {
            return Err(TimestampError);
        }
        let digits = |from: usize, count: usize| {
            bytes[from..from + count]
                .iter()
                .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
        };
        let (year, month, day) = (digits(0, 4), digits(5, 2), digits(8, 2));
        let (hour, minute, second) = (digits(11, 2), digits(14, 2), digits(17, 2));
        let date_exists = (1..=12).contains(&month) && (1..=month_days(year, month)).contains(&day);
        if year == 0 || !date_exists || hour > 23 || minute > 59 || second > 59 {
            return Err(TimestampError);
        }
        let fraction = &bytes[19..bytes.len() - if bytes.ends_with(b"Z") { 1 } else { 6 }];
        let offset =
            if bytes.ends_with(b"Z") { 0 } else { offset_seconds(&bytes[bytes.len() - 6..])? };
        let seconds = days(year, month, day) * SECONDS_OF_DAY + hour * 3600 + minute * 60 + second;
        Timestamp::from_unix(seconds - offset, nanoseconds(fraction))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Timestamp::unix_seconds`], below 1 000 000 000.
    pub fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// The time so much later; `None` outside the years 1 to 9999.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        Timestamp::from_total(self.total().checked_add(duration.total())?)
    }

    /// The time so much earlier; `None` outside the years 1 to 9999.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        Timestamp::from_total(self.total().checked_sub(duration.total())?)
    }

    /// How much later this time is than another; `None` where that is no [`Duration`].
    pub fn since(self, earlier: Timestamp) -> Option<Duration> {
        Duration::from_total(self.total() - earlier.total())
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn total(self) -> i128 {
        i128::from(self.seconds) * NANOSECONDS + i128::from(self.nanoseconds)
    }

    fn from_total(total: i128) -> Option<Self> {
        let seconds = i64::try_from(total.div_euclid(NANOSECONDS)).ok()?;
        let nanoseconds = u32::try_from(total.rem_euclid(NANOSECONDS)).ok()?;
        Timestamp::from_unix(seconds, nanoseconds).ok()
    }

    /// The calendar and the clock so many seconds east of UTC.
    pub(crate) fn civil(self, offset_seconds: i32) -> Civil {
        let local = self.seconds + i64::from(offset_seconds);
        let days_since = local.div_euclid(SECONDS_OF_DAY);
        let (year, month, day) = date(days_since);
        let second = local.rem_euclid(SECONDS_OF_DAY);
        Civil {
            year,
            month,
            day,
            day_of_year: days_since - days(year, 1, 1),
            // 1970-01-01 was a Thursday.
            day_of_week: (days_since + 4).rem_euclid(7),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            millisecond: i64::from(self.nanoseconds / 1_000_000),
        }
    }
}

/// Date and time of day at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    /// From 1.
    pub(crate) day: i64,
    /// From 0.
    pub(crate) day_of_year: i64,
    /// From 0, a Sunday.
    pub(crate) day_of_week: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    pub(crate) millisecond: i64,
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.seconds.div_euclid(SECONDS_OF_DAY));
        let second = self.seconds.rem_euclid(SECONDS_OF_DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.nanoseconds != 0 {
            let fraction = format!("{:09}", self.nanoseconds);
            write!(formatter, ".{}", fraction.trim_end_matches('0'))?;
        }
        formatter.write_str("Z")
    }
}

const SECONDS_OF_DAY: i64 = 86_400;

const NANOSECONDS: i128 = 1_000_000_000;

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to 1 January of the year. At some place it may still be the year 0.
fn days_of_years(year: i64) -> i64 {
    let past = year - 1;
    let leap_days = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    past * 365 + leap_days - 719_162
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    days_of_years(year) + (1..month).map(|month| month_days(year, month)).sum::<i64>() + day - 1
}

/// The date so many days after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    // Years of 365.2425 days give the year or one beside it.
    let mut year = 1970 + (days * 400).div_euclid(146_097);
    while days < days_of_years(year) {
        year -= 1;
    }
    while days >= days_of_years(year + 1) {
        year += 1;
    }
    let mut day = days - days_of_years(year) + 1;
    let mut month = 1;
    while day > month_days(year, month) {
        day -= month_days(year, month);
        month += 1;
    }
    (year, month, day)
}

/// The nanoseconds of `.25`, or of nothing.
fn nanoseconds(fraction: &[u8]) -> u32 {
    let digits = fraction.iter().skip(1).chain(std::iter::repeat(&b'0')).take(9);
    digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// The seconds of `+01:30`.
fn offset_seconds(text: &[u8]) -> Result<i64, TimestampError> {
    let number =
        |index: usize| i64::from(text[index] - b'0') * 10 + i64::from(text[index + 1] - b'0');
    let (hours, minutes) = (number(1), number(4));
    let seconds = hours * 3600 + minutes * 60;
    match text[0] {
        _ if hours > 23 || minutes > 59 => Err(TimestampError),
        b'-' => Ok(-seconds),
        _ => Ok(seconds),
    }
}

/// Whether the text has the shape of RFC 3339; whether the date exists is for the parser to say.
fn is_rfc3339(text: &[u8]) -> bool {
    let Some((fixed, rest)) = text.split_at_checked(19) else { return false };
    let shape = fixed.iter().zip(b"0000-00-00T00:00:00").all(|(byte, pattern)| match pattern {
        b'0' => byte.is_ascii_digit(),
        _ => byte == pattern,
    });
    let fraction = match rest.strip_prefix(b".") {
        Some(digits) => {
            let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&count) {
                return false;
            }
            &digits[count..]
        }
        None => rest,
    };
    let offset = match fraction {
        b"Z" => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    shape && offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_reads_and_writes() {
        for (text, same) in [
            ("2026-11-26T09:30:00Z", "2026-11-26T09:30:00Z"),
            ("2026-11-26T09:30:00.25+01:00", "2026-11-26T08:30:00.25Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
            ("2024-02-29T23:59:59-23:59", "2024-03-01T23:58:59Z"),
            ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp::parse(text).map(|time| time.to_string()).as_deref(), Ok(same));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "2026-11-26",
            "2026-11-26T09:30Z",
            "2026-11-26 09:30:00Z",
            "2026-11-26T09:30:00",
            "2026-02-30T00:00:00Z",
            "2026-11-26T09:30:00+1:00",
            "2026-11-26T09:30:00.Z",
            "0000-12-31T23:59:59Z",
            "2026-11-26T09:30:00Z[UTC]",
            "+002026-11-26T09:30:00Z",
            "2026-11-26T24:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-11-26T09:30:00+24:00",
            "2026-11-26T09:30:60Z",
            "２026-11-26T09:30:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError), "{text}");
        }
        assert_eq!(
            Timestamp::parse(&format!("2026-11-26T09:30:00.{}Z", "0".repeat(60))),
            Err(TimestampError)
        );
    }

    #[test]
    fn every_day_is_its_own_inverse() {
        let mut expected = (1, 1, 1);
        for day in days(1, 1, 1)..=days(9999, 12, 31) {
            assert_eq!(date(day), expected);
            assert_eq!(days(expected.0, expected.1, expected.2), day);
            let (year, month, day) = expected;
            expected = match (month, day == month_days(year, month)) {
                (12, true) => (year + 1, 1, 1),
                (_, true) => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
        assert_eq!(date(days(1, 1, 1) - 1), (0, 12, 31));
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2026, 11, 26), 20_783);
    }

    #[test]
    fn earlier_sorts_first_across_the_epoch() {
        let times = ["1969-12-31T23:59:58.9Z", "1969-12-31T23:59:59.1Z", "1970-01-01T00:00:00.1Z"];
        let times: Vec<_> =
            times.iter().map(|text| Timestamp::parse(text).expect("a time")).collect();
        assert!(times.is_sorted());
    }
}
