//! The workload *hierarchies*: the request brings what is known of actor and resource, and the
//! whole graph, which the requests of one hierarchy share.

use pdp_benches::contender::Contender;
use pdp_benches::hierarchies::{App, Details, Draw, EntityIndex, Hierarchies, Hierarchy};
use regorus::Value;

use super::contender;

/// One module for each application.
pub fn hierarchies<'a>(drawn: &Hierarchies) -> Contender<'a> {
    let graphs: Vec<Value> = drawn.hierarchies.iter().map(graph).collect();
    let of: Vec<Vec<Value>> = drawn.hierarchies.iter().map(all_details).collect();
    let requests = drawn.draws.iter().map(|draw| {
        let details = &of[draw.hierarchy];
        request(draw, details, graphs[draw.hierarchy].clone())
    });
    let (module, data) = match drawn.app {
        App::Gdrive => (GDRIVE, "{}"),
        App::Github => (GITHUB, RANKS),
        App::Tinytodo => (TINYTODO, "{}"),
    };
    contender(module, data, requests.collect())
}

fn request(draw: &Draw, details: &[Value], graph: Value) -> Value {
    object([
        ("action", draw.action.into()),
        ("principal", details[draw.actor.0].clone()),
        ("resource", details[draw.resource.0].clone()),
        ("graph", graph),
    ])
}

const GDRIVE: &str = r#"
package workload

default allow := false

within := graph.reachable(input.graph, [input.resource.name])

allow if { input.action == "read"; input.resource.public }
allow if { input.action == "read"; input.principal.view in within }
allow if {
    input.action in ["read", "write", "share"]
    some owned in input.principal.documents
    owned in within
}
allow if {
    input.action in ["read", "write", "share", "createDocument"]
    some owned in input.principal.folders
    owned in within
}
allow if { input.action == "changeOwner"; input.resource.name in input.principal.documents }
"#;

const GITHUB: &str = r#"
package workload

default allow := false

holds := graph.reachable(input.graph, [input.principal.name])

allow if {
    some rank in data.ranks[input.action]
    input.resource.permissions[rank] in holds
}
allow if {
    some rank in data.owner_ranks[input.action]
    input.resource.owner[rank] in holds
}
"#;

/// Which ranks are enough for an action, in a repository and in the organisation that owns it.
const RANKS: &str = r#"{
    "ranks": {
        "read": ["reader", "triager", "writer", "maintainer", "admin"],
        "triage": ["triager", "writer", "maintainer", "admin"],
        "write": ["writer", "maintainer", "admin"],
        "maintain": ["maintainer", "admin"],
        "admin": ["admin"]
    },
    "owner_ranks": {
        "read": ["reader", "writer", "admin"],
        "triage": ["writer", "admin"],
        "write": ["writer", "admin"],
        "maintain": ["admin"],
        "admin": ["admin"]
    }
}"#;

const TINYTODO: &str = r#"
package workload

default allow := false

within := graph.reachable(input.graph, [input.principal.name])

allow if { input.action in ["CreateList", "GetLists"]; input.resource.name == "application:tinytodo" }
allow if input.resource.owner == input.principal.name
allow if { input.action == "GetList"; input.resource.readers in within }
allow if {
    input.action in ["GetList", "UpdateList", "CreateTask", "UpdateTask", "DeleteTask"]
    input.resource.editors in within
}
"#;

/// For every entity what it is directly in.
fn graph(hierarchy: &Hierarchy) -> Value {
    let nodes = hierarchy.entities.iter();
    object(nodes.map(|entity| (&*entity.name, names(hierarchy, &entity.parents))))
}

/// For every entity what else is known of it.
fn all_details(hierarchy: &Hierarchy) -> Vec<Value> {
    let all = hierarchy.entities.iter().map(|entity| {
        let mut entries = details(hierarchy, &entity.details);
        entries.push(("name", entity.name.as_str().into()));
        object(entries)
    });
    all.collect()
}

fn details(hierarchy: &Hierarchy, details: &Details) -> Vec<(&'static str, Value)> {
    let one = |index: EntityIndex| name(hierarchy, index);
    match details {
        Details::User { view, documents, folders } => vec![
            ("view", one(*view)),
            ("documents", names(hierarchy, documents)),
            ("folders", names(hierarchy, folders)),
        ],
        Details::Document { is_public } => vec![("public", (*is_public).into())],
        Details::Repository {
            permissions: [reader, triager, writer, maintainer, admin],
            owner,
        } => {
            let permissions = object([
                ("reader", one(*reader)),
                ("triager", one(*triager)),
                ("writer", one(*writer)),
                ("maintainer", one(*maintainer)),
                ("admin", one(*admin)),
            ]);
            let owner = object(self::details(hierarchy, &hierarchy.entity(*owner).details));
            vec![("permissions", permissions), ("owner", owner)]
        }
        Details::Organization { permissions: [reader, writer, admin] } => {
            vec![("reader", one(*reader)), ("writer", one(*writer)), ("admin", one(*admin))]
        }
        Details::List { owner, readers, editors } => {
            vec![("owner", one(*owner)), ("readers", one(*readers)), ("editors", one(*editors))]
        }
        Details::None | Details::View { .. } => Vec::new(),
    }
}

fn names(hierarchy: &Hierarchy, indexes: &[EntityIndex]) -> Value {
    indexes.iter().map(|index| name(hierarchy, *index)).collect::<Vec<Value>>().into()
}

fn name(hierarchy: &Hierarchy, index: EntityIndex) -> Value {
    hierarchy.entity(index).name.as_str().into()
}

fn object<'n>(entries: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let mut object = Value::new_object();
    let map = object.as_object_mut().expect("made as an object");
    for (name, value) in entries {
        map.insert(name.into(), value);
    }
    object
}
