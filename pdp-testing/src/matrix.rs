//! A matrix becomes cases: every actor with every resource and every action.

use std::collections::BTreeSet;
use std::rc::Rc;

use pdp_core::Effect;
use pdp_core::document::{Node, SyntaxError};

use crate::file::Fixtures;
use crate::reader::{Fields, entries, mistake, text, texts};
use crate::{Case, Expectation};

/// What a matrix crosses, beside its actors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// What the matrix shows.
    pub name: String,
    /// The line of the file on which it stands, from 1.
    pub line: u32,
    /// The types of its resources, each once.
    pub resource_types: Vec<String>,
    /// Its actions that it permits to nobody.
    pub denied: Vec<String>,
}

/// How many cells a matrix may have.
const CELLS_MAX: usize = 1_000_000;

pub(crate) fn read(
    node: &Node<'_>,
    fixtures: &mut Fixtures,
) -> Result<(Matrix, Vec<Case>), SyntaxError> {
    let keys = ["name", "actors", "resources", "actions", "permit", "context", "now"];
    let fields = Fields::new(node, "a matrix", &keys)?;
    let name = fields.text("name")?;
    let (actors, resources) = (fields.items("actors")?, fields.items("resources")?);
    let actions = fields.texts("actions")?;
    if actors.is_empty() || resources.is_empty() || actions.is_empty() {
        return Err(mistake(node, "a matrix has actors, resources and actions"));
    }
    let cells = [actors.len(), resources.len(), actions.len()].iter().product::<usize>();
    if cells > CELLS_MAX {
        return Err(mistake(node, format!("a matrix of more than {CELLS_MAX} cells")));
    }
    let crossed = [
        distinct(&fields, "actors")?,
        distinct(&fields, "resources")?,
        distinct(&fields, "actions")?,
    ];
    let permitted = fields.value("permit").map(|permit| permitted(permit, &crossed)).transpose()?;
    let permitted = permitted.unwrap_or_default();
    let (context, now) = (Rc::new(fields.map("context")?), fields.time("now")?);
    let mut cases = Vec::with_capacity(cells);
    for actor_node in actors {
        let (actor_name, actor) = (text(actor_node, "actor")?, fixtures.actors.named(actor_node)?);
        for resource_node in resources {
            let resource_name = text(resource_node, "resource")?;
            let resource = fixtures.resources.named(resource_node)?;
            for action in &actions {
                let cell = (actor_name.clone(), resource_name.clone(), action.clone());
                let effect = if permitted.contains(&cell) { Effect::Permit } else { Effect::Deny };
                cases.push(Case {
                    name: format!("{name}: {actor_name} {action} {resource_name}"),
                    line: node.span.line,
                    actor: Rc::clone(&actor),
                    action: action.clone(),
                    resource: Rc::clone(&resource),
                    context: Rc::clone(&context),
                    now,
                    expect: only(effect),
                    matrix: true,
                });
            }
        }
    }
    let resource_types: BTreeSet<&str> =
        cases.iter().map(|case| case.resource.resource_type.as_str()).collect();
    let resource_types = resource_types.into_iter().map(str::to_owned).collect();
    let permitted: BTreeSet<&String> = permitted.iter().map(|(_, _, action)| action).collect();
    let denied = actions.into_iter().filter(|action| !permitted.contains(action)).collect();
    Ok((Matrix { name, line: node.span.line, resource_types, denied }, cases))
}

/// The names of a list, each of which stands there once.
fn distinct(fields: &Fields<'_, '_>, key: &str) -> Result<BTreeSet<String>, SyntaxError> {
    let mut names = BTreeSet::new();
    for item in fields.items(key)? {
        let name = text(item, key)?;
        if names.contains(&name) {
            return Err(mistake(item, format!("the matrix names `{}` twice", name.escape_debug())));
        }
        names.insert(name);
    }
    Ok(names)
}

/// The cells that `permit` lists, each of which the matrix crosses.
fn permitted(
    node: &Node<'_>,
    crossed: &[BTreeSet<String>; 3],
) -> Result<BTreeSet<(String, String, String)>, SyntaxError> {
    let [actors, resources, actions] = crossed;
    let check = |node: &Node<'_>, name: &str, names: &BTreeSet<String>| {
        if names.contains(name) {
            Ok(())
        } else {
            Err(mistake(node, format!("the matrix does not cross `{}`", name.escape_debug())))
        }
    };
    let mut cells = BTreeSet::new();
    for (actor_node, of_actor) in entries(node, "`permit`")? {
        let actor = text(actor_node, "actor")?;
        check(actor_node, &actor, actors)?;
        for (resource_node, of_resource) in entries(of_actor, "what is permitted to an actor")? {
            let resource = text(resource_node, "resource")?;
            check(resource_node, &resource, resources)?;
            for action in texts(of_resource, "the permitted actions")? {
                check(of_resource, &action, actions)?;
                cells.insert((actor.clone(), resource.clone(), action));
            }
        }
    }
    Ok(cells)
}

fn only(effect: Effect) -> Expectation {
    Expectation { effect, reason: None, rule: None, obligations: None, bypass: None, errors: None }
}
