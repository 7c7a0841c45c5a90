//! What conditions and selectors may ask, depending on where they stand.

use crate::{Kind, Scalar, Vocabulary};

/// What can be read and asked at some place of a policy set.
#[derive(Clone, Debug)]
pub struct Scope<'v> {
    /// The vocabulary.
    pub vocabulary: &'v Vocabulary,
    /// Values by their path, such as `context.n`.
    pub values: Vec<Readable>,
    /// Relations that the resource has, as `r` or `link.r`.
    pub relations: Vec<String>,
    /// Links of the resource whose names conditions can write.
    pub links: Vec<String>,
    /// Derived roles.
    pub derived_roles: Vec<String>,
}

/// A value that a condition can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    /// How it is written.
    pub path: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it is declared optional; `has()` may ask for those and for declared ones.
    pub optional: bool,
    /// Whether it is a declared value and no name of the language or of `let`.
    pub declared: bool,
}

const STRINGS: Kind = Kind::list_of(Scalar::String);
const TIMESTAMP: Kind = Kind::of(Scalar::Timestamp);

impl<'v> Scope<'v> {
    /// What a rule over `types` asks; over undeclared types, too, if it is a bypass rule that
    /// reaches them. Without types, what can be asked of any resource.
    pub fn of_request(vocabulary: &'v Vocabulary, types: &[usize], undeclared: bool) -> Self {
        let mut scope = Scope::of_actor(vocabulary);
        scope.add_builtin("action", Kind::STRING);
        scope.add_builtin("resource.id", Kind::STRING);
        scope.add_builtin("resource.type", Kind::STRING);
        scope.add_builtin("now", TIMESTAMP);
        for value in &vocabulary.context {
            scope.add_value("context", &value.name, value.kind, value.optional);
        }
        for definition in vocabulary.definitions.iter().filter(|definition| !definition.plain) {
            if definition.reach.covers(types, undeclared || types.is_empty()) {
                scope.add_builtin(&definition.name, definition.kind);
            }
        }
        let derived = vocabulary.derived_roles.iter();
        scope.derived_roles = derived
            .filter(|(_, reach)| reach.covers(types, undeclared || types.is_empty()))
            .map(|(name, _)| name.clone())
            .collect();
        if !undeclared {
            scope.add_resource(types);
        }
        scope
    }

    /// What the condition of a relation of the type asks.
    pub fn of_relation(vocabulary: &'v Vocabulary, index: usize) -> Self {
        let mut scope = Scope::of_actor(vocabulary);
        scope.add_builtin("resource.id", Kind::STRING);
        for value in vocabulary.types[index].attributes.iter().filter(|value| !value.from_request) {
            scope.add_value("resource", &value.name, value.kind, value.optional);
        }
        scope
    }

    /// What can be asked everywhere: the actor.
    pub fn of_actor(vocabulary: &'v Vocabulary) -> Self {
        let mut scope = Scope {
            vocabulary,
            values: Vec::new(),
            relations: Vec::new(),
            links: Vec::new(),
            derived_roles: Vec::new(),
        };
        scope.add_builtin("actor.id", Kind::STRING);
        scope.add_builtin("actor.type", Kind::STRING);
        scope.add_builtin("actor.roles", STRINGS);
        scope.add_builtin("actor.tenants", STRINGS);
        for value in &vocabulary.actor_attributes {
            scope.add_value("actor", &value.name, value.kind, value.optional);
        }
        for definition in vocabulary.definitions.iter().filter(|definition| definition.plain) {
            scope.add_builtin(&definition.name, definition.kind);
        }
        scope
    }

    fn add_builtin(&mut self, path: &str, kind: Kind) {
        let path = path.to_owned();
        self.values.push(Readable { path, kind, optional: false, declared: false });
    }

    fn add_value(&mut self, root: &str, name: &str, kind: Kind, optional: bool) {
        let path = format!("{root}.{name}");
        self.values.push(Readable { path, kind, optional, declared: true });
    }

    /// What all of `types` have.
    fn add_resource(&mut self, types: &[usize]) {
        let Some((&first, others)) = types.split_first() else { return };
        let sketches = &self.vocabulary.types;
        for value in &sketches[first].attributes {
            let same = |index: &usize| {
                sketches[*index].attributes.iter().any(|other| {
                    (&other.name, other.kind, other.optional)
                        == (&value.name, value.kind, value.optional)
                })
            };
            if others.iter().all(same) {
                self.add_value("resource", &value.name, value.kind, value.optional);
            }
        }
        let identifier =
            |name: &str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let links = sketches[first].links.iter().map(|link| link.name.clone());
        self.links = links
            .filter(|name| identifier(name))
            .filter(|name| {
                let has = |index: &usize| sketches[*index].links.iter().any(|l| l.name == **name);
                others.iter().all(has)
            })
            .collect();
        self.relations = paths(self.vocabulary, first)
            .into_iter()
            .filter(|path| others.iter().all(|index| paths(self.vocabulary, *index).contains(path)))
            .collect();
    }
}

/// The relations of a type, and those on what its links point to.
pub(crate) fn paths(vocabulary: &Vocabulary, index: usize) -> Vec<String> {
    let sketch = &vocabulary.types[index];
    let own = sketch.relations.iter().map(|relation| relation.name.clone());
    let through = sketch.links.iter().flat_map(|link| {
        let relations = &vocabulary.types[link.to].relations;
        relations.iter().map(|relation| format!("{}.{}", link.name, relation.name))
    });
    own.chain(through).collect()
}
