use jiff::tz::TimeZone;

use super::calendar::{Civil, SECOND, civil, parse_offset};
use super::fault::Fault;
use super::functions::Answer;
use super::value::Value;

/// Parts of timestamps and durations (section 5).
pub(super) fn method(name: &str, operands: &[Value]) -> Answer {
    match operands {
        [Value::Timestamp(time)] => part(name, *time, 0),
        [Value::Timestamp(time), Value::String(zone)] => match offset(zone, *time) {
            Some(offset) => part(name, *time, offset),
            // A part that is not listed is no overload, whatever the zone is.
            None => part(name, *time, 0).map(|_| Err(Fault::InvalidArgument)),
        },
        [Value::Duration(span)] => span_part(name, *span),
        _ => None,
    }
}

/// A part of a timestamp so many seconds east of UTC.
fn part(name: &str, time: i128, offset: i64) -> Answer {
    let Civil { year, month, day, day_of_year, day_of_week, hour, minute, second } =
        civil(seconds(time) + offset);
    Some(Ok(Value::Int(match name {
        "getFullYear" => year,
        "getMonth" => month - 1,
        "getDayOfYear" => day_of_year,
        "getDayOfMonth" => day - 1,
        "getDate" => day,
        "getDayOfWeek" => day_of_week,
        "getHours" => hour,
        "getMinutes" => minute,
        "getSeconds" => second,
        "getMilliseconds" => whole(time.rem_euclid(SECOND) / 1_000_000),
        _ => return None,
    })))
}

fn span_part(name: &str, span: i128) -> Answer {
    Some(Ok(Value::Int(whole(match name {
        "getHours" => span / SECOND / 3600,
        "getMinutes" => span / SECOND / 60,
        "getSeconds" => span / SECOND,
        "getMilliseconds" => span % SECOND / 1_000_000,
        _ => return None,
    }))))
}

/// Seconds east of UTC in a zone at a time.
fn offset(zone: &str, time: i128) -> Option<i64> {
    // `02:00` has no sign, `+02:00` one.
    if let Some(offset) = parse_offset(zone).or_else(|| parse_offset(&format!("+{zone}"))) {
        return Some(offset);
    }
    // A name that `jiff` has made up for zones that it does not know.
    if zone.eq_ignore_ascii_case("Etc/Unknown") {
        return None;
    }
    let zone = TimeZone::get(zone).ok()?;
    // The last day and a half of 9999 are beyond what `jiff` knows, and are like the day before.
    let latest = jiff::Timestamp::MAX.as_second();
    let time = jiff::Timestamp::from_second(seconds(time).min(latest)).ok()?;
    Some(i64::from(zone.to_offset(time).seconds()))
}

fn seconds(time: i128) -> i64 {
    whole(time.div_euclid(SECOND))
}

fn whole(number: i128) -> i64 {
    i64::try_from(number).expect("times and spans in range have small parts")
}
