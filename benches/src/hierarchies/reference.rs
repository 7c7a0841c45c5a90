use super::{App, Details, Draw, EntityIndex, Hierarchy};

/// Whether the request is permitted: by walks over the generated edges, which share nothing with
/// the engine and the floor.
pub fn permits(hierarchy: &Hierarchy, draw: &Draw) -> bool {
    match hierarchy.app {
        App::Gdrive => gdrive(hierarchy, draw),
        App::Github => github(hierarchy, draw),
        App::Tinytodo => tinytodo(hierarchy, draw),
    }
}

/// What is in a folder is managed by whoever owns the folder; so is what is created in it, which
/// the paper leaves to the owner of that very folder.
fn gdrive(hierarchy: &Hierarchy, draw: &Draw) -> bool {
    let Details::User { view, documents, folders } = &hierarchy.entity(draw.actor).details else {
        return false;
    };
    let is_public =
        matches!(hierarchy.entity(draw.resource).details, Details::Document { is_public: true });
    let within = |other: &EntityIndex| is_in(hierarchy, draw.resource, *other);
    let managed = || documents.iter().any(within) || folders.iter().any(within);
    match draw.action {
        "read" => is_public || within(view) || managed(),
        "write" | "share" | "createDocument" => managed(),
        "changeOwner" => documents.contains(&draw.resource),
        _ => false,
    }
}

fn github(hierarchy: &Hierarchy, draw: &Draw) -> bool {
    let Details::Repository { permissions, owner } = &hierarchy.entity(draw.resource).details
    else {
        return false;
    };
    let Details::Organization { permissions: of_owner } = &hierarchy.entity(*owner).details else {
        return false;
    };
    let [reader, triager, writer, maintainer, admin] = *permissions;
    let [owner_reader, owner_writer, owner_admin] = *of_owner;
    let enough = match draw.action {
        "read" => vec![
            reader,
            triager,
            writer,
            maintainer,
            admin,
            owner_reader,
            owner_writer,
            owner_admin,
        ],
        "triage" => vec![triager, writer, maintainer, admin, owner_writer, owner_admin],
        "write" => vec![writer, maintainer, admin, owner_writer, owner_admin],
        "maintain" => vec![maintainer, admin, owner_admin],
        "admin" => vec![admin, owner_admin],
        _ => Vec::new(),
    };
    enough.into_iter().any(|permission| is_in(hierarchy, draw.actor, permission))
}

fn tinytodo(hierarchy: &Hierarchy, draw: &Draw) -> bool {
    let Details::List { owner, readers, editors } = hierarchy.entity(draw.resource).details else {
        return matches!(draw.action, "CreateList" | "GetLists");
    };
    let of = |team| is_in(hierarchy, draw.actor, team);
    match draw.action {
        _ if owner == draw.actor => true,
        "GetList" => of(readers) || of(editors),
        "UpdateList" | "CreateTask" | "UpdateTask" | "DeleteTask" => of(editors),
        _ => false,
    }
}

/// Every entity is in itself, and in whatever its parents are in. There are no cycles.
fn is_in(hierarchy: &Hierarchy, entity: EntityIndex, other: EntityIndex) -> bool {
    entity == other
        || hierarchy.entity(entity).parents.iter().any(|parent| is_in(hierarchy, *parent, other))
}
