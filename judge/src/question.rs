//! Requests.

use crate::change::CROWD;
use crate::fact::actor_tenant;
use crate::pool::TIMES;
use crate::selector::role;
use crate::value::{Place, value, wrong_value};
use crate::{Dice, Tree, ValueSketch, Vocabulary};

/// A request, in the shape that travels. What it names is mostly what facts and rules name.
pub fn question(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Tree {
    let mut sketch = dice.pick(&vocabulary.types);
    if sketch.actions.is_empty() && dice.chance(70) {
        sketch = &vocabulary.types[0];
    }
    let declared = !dice.chance(4);
    let action = if !sketch.actions.is_empty() && dice.chance(95) {
        dice.pick(&sketch.actions).clone()
    } else {
        (*dice.pick_any(&vocabulary.actions()).filter(|_| dice.chance(60)).unwrap_or(&"nope"))
            .to_owned()
    };
    let local = dice.pick(&vocabulary.pool.locals).clone();
    let id = match dice.weighted(&[22, 1, 1]) {
        0 => sketch.id(&local),
        1 => local,
        _ => "nobody's".to_owned(),
    };
    let resource_type = if declared { sketch.name.as_str() } else { "undeclared" };
    let mut resource = Tree::map([("type", resource_type.into()), ("id", Tree::text(id))]);
    push_values(dice, &mut resource, "attributes", &sketch.attributes, vocabulary);
    let mut request = Tree::map([
        ("actor", actor(dice, vocabulary)),
        ("action", Tree::text(action)),
        ("resource", resource),
    ]);
    push_values(dice, &mut request, "context", &vocabulary.context, vocabulary);
    if dice.chance(70) {
        request.push("now", (*dice.pick(TIMES)).into());
    }
    request
}

fn actor(dice: &mut Dice<'_>, vocabulary: &Vocabulary) -> Tree {
    let pool = &vocabulary.pool;
    let id = match dice.weighted(&[40, 2, 2, 1, 1]) {
        0 => dice.pick(&pool.actors).clone(),
        1 => dice.pick(&pool.locals).clone(),
        2 if pool.has_patterns() => format!("{}!", dice.pick(&pool.actors)),
        3 => format!("{CROWD}7"),
        _ => "stranger".to_owned(),
    };
    let actor_type = *dice.pick(&["human", "human", "agent", "service"]);
    let mut actor = Tree::map([("actor_id", Tree::text(id)), ("actor_type", actor_type.into())]);
    let tenants = dice.weighted(&[3, 3, 2]);
    let tenants: Vec<String> = (0..tenants).map(|_| actor_tenant(dice, vocabulary)).collect();
    push_texts(&mut actor, "microdao_ids", tenants);
    let roles = dice.weighted(&[3, 4, 2, 1, 1]);
    let claimed = |dice: &mut Dice<'_>| {
        if dice.chance(10) { "no-such-role".to_owned() } else { role(dice, vocabulary) }
    };
    let roles: Vec<String> = (0..roles).map(|_| claimed(dice)).collect();
    push_texts(&mut actor, "roles", roles);
    let memberships = dice.weighted(&[6, 2, 1]);
    let membership = |dice: &mut Dice<'_>| {
        let tenant = Tree::text(actor_tenant(dice, vocabulary));
        Tree::map([("microdao_id", tenant), ("role", Tree::text(role(dice, vocabulary)))])
    };
    let memberships: Vec<Tree> = (0..memberships).map(|_| membership(dice)).collect();
    if !memberships.is_empty() {
        actor.push("memberships", Tree::List(memberships));
    }
    push_values(dice, &mut actor, "attributes", &vocabulary.actor_attributes, vocabulary);
    actor
}

fn push_texts(of: &mut Tree, name: &str, texts: Vec<String>) {
    if !texts.is_empty() {
        of.push(name, Tree::texts(texts));
    }
}

/// Values of what is declared: most of them, some of a wrong type, some that a request cannot
/// state, and some that nobody declares.
fn push_values(
    dice: &mut Dice<'_>,
    of: &mut Tree,
    name: &str,
    declared: &[ValueSketch],
    vocabulary: &Vocabulary,
) {
    let mut values = Tree::Map(Vec::new());
    for sketch in declared {
        let present = match (sketch.from_request, sketch.optional) {
            (true, true) => 60,
            (true, false) => 42,
            (false, _) => 10,
        };
        if dice.chance(present) {
            let value = if dice.chance(8) {
                wrong_value(dice, sketch.kind)
            } else {
                value(dice, sketch.kind, Place::Wire, &vocabulary.pool)
            };
            values.push(sketch.name.as_str(), value);
        }
    }
    if dice.chance(5) {
        values.push("undeclared", Tree::Null);
    }
    if !values.entries().is_empty() {
        of.push(name, values);
    }
}
