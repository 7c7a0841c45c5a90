use super::is_same;
use crate::ActorType;

/// What rules of one action on one type ask that a request answers by its words alone, each thing
/// one bit, so that a rule is held against all of it at once.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// For each type of actor, in the order of [`ActorType::ALL`], those that it has.
    pub(crate) actors: [u32; ActorType::ALL.len()],
    /// Those of resources that are not known, and of those that are.
    pub(crate) resources: [u32; 2],
    /// What roles and tenants are called, and what who has them has.
    pub(crate) roles: Vec<(Box<str>, u32)>,
    pub(crate) tenants: Vec<(Box<str>, u32)>,
}

impl Marks {
    #[inline]
    pub(crate) fn of_actor(&self, actor_type: ActorType) -> u32 {
        self.actors[actor_type as usize]
    }

    #[inline]
    pub(crate) fn of_resource(&self, is_known: impl FnOnce() -> bool) -> u32 {
        if self.ask_facts() { self.resources[usize::from(is_known())] } else { 0 }
    }

    pub(crate) fn ask_facts(&self) -> bool {
        self.resources != [0, 0]
    }
}

/// The marks of some words.
#[inline]
pub(crate) fn of_words<'w>(
    marks: &[(Box<str>, u32)],
    words: impl IntoIterator<Item = &'w str>,
) -> u32 {
    if marks.is_empty() {
        return 0;
    }
    let mut had = 0;
    for word in words {
        for (wanted, mark) in marks {
            if is_same(wanted.as_bytes(), word) {
                had |= mark;
            }
        }
    }
    had
}
