use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use sha2::{Digest as _, Sha256};

use crate::compiled::Closed;
use crate::{Change, ChangeError, ChangeErrorKind, ChangeSet, Operation, Policies, Statement};

/// How many idempotency keys are remembered; then the oldest is forgotten.
const REMEMBERED: usize = 100_000;

/// The policies of the present, in which facts change while decisions go on.
///
/// Readers take [`Engine::present`] and decide: they never wait, and see a whole revision. Writers
/// take turns. Nothing is kept on disk; [`Policies::words`] is what an engine that begins anew must
/// be told, and [`Policies::to_image`] holds it. An id that was named once takes memory until the
/// next reload.
///
/// ```
/// use pdp_core::{
///     Actor, ActorType, Engine, Policies, Request, Resource, Scratch, SourceText, Statement,
/// };
///
/// let text = "
/// version: 1
/// types:
///   document: {actions: [read], relations: {viewer: direct}}
/// rules:
///   - {id: viewers-read, effect: permit, resource: document, actors: {relation: viewer}}
/// ";
/// let engine = Engine::new(Policies::from_sources(&[SourceText { path: "policy.yaml", text }])?);
/// let actor = Actor::new(ActorType::Human, "user:7");
/// let request = Request::new(actor, "read", Resource::new("document", "handbook"));
/// let reads = || engine.present().evaluate(&request, &mut Scratch::new()).reason.into_owned();
/// assert_eq!(reads(), "no_matching_policy");
///
/// let viewer = Statement::relation("document:handbook", "viewer", "user:7".parse()?);
/// engine.add(viewer.clone())?;
/// assert_eq!(reads(), "viewers-read");
/// engine.remove(viewer)?;
/// assert_eq!(reads(), "no_matching_policy");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    present: ArcSwap<Policies>,
    applied: Mutex<AppliedSets>,
    /// What changes ended of what had been found beforehand: giving back its memory takes longer
    /// than a change does.
    ended: Mutex<Option<Arc<Closed>>>,
    /// What was the present, as long as a reader may hold it.
    retired: Mutex<Vec<Arc<Policies>>>,
}

/// What applying a change set came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The revision in which the changes hold.
    pub revision: u64,
    /// Whether the change set had been applied before, so that nothing changed now.
    pub repeated: bool,
}

/// Change sets that were applied: by key what they held and the revision they gave.
#[derive(Debug, Default)]
struct AppliedSets {
    sets: HashMap<Arc<str>, ([u8; 32], u64)>,
    /// Their keys, the oldest first.
    keys: VecDeque<Arc<str>>,
}

impl Engine {
    /// An engine that begins with these policies.
    pub fn new(policies: Policies) -> Self {
        let present = ArcSwap::from_pointee(policies);
        Engine {
            present,
            applied: Mutex::default(),
            ended: Mutex::default(),
            retired: Mutex::default(),
        }
    }

    /// The policies and facts of the present, as one revision. They stay as they are while they
    /// are held: take them for one decision, or for one batch.
    pub fn present(&self) -> Arc<Policies> {
        self.present.load_full()
    }

    /// Applies a change set, whole or not at all. One whose key was applied already, with the same
    /// changes, changes nothing: the last 100 000 keys are remembered, for as long as the engine
    /// lives.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] of the first change that cannot be made, or of a key that was applied with
    /// other changes.
    pub fn apply(&self, change_set: &ChangeSet) -> Result<Applied, ChangeError> {
        let content = content(change_set);
        let mut applied = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, revision)) = applied.sets.get(change_set.id.as_str()) {
            if *known == content {
                return Ok(Applied { revision: *revision, repeated: true });
            }
            let message = "a change set with this id and other changes was applied";
            return Err(ChangeError::new(ChangeErrorKind::Conflict, "id", message));
        }
        let changed = Policies::clone(&self.present()).changed(&change_set.changes);
        let changed =
            changed.map_err(|(index, error)| error.within(&format!("changes[{index}]")))?;
        let revision = self.publish(changed);
        applied.remember(change_set.id.as_str().into(), content, revision);
        Ok(Applied { revision, repeated: false })
    }

    /// States facts; the new revision.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] where the facts cannot be stated.
    pub fn add(&self, statement: Statement) -> Result<u64, ChangeError> {
        self.change(Operation::Add, statement)
    }

    /// Takes facts away, also from those that files state; the new revision.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] where the facts could not be stated.
    pub fn remove(&self, statement: Statement) -> Result<u64, ChangeError> {
        self.change(Operation::Remove, statement)
    }

    /// Makes the facts of one relation or link exactly these; the new revision. Looks at every
    /// fact about an exact actor, so it takes longer the more there are.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] where the facts cannot be stated, or are neither of a relation nor a link.
    pub fn replace(&self, statement: Statement) -> Result<u64, ChangeError> {
        self.change(Operation::Replace, statement)
    }

    /// Takes back what run time said of facts, so that what the files say counts again; the new
    /// revision.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] where the facts could not be stated.
    pub fn forget(&self, statement: Statement) -> Result<u64, ChangeError> {
        self.change(Operation::Forget, statement)
    }

    fn change(&self, operation: Operation, statement: Statement) -> Result<u64, ChangeError> {
        let _turn = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        let change = Change { operation, statement };
        let changed = Policies::clone(&self.present()).changed(&[change]);
        changed.map(|changed| self.publish(changed)).map_err(|(_, error)| error)
    }

    /// Takes policies whose files were read anew, with the words of run time applied to their
    /// facts; the new revision.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] where run time speaks of what the new files do not declare; it shows the
    /// first such word. The present stays as it was: [`Engine::forget`] the word, or keep what it
    /// speaks of in the files. Refused, too, are policies that come from an engine and hold words
    /// of run time themselves.
    pub fn reload(&self, policies: Policies) -> Result<u64, ChangeError> {
        if policies.words().next().is_some() {
            let message = "these policies hold facts of run time already";
            let kind = ChangeErrorKind::Refused;
            return Err(ChangeError { kind, field: None, message: message.to_owned() });
        }
        let _turn = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.present();
        let words: Vec<Change> = present.words().collect();
        let changed = policies.changed(&words);
        let mut changed = changed.map_err(|(index, error)| of_run_time(&words[index], &error))?;
        changed.version.revision = present.version.revision + 1;
        if changed.facts.reopened {
            changed.close();
        }
        Ok(self.publish(changed))
    }

    /// Finds anew beforehand what sets and links lead to. A change of a fact on which that depends
    /// ends it, and then relations are walked when a decision asks for them, until this is called:
    /// in a thread beside those that decide, after changes, as often as seems worth it. Decisions
    /// are the same with it and without, and so is the revision. Changes do not wait for it. The
    /// memory of what ended is given back here, too.
    /// Whether it was of use: not where facts changed meanwhile, or nothing had ended.
    pub fn settle(&self) -> bool {
        drop(self.ended.lock().unwrap_or_else(PoisonError::into_inner).take());
        let present = self.present();
        if !present.facts.reopened {
            return false;
        }
        let mut settled = Policies::clone(&present);
        settled.close();
        let _turn = self.applied.lock().unwrap_or_else(PoisonError::into_inner);
        let is_present = Arc::ptr_eq(&present, &self.present());
        if is_present {
            self.present.store(Arc::new(settled));
            drop(present);
            self.release();
        }
        is_present
    }

    fn publish(&self, policies: Policies) -> u64 {
        let revision = policies.version.revision;
        let goes_on = policies.facts.closed.is_some();
        let before = self.present.swap(Arc::new(policies));
        self.retire(&before);
        if let Some(closed) = before.facts.closed.as_ref().filter(|_| !goes_on) {
            let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            *ended = Some(Arc::clone(closed));
        }
        revision
    }

    /// Keeps what is no longer the present until no reader holds it any more: memory is given back
    /// by those who change facts, and what they change next is still in their cache.
    fn retire(&self, before: &Arc<Policies>) {
        self.release();
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.push(Arc::clone(before));
    }

    /// Lets go of what no reader holds any more.
    fn release(&self) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.retain(|policies| Arc::strong_count(policies) > 1);
    }
}

impl AppliedSets {
    fn remember(&mut self, key: Arc<str>, content: [u8; 32], revision: u64) {
        if self.keys.len() == REMEMBERED
            && let Some(oldest) = self.keys.pop_front()
        {
            self.sets.remove(&oldest);
        }
        self.keys.push_back(Arc::clone(&key));
        self.sets.insert(key, (content, revision));
    }
}

/// Two change sets are the same if they are written the same.
fn content(change_set: &ChangeSet) -> [u8; 32] {
    let text = serde_json::to_vec(change_set).expect("a change set is made of what JSON holds");
    Sha256::digest(text).into()
}

/// The fault of a word of run time, shown with the word itself.
fn of_run_time(word: &Change, error: &ChangeError) -> ChangeError {
    let word = serde_json::to_string(word).expect("a change is made of what JSON holds");
    let message =
        format!("a fact of run time does not fit the new policies: {}; {word}", error.message);
    ChangeError { kind: error.kind, field: None, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceText;

    #[test]
    fn what_is_no_longer_the_present_is_kept_while_a_reader_holds_it() {
        let text = "
version: 1
types: {group: {relations: {member: direct}}, file: {relations: {viewer: direct}}}
rules: []
facts: {file:a: {viewer: ['group:g#member', 'group:h#member']}}
";
        let sources = [SourceText { path: "p.yaml", text }];
        let engine = Engine::new(Policies::from_sources(&sources).expect("policies"));
        let retired = || engine.retired.lock().expect("nobody panics").len();
        let add = |actor: &str| {
            let actor = actor.parse().expect("an actor");
            engine.add(Statement::relation("group:g", "member", actor)).expect("a change");
        };
        let held = engine.present();
        let weak = Arc::downgrade(&held);
        add("user:1");
        assert_eq!(retired(), 1);
        drop(held);
        assert!(weak.upgrade().is_some(), "a reader gives no memory back");
        add("user:2");
        assert!(weak.upgrade().is_none(), "who changes facts does");
        let held = engine.present();
        add("user:3");
        add("user:4");
        drop(held);
        assert!(engine.settle());
        assert_eq!(retired(), 0);
    }
}
