//! Cedar: the same rules in three encodings.

mod hierarchies;

pub use hierarchies::hierarchies;

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, Response, RestrictedExpression,
};
use pdp_benches::conditions::{self, DEPARTMENTS, EPOCH, Kind};
use pdp_benches::contender::{Contender, loaded};
use pdp_benches::seed::{
    ActorIndex, ActorKind, Agent, Channel, Draw, Microdao, MicrodaoRole, SYSTEM_ADMIN, Seed, Tool,
};

fn permits(response: Response) -> bool {
    response.decision() == Decision::Allow
}

fn uid(type_name: &str, id: &str) -> EntityUid {
    let type_name: EntityTypeName = type_name.parse().expect("a name of ours");
    EntityUid::from_type_name_and_id(type_name, EntityId::new(id))
}

fn actor_type(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "User",
        ActorKind::Agent => "Agent",
        ActorKind::Service => "Service",
    }
}

fn resource_type(name: &str) -> &'static str {
    match name {
        "microdao" => "Microdao",
        "usage" => "Usage",
        "channel" => "Channel",
        "tool" => "Tool",
        _ => "AgentDocument",
    }
}

fn request(draw: &Draw<'_>) -> Request {
    Request::new(
        uid(actor_type(draw.actor_kind), &draw.actor_id),
        uid("Action", draw.action),
        uid(resource_type(draw.resource_type), &draw.resource_id),
        Context::empty(),
        None,
    )
    .expect("there is no schema that it could break")
}

/// One policy or more for each rule of each document; role entities stand for lists.
pub fn per_rule<'a>(seed: &Seed, draws: &[Draw<'_>]) -> Contender<'a> {
    let text: String = documents(seed).map(|(_, text)| text).collect::<String>() + GLOBAL;
    let ((policies, entities), load) =
        loaded(|| (text.parse::<PolicySet>().expect("policies of ours"), actors_with_roles(seed)));
    let authorizer = Authorizer::new();
    let requests = draws.iter().map(request).collect();
    let call = move |request: &Request| authorizer.is_authorized(request, &policies, &entities);
    Contender::new("Cedar, per rule", load, requests, call, permits)
}

/// The same policies, a small set for each resource, which the caller looks up.
pub fn sliced<'a>(seed: &Seed, draws: &[Draw<'_>]) -> Contender<'a> {
    let texts: Vec<(EntityUid, String)> = documents(seed).collect();
    let ((slices, global, entities), load) = loaded(|| {
        let set = |text: &str| (text.to_owned() + GLOBAL).parse().expect("policies of ours");
        let mut whole: HashMap<EntityUid, String> = HashMap::new();
        for (resource, text) in &texts {
            whole.entry(resource.clone()).or_default().push_str(text);
        }
        let slices: HashMap<EntityUid, PolicySet> =
            whole.into_iter().map(|(resource, text)| (resource, set(&text))).collect();
        (slices, set(""), actors_with_roles(seed))
    });
    let authorizer = Authorizer::new();
    let requests = draws.iter().map(request).collect();
    let call = move |request: &Request| {
        let slice = request.resource().and_then(|resource| slices.get(resource));
        authorizer.is_authorized(request, slice.unwrap_or(&global), &entities)
    };
    Contender::new("Cedar, sliced", load, requests, call, permits)
}

/// Ten policies over attributes; the store is ready.
pub fn generic<'a>(seed: &Seed, draws: &[Draw<'_>]) -> Contender<'a> {
    let ((policies, entities), load) = loaded(|| {
        let policies: PolicySet = GENERIC.parse().expect("policies of ours");
        let entities = Entities::from_entities(store(seed).into_values(), None);
        (policies, entities.expect("entities of ours"))
    });
    let authorizer = Authorizer::new();
    let requests = draws.iter().map(request).collect();
    let call = move |request: &Request| authorizer.is_authorized(request, &policies, &entities);
    Contender::new("Cedar, generic", load, requests, call, permits)
}

/// The same with the two or three entities of a call put together in the call.
pub fn generic_per_call<'a>(seed: &Seed, draws: &[Draw<'_>]) -> Contender<'a> {
    let ((policies, store), load) = loaded(|| {
        let policies: PolicySet = GENERIC.parse().expect("policies of ours");
        (policies, store(seed))
    });
    let microdaos: HashMap<EntityUid, EntityUid> = microdao_of(seed);
    let authorizer = Authorizer::new();
    let requests = draws.iter().map(request).collect();
    let call = move |request: &Request| {
        let resource = request.resource();
        let wanted = [request.principal(), resource, resource.and_then(|id| microdaos.get(id))];
        let entities = wanted.into_iter().flatten().filter_map(|id| store.get(id).cloned());
        let entities = Entities::from_entities(entities, None).expect("entities of ours");
        authorizer.is_authorized(request, &policies, &entities)
    };
    Contender::new("Cedar, generic, entities in the call", load, requests, call, permits)
}

/// How many policies [`per_rule`] has, the global one apart.
pub fn policies_per_rule(seed: &Seed) -> usize {
    documents(seed).map(|(_, text)| text.matches(";\n").count()).sum()
}

const GLOBAL: &str = "permit(principal in Role::\"system_admin\", action, resource);\n";

/// For each resource its policies; a microDAO and its usage share theirs.
fn documents(seed: &Seed) -> impl Iterator<Item = (EntityUid, String)> + '_ {
    let microdaos = seed.microdaos.iter().flat_map(|microdao| {
        let usage = (uid("Usage", &microdao.id), usage_policy(microdao));
        [(uid("Microdao", &microdao.id), microdao_policies(microdao)), usage]
    });
    let channels = seed.channels.iter();
    let channels =
        channels.map(|channel| (uid("Channel", &channel.id), channel_policies(seed, channel)));
    let tools = seed.tools.iter().map(|tool| (uid("Tool", &tool.id), tool_policy(seed, tool)));
    let agents = seed.agents.iter();
    let agents = agents.map(|agent| (uid("AgentDocument", &agent.id), agent_policies(seed, agent)));
    microdaos.chain(channels).chain(tools).chain(agents)
}

fn role_uid(microdao: &Microdao, role: MicrodaoRole) -> String {
    let role = match role {
        MicrodaoRole::Owner => "owner",
        MicrodaoRole::Admin => "admin",
        MicrodaoRole::Member => "member",
    };
    format!("{}#{role}", microdao.id)
}

const MANAGERS: [MicrodaoRole; 2] = [MicrodaoRole::Owner, MicrodaoRole::Admin];
const ALL: [MicrodaoRole; 3] = [MicrodaoRole::Owner, MicrodaoRole::Admin, MicrodaoRole::Member];

/// `principal in MdRole::"md:1#owner" || …`
fn in_roles(microdao: &Microdao, roles: &[MicrodaoRole]) -> String {
    let mut parts: Vec<String> = roles
        .iter()
        .map(|role| format!("principal in MdRole::\"{}\"", role_uid(microdao, *role)))
        .collect();
    if microdao.open && roles.contains(&MicrodaoRole::Member) {
        parts.push("principal is User".to_owned());
    }
    parts.join(" || ")
}

fn microdao_policies(microdao: &Microdao) -> String {
    let (id, managers) = (&microdao.id, in_roles(microdao, &MANAGERS));
    let members = in_roles(microdao, &[MicrodaoRole::Member]);
    format!(
        "permit(principal, action in [Action::\"manage\", Action::\"invite\", Action::\"read\"], \
         resource == Microdao::\"{id}\") when {{ {managers} }};\n\
         permit(principal, action == Action::\"read\", resource == Microdao::\"{id}\") \
         when {{ {members} }};\n"
    )
}

fn usage_policy(microdao: &Microdao) -> String {
    let (id, managers) = (&microdao.id, in_roles(microdao, &MANAGERS));
    format!(
        "permit(principal, action == Action::\"view_usage\", resource == Usage::\"{id}\") \
         when {{ {managers} }};\n"
    )
}

fn channel_policies(seed: &Seed, channel: &Channel) -> String {
    let (id, microdao) = (&channel.id, seed.microdao(channel.microdao));
    let (allowed, managers) =
        (in_roles(microdao, channel.allowed_roles), in_roles(microdao, &MANAGERS));
    let part = "action in [Action::\"read\", Action::\"send_message\"]";
    let mut text = format!(
        "permit(principal, {part}, resource == Channel::\"{id}\") when {{ {allowed} }};\n\
         permit(principal, action == Action::\"manage\", resource == Channel::\"{id}\") \
         when {{ {managers} }};\n"
    );
    if !channel.blocked.is_empty() {
        let blocked = listed(seed, &channel.blocked);
        writeln!(
            text,
            "forbid(principal, {part}, resource == Channel::\"{id}\") when {{ {blocked} }} \
             unless {{ principal in Role::\"{SYSTEM_ADMIN}\" }};"
        )
        .expect("text grows");
    }
    text
}

fn tool_policy(seed: &Seed, tool: &Tool) -> String {
    let roles = tool.allowed_roles.iter().map(|role| format!("principal in Role::\"{role}\""));
    let parts: Vec<String> =
        std::iter::once(listed(seed, &tool.allowed_agents)).chain(roles).collect();
    format!(
        "permit(principal, action == Action::\"exec_tool\", resource == Tool::\"{}\") \
         when {{ {} }};\n",
        tool.id,
        parts.join(" || ")
    )
}

fn agent_policies(seed: &Seed, agent: &Agent) -> String {
    let (id, microdao) = (&agent.id, seed.microdao(agent.microdao));
    let (all, managers) = (in_roles(microdao, &ALL), in_roles(microdao, &MANAGERS));
    format!(
        "permit(principal, action == Action::\"read\", resource == AgentDocument::\"{id}\") \
         when {{ {all} }};\n\
         permit(principal, action == Action::\"manage\", resource == AgentDocument::\"{id}\") \
         when {{ {managers} }};\n"
    )
}

/// `principal == User::"user:1" || …`
fn listed(seed: &Seed, actors: &[ActorIndex]) -> String {
    let equal = |actor: &ActorIndex| {
        let actor = seed.population.actor(*actor);
        format!("principal == {}::\"{}\"", actor_type(actor.kind), actor.id)
    };
    actors.iter().map(equal).collect::<Vec<_>>().join(" || ")
}

/// All actors as children of their roles.
fn actors_with_roles(seed: &Seed) -> Entities {
    let actors = seed.population.actors();
    let mut parents: HashMap<&str, HashSet<EntityUid>> = HashMap::new();
    for microdao in &seed.microdaos {
        let lists = [&microdao.owners, &microdao.admins, &microdao.members];
        for (list, role) in lists.into_iter().zip(ALL) {
            for actor in list {
                let roles = parents.entry(&seed.population.actor(*actor).id).or_default();
                roles.insert(uid("MdRole", &role_uid(microdao, role)));
            }
        }
    }
    let entities = actors.iter().map(|actor| {
        let mut parents = parents.remove(actor.id.as_str()).unwrap_or_default();
        parents.extend(actor.roles.iter().map(|role| uid("Role", role)));
        Entity::new_no_attrs(uid(actor_type(actor.kind), &actor.id), parents)
    });
    let entities: Vec<Entity> = entities.collect();
    Entities::from_entities(entities, None).expect("entities of ours")
}

const GENERIC: &str = r#"
permit(principal, action, resource) when { principal.roles.contains("system_admin") };
permit(principal, action == Action::"read", resource is Microdao)
  when { resource.owners.contains(principal) || resource.admins.contains(principal) || resource.members.contains(principal) || (resource.open && principal is User) };
permit(principal, action in [Action::"manage", Action::"invite"], resource is Microdao)
  when { resource.owners.contains(principal) || resource.admins.contains(principal) };
permit(principal, action == Action::"view_usage", resource is Usage)
  when { resource.md.owners.contains(principal) || resource.md.admins.contains(principal) };
forbid(principal, action in [Action::"read", Action::"send_message"], resource is Channel)
  when { resource.blocked.contains(principal) } unless { principal.roles.contains("system_admin") };
permit(principal, action in [Action::"read", Action::"send_message"], resource is Channel)
  when { (resource.allowed_roles.contains("owners") && resource.md.owners.contains(principal)) || (resource.allowed_roles.contains("admins") && resource.md.admins.contains(principal)) || (resource.allowed_roles.contains("members") && (resource.md.members.contains(principal) || (resource.md.open && principal is User))) };
permit(principal, action == Action::"manage", resource is Channel)
  when { resource.md.owners.contains(principal) || resource.md.admins.contains(principal) };
permit(principal, action == Action::"exec_tool", resource is Tool)
  when { resource.agents.contains(principal) || resource.roles.containsAny(principal.roles) };
permit(principal, action == Action::"read", resource is AgentDocument)
  when { resource.md.owners.contains(principal) || resource.md.admins.contains(principal) || resource.md.members.contains(principal) || (resource.md.open && principal is User) };
permit(principal, action == Action::"manage", resource is AgentDocument)
  when { resource.md.owners.contains(principal) || resource.md.admins.contains(principal) };
"#;

/// All entities with their attributes.
fn store(seed: &Seed) -> HashMap<EntityUid, Entity> {
    let reference = |uid: EntityUid| RestrictedExpression::new_entity_uid(uid);
    let actors = |list: &[ActorIndex]| {
        RestrictedExpression::new_set(list.iter().map(|actor| {
            let actor = seed.population.actor(*actor);
            reference(uid(actor_type(actor.kind), &actor.id))
        }))
    };
    let texts = |texts: &[&str]| {
        let texts = texts.iter().map(|text| RestrictedExpression::new_string((*text).to_owned()));
        RestrictedExpression::new_set(texts)
    };
    let microdao = |index| reference(uid("Microdao", &seed.microdao(index).id));
    let mut store = HashMap::new();
    let mut add = |uid: EntityUid, attributes: Vec<(&str, RestrictedExpression)>| {
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
        let entity = Entity::new(uid.clone(), attributes.collect(), HashSet::new());
        store.insert(uid, entity.expect("attributes of ours"));
    };
    for actor in seed.population.actors() {
        let roles: Vec<&str> = actor.roles.iter().map(AsRef::as_ref).collect();
        add(uid(actor_type(actor.kind), &actor.id), vec![("roles", texts(&roles))]);
    }
    for one in &seed.microdaos {
        add(
            uid("Microdao", &one.id),
            vec![
                ("owners", actors(&one.owners)),
                ("admins", actors(&one.admins)),
                ("members", actors(&one.members)),
                ("open", RestrictedExpression::new_bool(one.open)),
            ],
        );
        add(uid("Usage", &one.id), vec![("md", reference(uid("Microdao", &one.id)))]);
    }
    for channel in &seed.channels {
        let allowed: Vec<&str> = channel
            .allowed_roles
            .iter()
            .map(|role| match role {
                MicrodaoRole::Owner => "owners",
                MicrodaoRole::Admin => "admins",
                MicrodaoRole::Member => "members",
            })
            .collect();
        add(
            uid("Channel", &channel.id),
            vec![
                ("md", microdao(channel.microdao)),
                ("allowed_roles", texts(&allowed)),
                ("blocked", actors(&channel.blocked)),
            ],
        );
    }
    for tool in &seed.tools {
        let attributes =
            vec![("agents", actors(&tool.allowed_agents)), ("roles", texts(&tool.allowed_roles))];
        add(uid("Tool", &tool.id), attributes);
    }
    for agent in &seed.agents {
        add(uid("AgentDocument", &agent.id), vec![("md", microdao(agent.microdao))]);
    }
    store
}

/// For what belongs to a microDAO, that microDAO.
fn microdao_of(seed: &Seed) -> HashMap<EntityUid, EntityUid> {
    let of = |index| uid("Microdao", &seed.microdao(index).id);
    let usages = seed.microdaos.iter();
    let usages = usages.map(|one| (uid("Usage", &one.id), uid("Microdao", &one.id)));
    let channels = seed.channels.iter().map(|one| (uid("Channel", &one.id), of(one.microdao)));
    let agents = seed.agents.iter().map(|one| (uid("AgentDocument", &one.id), of(one.microdao)));
    usages.chain(channels).chain(agents).collect()
}

/// The workload *conditions*: one set, addresses as `ip` values. `like` stands for globs and
/// regular expressions, of which Cedar has none.
pub fn conditions<'a>(draws: &[conditions::Draw]) -> Contender<'a> {
    let text = conditions_text();
    let (policies, load) = loaded(|| text.parse::<PolicySet>().expect("policies of ours"));
    let authorizer = Authorizer::new();
    let entities = Entities::empty();
    let requests = draws.iter().map(|draw| {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let context = [
            ("dept", text(draw.department())),
            ("path", text(draw.path())),
            ("ua", text(draw.user_agent())),
            ("risk", RestrictedExpression::new_long(draw.risk())),
            ("tags", RestrictedExpression::new_set(draw.tags().iter().map(|tag| text(tag)))),
            ("ip", RestrictedExpression::new_ip(draw.address())),
            ("ts", RestrictedExpression::new_long(draw.time())),
        ];
        let context = context.into_iter().map(|(name, value)| (name.to_owned(), value));
        let context = Context::from_pairs(context).expect("a context of ours");
        let (actor, door) = (uid("User", "user:1"), uid("Door", "1"));
        Request::new(actor, uid("Action", "open"), door, context, None)
            .expect("there is no schema that it could break")
    });
    let requests = requests.collect();
    let call = move |request: &Request| authorizer.is_authorized(request, &policies, &entities);
    Contender::new("Cedar", load, requests, call, permits)
}

fn conditions_text() -> String {
    let mut text = String::new();
    for rule in 0..conditions::RULES {
        let effect = if conditions::forbids(rule) { "forbid" } else { "permit" };
        let parts: Vec<String> =
            conditions::kinds(rule).map(|kind| condition(rule, kind)).collect();
        let parts = parts.join(" && ");
        writeln!(text, "{effect}(principal, action, resource) when {{ {parts} }};")
            .expect("text grows");
    }
    text
}

fn condition(rule: usize, kind: Kind) -> String {
    let third = rule % 3;
    match kind {
        Kind::Text => format!("context.dept == \"{}\"", DEPARTMENTS[third]),
        Kind::Glob => format!("context.path like \"/docs/p{third}/*/public/*\""),
        Kind::Regex => format!("context.ua like \"Mozilla/*.* (c{third}; *\""),
        Kind::Number => format!("context.risk < {}", 20 + 3 * rule),
        Kind::Set => format!("context.tags.contains(\"t{}\")", rule % 6),
        Kind::Network => format!("context.ip.isInRange(ip(\"10.{third}.0.0/16\"))"),
        Kind::Time => {
            let from = EPOCH + 1_000 * i64::try_from(rule).expect("few rules");
            format!("context.ts >= {from} && context.ts < {}", from + 50_000)
        }
    }
}
