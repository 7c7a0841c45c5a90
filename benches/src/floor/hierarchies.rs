//! The floor of the workload *hierarchies*: one table of names, a row of bits for each entity.

use super::table::{TextTable, hash};
use crate::hierarchies::{App, Details, Draw, EntityIndex, Hierarchy};

/// The engine, for one hierarchy.
#[derive(Debug)]
pub struct HierarchyFloor {
    app: App,
    /// Entities have the numbers that they have in the hierarchy.
    names: TextTable,
    /// What each entity is in, itself included.
    ancestors: Rows,
    /// What each user of *gdrive* owns.
    owned: Rows,
    slots: Vec<Slots>,
}

/// What is known of an entity beside what it is in: of a user of *gdrive* the view, of a document
/// whether it is public, of a repository its permissions and those of its owner, of a list the
/// owner, the readers and the editors.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(16))]
struct Slots([u16; 8]);

/// A request in the form that the floor takes: the action is a number, its place among those of the
/// application.
#[derive(Clone, Copy, Debug)]
pub struct HierarchyRequest<'a> {
    /// The hierarchy that it is about, by its number.
    pub hierarchy: usize,
    actor: &'a str,
    action: u8,
    resource: &'a str,
}

impl<'a> HierarchyRequest<'a> {
    /// The request of a draw.
    ///
    /// # Panics
    ///
    /// Where the draw is none of the application.
    pub fn new(app: App, draw: &'a Draw) -> Self {
        let action = app.actions().iter().position(|(action, _)| *action == draw.action);
        HierarchyRequest {
            hierarchy: draw.hierarchy,
            actor: &draw.actor_name,
            action: u8::try_from(action.expect("an action of the application")).expect("few"),
            resource: &draw.resource_name,
        }
    }
}

impl HierarchyFloor {
    /// Puts a hierarchy into tables.
    ///
    /// # Panics
    ///
    /// Where two entities have one name.
    pub fn new(hierarchy: &Hierarchy) -> Self {
        let count = hierarchy.entities.len();
        let mut floor = HierarchyFloor {
            app: hierarchy.app,
            names: TextTable::new(hierarchy.entities.iter().map(|entity| &*entity.name)),
            ancestors: Rows::new(count),
            owned: Rows::new(count),
            slots: vec![Slots::default(); count],
        };
        assert_eq!(floor.names.len(), count, "names are given once");
        for index in (0..count).map(EntityIndex) {
            floor.climb(hierarchy, index, index);
            floor.slots[index.0] = slots(hierarchy, index);
            if let Details::User { documents, folders, .. } = &hierarchy.entity(index).details {
                for owned in documents.iter().chain(folders) {
                    floor.owned.set(index.0, owned.0);
                }
            }
        }
        floor
    }

    /// Notes what an entity is in, from `place` upwards.
    fn climb(&mut self, hierarchy: &Hierarchy, entity: EntityIndex, place: EntityIndex) {
        if !self.ancestors.has(entity.0, place.0) {
            self.ancestors.set(entity.0, place.0);
            for parent in &hierarchy.entity(place).parents {
                self.climb(hierarchy, entity, *parent);
            }
        }
    }

    /// Whether the request is permitted.
    #[inline]
    pub fn permits(&self, request: &HierarchyRequest<'_>) -> bool {
        let (actor_hash, resource_hash) = (hash(request.actor), hash(request.resource));
        self.names.prefetch(actor_hash);
        self.names.prefetch(resource_hash);
        let Some(actor) = self.names.find(actor_hash, request.actor) else { return false };
        let Some(resource) = self.names.find(resource_hash, request.resource) else { return false };
        let (actor, resource) = (actor as usize, resource as usize);
        match self.app {
            App::Gdrive => self.gdrive(actor, request.action, resource),
            App::Github => self.github(actor, request.action, resource),
            App::Tinytodo => self.tinytodo(actor, request.action, resource),
        }
    }

    #[inline]
    fn gdrive(&self, actor: usize, action: u8, resource: usize) -> bool {
        const READ: u8 = 0;
        const CHANGE_OWNER: u8 = 3;
        if action == CHANGE_OWNER {
            return self.owned.has(actor, resource);
        }
        if action == READ {
            let view = usize::from(self.slots[actor].0[0]);
            let is_public = self.slots[resource].0[0] != 0;
            if is_public || self.ancestors.has(resource, view) {
                return true;
            }
        }
        let both = self.owned.row(actor).iter().zip(self.ancestors.row(resource));
        both.fold(0, |any, (owned, within)| any | owned & within) != 0
    }

    /// The slots are the five permissions of the repository and the three of its owner. All are
    /// looked at, so that there is nothing to jump over.
    #[inline]
    fn github(&self, actor: usize, action: u8, resource: usize) -> bool {
        const ENOUGH: [u8; 5] = [0b1111_1111, 0b1101_1110, 0b1101_1100, 0b1001_1000, 0b1001_0000];
        let row = self.ancestors.row(actor);
        let slots = self.slots[resource].0.iter().enumerate();
        let held = slots
            .fold(0, |held, (slot, permission)| held | bit(row, usize::from(*permission)) << slot);
        held & u64::from(ENOUGH[usize::from(action)]) != 0
    }

    /// The slots are owner, readers and editors, each of which the actor may be or be in.
    #[inline]
    fn tinytodo(&self, actor: usize, action: u8, resource: usize) -> bool {
        const ANYONE: u64 = 0b1000;
        const ENOUGH: [u64; 9] = [ANYONE, ANYONE, 0b111, 0b101, 0b101, 0b101, 0b101, 0b001, 0b001];
        let row = self.ancestors.row(actor);
        let slots = self.slots[resource].0[..3].iter().enumerate();
        let held = slots.fold(ANYONE, |held, (slot, of)| held | bit(row, usize::from(*of)) << slot);
        held & ENOUGH[usize::from(action)] != 0
    }
}

/// How many slots of a repository are its own permissions.
const PERMISSIONS: usize = 5;

fn slots(hierarchy: &Hierarchy, index: EntityIndex) -> Slots {
    let mut slots = Slots::default();
    let mut fill = |start: usize, of: &[EntityIndex]| {
        for (slot, index) in slots.0[start..].iter_mut().zip(of) {
            *slot = u16::try_from(index.0).expect("hierarchies are small");
        }
    };
    match &hierarchy.entity(index).details {
        Details::User { view, .. } => fill(0, &[*view]),
        Details::Repository { permissions, owner } => {
            fill(0, permissions);
            if let Details::Organization { permissions } = &hierarchy.entity(*owner).details {
                fill(PERMISSIONS, permissions);
            }
        }
        Details::List { owner, readers, editors } => fill(0, &[*owner, *readers, *editors]),
        Details::Document { is_public } => slots.0[0] = u16::from(*is_public),
        Details::None | Details::View { .. } | Details::Organization { .. } => {}
    }
    slots
}

/// For each entity a bit for each entity.
#[derive(Debug)]
struct Rows {
    words: Vec<u64>,
    width: usize,
}

impl Rows {
    fn new(count: usize) -> Self {
        let width = count.div_ceil(64);
        Rows { words: vec![0; count * width], width }
    }

    fn set(&mut self, row: usize, column: usize) {
        self.words[row * self.width + column / 64] |= 1 << (column % 64);
    }

    #[inline]
    fn row(&self, row: usize) -> &[u64] {
        &self.words[row * self.width..][..self.width]
    }

    #[inline]
    fn has(&self, row: usize, column: usize) -> bool {
        bit(self.row(row), column) != 0
    }
}

#[inline]
fn bit(row: &[u64], column: usize) -> u64 {
    row[column / 64] >> (column % 64) & 1
}
