//! regorus: one module, compiled for its virtual machine.

mod hierarchies;

pub use hierarchies::hierarchies;

use std::fmt::Write;

use pdp_benches::conditions::{self, DEPARTMENTS, EPOCH, Kind};
use pdp_benches::contender::{Contender, loaded};
use pdp_benches::seed::{ActorIndex, ActorKind, Draw, MicrodaoRole, Seed};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use serde_json::json;

const ENTRY: &str = "data.workload.allow";

fn machine(module: &str, data: &str) -> RegoVM {
    let mut engine = Engine::new();
    engine.add_policy("workload.rego".to_owned(), module.to_owned()).expect("a module of ours");
    let data = Value::from_json_str(data).expect("data of ours");
    engine.add_data(data.clone()).expect("data of ours");
    let compiled = engine.compile_with_entrypoint(&ENTRY.into()).expect("a module of ours");
    let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).expect("a module of ours");
    let mut machine = RegoVM::new_with_policy(compiled);
    machine.load_program(program);
    machine.set_data(data).expect("data of ours");
    machine
}

fn contender<'a>(module: &str, data: &str, requests: Vec<Value>) -> Contender<'a> {
    let (mut machine, load) = loaded(|| machine(module, data));
    let call = move |request: &Value| {
        machine.set_input(request.clone());
        machine.execute().expect("the module has a value for every request")
    };
    Contender::new("regorus RVM", load, requests, call, |answer| answer == Value::Bool(true))
}

/// The workload *seed*: the lists of the documents as data.
pub fn seed<'a>(seed: &Seed, draws: &[Draw<'_>]) -> Contender<'a> {
    let requests = draws.iter().map(|draw| {
        let kind = match draw.actor_kind {
            ActorKind::User => "user",
            ActorKind::Agent => "agent",
            ActorKind::Service => "service",
        };
        let roles: Vec<&str> = draw.roles.iter().map(AsRef::as_ref).collect();
        value(&json!({
            "actor": draw.actor_id, "kind": kind, "roles": roles, "action": draw.action,
            "type": draw.resource_type, "id": draw.resource_id,
        }))
    });
    contender(SEED, &seed_data(seed).to_string(), requests.collect())
}

fn value(json: &serde_json::Value) -> Value {
    Value::from_json_str(&json.to_string()).expect("values of ours")
}

const SEED: &str = r#"
package workload

default allow := false

listed(md, role) if input.actor in md[role]
listed(md, "members") if { "user:*" in md.members; input.kind == "user" }

managed(md) if listed(md, "owners")
managed(md) if listed(md, "admins")

allow if "system_admin" in input.roles
allow if {
    input.type == "microdao"; input.action == "read"
    md := data.microdaos[input.id]
    some role in ["owners", "admins", "members"]
    listed(md, role)
}
allow if {
    input.type == "microdao"; input.action in ["manage", "invite"]
    managed(data.microdaos[input.id])
}
allow if {
    input.type == "usage"; input.action == "view_usage"
    managed(data.microdaos[input.id])
}
allow if {
    input.type == "channel"; input.action in ["read", "send_message"]
    channel := data.channels[input.id]
    not input.actor in channel.blocked
    some role in channel.allowed_roles
    listed(data.microdaos[channel.md], role)
}
allow if {
    input.type == "channel"; input.action == "manage"
    managed(data.microdaos[data.channels[input.id].md])
}
allow if {
    input.type == "tool"; input.action == "exec_tool"
    input.actor in data.tools[input.id].agents
}
allow if {
    input.type == "tool"; input.action == "exec_tool"
    some role in data.tools[input.id].roles
    role in input.roles
}
allow if {
    input.type == "agent"; input.action == "read"
    md := data.microdaos[data.agents[input.id].md]
    some role in ["owners", "admins", "members"]
    listed(md, role)
}
allow if {
    input.type == "agent"; input.action == "manage"
    managed(data.microdaos[data.agents[input.id].md])
}
"#;

fn seed_data(seed: &Seed) -> serde_json::Value {
    let ids = |actors: &[ActorIndex]| -> Vec<&str> {
        actors.iter().map(|actor| seed.population.actor(*actor).id.as_str()).collect()
    };
    let microdaos = seed.microdaos.iter().map(|one| {
        let mut members = ids(&one.members);
        members.extend(one.open.then_some("user:*"));
        let lists =
            json!({"owners": ids(&one.owners), "admins": ids(&one.admins), "members": members});
        (one.id.clone(), lists)
    });
    let channels = seed.channels.iter().map(|one| {
        let allowed = one.allowed_roles.iter().map(|role| match role {
            MicrodaoRole::Owner => "owners",
            MicrodaoRole::Admin => "admins",
            MicrodaoRole::Member => "members",
        });
        let channel = json!({
            "md": seed.microdao(one.microdao).id, "blocked": ids(&one.blocked),
            "allowed_roles": allowed.collect::<Vec<_>>(),
        });
        (one.id.clone(), channel)
    });
    let tools = seed.tools.iter().map(|one| {
        (one.id.clone(), json!({"agents": ids(&one.allowed_agents), "roles": one.allowed_roles}))
    });
    let agents = seed.agents.iter();
    let agents = agents.map(|one| (one.id.clone(), json!({"md": seed.microdao(one.microdao).id})));
    json!({
        "microdaos": serde_json::Map::from_iter(microdaos),
        "channels": serde_json::Map::from_iter(channels),
        "tools": serde_json::Map::from_iter(tools),
        "agents": serde_json::Map::from_iter(agents),
    })
}

/// The workload *conditions*: a body for each policy, built-in functions for the rest.
pub fn conditions<'a>(draws: &[conditions::Draw]) -> Contender<'a> {
    let requests = draws.iter().map(|draw| {
        value(&json!({
            "dept": draw.department(), "path": draw.path(), "ua": draw.user_agent(),
            "risk": draw.risk(), "tags": draw.tags(), "ip": draw.address(), "ts": draw.time(),
        }))
    });
    contender(&conditions_text(), "{}", requests.collect())
}

fn conditions_text() -> String {
    let mut text = String::from(
        "package workload\n\ndefault allow := false\nallow if { permitted; not forbidden }\n",
    );
    for rule in 0..conditions::RULES {
        let head = if conditions::forbids(rule) { "forbidden" } else { "permitted" };
        let parts: Vec<String> =
            conditions::kinds(rule).map(|kind| condition(rule, kind)).collect();
        writeln!(text, "{head} if {{ {} }}", parts.join("; ")).expect("text grows");
    }
    text
}

fn condition(rule: usize, kind: Kind) -> String {
    let third = rule % 3;
    match kind {
        Kind::Text => format!("input.dept == \"{}\"", DEPARTMENTS[third]),
        Kind::Glob => format!("glob.match(\"/docs/p{third}/*/public/*\", [\"/\"], input.path)"),
        Kind::Regex => {
            format!("regex.match(`^Mozilla/[0-9]+\\.[0-9]+ \\(c{third}; `, input.ua)")
        }
        Kind::Number => format!("input.risk < {}", 20 + 3 * rule),
        Kind::Set => format!("\"t{}\" in input.tags", rule % 6),
        Kind::Network => format!("net.cidr_contains(\"10.{third}.0.0/16\", input.ip)"),
        Kind::Time => {
            let from = EPOCH + 1_000 * i64::try_from(rule).expect("few rules");
            format!("input.ts >= {from}; input.ts < {}", from + 50_000)
        }
    }
}
