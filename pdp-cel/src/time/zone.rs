use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::Timestamp;

/// A time zone: by its name in the IANA database, which is compiled in, or an offset such as
/// `-02:30`.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    zone: TimeZone,
}

impl Zone {
    pub(crate) fn new(name: &str) -> Option<Self> {
        if let Some(seconds) = offset_seconds(name) {
            let zone = TimeZone::fixed(Offset::from_seconds(seconds).ok()?);
            return Some(Zone { zone });
        }
        // Names of the database are ASCII letters, digits and a few signs; others are not asked for.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_name) {
            return None;
        }
        TimeZoneDatabase::bundled().get(name).ok().map(|zone| Zone { zone })
    }

    /// Seconds east of UTC at a time.
    pub(crate) fn offset_seconds(&self, time: Timestamp) -> i32 {
        // The database's times end some hours before ours; what holds then holds after it.
        let last = jiff::Timestamp::MAX.as_second();
        let first = jiff::Timestamp::MIN.as_second();
        let second = time.unix_seconds().clamp(first, last);
        let time = jiff::Timestamp::from_second(second).expect("within the range");
        self.zone.to_offset(time).seconds()
    }
}

/// The seconds of `+01:30`, `-02:00` or `02:00`.
fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_know_their_offset() {
        let time = |text| Timestamp::parse(text).expect("a time");
        let offset = |zone, text| Zone::new(zone).expect(zone).offset_seconds(time(text));
        assert_eq!(offset("Europe/Kyiv", "2026-07-01T00:00:00Z"), 3 * 3600);
        assert_eq!(offset("Europe/Kyiv", "2026-12-01T00:00:00Z"), 2 * 3600);
        assert_eq!(offset("-02:30", "2026-12-01T00:00:00Z"), -9000);
        assert_eq!(offset("UTC", "9999-12-31T23:59:59Z"), 0);
        assert_eq!(offset("Asia/Tokyo", "9999-12-31T23:59:59Z"), 9 * 3600);
        for name in ["", "Mars/Olympus", "+1:00", "+25:00", "../etc/passwd", "a\nb"] {
            assert!(Zone::new(name).is_none(), "{name}");
        }
    }
}
