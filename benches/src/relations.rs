//! The workload *relations*: very many actors in nested groups, and documents in deep folders.
//!
//! 100 000 groups in trees: group `i` is a member of group `(i - 1) / 8`, so that they nest six
//! deep. 1 000 000 users are members of one to three of them. Besides:
//!
//! - *chain*: 1 000 groups, each a member of the next; one user is in the first of them;
//! - *busy*: a user who is a member of 1 000 groups;
//! - *crowd*: a group with 100 000 members;
//! - *ring*: ten groups, each a member of the next and the last one of the first.
//!
//! 20 000 folders lie in chains of 20. 100 000 documents lie in a folder each. Of documents one in
//! two is shared with a user or a group, of folders one in five with a group. `viewer` of a
//! document is whom it or a folder above it was shared with. With 100 000 groups there are some 2.3
//! million facts; all numbers shrink together.

use std::collections::HashSet;
use std::iter::successors;

use pdp_core::{Actor as Asking, ActorType, Request, Resource};

use crate::{random::Random, yaml::PolicyText};

const RULES: &str = "version: 1
walk_limit: 10000
types:
  group: {relations: {member: direct}}
  folder:
    relations:
      parent: {to: folder}
      viewer: [direct, parent.viewer]
  document:
    actions: [read]
    relations:
      folder: {to: folder}
      viewer: [direct, folder.viewer]
rules:
  - {id: viewer, effect: permit, resource: document, actions: read, actors: {relation: viewer}}
";

/// How many groups group `i` has below it.
const BRANCHES: usize = 8;

/// How deep folders lie in each other.
const DEPTH: usize = 20;

/// How many groups the chain has, and in how many the busy user is.
const NESTED: usize = 1_000;

/// How many groups are members of each other in a ring.
const RING: usize = 10;

/// How large a file of facts becomes before the next one begins, in bytes.
const FILE_BYTES: usize = 16 << 20;

/// Who a document or folder is shared with, and who is a member of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Actor {
    User(usize),
    /// Everyone who is a member.
    Group(usize),
}

/// Groups, folders and documents.
#[derive(Debug)]
pub struct Relations {
    members: Vec<Vec<Actor>>,
    /// For each folder the one that it lies in, and who it is shared with.
    folders: Vec<(Option<usize>, Option<Actor>)>,
    /// The same for documents.
    documents: Vec<(usize, Option<Actor>)>,
    users: usize,
}

/// A question: may a user read a document?
#[derive(Clone, Debug)]
pub struct Question {
    user: usize,
    document: usize,
    actor_id: String,
    resource_id: String,
}

impl Question {
    /// Borrows the question for the engine; allocates nothing.
    pub fn request(&self) -> Request<'_> {
        let actor = Asking::new(ActorType::Human, &self.actor_id);
        Request::new(actor, "read", Resource::new("document", &self.resource_id))
    }
}

/// What kind of question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any user, any document.
    Any,
    /// The user at the end of the chain, documents that are shared with its other end.
    Chain,
    /// The user in very many groups, any document.
    Busy,
    /// Any user, documents that are shared with the group of very many members.
    Crowd,
    /// Any user, documents that are shared with groups that are members of each other.
    Ring,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [Kind::Any, Kind::Chain, Kind::Busy, Kind::Crowd, Kind::Ring];
}

/// How many of the last documents are shared with the chain, the crowd and the ring, each.
const SPECIAL: usize = 100;

impl Relations {
    /// Draws them, with so many groups in trees.
    pub fn new(groups: usize) -> Self {
        let mut random = Random::new(0x0072_656c_6174_696f);
        let users = groups * 10;
        let mut members: Vec<Vec<Actor>> = vec![Vec::new(); groups];
        for group in 1..groups {
            members[(group - 1) / BRANCHES].push(Actor::Group(group));
        }
        for user in 0..users {
            for _ in 0..random.between(1, 3) {
                members[random.index(groups)].push(Actor::User(user));
            }
        }
        for _ in 0..NESTED {
            members[random.index(groups)].push(Actor::User(busy(users)));
        }
        // The chain, the crowd and the ring come behind the groups in trees.
        for link in 0..NESTED {
            let next = groups + link + 1;
            let inner =
                if link + 1 == NESTED { Actor::User(last(users)) } else { Actor::Group(next) };
            members.push(vec![inner]);
        }
        members.push((0..users / 10).map(Actor::User).collect());
        let ring = members.len();
        for link in 0..RING {
            members.push(vec![Actor::Group(ring + (link + 1) % RING), Actor::User(link)]);
        }
        let folders = (0..groups / 5).map(|folder| {
            let shared = random.happens(20).then(|| Actor::Group(random.index(groups)));
            ((folder % DEPTH > 0).then(|| folder - 1), shared)
        });
        let folders: Vec<_> = folders.collect();
        let documents = (0..groups).map(|document| {
            let special = [groups, groups + NESTED, ring];
            let shared = match (groups - 1 - document) / SPECIAL {
                kind @ 0..3 => Some(Actor::Group(special[kind])),
                _ if random.happens(50) => None,
                _ if random.happens(50) => Some(Actor::User(random.index(users))),
                _ => Some(Actor::Group(random.index(groups))),
            };
            (random.index(folders.len()), shared)
        });
        let documents = documents.collect();
        Relations { members, folders, documents, users }
    }

    /// The first group of the ring.
    pub fn ring(&self) -> usize {
        self.members.len() - RING
    }

    /// The rules, and the facts in several files.
    pub fn texts(&self) -> Vec<PolicyText> {
        let mut files = vec![PolicyText { path: "rules.yaml".to_owned(), text: RULES.to_owned() }];
        let mut lines = self.lines().peekable();
        while lines.peek().is_some() {
            let mut text = "version: 1\nfacts:\n".to_owned();
            while text.len() < FILE_BYTES
                && let Some(line) = lines.next()
            {
                text.push_str(&line);
            }
            files.push(PolicyText { path: format!("facts-{}.yaml", files.len()), text });
        }
        files
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let groups = self.members.iter().enumerate().filter(|(_, members)| !members.is_empty());
        let groups = groups.map(|(group, members)| {
            let members: Vec<String> = members.iter().map(word).collect();
            format!("  group:{group}: {{member: [{}]}}\n", members.join(", "))
        });
        let line = |name: String, link: Option<String>, shared: Option<Actor>| {
            let mut parts: Vec<String> = link.into_iter().collect();
            parts.extend(shared.map(|shared| format!("viewer: {}", word(&shared))));
            if parts.is_empty() {
                return String::new();
            }
            format!("  {name}: {{{}}}\n", parts.join(", "))
        };
        let folders = self.folders.iter().enumerate().map(move |(folder, (parent, shared))| {
            let parent = parent.map(|parent| format!("parent: folder:{parent}"));
            line(format!("folder:{folder}"), parent, *shared)
        });
        let documents =
            self.documents.iter().enumerate().map(move |(document, (folder, shared))| {
                line(
                    format!("document:{document}"),
                    Some(format!("folder: folder:{folder}")),
                    *shared,
                )
            });
        groups.chain(folders).chain(documents)
    }

    /// Questions of a kind.
    pub fn questions(&self, kind: Kind, count: usize) -> Vec<Question> {
        let mut random = Random::new(kind as u64);
        let special = |which: usize, random: &mut Random| {
            self.documents.len() - 1 - which * SPECIAL - random.index(SPECIAL)
        };
        let question = |_| {
            let (any_user, any) = (random.index(self.users), random.index(self.documents.len()));
            let (user, document) = match kind {
                Kind::Any => (any_user, any),
                Kind::Chain => (last(self.users), special(0, &mut random)),
                Kind::Busy => (busy(self.users), any),
                Kind::Crowd => (any_user, special(1, &mut random)),
                Kind::Ring => (random.index(20), special(2, &mut random)),
            };
            let (actor_id, resource_id) = (format!("user:{user}"), document.to_string());
            Question { user, document, actor_id, resource_id }
        };
        (0..count).map(question).collect()
    }

    /// Whether the user may read the document: plain walks over what was drawn.
    pub fn permits(&self, question: &Question) -> bool {
        let (_, shared) = self.documents[question.document];
        self.reaches(shared.into_iter().collect(), question.user)
            || self.permits_by_folder(question)
    }

    /// Whether the user may read the document because a folder above it was shared.
    pub fn permits_by_folder(&self, question: &Question) -> bool {
        let (folder, _) = self.documents[question.document];
        let above = successors(Some(folder), |folder| self.folders[*folder].0);
        self.reaches(above.filter_map(|folder| self.folders[folder].1).collect(), question.user)
    }

    /// Whether the user is one of the actors or in one of the groups.
    fn reaches(&self, mut open: Vec<Actor>, wanted: usize) -> bool {
        let mut seen = HashSet::new();
        while let Some(actor) = open.pop() {
            match actor {
                Actor::User(user) if user == wanted => return true,
                Actor::Group(group) if seen.insert(group) => open.extend(&self.members[group]),
                _ => {}
            }
        }
        false
    }
}

/// The user who is in very many groups.
fn busy(users: usize) -> usize {
    users
}

/// The user at the end of the chain.
fn last(users: usize) -> usize {
    users + 1
}

fn word(actor: &Actor) -> String {
    match actor {
        Actor::User(user) => format!("user:{user}"),
        Actor::Group(group) => format!("'group:{group}#member'"),
    }
}
