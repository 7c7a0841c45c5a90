//! A matrix becomes cases: every actor with every resource and every action.

use std::collections::BTreeSet;
use std::rc::Rc;

use pdp_core::Effect;
use pdp_core::document::{Node, SyntaxError};

use crate::file::Fixtures;
use crate::reader::{Fields, entries, mistake, text, texts};
use crate::{Case, Expectation};

/// How many cells a matrix may have.
const CELLS_MAX: usize = 1_000_000;

pub(crate) fn read(node: &Node<'_>, fixtures: &mut Fixtures) -> Result<Vec<Case>, SyntaxError> {
    let keys = ["name", "actors", "resources", "actions", "permit", "context", "now"];
    let fields = Fields::new(node, "a matrix", &keys)?;
    let name = fields.text("name")?;
    let (actors, resources) = (fields.items("actors")?, fields.items("resources")?);
    let actions = fields.texts("actions")?;
    if actors.is_empty() || resources.is_empty() || actions.is_empty() {
        return Err(mistake(node, "a matrix has actors, resources and actions"));
    }
    let crossed = [fields.texts("actors")?, fields.texts("resources")?, actions.clone()];
    let cells = crossed.iter().map(Vec::len).product::<usize>();
    if cells > CELLS_MAX {
        return Err(mistake(node, format!("a matrix of more than {CELLS_MAX} cells")));
    }
    let repeated = crossed.iter().find_map(|names| {
        names.iter().enumerate().find(|(index, name)| names[..*index].contains(name))
    });
    if let Some((_, name)) = repeated {
        return Err(mistake(node, format!("the matrix names `{}` twice", name.escape_debug())));
    }
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
                });
            }
        }
    }
    Ok(cases)
}

/// The cells that `permit` lists, each of which the matrix crosses.
fn permitted(
    node: &Node<'_>,
    crossed: &[Vec<String>; 3],
) -> Result<BTreeSet<(String, String, String)>, SyntaxError> {
    let [actors, resources, actions] = crossed;
    let check = |node: &Node<'_>, name: &str, names: &[String]| {
        let known = names.iter().any(|known| known == name);
        if known {
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
