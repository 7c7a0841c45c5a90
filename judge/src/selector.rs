//! Selectors of actors and resources.

use crate::{Dice, Pool, Scope, Tree, Vocabulary};

const ACTOR_TYPES: [&str; 3] = ["human", "agent", "service"];

/// A selector of actors.
pub fn actors(dice: &mut Dice<'_>, scope: &Scope<'_>, depth: usize) -> Tree {
    let mut keys = vec!["id", "role", "type", "tenant"];
    let asked = ["relation", "relation", "relation"].iter().filter(|_| !scope.relations.is_empty());
    keys.extend(asked);
    keys.extend((!scope.derived_roles.is_empty()).then_some("derived_role"));
    if depth > 0 {
        keys.extend(["not", "not", "all", "any"]);
    }
    let count = dice.weighted(&[0, 7, 2]);
    let mut selector = Tree::Map(Vec::new());
    for key in dice.some(&keys, count) {
        if selector.value(key).is_none() {
            selector.push(key, actor_key(dice, scope, depth, key));
        }
    }
    selector
}

fn actor_key(dice: &mut Dice<'_>, scope: &Scope<'_>, depth: usize, key: &str) -> Tree {
    let vocabulary = scope.vocabulary;
    match key {
        "id" => one_or_list(dice, |dice| id_pattern(dice, &vocabulary.pool.actors, vocabulary)),
        "role" => one_or_list(dice, |dice| Tree::text(role(dice, vocabulary))),
        "type" => one_or_list(dice, |dice| Tree::text(*dice.pick(&ACTOR_TYPES))),
        "tenant" => one_or_list(dice, |dice| Tree::text(tenant(dice, vocabulary))),
        "relation" => one_or_list(dice, |dice| Tree::text(dice.pick(&scope.relations).as_str())),
        "derived_role" => {
            one_or_list(dice, |dice| Tree::text(dice.pick(&scope.derived_roles).as_str()))
        }
        "not" => actors(dice, scope, depth - 1),
        _ => {
            let count = dice.between(1, 2);
            Tree::List((0..count).map(|_| actors(dice, scope, depth - 1)).collect())
        }
    }
}

/// A role as policies name it, perhaps by an alias.
pub(crate) fn role(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> String {
    match dice.pick_any(&vocabulary.aliases) {
        Some((alias, _)) if dice.chance(30) => alias.clone(),
        _ => dice.pick(&vocabulary.pool.roles).clone(),
    }
}

/// A tenant: mostly the id of a resource.
pub(crate) fn tenant(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> String {
    let local = dice.pick(&vocabulary.pool.locals).clone();
    match dice.pick_any(&vocabulary.types) {
        Some(sketch) if !dice.chance(15) => sketch.id(&local),
        _ => local,
    }
}

/// A type, a list of types, or a selector of resources; and which types it admits.
///
/// With `types` given, all of them are admitted or all but those that the selector shuts out.
pub fn resource(dice: &mut Dice<'_>, vocabulary: &Vocabulary, types: &[usize]) -> Tree {
    let name = |index: &usize| vocabulary.types[*index].name.as_str();
    match dice.weighted(&[4, 2, 4]) {
        0 => Tree::text(dice.pick_any(types).map_or("", name)),
        1 => {
            let count = dice.between(1, types.len().max(1));
            Tree::texts(dice.some(types, count).iter().map(name))
        }
        _ => {
            let mut selector = resource_selector(dice, vocabulary, types, 1);
            // A line of `otherwise` is about one type without naming it.
            let about = if let [only] = types { vec![vec![*only]] } else { Vec::new() };
            fit_ids(&mut selector, vocabulary, &about);
            selector
        }
    }
}

/// Puts patterns in place of the ids that no resource of the types beside them can have, which
/// would be an error. `about` holds sets of types, all of which an id must fit.
fn fit_ids(selector: &mut Tree, vocabulary: &Vocabulary, about: &[Vec<usize>]) {
    let mut about = about.to_vec();
    if let Some(of_type) = selector.value("type") {
        about = vec![named(of_type, vocabulary)];
    }
    let alternatives = selector.value("any").map_or(&[][..], Tree::items);
    if alternatives.iter().all(|item| of_types(item).is_some()) && !alternatives.is_empty() {
        let types = alternatives.iter().filter_map(of_types);
        about.push(types.flat_map(|of_type| named(of_type, vocabulary)).collect());
    }
    let parts = selector.value("all").map_or(&[][..], Tree::items).iter().filter_map(of_types);
    let of_parts: Vec<Vec<usize>> = parts.map(|of_type| named(of_type, vocabulary)).collect();
    let Tree::Map(entries) = selector else { return };
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("id", Tree::List(ids)) => ids.iter_mut().for_each(|id| fit_id(id, vocabulary, &about)),
            ("id", id) => fit_id(id, vocabulary, &about),
            ("all", Tree::List(items)) => {
                let about = [&about[..], &of_parts].concat();
                items.iter_mut().for_each(|item| fit_ids(item, vocabulary, &about));
            }
            ("any", Tree::List(items)) => {
                items.iter_mut().for_each(|item| fit_ids(item, vocabulary, &about));
            }
            ("not", part) => fit_ids(part, vocabulary, &about),
            _ => {}
        }
    }
}

/// The types of a selector that asks for nothing else.
fn of_types(selector: &Tree) -> Option<&Tree> {
    selector.value("type").filter(|_| selector.entries().len() == 1)
}

fn named(of_type: &Tree, vocabulary: &Vocabulary) -> Vec<usize> {
    let is_named = |name: &str| {
        of_type.as_text() == Some(name) || of_type.items().iter().any(|item| item == &name.into())
    };
    let types = vocabulary.types.iter().enumerate();
    types.filter(|(_, sketch)| is_named(&sketch.name)).map(|(index, _)| index).collect()
}

fn fit_id(id: &mut Tree, vocabulary: &Vocabulary, about: &[Vec<usize>]) {
    let (begin, text) = match (id.as_text(), id.value("exact").and_then(Tree::as_text)) {
        (Some(glob), _) => (glob.split('*').next().unwrap_or_default(), glob),
        (None, Some(exact)) => (exact, exact),
        // What a regular expression fits is not looked into.
        (None, None) => return,
    };
    let is_pattern = begin.len() < text.len();
    let fits = |index: &usize| {
        let sketch = &vocabulary.types[*index];
        let carried = sketch.id("");
        !sketch.prefixed || begin.starts_with(&carried) || is_pattern && carried.starts_with(begin)
    };
    if !about.iter().all(|types| types.iter().any(fits)) {
        *id = Tree::text(format!("*{}", text.replace('*', "")));
    }
}

fn resource_selector(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    types: &[usize],
    depth: usize,
) -> Tree {
    let mut keys = vec!["type", "id", "known", "type", "id"];
    if depth > 0 {
        keys.extend(["not", "all", "any"]);
    }
    let count = dice.weighted(&[0, 6, 3]);
    let mut selector = Tree::Map(Vec::new());
    for key in dice.some(&keys, count) {
        if selector.value(key).is_none() {
            selector.push(key, resource_key(dice, vocabulary, types, depth, key));
        }
    }
    selector
}

fn resource_key(
    dice: &mut Dice<'_>,
    vocabulary: &Vocabulary,
    types: &[usize],
    depth: usize,
    key: &str,
) -> Tree {
    let inner = |dice: &mut Dice<'_>| resource_selector(dice, vocabulary, types, depth - 1);
    match key {
        "type" => one_or_list(dice, |dice| {
            let name = dice.pick_any(types).map(|index| vocabulary.types[*index].name.as_str());
            Tree::text(name.unwrap_or_default())
        }),
        "id" => {
            let ids = resource_ids(vocabulary, types);
            one_or_list(dice, |dice| id_pattern(dice, &ids, vocabulary))
        }
        "known" => Tree::Bool(dice.chance(50)),
        "not" => inner(dice),
        _ => {
            let count = dice.between(1, 2);
            Tree::List((0..count).map(|_| inner(dice)).collect())
        }
    }
}

/// The ids of the resources that facts and requests name.
pub(crate) fn resource_ids(vocabulary: &Vocabulary, types: &[usize]) -> Vec<String> {
    let locals = &vocabulary.pool.locals;
    let of_type =
        |index: &usize| locals.iter().map(|local| vocabulary.types[*index].id(local)).collect();
    let ids: Vec<Vec<String>> = types.iter().map(of_type).collect();
    ids.into_iter().flatten().collect()
}

/// Which types a selector of resources admits: those for which it may hold.
pub fn admitted(selector: Option<&Tree>, vocabulary: &Vocabulary) -> Vec<usize> {
    let types = 0..vocabulary.types.len();
    let admits = |index: &usize| {
        selector.is_none_or(|selector| possible(selector, Some(&vocabulary.types[*index].name)).0)
    };
    types.filter(admits).collect()
}

/// Whether a selector of resources may hold for a type that is not declared.
pub fn admits_undeclared(selector: Option<&Tree>) -> bool {
    selector.is_none_or(|selector| possible(selector, None).0)
}

/// Whether a selector may hold, and whether it may not hold, for a resource of the type.
fn possible(selector: &Tree, name: Option<&str>) -> (bool, bool) {
    match selector {
        Tree::Text(text) => (Some(text.as_str()) == name, Some(text.as_str()) != name),
        Tree::List(items) => any(items, name),
        _ => all(selector.entries().iter().map(|(key, value)| match (key.as_str(), value) {
            ("type" | "any", Tree::List(items)) => any(items, name),
            ("type", value) => possible(value, name),
            ("all", Tree::List(items)) => all(items.iter().map(|item| possible(item, name))),
            ("not", value) => {
                let (may, may_not) = possible(value, name);
                (may_not, may)
            }
            _ => (true, true),
        })),
    }
}

fn any(items: &[Tree], name: Option<&str>) -> (bool, bool) {
    let parts: Vec<(bool, bool)> = items.iter().map(|item| possible(item, name)).collect();
    (parts.iter().any(|part| part.0), parts.iter().all(|part| part.1))
}

fn all(parts: impl Iterator<Item = (bool, bool)>) -> (bool, bool) {
    parts.fold((true, false), |whole, part| (whole.0 && part.0, whole.1 || part.1))
}

/// One value, or a list of one to three.
fn one_or_list(dice: &mut Dice<'_>, mut one: impl FnMut(&mut Dice<'_>) -> Tree) -> Tree {
    match dice.weighted(&[14, 1, 4, 1]) {
        0 => one(dice),
        count => Tree::List((0..count).map(|_| one(dice)).collect()),
    }
}

/// An id as a selector names it: exact, or a pattern that fits some of `ids`.
fn id_pattern(dice: &mut Dice<'_>, ids: &[String], vocabulary: &Vocabulary) -> Tree {
    let id = dice.pick_any(ids).cloned().unwrap_or_else(|| "a".to_owned());
    let exact = |id: &str| Tree::map([("exact", Tree::text(id))]);
    let shape = if vocabulary.pool.has_patterns() { dice.weighted(&[4, 1, 3, 2]) } else { 0 };
    match shape {
        0 if id.contains('*') => exact(&id),
        0 => Tree::text(id),
        1 => exact(&id),
        2 => Tree::text(glob(dice, &id, &vocabulary.pool)),
        _ => Tree::map([("regex", Tree::text(regex(dice, &id, ids)))]),
    }
}

/// `text` with some of its letters replaced by `*`.
pub(crate) fn glob(dice: &mut Dice<'_>, text: &str, pool: &Pool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let (start, end) = (dice.below(letters.len() + 1), dice.below(letters.len() + 1));
    let (start, end) = (start.min(end), start.max(end));
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    match dice.weighted(&[4, 3, 3, 1, 1, 1]) {
        0 => format!("{}*", part(0, end)),
        1 => format!("*{}", part(start, letters.len())),
        2 => format!("{}*{}", part(0, start), part(end, letters.len())),
        3 => format!("*{}*", part(start, end)),
        4 => format!("{}*{}*", part(0, start), part(start, end)),
        _ => format!("{}*", dice.pick(&pool.locals)),
    }
}

/// A regular expression that fits `id` or something near it.
fn regex(dice: &mut Dice<'_>, id: &str, ids: &[String]) -> String {
    let other = dice.pick_any(ids).cloned().unwrap_or_default();
    let cut: String = id.chars().take(dice.below(id.chars().count() + 1)).collect();
    let (id, other, cut) = (escape(id), escape(&other), escape(&cut));
    match dice.weighted(&[3, 3, 3, 2, 1, 1, 1, 1, 1, 1]) {
        0 => id,
        1 => format!("{cut}.*"),
        2 => format!("{id}|{other}"),
        3 => format!("({cut}|{other}).?"),
        4 => "[a-z]+:[0-9]{1,2}".to_owned(),
        5 => r"\w+(:\d)?".to_owned(),
        6 => format!("^{id}$"),
        7 => format!("(?i:{id})"),
        8 => r"[^:#]*\W?.+?".to_owned(),
        _ => format!(r"\b{cut}.{{0,3}}"),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && !['_', '-', ':', '"', '\''].contains(&letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
