//! Conditions of the wider language: arithmetic, macros, functions, optionals.

use crate::condition::{Expression, Level, Writer};
use crate::{Kind, Scalar};

const INT: Kind = Kind::of(Scalar::Int);
const TIMESTAMP: Kind = Kind::of(Scalar::Timestamp);
const DURATION: Kind = Kind::of(Scalar::Duration);

/// How many names of macros stand in each other.
const NAMES_MAX: usize = 2;

const SIGNS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl Writer<'_, '_, '_, '_> {
    /// A condition with a form that not all of them have.
    pub(crate) fn of_language(&mut self, depth: usize) -> Expression {
        match self.dice.weighted(&[5, 6, 3, 4, 4, 3, 3, 2]) {
            0 => self.arithmetic(depth),
            1 => self.question(depth),
            2 => self.collected(depth),
            3 => self.conditional(depth),
            4 => self.optional(depth),
            5 => self.text_function(depth),
            6 => self.time_function(depth),
            _ => self.address_or_set(depth),
        }
    }

    /// A declared value of the type, so that nothing about it is known beforehand: what always
    /// fails is refused.
    fn declared(&mut self, kind: Kind) -> Option<Expression> {
        let is_there = self.scope.values.iter().any(|value| value.declared && value.kind == kind);
        if !is_there {
            return None;
        }
        let read = self.reading(kind, 0);
        let text = &read.text;
        let reads = self.scope.values.iter().any(|v| v.declared && text.contains(&v.path));
        reads.then_some(read)
    }

    /// `a + b < c`
    fn arithmetic(&mut self, depth: usize) -> Expression {
        let scalar = *self.dice.pick(&[Scalar::Int, Scalar::Int, Scalar::Uint, Scalar::Double]);
        let kind = Kind::of(scalar);
        let Some(left) = self.declared(kind) else { return self.size(depth) };
        let signs: &[&str] = if scalar == Scalar::Double {
            &["+", "-", "*", "/"]
        } else {
            &["+", "-", "*", "/", "%"]
        };
        let sign = *self.dice.pick(signs);
        let level = if matches!(sign, "+" | "-") { Level::Sum } else { Level::Product };
        let right = self.value(kind, 0);
        let (left, right) = (self.at(left, level), self.at(right, Level::Unary));
        let made = Expression::new(format!("{left} {sign} {right}"), level);
        let other = self.value(kind, 0);
        let sign = *self.dice.pick(&SIGNS);
        self.binary(made, sign, other)
    }

    /// `size(list) > 1`
    fn size(&mut self, depth: usize) -> Expression {
        let kind = self.list_kind();
        let list = self.reading(kind, depth.min(1));
        let size = if self.dice.chance(50) {
            format!("size({})", self.whole(list))
        } else {
            format!("{}.size()", self.at(list, Level::Primary))
        };
        let other = self.value(INT, 0);
        let sign = *self.dice.pick(&SIGNS);
        self.binary(Expression::primary(size), sign, other)
    }

    fn list_kind(&mut self) -> Kind {
        let lists: Vec<Kind> =
            self.scope.values.iter().map(|value| value.kind).filter(|kind| kind.list).collect();
        *self.dice.pick(&lists)
    }

    /// The type of a list to go through. Inside of another loop not one that may be as long as
    /// the actor's roles: what may cost too much is refused.
    fn kind_of_loop(&mut self) -> Option<Kind> {
        let kind = self.list_kind();
        (self.names == 0 || kind.scalar != Scalar::String).then_some(kind)
    }

    /// `list.exists(x, x == y)`
    fn question(&mut self, depth: usize) -> Expression {
        if self.names == NAMES_MAX {
            return self.size(depth);
        }
        let Some(kind) = self.kind_of_loop() else { return self.size(depth) };
        let list = self.reading(kind, 0);
        let list = self.at(list, Level::Primary);
        let two = self.dice.chance(25);
        let (first, second) = (format!("x{}", self.names), format!("y{}", self.names));
        let item = if two { &second } else { &first };
        self.names += 1;
        let mut body = self.about_item(item, kind.scalar, depth);
        if two && self.dice.chance(50) {
            let position = Expression::primary(first.as_str());
            let other = self.value(INT, 0);
            let about = self.binary(position, "<", other);
            let (left, right) =
                (self.at(body, Level::Comparison), self.at(about, Level::Comparison));
            body = Expression::new(format!("{left} && {right}"), Level::All);
        }
        self.names -= 1;
        let names = if two { format!("{first}, {second}") } else { first };
        let name = *self.dice.pick(&["all", "exists", "exists_one"]);
        let body = self.whole(body);
        Expression::primary(format!("{list}.{name}({names}, {body})"))
    }

    /// What is asked of an item.
    fn about_item(&mut self, item: &str, scalar: Scalar, depth: usize) -> Expression {
        let ordered = !matches!(scalar, Scalar::Ip | Scalar::Cidr)
            && (scalar != Scalar::String || self.looks_into_text());
        let sign = *self.dice.pick(if ordered { &SIGNS } else { &SIGNS[..2] });
        if depth > 0 && self.dice.chance(25) {
            return self.boolean(0);
        }
        let other = self.value(Kind::of(scalar), 0);
        self.binary(Expression::primary(item), sign, other)
    }

    /// `list.filter(x, x > 1) == […]`, `list.map(x, x).size() == 2`
    fn collected(&mut self, depth: usize) -> Expression {
        if self.names == NAMES_MAX {
            return self.size(depth);
        }
        let Some(kind) = self.kind_of_loop() else { return self.size(depth) };
        let list = self.reading(kind, 0);
        let list = self.at(list, Level::Primary);
        let name = format!("x{}", self.names);
        self.names += 1;
        let asked = self.about_item(&name, kind.scalar, 0);
        let asked = self.whole(asked);
        self.names -= 1;
        let made = match self.dice.weighted(&[4, 2, 2]) {
            0 => format!("{list}.filter({name}, {asked})"),
            1 => format!("{list}.map({name}, {asked}, {name})"),
            _ => format!("{list}.transformList(i, {name}, {asked}, {name})"),
        };
        if self.dice.chance(40) {
            let size = Expression::primary(format!("{made}.size()"));
            let other = self.value(INT, 0);
            let sign = *self.dice.pick(&SIGNS);
            return self.binary(size, sign, other);
        }
        let other = self.value(kind, 0);
        self.binary(Expression::primary(made), "==", other)
    }

    /// `c ? a : b`
    fn conditional(&mut self, depth: usize) -> Expression {
        let mut condition = self.boolean(depth.saturating_sub(1));
        if condition.text.contains("has(") {
            // It would vouch for what the branches give a default to, which is an error.
            condition = self.binary(condition, "==", Expression::primary("true"));
        }
        let yes = self.boolean(0);
        let no = self.boolean(0);
        let (condition, yes) = (self.at(condition, Level::Any), self.at(yes, Level::Any));
        let no = self.at(no, Level::Any);
        Expression::new(format!("{condition} ? {yes} : {no}"), Level::Conditional)
    }

    /// `context.?n.orValue(1) == 2`
    fn optional(&mut self, depth: usize) -> Expression {
        let values = self.scope.values.iter().filter(|value| value.optional);
        let optional: Vec<(String, Kind)> =
            values.map(|value| (value.path.clone(), value.kind)).collect();
        let Some((path, kind)) = self.dice.pick_any(&optional).cloned() else {
            return self.arithmetic(depth);
        };
        let path = path.replacen('.', ".?", 1);
        match self.dice.weighted(&[3, 5, 2, 2]) {
            0 => Expression::primary(format!("{path}.hasValue()")),
            1 => {
                let otherwise = self.value(kind, 0);
                let otherwise = self.whole(otherwise);
                let made = Expression::primary(format!("{path}.orValue({otherwise})"));
                let other = self.value(kind, 0);
                self.binary(made, "==", other)
            }
            2 => {
                let other = self.value(kind, 0);
                let other = self.whole(other);
                self.binary(
                    Expression::primary(path.as_str()),
                    "==",
                    Expression::primary(format!("optional.of({other})")),
                )
            }
            _ => {
                let asked = self.value(kind, 0);
                let asked = self.binary(Expression::primary("v"), "==", asked);
                let asked = self.whole(asked);
                Expression::primary(format!("{path}.optMap(v, {asked}).orValue(false)"))
            }
        }
    }

    fn text_function(&mut self, depth: usize) -> Expression {
        if !self.looks_into_text() {
            return self.size(depth);
        }
        let text = self.reading(Kind::STRING, 0);
        let text = self.at(text, Level::Primary);
        let part = self.value(Kind::STRING, 0);
        let part = self.whole(part);
        match self.dice.below(6) {
            0 => {
                let pattern = *self.dice.pick(&["a", "^a+$", "[a-c]:", "user:.*", "\\\\d", ""]);
                Expression::primary(format!("{text}.matches('{pattern}')"))
            }
            1 => {
                let other = self.value(INT, 0);
                let index = Expression::primary(format!("{text}.indexOf({part})"));
                self.binary(index, "<", other)
            }
            2 => {
                let joined = Expression::new(format!("{text} + ({part})"), Level::Sum);
                let other = self.value(Kind::STRING, 0);
                self.binary(joined, "==", other)
            }
            3 => {
                let split = Expression::primary(format!("{text}.split(':')"));
                self.binary(Expression::primary(format!("({part})")), "in", split)
            }
            4 => {
                let name = *self.dice.pick(&["lowerAscii", "upperAscii", "trim", "reverse"]);
                let other = self.value(Kind::STRING, 0);
                self.binary(Expression::primary(format!("{text}.{name}()")), "==", other)
            }
            _ => {
                // Positions that not every text has.
                let position = self.value(INT, 0);
                let position = self.whole(position);
                match self.declared(Kind::STRING) {
                    Some(declared) => {
                        let declared = self.at(declared, Level::Primary);
                        let other = self.value(Kind::STRING, 0);
                        let cut = Expression::primary(format!("{declared}.substring({position})"));
                        self.binary(cut, "==", other)
                    }
                    None => self.size(depth),
                }
            }
        }
    }

    fn time_function(&mut self, depth: usize) -> Expression {
        let Some(time) = self.declared(TIMESTAMP) else { return self.arithmetic(depth) };
        match self.dice.below(3) {
            0 => {
                let name = *self.dice.pick(&["getHours", "getDayOfWeek", "getFullYear", "getDate"]);
                let zone = *self.dice.pick(&["", "'Europe/Kyiv'", "'-02:30'"]);
                let time = self.at(time, Level::Primary);
                let other = self.value(INT, 0);
                let sign = *self.dice.pick(&SIGNS);
                self.binary(Expression::primary(format!("{time}.{name}({zone})")), sign, other)
            }
            1 => {
                let length = self.value(DURATION, 0);
                let sign = *self.dice.pick(&["+", "-"]);
                let (time, length) = (self.at(time, Level::Sum), self.at(length, Level::Primary));
                let sum = Expression::new(format!("{time} {sign} {length}"), Level::Sum);
                let other = self.value(TIMESTAMP, 0);
                self.binary(sum, "<", other)
            }
            _ => {
                let other = self.value(TIMESTAMP, 0);
                let (time, other) = (self.at(time, Level::Sum), self.at(other, Level::Primary));
                let between = Expression::new(format!("{time} - {other}"), Level::Sum);
                let length = self.value(DURATION, 0);
                self.binary(between, ">=", length)
            }
        }
    }

    fn address_or_set(&mut self, depth: usize) -> Expression {
        if self.dice.chance(50) {
            let range = self.value(Kind::of(Scalar::Cidr), 0);
            let range = self.at(range, Level::Primary);
            let address = self.value(Kind::of(Scalar::Ip), 0);
            let address = self.whole(address);
            return Expression::primary(format!("{range}.containsIP({address})"));
        }
        let kind = self.list_kind();
        let (left, right) = (self.reading(kind, depth.min(1)), self.value(kind, 0));
        let name = *self.dice.pick(&["contains", "intersects", "equivalent"]);
        let (left, right) = (self.whole(left), self.whole(right));
        Expression::primary(format!("sets.{name}({left}, {right})"))
    }
}
