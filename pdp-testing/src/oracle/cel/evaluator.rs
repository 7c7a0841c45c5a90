use core::cell::Cell;

use pdp_cel::{BinaryOperator, Entry, Expression, ExpressionKind, Item, Literal, UnaryOperator};

use super::access::{Reading, has, is_key, look_up, look_up_optional};
use super::arithmetic::{binary, negate};
use super::fault::{Fault, Faults, together};
use super::functions;
use super::names::{Named, Names};
use super::order::entry;
use super::scope::{Scope, find};
use super::value::{TYPES, Value};

/// After so much work it gives up.
const WORK_MAX: usize = 2_000_000;

/// The value of an expression, or all faults that may be named as the cause of there being none.
///
/// # Errors
///
/// [`Fault::CostLimit`] alone after some millions of steps; the limits of section 7, which are
/// tighter, are for the engine to keep.
pub fn evaluate(expression: &Expression, names: &dyn Names) -> Result<Value, Faults> {
    let evaluator = Evaluator { names, work: Cell::new(0) };
    let result = evaluator.evaluate(expression, None);
    // What gave up somewhere may have decided all the same, and wrongly.
    evaluator.spend(0)?;
    result
}

/// The same of an expression whose value may be absent.
pub fn read(expression: &Expression, names: &dyn Names) -> Reading {
    let evaluator = Evaluator { names, work: Cell::new(0) };
    let reading = evaluator.read(expression, None);
    match evaluator.spend(0) {
        Ok(()) => reading,
        Err(faults) => Reading::Failed(faults),
    }
}

pub(super) struct Evaluator<'n> {
    names: &'n dyn Names,
    work: Cell<usize>,
}

/// What a field is looked up in.
enum Holder {
    /// The field itself was found by its whole name.
    Whole(Value),
    /// The field is to be looked up here.
    Under(Value),
    /// Declared by the host, and not there.
    Absent(Fault),
    /// It cannot be evaluated.
    Failed(Faults),
}

impl Evaluator<'_> {
    pub(super) fn evaluate(
        &self,
        expression: &Expression,
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        self.spend(1)?;
        self.read(expression, scope).required()
    }

    /// Does so much work, if that is left.
    pub(super) fn spend(&self, work: usize) -> Result<(), Faults> {
        self.work.set(self.work.get().saturating_add(work));
        let left = self.work.get() <= WORK_MAX;
        left.then_some(()).ok_or_else(|| Faults::from([Fault::CostLimit]))
    }

    /// The value of an expression that may be absent ("Absence", section 2).
    fn read(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Reading {
        match &expression.kind {
            ExpressionKind::Name { name, absolute } => {
                match self.named(&[name.as_str()], *absolute, scope) {
                    Holder::Whole(value) => Reading::Present(value),
                    Holder::Under(_) => unreachable!("a single name is found or not"),
                    Holder::Absent(fault) => Reading::Absent(fault),
                    Holder::Failed(faults) => Reading::Failed(faults),
                }
            }
            ExpressionKind::Field { operand, field, optional: false } => {
                match self.holder(operand, field, scope) {
                    Holder::Whole(value) => Reading::Present(value),
                    Holder::Under(value) => look_up(&value, &Value::String(field.clone())),
                    Holder::Absent(fault) => Reading::Absent(fault),
                    Holder::Failed(faults) => Reading::Failed(faults),
                }
            }
            ExpressionKind::Index { operand, index, optional: false } => {
                match self.all_of([&**operand, &**index], scope) {
                    Ok(values) => look_up(&values[0], &values[1]),
                    Err(faults) => Reading::Failed(faults),
                }
            }
            ExpressionKind::Binary { operator: BinaryOperator::Default, left, right } => {
                match self.read(left, scope) {
                    Reading::Absent(_) | Reading::Present(Value::Optional(None)) => {
                        self.read(right, scope)
                    }
                    Reading::Present(Value::Optional(Some(value))) => Reading::Present(*value),
                    other => other,
                }
            }
            _ => self.compute(expression, scope).into(),
        }
    }

    /// The value of an expression that is never absent.
    fn compute(&self, expression: &Expression, scope: Option<&Scope<'_>>) -> Result<Value, Faults> {
        match &expression.kind {
            ExpressionKind::Name { .. }
            | ExpressionKind::Field { optional: false, .. }
            | ExpressionKind::Index { optional: false, .. }
            | ExpressionKind::Binary { operator: BinaryOperator::Default, .. } => {
                self.read(expression, scope).required()
            }
            ExpressionKind::Literal(literal) => Ok(written(literal)),
            ExpressionKind::Field { operand, field, optional: true } => {
                match self.holder(operand, field, scope) {
                    Holder::Whole(value) => Ok(Value::some(value)),
                    Holder::Under(value) => {
                        look_up_optional(&value, &Value::String(field.clone())).required()
                    }
                    Holder::Absent(_) => Ok(Value::Optional(None)),
                    Holder::Failed(faults) => Err(faults),
                }
            }
            ExpressionKind::Index { operand, index, optional: true } => {
                let values = self.all_of([&**operand, &**index], scope)?;
                look_up_optional(&values[0], &values[1]).required()
            }
            ExpressionKind::Has { operand, field } => match self.holder(operand, field, scope) {
                Holder::Whole(_) => Ok(Value::Bool(true)),
                Holder::Under(value) => has(&value, &Value::String(field.clone())),
                Holder::Absent(_) => Ok(Value::Bool(false)),
                Holder::Failed(faults) => Err(faults),
            },
            ExpressionKind::Call { target, function, arguments } => {
                self.call(target.as_deref(), function, arguments, scope)
            }
            ExpressionKind::Unary { operator, operand } => {
                let value = self.evaluate(operand, scope)?;
                match (operator, value) {
                    (UnaryOperator::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
                    (UnaryOperator::Not, _) => Err(Faults::from([Fault::NoSuchOverload])),
                    (UnaryOperator::Negate, value) => {
                        negate(&value).map_err(|fault| [fault].into())
                    }
                }
            }
            ExpressionKind::Binary { operator, left, right } => {
                let values = self.all_of([&**left, &**right], scope)?;
                self.spend(values[0].weight() + values[1].weight())?;
                binary(*operator, &values[0], &values[1]).map_err(|fault| [fault].into())
            }
            ExpressionKind::All(operands) => {
                decide(false, operands.iter().map(|operand| self.evaluate(operand, scope)))
            }
            ExpressionKind::Any(operands) => {
                decide(true, operands.iter().map(|operand| self.evaluate(operand, scope)))
            }
            ExpressionKind::Conditional { condition, yes, no } => {
                let chosen = if truth(self.evaluate(condition, scope))? { yes } else { no };
                self.evaluate(chosen, scope)
            }
            ExpressionKind::List(items) => self.list(items, scope),
            ExpressionKind::Map(entries) => self.map(entries, scope),
            ExpressionKind::Message { .. } => Err(Faults::from([Fault::Message])),
            ExpressionKind::Loop(inner) => self.go_through(inner, scope),
            ExpressionKind::Bind { name, value, body } => {
                let value = self.evaluate(value, scope);
                self.evaluate(body, Some(&Scope { name, value: &value, outer: scope }))
            }
            ExpressionKind::OptionalMap { target, name, body, flat } => {
                self.optional_map(target, name, body, *flat, scope)
            }
        }
    }

    /// The values of all, or the faults of all that have some.
    fn all_of<'e>(
        &self,
        expressions: impl IntoIterator<Item = &'e Expression>,
        scope: Option<&Scope<'_>>,
    ) -> Result<Vec<Value>, Faults> {
        together(expressions.into_iter().map(|expression| self.evaluate(expression, scope)))
    }

    /// What `operand.field` is to be looked up in.
    fn holder(&self, operand: &Expression, field: &str, scope: Option<&Scope<'_>>) -> Holder {
        if let Some((mut path, absolute)) = operand.path() {
            path.push(field);
            return self.named(&path, absolute, scope);
        }
        match self.evaluate(operand, scope) {
            Ok(value) => Holder::Under(value),
            Err(faults) => Holder::Failed(faults),
        }
    }

    /// What `a.b.c` is, or what its last name is to be looked up in.
    fn named(&self, path: &[&str], absolute: bool, scope: Option<&Scope<'_>>) -> Holder {
        let own = if absolute { None } else { find(scope, path[0]) };
        let (value, taken) = match own {
            Some(Ok(value)) => (value.clone(), 1),
            Some(Err(faults)) => return Holder::Failed(faults.clone()),
            None => match self.names.value(path, absolute) {
                Named::Present(value, taken) => (value, taken),
                Named::Absent(fault, taken) if taken == path.len() => return Holder::Absent(fault),
                // Something is looked up in what is absent.
                Named::Absent(fault, _) => return Holder::Failed([fault].into()),
                Named::Failed(faults, _) => return Holder::Failed(faults),
                Named::Unknown => match type_named(path) {
                    Some(found) => found,
                    None => return Holder::Failed([Fault::UnknownName].into()),
                },
            },
        };
        if let Err(faults) = self.spend(value.weight()) {
            return Holder::Failed(faults);
        }
        if taken == path.len() {
            return Holder::Whole(value);
        }
        let mut holder = value;
        for field in &path[taken..path.len() - 1] {
            match look_up(&holder, &Value::String((*field).to_owned())).required() {
                Ok(value) => holder = value,
                Err(faults) => return Holder::Failed(faults),
            }
        }
        Holder::Under(holder)
    }

    /// `left ?? right`
    fn list(&self, items: &[Item], scope: Option<&Scope<'_>>) -> Result<Value, Faults> {
        let items = items.iter().map(|item| {
            let value = self.evaluate(&item.value, scope)?;
            if item.optional { optional(value) } else { Ok(Some(value)) }
        });
        Ok(Value::List(together(items)?.into_iter().flatten().collect()))
    }

    fn map(&self, entries: &[Entry], scope: Option<&Scope<'_>>) -> Result<Value, Faults> {
        let (mut map, mut faults) = (Vec::new(), Faults::new());
        for entry in entries {
            match self.entry(entry, scope) {
                // An engine may find a bad key before it comes to what fails behind it.
                Ok(Some((key, value))) => faults.extend(insert(&mut map, key, value).err()),
                Ok(None) => {}
                Err(more) => faults.extend(more),
            }
        }
        if faults.is_empty() { Ok(Value::Map(map)) } else { Err(faults) }
    }

    fn entry(
        &self,
        entry: &Entry,
        scope: Option<&Scope<'_>>,
    ) -> Result<Option<(Value, Value)>, Faults> {
        let values = self.all_of([&entry.key, &entry.value], scope)?;
        let [key, value] = values.try_into().expect("there are two");
        let value = if entry.optional { optional(value)? } else { Some(value) };
        Ok(value.map(|value| (key, value)))
    }

    /// `target.optMap(name, body)`, `target.optFlatMap(name, body)`
    fn optional_map(
        &self,
        target: &Expression,
        name: &str,
        body: &Expression,
        flat: bool,
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        let Some(value) = optional(self.evaluate(target, scope)?)? else {
            return Ok(Value::Optional(None));
        };
        let made = self.evaluate(body, Some(&Scope { name, value: &Ok(value), outer: scope }))?;
        if !flat {
            return Ok(Value::some(made));
        }
        Ok(Value::Optional(optional(made)?.map(Box::new)))
    }

    fn call(
        &self,
        target: Option<&Expression>,
        function: &str,
        arguments: &[Expression],
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        let Some(target) = target else {
            return match self.names.call(function, arguments) {
                Some(result) => result,
                None => self.apply(functions::Form::Function, function, arguments.iter(), scope),
            };
        };
        // `math.abs` is one name, unless a macro makes another `math` known.
        if let Some((path, absolute)) = target.path()
            && (absolute || find(scope, path[0]).is_none())
        {
            let name = format!("{}.{function}", path.join("."));
            if functions::is_listed(functions::Form::Function, &name) {
                return self.apply(functions::Form::Function, &name, arguments.iter(), scope);
            }
        }
        if let ("or" | "orValue", [otherwise]) = (function, arguments) {
            return self.or(target, otherwise, function == "or", scope);
        }
        let operands = core::iter::once(target).chain(arguments);
        self.apply(functions::Form::Method, function, operands, scope)
    }

    /// `o.or(p)`, `o.orValue(x)`: what is behind is evaluated where it is needed.
    fn or(
        &self,
        target: &Expression,
        otherwise: &Expression,
        stays: bool,
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        match (optional(self.evaluate(target, scope)?)?, stays) {
            (Some(value), false) => Ok(value),
            (Some(value), true) => Ok(Value::some(value)),
            (None, false) => self.evaluate(otherwise, scope),
            (None, true) => {
                let other = optional(self.evaluate(otherwise, scope)?)?;
                Ok(Value::Optional(other.map(Box::new)))
            }
        }
    }

    fn apply<'e>(
        &self,
        form: functions::Form,
        name: &str,
        operands: impl Iterator<Item = &'e Expression>,
        scope: Option<&Scope<'_>>,
    ) -> Result<Value, Faults> {
        let operands: Vec<_> = operands.collect();
        let mut faults = functions::unfit(form, name, operands.len());
        let values = match self.all_of(operands, scope) {
            Ok(values) if faults.is_empty() => values,
            // That there is no such function may be known before its operands are.
            result => {
                faults.extend(result.err().into_iter().flatten());
                return Err(faults);
            }
        };
        self.spend(functions::work(name, &values))?;
        let value = functions::call(form, name, &values).map_err(|fault| Faults::from([fault]))?;
        self.spend(value.weight())?;
        Ok(value)
    }
}

/// `&&` with `decisive` false, `||` with true: without order, and an error counts only where
/// nothing decides.
pub(super) fn decide(
    decisive: bool,
    operands: impl Iterator<Item = Result<Value, Faults>>,
) -> Result<Value, Faults> {
    let truths: Vec<_> = operands.map(truth).collect();
    if truths.contains(&Ok(decisive)) {
        return Ok(Value::Bool(decisive));
    }
    together(truths).map(|_| Value::Bool(!decisive))
}

/// What must be a bool.
pub(super) fn truth(result: Result<Value, Faults>) -> Result<bool, Faults> {
    match result? {
        Value::Bool(value) => Ok(value),
        _ => Err(Faults::from([Fault::NoSuchOverload])),
    }
}

/// Adds an entry to a map.
pub(super) fn insert(map: &mut Vec<(Value, Value)>, key: Value, value: Value) -> Result<(), Fault> {
    if !is_key(&key) {
        return Err(Fault::KeyType);
    }
    if entry(map, &key).is_some() {
        return Err(Fault::DuplicateKey);
    }
    map.push((key, value));
    Ok(())
}

/// What must be an optional.
fn optional(value: Value) -> Result<Option<Value>, Faults> {
    match value {
        Value::Optional(value) => Ok(value.map(|value| *value)),
        _ => Err(Faults::from([Fault::NoSuchOverload])),
    }
}

/// The type that the first names are, and how many those are.
fn type_named(path: &[&str]) -> Option<(Value, usize)> {
    (1..=path.len()).rev().find_map(|taken| {
        let name = path[..taken].join(".");
        TYPES.contains(&name.as_str()).then_some((Value::Type(name), taken))
    })
}

fn written(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Uint(value) => Value::Uint(*value),
        Literal::Double(value) => Value::Double(*value),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Bytes(octets) => Value::Bytes(octets.clone()),
    }
}
