//! The names that rules and facts mention, as numbers.

use std::borrow::Cow;

use super::key::{Numbers, Seen};
use crate::asked::Asked;
use crate::floor::table::{TextTable, hash};
use crate::rules::FOLDERS;

/// What has a name.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) actors: TextTable,
    /// `service:fleet-7`
    pub(super) fleets: TextTable,
    pub(super) roles: TextTable,
    pub(super) teams: TextTable,
    /// In the order of [`FOLDERS`].
    pub(super) folders: TextTable,
    pub(super) ids: TextTable,
}

impl Names {
    pub(super) fn new() -> Self {
        let table = || TextTable::new([]);
        Names {
            actors: table(),
            fleets: table(),
            roles: table(),
            teams: table(),
            folders: TextTable::new(FOLDERS),
            ids: table(),
        }
    }

    /// A request in numbers; what is known of the resource is left out.
    #[inline]
    pub(super) fn see<'a>(&self, asked: &'a Asked) -> Seen<'a> {
        let find = |table: &TextTable, text: &str| table.find(hash(text), text);
        let (team, rest) = asked.resource_id.split_once('/').unwrap_or_default();
        let (folder, number) = rest.split_once('/').unwrap_or_default();
        let fleet = asked.actor_id.rsplit_once('-').map(|(fleet, _)| fleet);
        Seen {
            actor_type: asked.actor_type,
            actor: find(&self.actors, &asked.actor_id),
            fleet: fleet.and_then(|fleet| find(&self.fleets, fleet)),
            roles: numbers(&self.roles, &asked.roles),
            tenants: numbers(&self.teams, &asked.tenants),
            id: find(&self.ids, &asked.resource_id),
            team: find(&self.teams, team),
            folder: find(&self.folders, folder).map_or(0, |folder| 1 << folder),
            is_four: number.starts_with('4'),
            known: None,
            related: 0,
            context: &asked.context,
        }
    }
}

#[inline]
fn numbers(table: &TextTable, texts: &[Cow<'static, str>]) -> Numbers {
    let mut numbers = Numbers::default();
    for text in texts {
        if let Some(number) = table.find(hash(text), text) {
            numbers.push(number);
        }
    }
    numbers
}
