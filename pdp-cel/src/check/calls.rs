//! Calls of functions and methods.

use super::signatures::signatures;
use super::{Bulk, Checker, Known, Mistake, MistakeKind, Vocabulary};
use crate::functions::sets::SORTING;
use crate::functions::{Function, Style, find, functions};
use crate::syntax::{Expression, ExpressionKind, Literal, Span};
use crate::{HostFunction, Type};

/// Methods that are operators of their own.
const TEXT_TESTS: [&str; 3] = ["startsWith", "endsWith", "contains"];

/// Macros, for hints.
const MACROS: [&str; 12] = [
    "has",
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "optMap",
    "optFlatMap",
    "cel.bind",
];

/// Digits of a number beyond which `%f` writes none.
const FORMATTED_BYTES: u64 = 420;

impl<V: Vocabulary> Checker<'_, V> {
    pub(super) fn call(
        &mut self,
        target: Option<&Expression>,
        function: &str,
        arguments: &[Expression],
        span: Span,
    ) -> Option<Known> {
        let name = self.whole_name(target, function);
        if let Some(name) = &name {
            if let Some(found) = self.vocabulary.call(name, arguments, span) {
                return found.map_err(|mistake| self.mistakes.push(mistake)).ok();
            }
            if let Some(index) = self.functions.iter().position(|known| {
                known.name() == name && known.parameters().len() == arguments.len()
            }) {
                return self.host_call(index, arguments, span);
            }
            if let Some(found) = find(name, Style::Function, arguments.len()) {
                let parts: Vec<&Expression> = arguments.iter().collect();
                return self.known_function(found, name, &parts, span);
            }
        }
        let parts: Vec<&Expression> = target.into_iter().chain(arguments).collect();
        if target.is_some() && TEXT_TESTS.contains(&function) && parts.len() == 2 {
            return self.text_test(function, &parts, span);
        }
        let method = find(function, Style::Method, parts.len()).filter(|_| target.is_some());
        match method {
            Some(method) => self.known_function(method, function, &parts, span),
            None => {
                self.unknown_function(name.as_deref().unwrap_or(function), function, target, span);
                None
            }
        }
    }

    /// The name with the dots before it, if nothing stands there but names, and the first of them
    /// is none of a macro's.
    fn whole_name(&self, target: Option<&Expression>, function: &str) -> Option<String> {
        let Some(target) = target else { return Some(function.to_owned()) };
        let (path, _) = target.path()?;
        let is_local = self.locals.iter().any(|(name, _)| name == path[0]);
        (!is_local).then(|| format!("{}.{function}", path.join(".")))
    }

    fn unknown_function(
        &mut self,
        whole: &str,
        function: &str,
        target: Option<&Expression>,
        span: Span,
    ) {
        let style = if target.is_some() { Style::Method } else { Style::Function };
        let is_known = |name: &str| {
            let known = functions().iter().any(|(known, ..)| *known == name);
            known || MACROS.contains(&name) || TEXT_TESTS.contains(&name)
        };
        if is_known(function) || is_known(whole) {
            let same_style = functions()
                .iter()
                .any(|(known, known_style, ..)| *known == function && *known_style == style);
            let message = match (same_style, style) {
                (true, _) => format!("`{function}` does not take so many arguments"),
                (false, Style::Function) => {
                    format!("`{function}` stands behind a value: `x.{function}(…)`")
                }
                (false, Style::Method) => format!("`{function}` does not take these arguments"),
            };
            self.wrong(message, span);
            return;
        }
        let known = functions().iter().map(|(name, ..)| *name);
        let hosts: Vec<&str> = self.functions.iter().map(HostFunction::name).collect();
        let mut names = known.chain(MACROS).chain(TEXT_TESTS).chain(hosts);
        let hint = self.vocabulary.suggestion(function, &mut names);
        let message = format!("unknown function `{function}`");
        self.mistakes.push(Mistake { kind: MistakeKind::UnknownName, message, hint, span });
    }

    fn arguments(&mut self, parts: &[&Expression]) -> Option<Vec<Known>> {
        let known: Vec<Option<Known>> = parts.iter().map(|part| self.present(part)).collect();
        known.into_iter().collect()
    }

    /// `text.startsWith(part)` and the like
    fn text_test(&mut self, name: &str, parts: &[&Expression], span: Span) -> Option<Known> {
        let known = self.arguments(parts)?;
        for argument in &known {
            match argument.value_type {
                Type::String => {}
                Type::Any => self.open.push(span),
                _ => return self.misfit(name, &known, span),
            }
        }
        let (text, part) = (known[0].bulk, known[1].bulk);
        let cost = match name {
            "contains" => text.searched_for(part),
            _ => part.bytes / 64,
        };
        Some(Known::new(Type::Bool).over(&known).costing(cost + 1))
    }

    fn known_function(
        &mut self,
        function: Function,
        name: &str,
        parts: &[&Expression],
        span: Span,
    ) -> Option<Known> {
        let known = self.arguments(parts)?;
        if function == Function::Matches {
            self.constant_pattern(parts[1])?;
        }
        if function == Function::Format && holds_optional(&known[1].value_type) {
            return self.misfit(name, &known, span);
        }
        let made = match function {
            Function::Greatest | Function::Least => extreme(&known),
            function => made(function, &known),
        };
        let Some(value_type) = made else { return self.misfit(name, &known, span) };
        if known.iter().any(|argument| is_open(function, &argument.value_type)) {
            self.open.push(span);
        }
        let (bulk, cost) = work(function, &known);
        Some(Known::new(value_type).with(bulk).over(&known).costing(cost))
    }

    /// Where policies are concerned, patterns are compiled when they are loaded.
    fn constant_pattern(&mut self, pattern: &Expression) -> Option<()> {
        if matches!(&pattern.kind, ExpressionKind::Literal(Literal::String(_))) {
            return Some(());
        }
        self.wrong("the pattern of `matches` is written out, in quotes", pattern.span);
        None
    }

    fn misfit(&mut self, name: &str, known: &[Known], span: Span) -> Option<Known> {
        let types: Vec<String> =
            known.iter().map(|argument| format!("`{}`", argument.value_type)).collect();
        self.wrong(format!("`{name}` does not take {}", types.join(", ")), span);
        None
    }

    fn host_call(&mut self, index: usize, arguments: &[Expression], span: Span) -> Option<Known> {
        let parts: Vec<&Expression> = arguments.iter().collect();
        let known = self.arguments(&parts)?;
        let function = &self.functions[index];
        let (parameters, result) = (function.parameters().to_vec(), function.result().clone());
        let name = function.name().to_owned();
        for (parameter, argument) in parameters.iter().zip(&known) {
            match &argument.value_type {
                Type::Any => self.open.push(span),
                found if found.joined(parameter).as_ref() == Some(parameter) => {}
                _ => return self.misfit(&name, &known, span),
            }
        }
        let all = known.iter().fold(Bulk::NONE, |bulk, argument| bulk.and(argument.bulk));
        let made = Known::new(result).with(Bulk::STATED).over(&known);
        Some(made.costing(64 + all.made().saturating_add(Bulk::STATED.made())))
    }
}

/// The type that a function makes; open where signatures that fit make different ones.
fn made(function: Function, known: &[Known]) -> Option<Type> {
    let mut made: Option<Type> = None;
    for (sorts, result) in signatures(function) {
        let mut item = None;
        let fits = sorts.len() == known.len()
            && sorts
                .iter()
                .zip(known)
                .all(|(sort, argument)| sort.fits(&argument.value_type, &mut item));
        if !fits {
            continue;
        }
        let found = result.made(item.as_ref());
        made = Some(match made {
            Some(before) if before != found => Type::Any,
            _ => found,
        });
    }
    made
}

/// Whether a function may fail because the type of an argument is open.
fn is_open(function: Function, argument: &Type) -> bool {
    use Function as F;
    match function {
        F::Type | F::Dyn | F::OptionalOf => false,
        // These look at what is in a list.
        F::Join | F::Greatest | F::Least | F::Unwrap | F::Format => argument.is_open(),
        _ => *argument == Type::Any,
    }
}

/// Whether values of the type hold optionals, which are not written out.
fn holds_optional(value_type: &Type) -> bool {
    match value_type {
        Type::Optional(_) => true,
        Type::List(element) => holds_optional(element),
        Type::Map(_, value) => holds_optional(value),
        _ => false,
    }
}

/// Whether the items of a list have an order among them.
fn has_order(list: &Type) -> bool {
    match list {
        Type::List(item) => {
            matches!(**item, Type::Bool | Type::Int | Type::Uint | Type::String | Type::Nothing)
        }
        _ => false,
    }
}

/// The type of the greatest or least of numbers: theirs, open where they differ.
fn extreme(known: &[Known]) -> Option<Type> {
    let types: Vec<&Type> = match known {
        [Known { value_type: Type::List(item), .. }] => vec![item],
        known => known.iter().map(|argument| &argument.value_type).collect(),
    };
    let fits = types.iter().all(|found| found.is_number() || **found == Type::Any);
    let same = types.windows(2).all(|pair| pair[0] == pair[1]);
    fits.then(|| if same { types[0].clone() } else { Type::Any })
}

/// How large the value of a function may be, and the steps beside its own.
fn work(function: Function, known: &[Known]) -> (Bulk, u64) {
    use Function as F;
    let all = known.iter().fold(Bulk::NONE, |bulk, argument| bulk.and(argument.bulk));
    let first = known.first().map_or(Bulk::NONE, |argument| argument.bulk);
    let second = known.get(1).map_or(Bulk::NONE, |argument| argument.bulk);
    match function {
        F::Size => (Bulk::NONE, first.bytes / 16),
        F::Dyn | F::Value | F::Or | F::OrValue | F::OptionalOf | F::OptionalOfNonZero => (all, 8),
        F::OptionalNone | F::HasValue => (Bulk::NONE, 8),
        F::Matches => (Bulk::NONE, first.bytes / 4),
        F::First | F::Last => (first, 8),
        F::Unwrap => (first, first.made().saturating_add(8)),
        F::IndexOf | F::LastIndexOf => {
            (Bulk::NONE, all.scan().saturating_add(first.searched_for(second)))
        }
        F::Reverse => {
            (Bulk { items: 0, ..first }, first.scan().saturating_add(first.times(4).made()))
        }
        F::Bytes | F::LowerAscii | F::UpperAscii | F::Trim | F::CharAt | F::Substring => {
            (Bulk { items: 0, ..first }, first.scan() + first.made())
        }
        F::String => {
            let written = Bulk { items: 0, bytes: first.bytes }.or(Bulk::WRITTEN);
            (written, first.scan() + written.made())
        }
        F::Quote | F::Base64Encode | F::Base64Decode => {
            let made = Bulk { items: 0, bytes: first.bytes * 4 + 8 };
            (made, first.scan() + made.made())
        }
        F::Join => {
            let between = first.items.saturating_mul(second.bytes);
            let made = Bulk { items: 0, bytes: first.bytes.saturating_add(between) };
            let appends = first.items.saturating_mul(8);
            (made, all.scan().saturating_add(made.made()).saturating_add(appends))
        }
        F::Replace => {
            let new = known.get(2).map_or(0, |argument| argument.bulk.bytes);
            let places = first.bytes.saturating_add(1);
            let made =
                Bulk { items: 0, bytes: first.bytes.saturating_add(places.saturating_mul(new)) };
            let appends = places.saturating_mul(9).saturating_add(first.searched_for(second));
            (made, all.scan().saturating_add(made.made()).saturating_add(appends))
        }
        F::Split => {
            let made = Bulk { items: first.bytes.saturating_add(1), bytes: first.bytes };
            let searches = made.items.saturating_mul(second.bytes / 4 + 1);
            let searched = first.searched_for(second).saturating_add(searches);
            (made, all.scan().saturating_add(made.made()).saturating_add(searched))
        }
        F::Format => {
            let numbers = second.items.saturating_add(1).saturating_mul(FORMATTED_BYTES);
            let made = Bulk { items: 0, bytes: (all.bytes * 2).saturating_add(numbers) };
            let appends = first.bytes.saturating_add(second.items).saturating_mul(20);
            // Octets are written out before they are appended.
            let written = made.times(2).made();
            (made, all.scan().saturating_add(written).saturating_add(appends))
        }
        F::Greatest | F::Least => (Bulk::NONE, all.scan() + known.len() as u64),
        F::SetsContains | F::SetsIntersects | F::SetsEquivalent => {
            // Items are sorted and looked up, unless some have no order, which may show only then:
            // each item of one is held against each of the other.
            let sorted =
                all.items.saturating_mul(2 * SORTING as u64 + 2).saturating_add(all.bytes / 8);
            let have_order = known.iter().all(|argument| has_order(&argument.value_type));
            let held = if have_order {
                0
            } else {
                let pairs = first.items.saturating_mul(second.items);
                let bytes = first.bytes.saturating_mul(second.items) / 64;
                pairs.saturating_mul(2).saturating_add(bytes).saturating_mul(2)
            };
            (Bulk::NONE, sorted.saturating_add(held).saturating_add(64))
        }
        _ => (Bulk::NONE, all.scan()),
    }
}
