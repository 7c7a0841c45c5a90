//! The words that a world is made of.

use crate::{Brackets, Dice};

/// Ids of actors. They hold every letter that stands between words somewhere in the language, look
/// like roles, sets, patterns and references, or begin each other.
const ACTORS: &[&str] = &[
    "user:1",
    "user:12",
    "user:2",
    "agent:1",
    "user:",
    "a",
    "ab",
    "user:*",
    "*",
    "role:ops",
    "role:",
    "team:1#member",
    "doc:a#owner",
    "a#b",
    "it's",
    "say \"hi\"",
    "a b",
    " a",
    "a|b",
    "a/b",
    "a,b",
    "a.b",
    "-",
    "[a]",
    "{a: b}",
    "a\\b",
    "#",
    ":",
    "read",
    "human",
    "member",
    "team",
    "true",
    "~",
    "0x1f",
    "&a",
    "!a",
    "%a",
    "@a",
    "a+(b)?^$",
];

/// Parts of ids that come after a prefix, and whole ids of resources.
const LOCALS: &[&str] = &[
    "1", "12", "a", "ab", "b", "a-draft", "eu/a/b", "*", "a*", "a#owner", "a:b", "team:1", "a.b",
    "a|b", "a,b", "a b", "it's", "\"q\"", "a\\b", "[x]", "{x}", "#", ":", "-", "read", "doc",
    "user:1", "user:*", "role:ops", "null", ".", "?",
];

/// Ids that only a set with `non_ascii_ids` may hold.
const NON_ASCII: &[&str] = &["ümlaut", "u\u{308}mlaut", "日本", "é*"];

const ROLES: &[&str] = &[
    "ops", "admin", "member", "owner", "user:1", "a#b", "*", "role:ops", "x,y", "it's", "human",
    "-", "[r]", "r|s", "\"r\"",
];

const TYPES: &[&str] = &["doc", "team", "folder", "role", "user", "a.b", "x-y", "_t", "human", "T"];

const ACTIONS: &[&str] = &[
    "read", "write", "read-all", "re", "a:b", "x.y", "read/1", "r,w", "it's", "#act", "\"act\"",
    "[act]", "a\\b", "doc", "user:1", "é",
];

const RELATIONS: &[&str] = &["member", "owner", "viewer", "in-charge", "blocked", "_r", "read"];

const LINKS: &[&str] = &["parent", "team", "of", "up-link", "T", "near"];

/// Times that facts and requests state. The second and third differ by the least there is.
pub(crate) const TIMES: &[&str] = &[
    "2026-01-01T00:00:00Z",
    "2026-06-01T12:00:00Z",
    "2026-06-01T12:00:00.000000001Z",
    "2026-06-01T14:30:00.5Z",
    "2027-01-01T00:00:00Z",
];

/// So many resources more has each type of a wide world.
const WIDE: usize = 30;

/// Which words a world uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// Ids are drawn from all that may be misread.
    #[default]
    Nasty,
    /// Ids are letters without a meaning, and nothing looks into them: no pattern, no comparison
    /// of text but equality. Renaming them must change nothing.
    Opaque {
        /// Which of two alphabets: what the first one names `a`, the second names otherwise.
        renamed: bool,
    },
}

/// The words of one world: few, so that what facts, rules and requests say meets.
#[derive(Clone, Debug)]
pub struct Pool {
    /// How ids are spelt.
    pub spelling: Spelling,
    /// Where conditions have brackets.
    pub brackets: Brackets,
    /// Whether ids may hold characters outside ASCII.
    pub non_ascii: bool,
    /// Ids of actors.
    pub actors: Vec<String>,
    /// Ids of resources, without prefixes.
    pub locals: Vec<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Names of types.
    pub types: Vec<String>,
    /// Actions, of which each type declares some.
    pub actions: Vec<String>,
    /// Names of relations.
    pub relations: Vec<String>,
    /// Names of links.
    pub links: Vec<String>,
}

impl Pool {
    /// Draws the words of a world.
    pub fn draw(dice: &mut Dice<'_>, spelling: Spelling) -> Self {
        let non_ascii = spelling == Spelling::Nasty && dice.chance(10);
        // Walks of more than a few sets are another matter in the engine.
        let is_wide = dice.chance(6);
        let mut actors = words(dice, ACTORS, 3, 6);
        let mut locals = words(dice, LOCALS, 2, 4);
        if is_wide {
            locals.extend((0..WIDE).map(|number| format!("n{number}")));
        }
        if non_ascii {
            actors.extend(words(dice, NON_ASCII, 1, 2));
            locals.extend(words(dice, NON_ASCII, 1, 2));
        }
        let mut pool = Pool {
            spelling,
            brackets: Brackets::default(),
            non_ascii,
            actors,
            locals,
            roles: words(dice, ROLES, 1, 3),
            types: words(dice, TYPES, 1, if is_wide { 2 } else { 4 }),
            actions: words(dice, ACTIONS, 2, 4),
            relations: words(dice, RELATIONS, 2, 4),
            links: words(dice, LINKS, 1, 3),
        };
        if let Spelling::Opaque { renamed } = spelling {
            pool.actors = opaque(pool.actors.len(), "actor", renamed);
            pool.locals = opaque(pool.locals.len(), "resource", renamed);
            pool.roles = opaque(pool.roles.len(), "role", renamed);
        }
        pool
    }

    /// Whether there are many resources.
    pub fn is_wide(&self) -> bool {
        self.locals.len() > WIDE
    }

    /// Whether ids may be looked into.
    pub fn has_patterns(&self) -> bool {
        self.spelling == Spelling::Nasty
    }
}

/// Between `least` and `most` of `all`; those that stand first are drawn twice as often, since
/// they begin each other and mean most.
fn words(dice: &mut Dice<'_>, all: &[&str], least: usize, most: usize) -> Vec<String> {
    let count = dice.between(least, most);
    let mut left: Vec<&str> = all.to_vec();
    let word = |_| {
        let near = left.len().min(8);
        let index = if dice.chance(50) { dice.below(left.len()) } else { dice.below(near) };
        left.remove(index).to_owned()
    };
    (0..count).map(word).collect()
}

fn opaque(count: usize, what: &str, renamed: bool) -> Vec<String> {
    let name = |index| {
        if renamed { format!("x{}#{what}:", count - index) } else { format!("{what}-{index}") }
    };
    (0..count).map(name).collect()
}
