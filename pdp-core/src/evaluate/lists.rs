//! Which rules are tried: those that every request is held against, and those that keys of this
//! one lead to, in the order in which they stand.

use super::condition::Evaluation;
use crate::compiled::{Candidate, Key, KeyKind, List, Lists, Phases, Run};

/// Up to so many lists, the next rule is looked for among the first of each.
const MERGED_MAX: usize = 16;

/// Rules that may match.
pub(super) enum Runs {
    /// All of a list that is tried as it is.
    One(Run),
    /// What keys led to.
    Several(Vec<Run>),
}

/// From one candidate up to another, and when it is the turn of the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    turn: u64,
    begin: u32,
    end: u32,
}

impl Part {
    fn new(lists: &Lists, (begin, end): (u32, u32)) -> Self {
        let mut part = Part { turn: 0, begin, end };
        part.turn = part.first_turn(lists);
        part
    }

    /// When it is the turn of the first; after all others where there is none.
    #[inline]
    fn first_turn(&self, lists: &Lists) -> u64 {
        lists.part((self.begin, self.end)).first().map_or(u64::MAX, Candidate::turn)
    }
}

impl<'e> Evaluation<'e> {
    fn lists(&self) -> &'e Lists {
        &self.policies.code.dispatch.lists
    }

    /// The rules of a list that this request may match. Give them back, so that their memory
    /// serves again.
    #[inline]
    pub(super) fn gathered(&mut self, list: List) -> Runs {
        if list.fork.is_none() {
            return Runs::One(list.always);
        }
        let mut runs = self.no_runs();
        self.gather(&list, &mut runs);
        Runs::Several(runs)
    }

    /// The same rules, and those of more lists.
    pub(super) fn gathered_with(
        &mut self,
        rules: &Runs,
        more: impl Fn(usize, &Self) -> Option<List>,
    ) -> Runs {
        let mut runs = self.no_runs();
        match rules {
            Runs::One(run) => runs.push(*run),
            Runs::Several(several) => runs.extend(several),
        }
        for index in 0.. {
            let Some(list) = more(index, self) else { break };
            self.gather(&list, &mut runs);
        }
        Runs::Several(runs)
    }

    /// Memory for runs, with none in it.
    fn no_runs(&mut self) -> Vec<Run> {
        let mut runs = self.memory.runs.pop().unwrap_or_default();
        runs.clear();
        runs
    }

    #[inline]
    pub(super) fn give_back(&mut self, runs: Runs) {
        if let Runs::Several(runs) = runs {
            self.memory.runs.push(runs);
        }
    }

    /// The first rule of some phases that decides.
    #[inline]
    pub(super) fn first(
        &mut self,
        runs: &Runs,
        phases: Phases,
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<&'e Candidate> {
        match runs {
            Runs::One(run) => {
                let mut candidates = self.lists().part(run.part(phases)).iter();
                candidates.find(|candidate| decides(self, candidate))
            }
            Runs::Several(runs) => self.first_of_several(runs, phases, decides),
        }
    }

    fn first_of_several(
        &mut self,
        runs: &[Run],
        phases: Phases,
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<&'e Candidate> {
        let mut parts = std::mem::take(&mut self.memory.parts);
        parts.clear();
        let lists = self.lists();
        let all = runs.iter().map(|run| run.part(phases)).filter(|(begin, end)| begin < end);
        parts.extend(all.map(|part| Part::new(lists, part)));
        let found = match &mut parts[..] {
            [] => None,
            [Part { begin, end, .. }] => {
                let mut candidates = lists.part((*begin, *end)).iter();
                candidates.find(|candidate| decides(self, candidate))
            }
            few if few.len() <= MERGED_MAX => self.first_merged(few, decides),
            many => self.first_sorted(many, decides),
        };
        self.memory.parts = parts;
        found
    }

    fn first_merged(
        &mut self,
        parts: &mut [Part],
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<&'e Candidate> {
        let lists = self.lists();
        let mut last = None;
        loop {
            let part = parts.iter_mut().min_by_key(|part| part.turn)?;
            let candidate = lists.part((part.begin, part.end)).first()?;
            part.begin += 1;
            part.turn = part.first_turn(lists);
            // A rule that stands under several keys is tried once.
            if last.replace(candidate.rule) != Some(candidate.rule) && decides(self, candidate) {
                return Some(candidate);
            }
        }
    }

    #[cold]
    fn first_sorted(
        &mut self,
        parts: &[Part],
        mut decides: impl FnMut(&mut Self, &Candidate) -> bool,
    ) -> Option<&'e Candidate> {
        let candidates = &self.lists().candidates;
        let mut order = std::mem::take(&mut self.memory.order);
        order.clear();
        order.extend(parts.iter().flat_map(|part| part.begin..part.end));
        order.sort_unstable_by_key(|index| candidates[*index as usize].turn());
        order.dedup_by_key(|index| candidates[*index as usize].turn());
        let mut tried = order.iter().map(|index| &candidates[*index as usize]);
        let found = tried.find(|candidate| decides(self, candidate));
        self.memory.order = order;
        found
    }

    /// Notes what a list holds for this request.
    fn gather(&mut self, list: &List, runs: &mut Vec<Run>) {
        if list.always.up_to != [0; 3] {
            runs.push(list.always);
        }
        let Some(fork) = &list.fork else { return };
        let unknown = fork.kinds & !self.memory.keys_known;
        if unknown != 0 {
            self.know_keys(unknown);
        }
        for index in 0..self.memory.keys.len() {
            let key = self.memory.keys[index];
            if fork.kinds & key.kind() != 0
                && let Some(branch) = self.lists().branch(fork, key)
            {
                self.gather(branch, runs);
            }
        }
    }

    /// Finds the keys of some kinds that the request has.
    fn know_keys(&mut self, kinds: u8) {
        let lists = self.lists();
        let request = self.request;
        let mut keys = std::mem::take(&mut self.memory.keys);
        if self.memory.keys_known == 0 {
            keys.clear();
        }
        let wanted = |kind: KeyKind| kinds & kind.bit() != 0;
        let mut word = |kind: KeyKind, text: &str| {
            let number = if wanted(kind) { lists.words.index(text) } else { None };
            keys.extend(number.map(|number| Key::new(kind, number)));
        };
        word(KeyKind::ResourceId, request.resource.id);
        word(KeyKind::ActorId, request.actor.id);
        if wanted(KeyKind::Tenant) {
            request.actor.all_tenants().for_each(|tenant| word(KeyKind::Tenant, tenant));
        }
        let mut beginnings = |kind: KeyKind, text: &str| {
            if wanted(kind) {
                lists.beginnings.beginning(text, |number| keys.push(Key::new(kind, number)));
            }
        };
        beginnings(KeyKind::ResourceBeginning, request.resource.id);
        beginnings(KeyKind::ActorBeginning, request.actor.id);
        if wanted(KeyKind::Role) {
            let roles = self.roles_by_number().iter();
            keys.extend(roles.map(|role| Key::new(KeyKind::Role, *role)));
        }
        self.memory.keys = keys;
        self.memory.keys_known |= kinds;
    }
}
