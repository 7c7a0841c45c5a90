//! The vocabulary of a world: types with their actions, relations, links and attributes.

use crate::rule::{fits, pattern};
use crate::{Dice, Pool, Tree, value};

/// What a policy set declares, as the generators of conditions, rules, facts and requests need it.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The words.
    pub pool: Pool,
    /// The types.
    pub types: Vec<TypeSketch>,
    /// Attributes of actors.
    pub actor_attributes: Vec<ValueSketch>,
    /// Values of the context.
    pub context: Vec<ValueSketch>,
    /// Named expressions.
    pub definitions: Vec<DefinitionSketch>,
    /// Action groups.
    pub groups: Vec<GroupSketch>,
    /// Other spellings of roles: alias, role.
    pub aliases: Vec<(String, String)>,
    /// Derived roles, and where they can be asked for.
    pub derived_roles: Vec<(String, Reach)>,
}

/// A type.
#[derive(Clone, Debug)]
pub struct TypeSketch {
    /// Its name.
    pub name: String,
    /// Whether ids carry their type.
    pub prefixed: bool,
    /// The actions that it declares; none if it only holds people.
    pub actions: Vec<String>,
    /// Relations of actors.
    pub relations: Vec<RelationSketch>,
    /// Links to other resources.
    pub links: Vec<LinkSketch>,
    /// Attributes.
    pub attributes: Vec<ValueSketch>,
}

/// A relation of actors.
#[derive(Clone, Debug)]
pub struct RelationSketch {
    /// Its name.
    pub name: String,
    /// Whether facts state it.
    pub direct: bool,
}

/// A link.
#[derive(Clone, Debug)]
pub struct LinkSketch {
    /// Its name.
    pub name: String,
    /// The index of the type it points to.
    pub to: usize,
    /// Whether it points to the resource with the same id.
    pub same_id: bool,
    /// Whether the resource belongs to what it points to.
    pub tenant: bool,
}

/// An attribute or a value of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSketch {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether requests state it, and not facts.
    pub from_request: bool,
}

/// A named expression.
#[derive(Clone, Debug)]
pub struct DefinitionSketch {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Where it can be used.
    pub reach: Reach,
    /// Whether it reads only the actor, so that conditions of relations may use it.
    pub plain: bool,
}

/// An action group.
#[derive(Clone, Debug)]
pub struct GroupSketch {
    /// Its name.
    pub name: String,
    /// The actions and patterns that it lists.
    pub patterns: Vec<String>,
    /// The declared actions that it means.
    pub actions: Vec<String>,
}

/// The types of single values that policies can declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `uint`
    Uint,
    /// `double`
    Double,
    /// `string`
    String,
    /// `timestamp`
    Timestamp,
    /// `duration`
    Duration,
    /// `ip`
    Ip,
    /// `cidr`
    Cidr,
}

impl Scalar {
    /// The word for the type.
    pub fn as_str(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::Int => "int",
            Scalar::Uint => "uint",
            Scalar::Double => "double",
            Scalar::String => "string",
            Scalar::Timestamp => "timestamp",
            Scalar::Duration => "duration",
            Scalar::Ip => "ip",
            Scalar::Cidr => "cidr",
        }
    }

    /// Whether it is a type of numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Scalar::Int | Scalar::Uint | Scalar::Double)
    }
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The type of the value, or of each element.
    pub scalar: Scalar,
    /// Whether it is a list.
    pub list: bool,
}

impl Kind {
    /// `bool`
    pub const BOOL: Kind = Kind { scalar: Scalar::Bool, list: false };
    /// `string`
    pub const STRING: Kind = Kind { scalar: Scalar::String, list: false };

    /// A single value.
    pub const fn of(scalar: Scalar) -> Self {
        Kind { scalar, list: false }
    }

    /// A list.
    pub const fn list_of(scalar: Scalar) -> Self {
        Kind { scalar, list: true }
    }

    /// The word for the type.
    pub fn word(self) -> String {
        let scalar = self.scalar.as_str();
        if self.list { format!("list({scalar})") } else { scalar.to_owned() }
    }
}

/// Resources on which a named thing makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Resources of every type, declared or not.
    Everywhere,
    /// Resources of these types.
    Types(Vec<usize>),
}

impl Reach {
    /// Whether the thing makes sense on all of `types`, and, if `undeclared` types are reached,
    /// on these.
    pub fn covers(&self, types: &[usize], undeclared: bool) -> bool {
        match self {
            Reach::Everywhere => true,
            Reach::Types(covered) => {
                !undeclared && types.iter().all(|index| covered.contains(index))
            }
        }
    }
}

impl TypeSketch {
    /// The id of a resource of this type, made from a word.
    pub fn id(&self, local: &str) -> String {
        if self.prefixed { format!("{}:{local}", self.name) } else { local.to_owned() }
    }

    /// The reference of the resource whose id is made from a word.
    pub fn reference(&self, local: &str) -> String {
        format!("{}:{local}", self.name)
    }
}

impl Vocabulary {
    /// Draws the names of a world, without anything that is made of conditions.
    pub fn draw(dice: &mut Dice<'_>, pool: Pool) -> Self {
        let mut types: Vec<TypeSketch> =
            pool.types.iter().map(|name| sketch(dice, name, &pool)).collect();
        // Some type must have actions, or there would be nothing to ask.
        for sketch in types.iter_mut().skip(1) {
            if dice.chance(10) {
                sketch.actions.clear();
            }
        }
        let aliases = aliases(dice, &pool);
        let mut vocabulary = Vocabulary {
            pool,
            types,
            actor_attributes: attributes(dice, 2, true),
            context: attributes(dice, 3, false),
            definitions: Vec::new(),
            groups: Vec::new(),
            aliases,
            derived_roles: Vec::new(),
        };
        vocabulary.groups = groups(dice, &vocabulary);
        vocabulary
    }

    /// All actions that some type declares.
    pub fn actions(&self) -> Vec<&str> {
        self.actions_of(&(0..self.types.len()).collect::<Vec<_>>())
    }

    /// Whether some of `types` declares an action.
    pub fn any_acts(&self, types: &[usize]) -> bool {
        types.iter().any(|index| !self.types[*index].actions.is_empty())
    }

    /// The actions that some of `types` declare.
    pub fn actions_of(&self, types: &[usize]) -> Vec<&str> {
        let mut actions: Vec<&str> = types
            .iter()
            .flat_map(|index| self.types[*index].actions.iter().map(String::as_str))
            .collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }

    /// The types that `tenant` files of the type `tenant` speak about: that type, and those from
    /// which marked links lead to it.
    pub fn belonging(&self, tenant: usize) -> Vec<usize> {
        let mut found = vec![tenant];
        let mut next = 0;
        while let Some(&target) = found.get(next) {
            next += 1;
            for (index, candidate) in self.types.iter().enumerate() {
                let leads = candidate.links.iter().any(|link| link.tenant && link.to == target);
                if leads && !found.contains(&index) {
                    found.push(index);
                }
            }
        }
        found.sort_unstable();
        found
    }
}

fn sketch(dice: &mut Dice<'_>, name: &str, pool: &Pool) -> TypeSketch {
    let count = dice.between(1, 3);
    let actions = dice.some(&pool.actions, count);
    let relation = |name: String| RelationSketch { name, direct: false };
    let relations = dice.subset(&pool.relations, 75).into_iter().map(relation).collect();
    let link = |name: String, dice: &mut Dice<'_>| LinkSketch {
        name,
        to: dice.below(pool.types.len()),
        same_id: dice.chance(20),
        tenant: dice.chance(30),
    };
    let links = dice.subset(&pool.links, 60);
    let links = links.into_iter().map(|name| link(name, dice)).collect();
    TypeSketch {
        name: name.to_owned(),
        prefixed: dice.chance(35),
        actions,
        relations,
        links,
        attributes: attributes(dice, 2, true),
    }
}

/// About `count` attributes. Names tell the type, so that types share attributes.
fn attributes(dice: &mut Dice<'_>, count: usize, from_facts: bool) -> Vec<ValueSketch> {
    let count = dice.between(0, 2 * count);
    let mut sketches: Vec<ValueSketch> = Vec::new();
    for _ in 0..count {
        let (name, kind) = *dice.pick(value::NAMES);
        if sketches.iter().all(|sketch| sketch.name != name) {
            let from_request = !from_facts || dice.chance(35);
            let optional = dice.chance(40);
            sketches.push(ValueSketch { name: name.to_owned(), kind, optional, from_request });
        }
    }
    sketches
}

const GROUPS: &[&str] = &["taking_part", "all", "member", "_g"];

fn groups(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Vec<GroupSketch> {
    let declared = vocabulary.actions();
    let free: Vec<&str> = GROUPS.iter().filter(|name| !declared.contains(*name)).copied().collect();
    let count = dice.weighted(&[5, 3, 2]);
    let names = dice.some(&free, count);
    names.into_iter().map(|name| group(dice, name, &declared, &vocabulary.pool)).collect()
}

fn group(dice: &mut Dice<'_>, name: &str, declared: &[&str], pool: &Pool) -> GroupSketch {
    let count = dice.between(1, 2);
    let mut patterns: Vec<String> = Vec::new();
    for action in dice.some(declared, count) {
        let pattern = if dice.chance(30) { pattern(dice, action, pool) } else { action.to_owned() };
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    let meant = |action: &&&str| patterns.iter().any(|pattern| fits(pattern, action));
    let actions = declared.iter().filter(meant).map(|action| (*action).to_owned()).collect();
    GroupSketch { name: name.to_owned(), patterns, actions }
}

const ALIASES: &[&str] = &["alias", "sysop", "role:alias", "ops_"];

fn aliases(dice: &mut Dice<'_>, pool: &Pool) -> Vec<(String, String)> {
    let count = dice.weighted(&[6, 3, 2]);
    let alias = |name: &str, dice: &mut Dice<'_>| (name.to_owned(), dice.pick(&pool.roles).clone());
    dice.some(ALIASES, count).into_iter().map(|name| alias(name, dice)).collect()
}

impl ValueSketch {
    /// The declaration, in the short or the long form.
    pub fn declaration(&self, dice: &mut Dice<'_>, of_context: bool) -> Tree {
        let word = format!("{}{}", self.kind.word(), if self.optional { "?" } else { "" });
        let masked = dice.chance(10);
        let from = self.from_request && !of_context;
        if !masked && !from && !self.kind.list && !dice.chance(20) {
            return Tree::text(word);
        }
        let mut declaration = Tree::map([("type", Tree::text(word))]);
        if from || (!of_context && dice.chance(30)) {
            declaration.push("from", if from { "request" } else { "facts" }.into());
        }
        if masked {
            declaration.push("masked", true.into());
        }
        if self.kind == Kind::STRING && self.from_request && dice.chance(20) {
            declaration.push("max", Tree::Int(3));
        }
        if self.kind.list {
            // So that conditions may go through two lists inside of each other. Longer ones there
            // are none, but now and then one that is too long.
            let max = if self.from_request && dice.chance(10) { 2 } else { 40 };
            declaration.push("max", Tree::Int(max));
        }
        declaration
    }
}
