//! Which rules are tried: those that every request is held against, and those that keys of this
//! one lead to, in the order in which they stand.

use super::condition::Evaluation;
use crate::compiled::{Candidate, Key, KeyKind, List, Lists, Run};

/// Up to so many runs, the next rule is looked for among the first of each.
const MERGED_MAX: usize = 16;

impl<'e> Evaluation<'e> {
    fn lists(&self) -> &'e Lists {
        &self.policies.code.dispatch.lists
    }

    /// The first rule of some lists that decides.
    #[inline]
    pub(super) fn first(
        &mut self,
        lists: impl IntoIterator<Item = List>,
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<u32> {
        let mut lists = lists.into_iter();
        let first = lists.next()?;
        let second = lists.next();
        if first.fork.is_none() && second.is_none() {
            let candidates = self.lists().of(first.always);
            return Some(candidates.iter().find(|candidate| decides(self, candidate))?.rule);
        }
        let mut runs = std::mem::take(&mut self.memory.runs);
        runs.clear();
        for list in [first].into_iter().chain(second).chain(lists) {
            self.gather(list, &mut runs);
        }
        let found = match &mut runs[..] {
            [] => None,
            [run] => {
                let candidates = self.lists().of(*run);
                candidates.iter().find(|candidate| decides(self, candidate))
            }
            few if few.len() <= MERGED_MAX => self.first_merged(few, decides),
            many => self.first_sorted(many, decides),
        };
        self.memory.runs = runs;
        Some(found?.rule)
    }

    /// Notes what a list holds for this request.
    fn gather(&mut self, list: List, runs: &mut Vec<Run>) {
        if list.always.count > 0 {
            runs.push(list.always);
        }
        let Some(fork) = list.fork else { return };
        if !self.memory.keys_known {
            self.know_keys();
        }
        for index in 0..self.memory.keys.len() {
            let key = self.memory.keys[index];
            if fork.kinds & key.kind.bit() != 0
                && let Some(branch) = self.lists().branches.get(&(fork.number, key))
            {
                self.gather(*branch, runs);
            }
        }
    }

    #[inline]
    fn first_merged(
        &mut self,
        runs: &mut [Run],
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<&'e Candidate> {
        let lists = self.lists();
        let mut last = None;
        loop {
            let left = runs.iter_mut().filter(|run| run.count > 0);
            let run = left.min_by_key(|run| lists.candidates[run.first as usize].rule)?;
            let candidate = &lists.candidates[run.first as usize];
            *run = Run { first: run.first + 1, count: run.count - 1 };
            // A rule that stands under several keys is tried once.
            if last.replace(candidate.rule) != Some(candidate.rule) && decides(self, candidate) {
                return Some(candidate);
            }
        }
    }

    #[cold]
    fn first_sorted(
        &mut self,
        runs: &[Run],
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<&'e Candidate> {
        let candidates = &self.lists().candidates;
        let mut order = std::mem::take(&mut self.memory.order);
        order.clear();
        order.extend(runs.iter().flat_map(|run| run.first..run.first + run.count));
        order.sort_unstable_by_key(|index| candidates[*index as usize].rule);
        order.dedup_by_key(|index| candidates[*index as usize].rule);
        let mut tried = order.iter().map(|index| &candidates[*index as usize]);
        let found = tried.find(|candidate| decides(self, candidate));
        self.memory.order = order;
        found
    }

    /// Finds what of the request may lead to rules.
    fn know_keys(&mut self) {
        let lists = self.lists();
        let request = self.request;
        let mut keys = std::mem::take(&mut self.memory.keys);
        keys.clear();
        let wanted = |kind: KeyKind| lists.kinds & kind.bit() != 0;
        let mut word = |kind: KeyKind, text: &str| {
            let number = if wanted(kind) { lists.words.index(text) } else { None };
            keys.extend(number.map(|number| Key { kind, number }));
        };
        word(KeyKind::ResourceId, request.resource.id);
        word(KeyKind::ActorId, request.actor.id);
        if wanted(KeyKind::Tenant) {
            request.actor.all_tenants().for_each(|tenant| word(KeyKind::Tenant, tenant));
        }
        let mut beginnings = |kind: KeyKind, text: &str| {
            if wanted(kind) {
                lists.beginnings.of(text, |number| keys.push(Key { kind, number }));
            }
        };
        beginnings(KeyKind::ResourceBeginning, request.resource.id);
        beginnings(KeyKind::ActorBeginning, request.actor.id);
        if wanted(KeyKind::Role) {
            let roles = self.roles_by_number().iter();
            keys.extend(roles.map(|role| Key { kind: KeyKind::Role, number: *role }));
        }
        self.memory.keys = keys;
        self.memory.keys_known = true;
    }
}
