//! Conditions: expressions of the right type over what a scope offers.

use crate::value::{literal, quoted};
use crate::{Dice, Kind, Scalar, Scope};

/// A condition that fits at a place with this scope.
pub fn condition(dice: &mut Dice<'_>, scope: &Scope<'_>) -> String {
    let depth = dice.weighted(&[4, 4, 2, 1]);
    let mut writer = Writer { dice, scope, names: 0, vouched: Vec::new() };
    let condition = writer.boolean(depth);
    writer.whole(condition)
}

/// What the condition of a relation is: half of the time a question about the id of the resource,
/// which need not be that of the request.
pub fn condition_of_relation(dice: &mut Dice<'_>, scope: &Scope<'_>) -> String {
    let mut writer = Writer { dice, scope, names: 0, vouched: Vec::new() };
    let id = Expression::primary("resource.id");
    let condition = match writer.dice.weighted(&[3, 2, 2, 3, 6]) {
        0 => writer.binary(id, "in", Expression::primary("actor.tenants")),
        1 => writer.binary(Expression::primary("actor.id"), "==", id),
        2 => writer.binary(id, "in", Expression::primary("actor.roles")),
        3 => {
            let other = writer.literal(Scalar::String);
            writer.binary(id, "!=", Expression::primary(other))
        }
        _ => {
            let depth = writer.dice.below(2);
            writer.boolean(depth)
        }
    };
    writer.whole(condition)
}

/// An expression of the type `kind`.
pub fn expression(dice: &mut Dice<'_>, scope: &Scope<'_>, kind: Kind) -> String {
    let mut writer = Writer { dice, scope, names: 0, vouched: Vec::new() };
    let value = writer.value(kind, 1);
    writer.whole(value)
}

/// Where conditions have brackets. The choices are the same for each of these, so that one
/// condition can be written in several ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Brackets {
    /// Where they are needed, and now and then elsewhere.
    #[default]
    Some,
    /// Only where they are needed by the order of binding in section 6 of the language.
    Needed,
    /// Around each part.
    Every,
}

/// How tightly the outermost operator of an expression binds: the order of section 6 of the
/// language, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Conditional,
    Any,
    All,
    Comparison,
    Default,
    Sum,
    Product,
    Unary,
    Primary,
}

pub(crate) struct Expression {
    pub(crate) text: String,
    level: Level,
    /// `true` of `has(x)`, `false` of `!has(x)`: next to it, `x ?? y` may be an error.
    asks_presence: Option<bool>,
}

impl Expression {
    pub(crate) fn new(text: impl Into<String>, level: Level) -> Self {
        Expression { text: text.into(), level, asks_presence: None }
    }

    pub(crate) fn primary(text: impl Into<String>) -> Self {
        Expression::new(text, Level::Primary)
    }
}

pub(crate) struct Writer<'d, 'b, 's, 'v> {
    pub(crate) dice: &'d mut Dice<'b>,
    pub(crate) scope: &'s Scope<'v>,
    /// How many names of macros are known.
    pub(crate) names: usize,
    /// Optional values that a `has()` beside or around vouches for, as indexes of the scope's
    /// values.
    vouched: Vec<usize>,
}

impl Writer<'_, '_, '_, '_> {
    pub(crate) fn boolean(&mut self, depth: usize) -> Expression {
        if depth > 0 && self.dice.chance(65) {
            return match self.dice.weighted(&[4, 4, 2]) {
                0 => self.chain(true, depth),
                1 => self.chain(false, depth),
                _ => {
                    let operand = self.boolean(depth - 1);
                    self.not(operand)
                }
            };
        }
        match self.dice.weighted(&[4, 12, 8, 6, 6, 8, 4, 1, 12]) {
            0 => Expression::primary(self.dice.chance(50).to_string()),
            1 => self.comparison(depth),
            2 => self.membership(depth),
            3 => self.of_texts(depth),
            4 => self.presence(),
            5 => self.relation(),
            6 => self.value(Kind::BOOL, depth),
            7 => self.at_the_edge(),
            _ => self.of_language(depth),
        }
    }

    /// `&&` or `||` between operands, perhaps with a question for a value that the others read.
    fn chain(&mut self, is_all: bool, depth: usize) -> Expression {
        let (sign, level) = if is_all { (" && ", Level::All) } else { (" || ", Level::Any) };
        let count = self.dice.weighted(&[0, 0, 6, 2]);
        let guard = if self.dice.chance(50) { self.guardable() } else { None };
        self.vouched.extend(guard);
        let mut operands: Vec<String> = (0..count - usize::from(guard.is_some()))
            .map(|_| {
                let mut operand = self.boolean(depth - 1);
                // It would vouch for what its neighbours give a default to, which is an error.
                if operand.asks_presence == Some(is_all) {
                    operand = self.not(operand);
                }
                self.tighter_than(operand, level)
            })
            .collect();
        if let Some(index) = guard {
            self.vouched.pop();
            let has = Expression::primary(format!("has({})", self.scope.values[index].path));
            let question = if is_all { has } else { self.not(has) };
            let question = self.tighter_than(question, level);
            operands.insert(self.dice.below(operands.len() + 1), question);
        }
        Expression::new(operands.join(sign), level)
    }

    /// An optional value that nothing vouches for yet.
    fn guardable(&mut self) -> Option<usize> {
        let values = self.scope.values.iter().enumerate();
        let optional: Vec<usize> = values
            .filter(|(index, value)| value.optional && !self.vouched.contains(index))
            .map(|(index, _)| index)
            .collect();
        self.dice.pick_any(&optional).copied()
    }

    fn comparison(&mut self, depth: usize) -> Expression {
        let kind = self.kind();
        let left = self.reading(kind, depth);
        // Lists of numbers are of one type.
        let other = if kind.list { kind.scalar } else { self.comparable(kind.scalar) };
        let right = self.value(Kind { scalar: other, ..kind }, depth);
        let ordered = !kind.list
            && !matches!(kind.scalar, Scalar::Ip | Scalar::Cidr)
            && (kind != Kind::STRING || self.looks_into_text());
        let signs = ["==", "!=", "<", "<=", ">", ">="];
        let sign = *self.dice.pick(if ordered { &signs } else { &signs[..2] });
        self.binary(left, sign, right)
    }

    /// A comparison, or `in`.
    pub(crate) fn binary(&mut self, left: Expression, sign: &str, right: Expression) -> Expression {
        let (left, right) = (self.at(left, Level::Default), self.at(right, Level::Default));
        Expression::new(format!("{left} {sign} {right}"), Level::Comparison)
    }

    pub(crate) fn not(&mut self, operand: Expression) -> Expression {
        let asks_presence = operand.asks_presence.map(|is_present| !is_present);
        let text = format!("!{}", self.at(operand, Level::Unary));
        Expression { text, level: Level::Unary, asks_presence }
    }

    /// The type itself, or for a number perhaps the other type of numbers.
    fn comparable(&mut self, scalar: Scalar) -> Scalar {
        if scalar.is_number() && self.dice.chance(30) {
            *self.dice.pick(&[Scalar::Int, Scalar::Uint, Scalar::Double])
        } else {
            scalar
        }
    }

    /// `x in list`
    fn membership(&mut self, depth: usize) -> Expression {
        let kind = self.kind();
        let element = Kind::of(kind.scalar);
        let list = Kind::list_of(self.comparable(kind.scalar));
        let element = self.value(element, depth);
        let list =
            if self.dice.chance(4) { Expression::primary("[]") } else { self.reading(list, depth) };
        self.binary(element, "in", list)
    }

    /// `startsWith`, `endsWith`, `contains`
    fn of_texts(&mut self, depth: usize) -> Expression {
        if !self.looks_into_text() {
            return self.membership(depth);
        }
        let text = self.reading(Kind::STRING, depth);
        let text = self.at(text, Level::Primary);
        let part = self.value(Kind::STRING, depth);
        let part = self.whole(part);
        let function = *self.dice.pick(&["startsWith", "endsWith", "contains"]);
        Expression::primary(format!("{text}.{function}({part})"))
    }

    /// `has(x)`
    fn presence(&mut self) -> Expression {
        let values = self.scope.values.iter().filter(|value| value.declared);
        let mut paths: Vec<String> = values.map(|value| value.path.clone()).collect();
        paths.extend(self.scope.links.iter().map(|link| format!("resource.{link}")));
        let path = self.dice.pick_any(&paths).map_or("actor.id", String::as_str);
        let has = Expression::primary(format!("has({path})"));
        Expression { asks_presence: Some(true), ..has }
    }

    /// `related()`, `derived_role()`
    fn relation(&mut self) -> Expression {
        let derived = self.dice.chance(50);
        let roles = self.dice.pick_any(&self.scope.derived_roles).filter(|_| derived);
        let call = match (roles, self.dice.pick_any(&self.scope.relations)) {
            (Some(role), _) => format!("derived_role('{role}')"),
            (None, Some(path)) => format!("related('{path}')"),
            (None, None) => return self.comparison(0),
        };
        Expression::primary(call)
    }

    /// The type of some value that can be read, so that most comparisons read one.
    fn kind(&mut self) -> Kind {
        let declared = self.scope.values.iter().filter(|value| value.declared);
        let declared: Vec<Kind> = declared.map(|value| value.kind).collect();
        if let Some(kind) = self.dice.pick_any(&declared).filter(|_| self.dice.chance(65)) {
            return *kind;
        }
        let index = self.dice.below(self.scope.values.len());
        self.scope.values[index].kind
    }

    /// A value that is read, if one of the type can be; else as [`Writer::value`].
    pub(crate) fn reading(&mut self, kind: Kind, depth: usize) -> Expression {
        let values = self.scope.values.iter().enumerate();
        let fitting: Vec<usize> =
            values.filter(|(_, value)| value.kind == kind).map(|(index, _)| index).collect();
        let declared = fitting.iter().filter(|index| self.scope.values[**index].declared);
        let declared: Vec<usize> = declared.copied().collect();
        let prefers_declared = !declared.is_empty() && self.dice.chance(60);
        let fitting = if prefers_declared { declared } else { fitting };
        let Some(&index) = self.dice.pick_any(&fitting) else { return self.written(kind) };
        let value = &self.scope.values[index];
        if !value.optional || self.vouched.contains(&index) {
            return Expression::primary(value.path.as_str());
        }
        let otherwise = if depth > 0 && self.dice.chance(30) {
            self.value(kind, depth - 1)
        } else {
            self.written(kind)
        };
        let optional = self.at(Expression::primary(value.path.as_str()), Level::Primary);
        // Beside arithmetic `??` needs brackets.
        let bare = matches!(otherwise.level, Level::Sum | Level::Product);
        let otherwise = self.at(otherwise, if bare { Level::Primary } else { Level::Default });
        Expression::new(format!("{optional} ?? {otherwise}"), Level::Default)
    }

    pub(crate) fn value(&mut self, kind: Kind, depth: usize) -> Expression {
        if self.dice.chance(50) { self.reading(kind, depth) } else { self.written(kind) }
    }

    /// A value that is written out, one that ids and words of the world are likely to meet.
    fn written(&mut self, kind: Kind) -> Expression {
        if !kind.list {
            return Expression::new(self.literal(kind.scalar), Level::Unary);
        }
        let count = self.dice.weighted(&[1, 4, 4]);
        let item = |writer: &mut Self| {
            let item = if writer.dice.chance(15) {
                writer.value(Kind::of(kind.scalar), 0)
            } else {
                Expression::new(writer.literal(kind.scalar), Level::Unary)
            };
            writer.whole(item)
        };
        let items: Vec<String> = (0..count).map(|_| item(self)).collect();
        // Written as a list of its type: `[]` alone would be a list of anything.
        Expression::primary(format!("[{}]", items.join(", ")))
    }

    pub(crate) fn literal(&mut self, scalar: Scalar) -> String {
        let pool = &self.scope.vocabulary.pool;
        if scalar != Scalar::String || self.dice.chance(40) {
            return literal(self.dice, scalar, pool);
        }
        let types = &self.scope.vocabulary.types;
        let word = match self.dice.weighted(&[3, 3, 3, 1, 1]) {
            0 => self.dice.pick(&pool.actors).clone(),
            1 => {
                let local = self.dice.pick(&pool.locals).clone();
                self.dice.pick_any(types).map_or(local.clone(), |sketch| sketch.id(&local))
            }
            2 => self.dice.pick(&pool.roles).clone(),
            3 => self.dice.pick(&pool.actions).clone(),
            _ => (*self.dice.pick(&["human", "agent", "service"])).to_owned(),
        };
        quoted(self.dice, &word)
    }

    pub(crate) fn looks_into_text(&self) -> bool {
        self.scope.vocabulary.pool.has_patterns()
    }

    /// The text of an operand that binds at least as `level`, in brackets if need be or at random.
    pub(crate) fn at(&mut self, expression: Expression, level: Level) -> String {
        let is_needed = expression.level < level;
        self.written_as(expression, is_needed)
    }

    /// A chain in a chain of the same sign would be one chain.
    fn tighter_than(&mut self, expression: Expression, level: Level) -> String {
        let is_needed = expression.level <= level;
        self.written_as(expression, is_needed)
    }

    fn written_as(&mut self, expression: Expression, is_needed: bool) -> String {
        let at_random = !is_needed && self.dice.chance(10);
        let in_brackets = match self.scope.vocabulary.pool.brackets {
            Brackets::Some => is_needed || at_random,
            Brackets::Needed => is_needed,
            Brackets::Every => true,
        };
        if in_brackets { format!("({})", expression.text) } else { expression.text }
    }

    /// The text of what stands where nothing binds.
    pub(crate) fn whole(&self, expression: Expression) -> String {
        match self.scope.vocabulary.pool.brackets {
            Brackets::Every => format!("({})", expression.text),
            Brackets::Some | Brackets::Needed => expression.text,
        }
    }

    /// A comparison of numbers where 64 bits or a double end.
    fn at_the_edge(&mut self) -> Expression {
        let (int, double) = *self.dice.pick(&[
            ("9007199254740993", "9007199254740992.0"),
            ("9223372036854775807", "9223372036854775808.0"),
            ("-9223372036854775808", "-9223372036854775808.0"),
            ("0", "-0.0"),
            ("1", "1.5"),
            ("-1", "-1.5"),
        ]);
        let sign = *self.dice.pick(&["==", "<", "<=", ">", ">="]);
        let number = |text| Expression::new(text, Level::Unary);
        match self.dice.below(3) {
            0 => self.binary(number(int), sign, number(double)),
            1 => self.binary(number(double), sign, number(int)),
            _ => {
                let list = format!("[{}]", self.whole(number(double)));
                self.binary(number(int), "in", Expression::primary(list))
            }
        }
    }
}
