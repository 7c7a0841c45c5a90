//! Types, and templates of expressions with places for parts of a type.
//!
//! A template is text in which `$int` or `$list(T)` stands for a part of that type. A single capital
//! is a type of any kind, the same one all over a production.

use std::collections::BTreeMap;

/// A type, or a group of texts that is named like one, such as `zone`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub of: Vec<Type>,
}

/// Text, or a place.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Text(String),
    Place(Type),
}

/// What types the capitals of a production stand for.
pub(super) type Capitals = BTreeMap<String, Type>;

impl Type {
    /// The type that is written so: `list(map(string,int))`.
    pub fn parse(text: &str) -> Type {
        Type::taken(text).0
    }

    /// The type at the beginning of a text, and what follows.
    fn taken(text: &str) -> (Type, &str) {
        let end = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
        let (name, mut rest) = text.split_at(end);
        let mut of = Vec::new();
        if takes_types(name) && rest.starts_with('(') {
            while !rest.starts_with(')') {
                let (part, behind) = Type::taken(&rest[1..]);
                of.push(part);
                rest = behind;
            }
            rest = &rest[1..];
        }
        (Type { name: name.to_owned(), of }, rest)
    }

    fn is_capital(&self) -> bool {
        self.name.len() == 1 && self.name.starts_with(|letter: char| letter.is_ascii_uppercase())
    }

    /// Whether `self`, the head of a production, can be `wanted`; fills in the capitals.
    pub(super) fn fits(&self, wanted: &Type, capitals: &mut Capitals) -> bool {
        if self.is_capital() {
            let known = capitals.entry(self.name.clone()).or_insert_with(|| wanted.clone());
            return known == wanted;
        }
        self.name == wanted.name
            && self.of.len() == wanted.of.len()
            && self.of.iter().zip(&wanted.of).all(|(own, other)| own.fits(other, capitals))
    }

    /// The type with its capitals replaced; `invent` says what an unknown one is.
    pub(super) fn filled(
        &self,
        capitals: &mut Capitals,
        invent: &mut impl FnMut(&str) -> Type,
    ) -> Type {
        if self.is_capital() {
            return capitals.entry(self.name.clone()).or_insert_with(|| invent(&self.name)).clone();
        }
        let of = self.of.iter().map(|part| part.filled(capitals, invent)).collect();
        Type { name: self.name.clone(), of }
    }
}

fn takes_types(name: &str) -> bool {
    matches!(name, "list" | "map" | "single" | "optional" | "new" | "outer" | "large")
}

/// The parts of a template.
pub(super) fn parts(mut template: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    while let Some(place) = template.find('$') {
        if place > 0 {
            parts.push(Part::Text(template[..place].to_owned()));
        }
        let (kind, rest) = Type::taken(&template[place + 1..]);
        parts.push(Part::Place(kind));
        template = rest;
    }
    if !template.is_empty() {
        parts.push(Part::Text(template.to_owned()));
    }
    parts
}
