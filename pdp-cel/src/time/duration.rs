use std::fmt;

/// A length of time with a resolution of one nanosecond, up to 315 576 000 000 seconds (ten
/// thousand years), forwards or backwards.
///
/// Written as decimal numbers with units: `1h30m`, `2.5s`, `-250ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    /// Rounded down.
    seconds: i64,
    /// After that, below one second.
    nanoseconds: u32,
}

/// Why a text is no [`Duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a length of time, such as `1h30m` or `2.5s`")]
pub struct DurationError;

const NANOSECONDS: i128 = 1_000_000_000;

/// Whole seconds; a fraction may follow.
const SECONDS_MAX: i128 = 315_576_000_000;

/// Longer texts are refused unread.
const LENGTH_MAX: usize = 128;

/// More digits behind a point are not looked at.
const DIGITS_MAX: usize = 20;

/// Units and their nanoseconds; those that begin like another one come first.
const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", NANOSECONDS),
    ("m", 60 * NANOSECONDS),
    ("h", 3_600 * NANOSECONDS),
];

impl Duration {
    /// A length of whole seconds.
    ///
    /// # Errors
    ///
    /// [`DurationError`] beyond 315 576 000 000 seconds.
    pub fn from_seconds(seconds: i64) -> Result<Self, DurationError> {
        Duration::from_total(i128::from(seconds) * NANOSECONDS).ok_or(DurationError)
    }

    /// Reads `1h30m`, `2.5s`, `-250ms`; `0` needs no unit.
    ///
    /// # Errors
    ///
    /// [`DurationError`] for any other text and beyond 315 576 000 000 seconds.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        if text.len() > LENGTH_MAX {
            return Err(DurationError);
        }
        let negative = text.starts_with('-');
        let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
        if rest == "0" {
            return Ok(Duration { seconds: 0, nanoseconds: 0 });
        }
        if rest.is_empty() {
            return Err(DurationError);
        }
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let (part, behind) = part(rest).ok_or(DurationError)?;
            total = total.checked_add(part).ok_or(DurationError)?;
            rest = behind;
        }
        Duration::from_total(if negative { -total } else { total }).ok_or(DurationError)
    }

    /// Whole seconds, rounded towards zero.
    pub fn whole_seconds(self) -> i64 {
        self.whole(NANOSECONDS)
    }

    /// Nanoseconds in all.
    pub fn total_nanoseconds(self) -> i128 {
        self.total()
    }

    /// The sum; `None` beyond the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Duration::from_total(self.total() + other.total())
    }

    /// The difference; `None` beyond the range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Duration::from_total(self.total() - other.total())
    }

    /// The same length the other way; the range is the same both ways.
    #[must_use]
    pub fn negated(self) -> Self {
        Duration::from_total(-self.total()).unwrap_or(self)
    }

    /// How many of a unit it holds, rounded towards zero.
    pub(crate) fn whole(self, unit_nanoseconds: i128) -> i64 {
        i64::try_from(self.total() / unit_nanoseconds).unwrap_or(i64::MAX)
    }

    pub(super) fn total(self) -> i128 {
        i128::from(self.seconds) * NANOSECONDS + i128::from(self.nanoseconds)
    }

    pub(super) fn from_total(total: i128) -> Option<Self> {
        if total.abs() >= (SECONDS_MAX + 1) * NANOSECONDS {
            return None;
        }
        let seconds = i64::try_from(total.div_euclid(NANOSECONDS)).ok()?;
        let nanoseconds = u32::try_from(total.rem_euclid(NANOSECONDS)).ok()?;
        Some(Duration { seconds, nanoseconds })
    }
}

/// A number with its unit at the beginning of a text, in nanoseconds, and what stands behind it.
fn part(text: &str) -> Option<(i128, &str)> {
    let number =
        text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, behind) = text.split_at(number);
    let (unit, size) = UNITS.into_iter().find(|(unit, _)| behind.starts_with(unit))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Digits so far behind the point are below a nanosecond of an hour; what is below is cut off.
    let digits = &fraction[..fraction.len().min(DIGITS_MAX)];
    let (numerator, denominator) =
        digits.bytes().fold((0, 1), |(numerator, denominator), digit| {
            (numerator * 10 + i128::from(digit - b'0'), denominator * 10)
        });
    let total = whole.checked_mul(size)?.checked_add(numerator * size / denominator)?;
    Some((total, &behind[unit.len()..]))
}

/// In seconds, with what fraction there is: `5400s`, `-0.25s`.
impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let (seconds, fraction) = (total.abs() / NANOSECONDS, total.abs() % NANOSECONDS);
        write!(formatter, "{}{seconds}", if total < 0 { "-" } else { "" })?;
        if fraction != 0 {
            let digits = format!("{fraction:09}");
            write!(formatter, ".{}", digits.trim_end_matches('0'))?;
        }
        formatter.write_str("s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_and_write() {
        for (text, same) in [
            ("0", "0s"),
            ("1h45m47s", "6347s"),
            ("-1.5h", "-5400s"),
            ("+250ms", "0.25s"),
            ("1ns", "0.000000001s"),
            ("-1ns", "-0.000000001s"),
            ("3\u{b5}s2us", "0.000005s"),
            (".5s", "0.5s"),
            ("0.0000000000019h", "0.000000006s"),
            ("-0", "0s"),
            ("1.s", "1s"),
            ("0.0000000019s", "0.000000001s"),
            ("315576000000.999999999s", "315576000000.999999999s"),
        ] {
            assert_eq!(Duration::parse(text).map(|length| length.to_string()).as_deref(), Ok(same));
        }
        for text in ["", "-", "1", "s", "1x", "1h ", "1..5s", ".s", "--1s", "315576000001s", "1d"] {
            assert_eq!(Duration::parse(text), Err(DurationError), "{text}");
        }
    }

    #[test]
    fn negative_lengths_round_towards_zero() {
        let length = Duration::parse("-1.5s").expect("a length");
        assert_eq!(length.whole_seconds(), -1);
        assert_eq!(length.negated().whole_seconds(), 1);
        assert!(length < Duration::parse("-1.4s").expect("a length"));
    }
}
