use std::ops::Range;

use super::entity::{any, connected, connects};
use super::{App, Details, EntityIndex, Hierarchy, Kind};
use crate::random::Random;

pub(super) const ACTIONS: [(&str, Kind); 5] = [
    ("read", Kind::Repository),
    ("triage", Kind::Repository),
    ("write", Kind::Repository),
    ("maintain", Kind::Repository),
    ("admin", Kind::Repository),
];

/// The ranks of a repository and those of an organisation, from the lowest.
pub(super) const RANKS: [&str; 5] = ["reader", "triager", "writer", "maintainer", "admin"];
pub(super) const OWNER_RANKS: [&str; 3] = ["reader", "writer", "admin"];

/// Users, teams, organisations, repositories, three permissions for each organisation, five for
/// each repository, in this order.
pub(super) fn hierarchy(random: &mut Random, size: usize) -> Hierarchy {
    let block = |number: usize| number * size..(number + 1) * size;
    let (teams, organizations) = (block(1), block(2));
    let of_organizations = Permissions { first: 4 * size, ranks: OWNER_RANKS.len(), holders: size };
    let of_repositories = Permissions { first: 7 * size, ranks: RANKS.len(), holders: size };
    let mut hierarchy = Hierarchy::new(App::Github);
    for user in 0..size {
        let mut parents = of_repositories.some(random);
        parents.extend(connected(random, teams.start..organizations.end));
        parents.extend(of_organizations.some(random));
        hierarchy.add(Kind::User, &format!("user_{user}"), parents, Details::None);
    }
    for team in 0..size {
        // Only lower ones, so that no team is in itself.
        let mut parents = connected(random, teams.start..teams.start + team);
        parents.extend(of_repositories.some(random));
        hierarchy.add(Kind::Team, &format!("team_{team}"), parents, Details::None);
    }
    for organization in 0..size {
        let permissions = std::array::from_fn(|rank| of_organizations.of(organization, rank));
        let parents = of_organizations.some(random);
        let details = Details::Organization { permissions };
        hierarchy.add(Kind::Organization, &format!("org_{organization}"), parents, details);
    }
    for repository in 0..size {
        let permissions = std::array::from_fn(|rank| of_repositories.of(repository, rank));
        let owner = any(random, organizations.clone());
        let details = Details::Repository { permissions, owner };
        hierarchy.add(Kind::Repository, &format!("repo_{repository}"), Vec::new(), details);
    }
    add_permissions(&mut hierarchy, organizations, &OWNER_RANKS);
    add_permissions(&mut hierarchy, block(3), &RANKS);
    hierarchy
}

fn add_permissions(hierarchy: &mut Hierarchy, holders: Range<usize>, ranks: &[&str]) {
    for holder in holders {
        let holder = hierarchy.entities[holder].id().to_owned();
        for rank in ranks {
            let id = format!("{holder}_{rank}");
            hierarchy.add(Kind::Permission, &id, Vec::new(), Details::None);
        }
    }
}

/// Where the permissions of all repositories, or of all organisations, stand.
struct Permissions {
    first: usize,
    ranks: usize,
    holders: usize,
}

impl Permissions {
    fn of(&self, holder: usize, rank: usize) -> EntityIndex {
        EntityIndex(self.first + holder * self.ranks + rank)
    }

    /// At each holder to which there is an edge one of its permissions.
    fn some(&self, random: &mut Random) -> Vec<EntityIndex> {
        let mut some = Vec::new();
        for holder in 0..self.holders {
            if connects(random) {
                some.push(self.of(holder, random.index(self.ranks)));
            }
        }
        some
    }
}
