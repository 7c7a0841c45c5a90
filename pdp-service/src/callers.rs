//! The callers' file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use pdp_core::ActorType;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{Caller, Credential, KnownActor, Refusal, RefusalKind, Right};

/// All that may ask, and how each shows who it is.
#[derive(Debug, Default)]
pub struct Callers {
    by_key: HashMap<[u8; 32], Arc<Caller>>,
    by_certificate: HashMap<String, Arc<Caller>>,
    local: Option<Arc<Caller>>,
}

/// What is wrong with a callers' file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallersError {
    /// It is not TOML, or not of the shape; with the place.
    #[error("{0}")]
    Shape(String),
    /// An entry contradicts itself or another one.
    #[error("caller `{name}`: {message}")]
    Entry {
        /// The entry's name.
        name: String,
        /// What is wrong.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    caller: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    rights: Vec<Right>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    local: bool,
    #[serde(default)]
    actors: Vec<EntryActor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryActor {
    id: String,
    #[serde(rename = "type")]
    actor_type: EntryActorType,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EntryActorType {
    Human,
    Agent,
    Service,
}

impl Callers {
    /// Reads a callers' file, which is TOML.
    ///
    /// # Errors
    ///
    /// [`CallersError`] for the first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CallersError> {
        let file: File =
            toml::from_str(text).map_err(|error| CallersError::Shape(error.to_string()))?;
        let mut callers = Callers::default();
        let mut names = HashSet::new();
        for entry in file.caller {
            let name = entry.name.clone();
            let added = if names.insert(name.clone()) {
                callers.add(entry)
            } else {
                Err("the name stands twice".to_owned())
            };
            added.map_err(|message| CallersError::Entry { name, message })?;
        }
        Ok(callers)
    }

    /// Whoever is on this machine, with these rights, and nobody else.
    pub fn only_local(rights: &[Right]) -> Self {
        let local =
            Caller { name: "local".to_owned(), rights: rights.to_vec(), actors: Vec::new() };
        Callers { local: Some(Arc::new(local)), ..Callers::default() }
    }

    /// Whether someone may ask who only is on this machine.
    pub fn has_local(&self) -> bool {
        self.local.is_some()
    }

    /// Whether someone may ask who is not on this machine.
    pub fn has_remote(&self) -> bool {
        !self.by_key.is_empty() || self.has_certificates()
    }

    /// Whether someone may ask who shows a certificate.
    pub fn has_certificates(&self) -> bool {
        !self.by_certificate.is_empty()
    }

    /// Who shows this.
    ///
    /// # Errors
    ///
    /// [`Refusal`] where it is nobody, or two.
    pub fn find(&self, credential: Credential<'_>) -> Result<&Arc<Caller>, Refusal> {
        let refused = |message: &str| Refusal::new(RefusalKind::Unauthenticated, message);
        match credential {
            Credential::Key(key) => {
                self.by_key.get(&digest(key)).ok_or_else(|| refused("unknown key"))
            }
            Credential::Certificate(names) => {
                let mut found = names.iter().filter_map(|name| self.by_certificate.get(name));
                let first =
                    found.next().ok_or_else(|| refused("no caller has this certificate"))?;
                if found.any(|other| other.name != first.name) {
                    return Err(refused("the certificate belongs to more than one caller"));
                }
                Ok(first)
            }
            Credential::Local => self.local.as_ref().ok_or_else(|| refused("no key given")),
            Credential::Nothing => Err(refused("no key given")),
        }
    }

    fn add(&mut self, entry: Entry) -> Result<(), String> {
        check(&entry)?;
        let actors = entry.actors.into_iter().map(EntryActor::known).collect();
        let caller = Arc::new(Caller { name: entry.name, rights: entry.rights, actors });
        for key in &entry.keys {
            let digest = parse_digest(key)?;
            if self.by_key.insert(digest, Arc::clone(&caller)).is_some() {
                return Err("a key stands twice".to_owned());
            }
        }
        for name in entry.certificates {
            let shown = name.clone();
            if self.by_certificate.insert(name, Arc::clone(&caller)).is_some() {
                return Err(format!("the certificate `{shown}` stands twice"));
            }
        }
        if entry.local && self.local.replace(caller).is_some() {
            return Err("another entry is local, too".to_owned());
        }
        Ok(())
    }
}

impl EntryActor {
    fn known(self) -> KnownActor {
        let actor_type = match self.actor_type {
            EntryActorType::Human => ActorType::Human,
            EntryActorType::Agent => ActorType::Agent,
            EntryActorType::Service => ActorType::Service,
        };
        KnownActor { id: self.id, actor_type }
    }
}

/// Refuses entries that cannot mean what their author meant.
fn check(entry: &Entry) -> Result<(), String> {
    let has = |right| entry.rights.contains(&right);
    let fault = if entry.name.is_empty() || entry.name.chars().any(char::is_control) {
        "a name is text without control characters"
    } else if entry.rights.is_empty() {
        "it has no rights"
    } else if entry.keys.is_empty() && entry.certificates.is_empty() && !entry.local {
        "nobody can be it: give `keys`, `certificates` or `local`"
    } else if has(Right::AssertIdentity) && !entry.actors.is_empty() {
        "with `assert_identity` it may name any actor: leave out `actors`"
    } else if has(Right::AssertIdentity) && !has(Right::Evaluate) {
        "`assert_identity` is of no use without `evaluate`"
    } else if has(Right::Evaluate) && !has(Right::AssertIdentity) && entry.actors.is_empty() {
        "it may ask about nobody: give `actors` or the right `assert_identity`"
    } else {
        return Ok(());
    };
    Err(fault.to_owned())
}

/// The SHA-256 of a key.
fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Reads `sha256:` and 64 hexadecimal digits, in either case.
fn parse_digest(text: &str) -> Result<[u8; 32], String> {
    let digits = text.strip_prefix("sha256:").map(str::to_ascii_lowercase);
    let digest = digits.and_then(|digits| format!("sha256:{digits}").parse().ok());
    let digest: Option<pdp_core::Digest> = digest;
    digest.map(|digest| digest.0).ok_or_else(|| {
        "a key is stated as `sha256:` and 64 hexadecimal digits, never as itself".to_owned()
    })
}
