use super::entity::connected;
use super::{App, Details, EntityIndex, Hierarchy, Kind};
use crate::random::Random;

pub(super) const ACTIONS: [(&str, Kind); 5] = [
    ("read", Kind::Document),
    ("write", Kind::Document),
    ("share", Kind::Document),
    ("changeOwner", Kind::Document),
    ("createDocument", Kind::Folder),
];

/// Users, groups, documents, folders, a view for each user, a view for each group, in this order.
pub(super) fn hierarchy(random: &mut Random, size: usize) -> Hierarchy {
    let block = |number: usize| number * size..(number + 1) * size;
    let (groups, documents, folders) = (block(1), block(2), block(3));
    let (user_views, group_views) = (block(4), block(5));
    let mut hierarchy = Hierarchy::new(App::Gdrive);
    for user in 0..size {
        let details = Details::User {
            view: EntityIndex(user_views.start + user),
            documents: connected(random, documents.clone()),
            folders: connected(random, folders.clone()),
        };
        let member = connected(random, groups.clone());
        hierarchy.add(Kind::User, &format!("user_{user}"), member, details);
    }
    for group in 0..size {
        hierarchy.add(Kind::Group, &format!("group_{group}"), Vec::new(), Details::None);
    }
    for document in 0..size {
        let mut parents = connected(random, folders.clone());
        parents.extend(connected(random, user_views.start..group_views.end));
        let details = Details::Document { is_public: random.happens(50) };
        hierarchy.add(Kind::Document, &format!("doc_{document}"), parents, details);
    }
    for folder in 0..size {
        // Only lower ones, so that no folder is in itself.
        let mut parents = connected(random, folders.start..folders.start + folder);
        parents.extend(connected(random, user_views.start..group_views.end));
        hierarchy.add(Kind::Folder, &format!("folder_{folder}"), parents, Details::None);
    }
    add_views(&mut hierarchy, size, user_views.start);
    hierarchy
}

/// What a group sees, each of its members sees: its view is in theirs.
fn add_views(hierarchy: &mut Hierarchy, size: usize, user_views: usize) {
    for user in 0..size {
        let details = Details::View { of: EntityIndex(user) };
        hierarchy.add(Kind::View, &format!("user_{user}"), Vec::new(), details);
    }
    for group in 0..size {
        let of = EntityIndex(size + group);
        let members = (0..size).filter(|user| hierarchy.entities[*user].parents.contains(&of));
        let parents = members.map(|user| EntityIndex(user_views + user)).collect();
        hierarchy.add(Kind::View, &format!("group_{group}"), parents, Details::View { of });
    }
}
