//! What the strict checker of expressions promises, held against what evaluating them shows.

mod declared;
mod extent;
mod tally;

pub use tally::Tally;

use std::sync::LazyLock;

use pdp_cel::{
    Absence, Builder, Checked, Fault, Known, LowerOptions, Meter, Operand, check, evaluate, lower,
    parse,
};

use crate::Dice;
use crate::grammar::{Case, Grammar, Setting, shrunk};
use declared::Declared;
use extent::{Extent, is_of};

/// Memory that runs out has taken more steps than this before: filling 16 bytes is one.
const STEPS_OF_ALL_BYTES: u64 = pdp_cel::BYTES_MAX / 16;

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::new);

/// Lets the bytes choose an expression, and holds what the checker says of it against what
/// evaluating it shows.
///
/// # Panics
///
/// If a promise is broken; the message is the expression, made smaller.
pub fn checked_expression(bytes: &[u8]) {
    let case = GRAMMAR.case(&mut Dice::from_bytes(bytes), Setting::CHECKED);
    let is_broken = judged(&case).is_some_and(|finding| finding.broken.is_some());
    assert!(!is_broken, "the checker promised something else\n{}", smallest(&case));
}

/// What came of an expression that the checker accepts.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The steps that it may take, as the checker says.
    pub cost: u64,
    /// The steps that it took.
    pub steps: u64,
    /// Whether the checker knows all types.
    pub is_closed: bool,
    /// Whether it had a value.
    pub has_value: bool,
    /// The promise that was broken.
    pub broken: Option<String>,
}

/// Checks an expression and, if it is accepted, evaluates it; `None` if it is not.
pub fn judged(case: &Case) -> Option<Finding> {
    let text = case.text();
    let expression = parse(&text).ok()?;
    let mut declared = Declared::new(case);
    let checked = check(&expression, &text, &mut declared, &[], 1);
    let known = checked.known.as_ref().filter(|_| checked.mistakes.is_empty())?;
    let mut builder = Builder::default();
    let options = LowerOptions { strict: true, container: "" };
    let node = lower(&expression, &text, &mut builder, &mut declared, options).ok()?;
    let program = builder.finish([node]);
    let made = evaluate(&program, node, &mut declared);
    let meter = declared.meter;
    let broken = match &made {
        Ok(value) => broken_by_value(value, known),
        Err(failure) => {
            let origin = program.origin(failure.node).unwrap_or_default();
            broken_by_fault(failure.fault, origin, &checked, known, meter)
        }
    };
    let broken = match meter.steps_taken() {
        steps if steps > known.cost => Some(format!("{steps} steps, not {}", known.cost)),
        _ => broken,
    };
    Some(Finding {
        cost: known.cost,
        steps: meter.steps_taken(),
        is_closed: checked.open.is_empty(),
        has_value: made.is_ok(),
        broken,
    })
}

/// The smallest expression that still breaks a promise, and which.
pub fn smallest(case: &Case) -> String {
    let broken = |case: &Case| judged(case).and_then(|finding| finding.broken);
    let smallest = shrunk(case, |case| broken(case).is_some());
    let mut shown = format!("{}\n  {}", smallest.text(), broken(&smallest).unwrap_or_default());
    for (name, variable) in &smallest.variables {
        let mut value = format!("{:?}", variable.value);
        if value.len() > 300 {
            value = format!("{:?}", variable.value.as_ref().map(Extent::of_stored));
        }
        shown.push_str(&format!("\n  {name}: {:?} = {value}", declared::type_of(&variable.kind)));
    }
    shown
}

fn broken_by_value(value: &Operand<'_>, known: &Known) -> Option<String> {
    if !is_of(value, &known.value_type) {
        return Some(format!("no `{}`: {value:.300?}", known.value_type));
    }
    let extent = Extent::of(value);
    let exceeds = extent.items > known.bulk.items || extent.bytes > known.bulk.bytes;
    exceeds.then(|| format!("{extent:?} and not within {:?}", known.bulk))
}

fn broken_by_fault(
    fault: Fault,
    origin: &str,
    checked: &Checked,
    known: &Known,
    meter: Meter,
) -> Option<String> {
    let is_broken = match fault {
        Fault::UnknownName | Fault::UnknownFunction | Fault::Message => true,
        Fault::NoSuchOverload | Fault::KeyType => checked.open.is_empty(),
        Fault::Host(_) => known.absence != Absence::Declared,
        // A field is asked for before it is read; what stands in brackets need not be there.
        Fault::NoSuchKey => {
            let is_index = origin.trim_end_matches(')').ends_with([']', '…']);
            checked.open.is_empty() && known.absence != Absence::Declared && !is_index
        }
        Fault::Limit => meter.steps_taken() < STEPS_OF_ALL_BYTES,
        _ => false,
    };
    is_broken.then(|| format!("{fault} at `{origin}` after {} steps", meter.steps_taken()))
}
