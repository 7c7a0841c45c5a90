use super::entity::{any, connected};
use super::{App, Details, EntityIndex, Hierarchy, Kind};
use crate::random::Random;

pub(super) const ACTIONS: [(&str, Kind); 9] = [
    ("CreateList", Kind::Application),
    ("GetLists", Kind::Application),
    ("GetList", Kind::List),
    ("UpdateList", Kind::List),
    ("CreateTask", Kind::List),
    ("UpdateTask", Kind::List),
    ("DeleteTask", Kind::List),
    ("DeleteList", Kind::List),
    ("EditShares", Kind::List),
];

/// Users, teams, lists, the application, in this order.
pub(super) fn hierarchy(random: &mut Random, size: usize) -> Hierarchy {
    let (users, teams) = (0..size, size..2 * size);
    let application = EntityIndex(3 * size);
    let mut hierarchy = Hierarchy::new(App::Tinytodo);
    for user in users.clone() {
        let mut parents = connected(random, teams.clone());
        parents.push(application);
        hierarchy.add(Kind::User, &format!("user_{user}"), parents, Details::None);
    }
    for team in 0..size {
        // Only lower ones, so that no team is in itself.
        let mut parents = connected(random, teams.start..teams.start + team);
        parents.push(application);
        hierarchy.add(Kind::Team, &format!("team_{team}"), parents, Details::None);
    }
    for list in 0..size {
        let details = Details::List {
            owner: any(random, users.clone()),
            readers: any(random, teams.clone()),
            editors: any(random, teams.clone()),
        };
        hierarchy.add(Kind::List, &format!("list_{list}"), vec![application], details);
    }
    hierarchy.add(Kind::Application, "tinytodo", Vec::new(), Details::None);
    hierarchy
}
