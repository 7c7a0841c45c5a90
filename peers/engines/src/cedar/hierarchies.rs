//! The workload *hierarchies*: what an entity is in are its parents, the rest are attributes.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};
use pdp_benches::contender::{Contender, loaded};
use pdp_benches::hierarchies::{App, Details, Draw, EntityIndex, Hierarchies, Hierarchy, Kind};

use super::{permits, uid};

/// One set of policies; the entities of each hierarchy are ready.
pub fn hierarchies<'a>(drawn: &Hierarchies) -> Contender<'a> {
    let ((policies, entities), load) = loaded(|| {
        let policies: PolicySet = policies(drawn.app).parse().expect("policies of ours");
        let entities: Vec<Entities> = drawn.hierarchies.iter().map(entities).collect();
        (policies, entities)
    });
    let authorizer = Authorizer::new();
    let requests = drawn.draws.iter().map(|draw| (draw.hierarchy, request(drawn.of(draw), draw)));
    let call = move |(hierarchy, request): &(usize, Request)| {
        authorizer.is_authorized(request, &policies, &entities[*hierarchy])
    };
    Contender::new("Cedar", load, requests.collect(), call, permits)
}

fn request(hierarchy: &Hierarchy, draw: &Draw) -> Request {
    Request::new(
        name(hierarchy, draw.actor),
        uid("Action", draw.action),
        name(hierarchy, draw.resource),
        Context::empty(),
        None,
    )
    .expect("there is no schema that it could break")
}

fn policies(app: App) -> &'static str {
    match app {
        App::Gdrive => GDRIVE,
        App::Github => GITHUB,
        App::Tinytodo => TINYTODO,
    }
}

const GDRIVE: &str = r#"
permit(principal, action == Action::"read", resource) when { resource in principal.view };
permit(principal, action == Action::"read", resource) when { resource.isPublic };
permit(principal, action in [Action::"read", Action::"write", Action::"share"], resource)
when { resource in principal.ownedDocuments || resource in principal.ownedFolders };
permit(principal, action == Action::"changeOwner", resource)
when { principal.ownedDocuments.contains(resource) };
permit(principal, action == Action::"createDocument", resource)
when { resource in principal.ownedFolders };
"#;

/// Each action is in that of the next higher rank.
const GITHUB: &str = r#"
permit(principal, action == Action::"read", resource) when { principal in resource.reader };
permit(principal, action in Action::"triage", resource) when { principal in resource.triager };
permit(principal, action in Action::"write", resource) when { principal in resource.writer };
permit(principal, action in Action::"maintain", resource)
when { principal in resource.maintainer };
permit(principal, action in Action::"admin", resource) when { principal in resource.admin };
permit(principal, action == Action::"read", resource)
when { principal in resource.owner.reader };
permit(principal, action in Action::"write", resource)
when { principal in resource.owner.writer };
permit(principal, action in Action::"admin", resource)
when { principal in resource.owner.admin };
"#;

const TINYTODO: &str = r#"
permit(
    principal,
    action in [Action::"CreateList", Action::"GetLists"],
    resource == Application::"tinytodo"
);
permit(principal, action, resource is List) when { resource.owner == principal };
permit(principal, action == Action::"GetList", resource)
when { principal in resource.readers || principal in resource.editors };
permit(
    principal,
    action in [
        Action::"UpdateList", Action::"CreateTask", Action::"UpdateTask", Action::"DeleteTask"
    ],
    resource
) when { principal in resource.editors };
"#;

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "User",
        Kind::Group => "Group",
        Kind::Document => "Document",
        Kind::Folder => "Folder",
        Kind::View => "View",
        Kind::Repository => "Repository",
        Kind::Organization => "Organization",
        Kind::Permission => "Permission",
        Kind::Team => "Team",
        Kind::List => "List",
        Kind::Application => "Application",
    }
}

fn name(hierarchy: &Hierarchy, index: EntityIndex) -> EntityUid {
    let entity = hierarchy.entity(index);
    uid(type_name(entity.kind), entity.id())
}

fn entities(hierarchy: &Hierarchy) -> Entities {
    let own = hierarchy.entities.iter().map(|entity| {
        let uid = uid(type_name(entity.kind), entity.id());
        let parents = entity.parents.iter().map(|parent| name(hierarchy, *parent)).collect();
        let attributes = attributes(hierarchy, &entity.details);
        Entity::new(uid, attributes, parents).expect("attributes of ours")
    });
    Entities::from_entities(own.chain(actions(hierarchy.app)), None).expect("entities of ours")
}

/// In *github* whoever may do what is in a rank may do what is in those below.
fn actions(app: App) -> Vec<Entity> {
    let mut higher = HashSet::new();
    let mut actions = Vec::new();
    for (action, _) in app.actions().iter().rev() {
        let action = uid("Action", action);
        actions.push(Entity::new_no_attrs(action.clone(), higher.clone()));
        if app == App::Github {
            higher = HashSet::from([action]);
        }
    }
    actions
}

fn attributes(hierarchy: &Hierarchy, details: &Details) -> HashMap<String, RestrictedExpression> {
    let one = |index: EntityIndex| RestrictedExpression::new_entity_uid(name(hierarchy, index));
    let all = |indexes: &[EntityIndex]| {
        RestrictedExpression::new_set(indexes.iter().map(|index| one(*index)))
    };
    let attributes = match details {
        Details::User { view, documents, folders } => vec![
            ("view", one(*view)),
            ("ownedDocuments", all(documents)),
            ("ownedFolders", all(folders)),
        ],
        Details::Document { is_public } => {
            vec![("isPublic", RestrictedExpression::new_bool(*is_public))]
        }
        Details::Repository {
            permissions: [reader, triager, writer, maintainer, admin],
            owner,
        } => {
            vec![
                ("reader", one(*reader)),
                ("triager", one(*triager)),
                ("writer", one(*writer)),
                ("maintainer", one(*maintainer)),
                ("admin", one(*admin)),
                ("owner", one(*owner)),
            ]
        }
        Details::Organization { permissions: [reader, writer, admin] } => {
            vec![("reader", one(*reader)), ("writer", one(*writer)), ("admin", one(*admin))]
        }
        Details::List { owner, readers, editors } => {
            vec![("owner", one(*owner)), ("readers", one(*readers)), ("editors", one(*editors))]
        }
        Details::None | Details::View { .. } => Vec::new(),
    };
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
