use super::fault::Fault;
use super::value::Value;

pub(super) const SECOND: i128 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;

/// A day of the Gregorian calendar and a time of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
    /// From 0.
    pub(super) day_of_year: i64,
    /// From Sunday, 0.
    pub(super) day_of_week: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

/// A timestamp, if it lies in the years 1 to 9999.
pub(super) fn timestamp(nanoseconds: i128) -> Result<Value, Fault> {
    let first = i128::from(days_before(1)) * i128::from(DAY_SECONDS) * SECOND;
    let after = i128::from(days_before(10_000)) * i128::from(DAY_SECONDS) * SECOND;
    let within = (first..after).contains(&nanoseconds);
    within.then_some(Value::Timestamp(nanoseconds)).ok_or(Fault::Overflow)
}

/// A duration, if it is in range.
pub(super) fn duration(nanoseconds: i128) -> Result<Value, Fault> {
    let within = nanoseconds.abs() < 315_576_000_001 * SECOND;
    within.then_some(Value::Duration(nanoseconds)).ok_or(Fault::Overflow)
}

/// The day and time so many seconds after 1970.
pub(super) fn civil(seconds: i64) -> Civil {
    let (days, rest) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS));
    // 400 years have so many days, so this is about the year.
    let mut year = 1970 + (days * 400).div_euclid(146_097);
    while days_before(year) > days {
        year -= 1;
    }
    while days_before(year + 1) <= days {
        year += 1;
    }
    let day_of_year = days - days_before(year);
    let (mut month, mut day) = (1, day_of_year);
    while day >= days_of_month(year, month) {
        day -= days_of_month(year, month);
        month += 1;
    }
    Civil {
        year,
        month,
        day: day + 1,
        day_of_year,
        // 1970 began with a Thursday.
        day_of_week: (days + 4).rem_euclid(7),
        hour: rest / 3600,
        minute: rest / 60 % 60,
        second: rest % 60,
    }
}

/// Reads RFC 3339 with capital letters and at most nine digits of fraction.
pub(in crate::oracle) fn parse_timestamp(text: &str) -> Result<Value, Fault> {
    let (seconds, fraction) = parse_parts(text).ok_or(Fault::InvalidArgument)?;
    timestamp(i128::from(seconds) * SECOND + i128::from(fraction))
}

/// Writes RFC 3339 with as many digits of fraction as there are.
pub(super) fn write_timestamp(nanoseconds: i128) -> String {
    let seconds = nanoseconds.div_euclid(SECOND);
    let Civil { year, month, day, hour, minute, second, .. } =
        civil(i64::try_from(seconds).expect("the years 1 to 9999 fit"));
    let fraction = write_fraction(nanoseconds.rem_euclid(SECOND));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Writes a duration in seconds.
pub(super) fn write_duration(nanoseconds: i128) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let nanoseconds = nanoseconds.abs();
    format!("{sign}{}{}s", nanoseconds / SECOND, write_fraction(nanoseconds % SECOND))
}

/// Reads a sign, and `0` or numbers with units.
pub(in crate::oracle) fn parse_duration(text: &str) -> Result<Value, Fault> {
    let (sign, mut rest) = match text.strip_prefix(['+', '-']) {
        Some(rest) if text.starts_with('-') => (-1, rest),
        Some(rest) => (1, rest),
        None => (1, text),
    };
    if rest.is_empty() {
        return Err(Fault::InvalidArgument);
    }
    if rest == "0" {
        return Ok(Value::Duration(0));
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let (part, behind) = parse_span(rest).ok_or(Fault::InvalidArgument)?;
        total = total.saturating_add(part);
        rest = behind;
    }
    duration(sign * total)
}

/// One number with its unit, in nanoseconds, and what is behind it.
fn parse_span(text: &str) -> Option<(i128, &str)> {
    const UNITS: [(&str, i128); 8] = [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("ms", 1_000_000),
        ("h", 3600 * SECOND),
        ("m", 60 * SECOND),
        ("s", SECOND),
        ("", 0),
    ];
    let (whole, mut rest) = digits(text);
    let mut fraction = "";
    if let Some(behind) = rest.strip_prefix('.') {
        (fraction, rest) = digits(behind);
    }
    let (word, unit) = UNITS.into_iter().find(|(word, _)| rest.starts_with(word))?;
    if word.is_empty() || whole.len() + fraction.len() == 0 {
        return None;
    }
    let whole = whole.bytes().fold(0_i128, |whole, digit| {
        whole.saturating_mul(10).saturating_add(i128::from(digit - b'0'))
    });
    // From the last digit on: what is cut at each does not reach the nanoseconds.
    let fraction = fraction
        .bytes()
        .rev()
        .fold(0_i128, |below, digit| (i128::from(digit - b'0') * unit + below) / 10);
    Some((whole.saturating_mul(unit).saturating_add(fraction), &rest[word.len()..]))
}

/// Seconds since 1970 and the nanoseconds after them.
fn parse_parts(text: &str) -> Option<(i64, i64)> {
    let (date, rest) = text.split_at_checked(19)?;
    let pattern = date.bytes().zip(*b"dddd-dd-ddTdd:dd:dd");
    let fits = |(octet, letter): (u8, u8)| {
        if letter == b'd' { octet.is_ascii_digit() } else { octet == letter }
    };
    if !pattern.into_iter().all(fits) {
        return None;
    }
    let part = |from: usize, to: usize| date[from..to].parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    let valid = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    if !valid || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_before(year) + (1..month).map(|month| days_of_month(year, month)).sum::<i64>();
    let seconds = (days + day - 1) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("0", rest),
    };
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let offset = if zone == "Z" { 0 } else { parse_offset(zone)? };
    Some((seconds - offset, format!("{fraction:0<9}").parse().ok()?))
}

/// Seconds east of UTC: a sign, hours and minutes.
pub(super) fn parse_offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes() {
        [b'+', _, _, b':', _, _] => 1,
        [b'-', _, _, b':', _, _] => -1,
        _ => return None,
    };
    let part = |text: &str, most: i64| {
        let number = text.bytes().all(|octet| octet.is_ascii_digit());
        text.parse::<i64>().ok().filter(|value| number && *value <= most)
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    Some(sign * (part(hours, 23)? * 3600 + part(minutes, 59)? * 60))
}

fn write_fraction(nanoseconds: i128) -> String {
    if nanoseconds == 0 {
        return String::new();
    }
    format!(".{nanoseconds:09}").trim_end_matches('0').to_owned()
}

/// The digits that a text begins with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(end)
}

/// The days from 1970 to the beginning of a year.
fn days_before(year: i64) -> i64 {
    let leap_days =
        |years: i64| years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => days_before(year + 1) - days_before(year) - 337,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;

    #[test]
    fn days_are_those_of_another_calendar() {
        let mut expected = Date::constant(1, 1, 1);
        for day in days_before(1)..days_before(10_000) {
            let found = civil(day * DAY_SECONDS + 86_399);
            let date: [i64; 3] =
                [expected.year().into(), expected.month().into(), expected.day().into()];
            assert_eq!([found.year, found.month, found.day], date);
            assert_eq!(found.day_of_year + 1, i64::from(expected.day_of_year()));
            let weekday = expected.weekday().to_sunday_zero_offset();
            assert_eq!(found.day_of_week, i64::from(weekday));
            expected = expected.tomorrow().unwrap_or(expected);
        }
        assert_eq!(expected, Date::constant(9999, 12, 31));
    }
}
