//! Parts of times and of lengths of time.

use super::{Function, Made};
use crate::Fault;
use crate::operand::Operand;
use crate::time::{Civil, Duration, Timestamp, Zone};

const MILLISECOND: i128 = 1_000_000;
const SECOND: i128 = 1_000 * MILLISECOND;

/// `time.getHours()`, `time.getHours('Europe/Kyiv')`, `length.getHours()` …
pub(super) fn call<'e>(function: Function, arguments: &[Operand<'e>]) -> Made<'e> {
    match arguments {
        [Operand::Timestamp(time)] => Ok(of_time(function, time.civil(0))),
        [Operand::Timestamp(time), Operand::Text(name)] => {
            Ok(in_zone(function, *time, &Zone::new(name).ok_or(Fault::InvalidArgument)?))
        }
        [Operand::Duration(length)] => of_duration(function, *length),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// A part of a time in a zone.
pub(crate) fn in_zone<'e>(function: Function, time: Timestamp, zone: &Zone) -> Operand<'e> {
    of_time(function, time.civil(zone.offset_seconds(time)))
}

fn of_time<'e>(function: Function, civil: Civil) -> Operand<'e> {
    Operand::Int(match function {
        Function::Year => civil.year,
        Function::Month => civil.month - 1,
        Function::DayOfYear => civil.day_of_year,
        Function::DayOfMonth => civil.day - 1,
        Function::Date => civil.day,
        Function::DayOfWeek => civil.day_of_week,
        Function::Hours => civil.hour,
        Function::Minutes => civil.minute,
        Function::Seconds => civil.second,
        _ => civil.millisecond,
    })
}

/// All of a length in hours, minutes or seconds; but the milliseconds after the last second.
fn of_duration<'e>(function: Function, length: Duration) -> Made<'e> {
    let value = match function {
        Function::Hours => length.whole(3_600 * SECOND),
        Function::Minutes => length.whole(60 * SECOND),
        Function::Seconds => length.whole(SECOND),
        Function::Milliseconds => length.whole(MILLISECOND) % 1_000,
        _ => return Err(Fault::NoSuchOverload),
    };
    Ok(Operand::Int(value))
}
