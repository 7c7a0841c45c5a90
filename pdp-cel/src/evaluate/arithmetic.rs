//! `+ - * / %`, checked.

use crate::Fault;
use crate::fault::Meter;
use crate::operand::{List, Octets, Operand};
use crate::syntax::BinaryOperator as Op;

type Made<'e> = Result<Operand<'e>, Fault>;

pub(super) fn binary<'e>(
    operator: Op,
    left: &Operand<'e>,
    right: &Operand<'e>,
    meter: &mut Meter,
) -> Made<'e> {
    match (left, right) {
        (Operand::Int(left), Operand::Int(right)) => ints(operator, *left, *right),
        (Operand::Uint(left), Operand::Uint(right)) => uints(operator, *left, *right),
        (Operand::Double(left), Operand::Double(right)) => doubles(operator, *left, *right),
        _ => match operator {
            Op::Add => sum(left, right, meter),
            Op::Subtract => difference(left, right),
            _ => Err(Fault::NoSuchOverload),
        },
    }
}

fn ints<'e>(operator: Op, left: i64, right: i64) -> Made<'e> {
    let made = match operator {
        Op::Add => left.checked_add(right),
        Op::Subtract => left.checked_sub(right),
        Op::Multiply => left.checked_mul(right),
        Op::Divide | Op::Remainder if right == 0 => return Err(Fault::DivisionByZero),
        Op::Divide => left.checked_div(right),
        Op::Remainder => left.checked_rem(right),
        _ => return Err(Fault::NoSuchOverload),
    };
    made.map(Operand::Int).ok_or(Fault::Overflow)
}

fn uints<'e>(operator: Op, left: u64, right: u64) -> Made<'e> {
    let made = match operator {
        Op::Add => left.checked_add(right),
        Op::Subtract => left.checked_sub(right),
        Op::Multiply => left.checked_mul(right),
        Op::Divide | Op::Remainder if right == 0 => return Err(Fault::DivisionByZero),
        Op::Divide => left.checked_div(right),
        Op::Remainder => left.checked_rem(right),
        _ => return Err(Fault::NoSuchOverload),
    };
    made.map(Operand::Uint).ok_or(Fault::Overflow)
}

fn doubles<'e>(operator: Op, left: f64, right: f64) -> Made<'e> {
    Ok(Operand::Double(match operator {
        Op::Add => left + right,
        Op::Subtract => left - right,
        Op::Multiply => left * right,
        Op::Divide => left / right,
        _ => return Err(Fault::NoSuchOverload),
    }))
}

fn sum<'e>(left: &Operand<'e>, right: &Operand<'e>, meter: &mut Meter) -> Made<'e> {
    match (left, right) {
        (Operand::Text(left), Operand::Text(right)) => {
            meter.allocate(left.len() + right.len())?;
            Ok(Operand::made([&**left, &**right].concat()))
        }
        (Operand::Bytes(left), Operand::Bytes(right)) => {
            meter.allocate(left.len() + right.len())?;
            Ok(Operand::Bytes(Octets::Made([&**left, &**right].concat().into())))
        }
        (Operand::List(left), Operand::List(right)) => joined(left, right, meter),
        (Operand::Timestamp(time), Operand::Duration(length))
        | (Operand::Duration(length), Operand::Timestamp(time)) => {
            time.checked_add(*length).map(Operand::Timestamp).ok_or(Fault::Overflow)
        }
        (Operand::Duration(left), Operand::Duration(right)) => {
            left.checked_add(*right).map(Operand::Duration).ok_or(Fault::Overflow)
        }
        _ => Err(Fault::NoSuchOverload),
    }
}

fn joined<'e>(left: &List<'e>, right: &List<'e>, meter: &mut Meter) -> Made<'e> {
    let length = left.len() + right.len();
    meter.step(length)?;
    meter.allocate(length * size_of::<Operand<'_>>())?;
    Ok(Operand::list(left.iter().chain(right.iter()).collect()))
}

fn difference<'e>(left: &Operand<'e>, right: &Operand<'e>) -> Made<'e> {
    let made = match (left, right) {
        (Operand::Timestamp(left), Operand::Timestamp(right)) => {
            left.since(*right).map(Operand::Duration)
        }
        (Operand::Timestamp(time), Operand::Duration(length)) => {
            time.checked_sub(*length).map(Operand::Timestamp)
        }
        (Operand::Duration(left), Operand::Duration(right)) => {
            left.checked_sub(*right).map(Operand::Duration)
        }
        _ => return Err(Fault::NoSuchOverload),
    };
    made.ok_or(Fault::Overflow)
}

pub(super) fn negated<'e>(value: &Operand<'e>) -> Made<'e> {
    match value {
        Operand::Int(value) => value.checked_neg().map(Operand::Int).ok_or(Fault::Overflow),
        Operand::Double(value) => Ok(Operand::Double(-value)),
        Operand::Duration(length) => Ok(Operand::Duration(length.negated())),
        _ => Err(Fault::NoSuchOverload),
    }
}
