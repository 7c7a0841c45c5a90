//! Casbin: roles with domains, a row for each line of each list.

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use pdp_benches::contender::{Contender, loaded};
use pdp_benches::seed::{ActorIndex, Draw, Microdao, MicrodaoRole, SYSTEM_ADMIN, Seed};

const MODEL: &str = "
[request_definition]
r = sub, dom, obj, act

[policy_definition]
p = sub, dom, obj, act, eft

[role_definition]
g = _, _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = (p.obj == \"*\" || r.obj == p.obj) && (p.act == \"*\" || r.act == p.act) && (p.dom == \"*\" || r.dom == p.dom) && (keyMatch(r.sub, p.sub) || g(r.sub, p.sub, p.dom))
";

/// A request: actor, domain, object, action.
type Asked = (String, String, String, String);

/// The workload *seed*. The caller knows the microDAO of what is asked about.
pub fn seed<'a>(seed: &Seed, draws: &[Draw<'_>]) -> Contender<'a> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (enforcer, load) = loaded(|| {
        runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await.expect("a model of ours");
            let mut enforcer =
                Enforcer::new(model, MemoryAdapter::default()).await.expect("a model of ours");
            let (policies, groupings) = rows(seed);
            enforcer.add_policies(policies).await.expect("rows of ours");
            enforcer.add_grouping_policies(groupings).await.expect("rows of ours");
            enforcer
        })
    });
    let domains = domains(seed);
    let requests = draws.iter().map(|draw| {
        let id = &*draw.resource_id;
        let key = (draw.resource_type.to_owned(), id.to_owned());
        let domain = domains.get(&key).cloned().unwrap_or_else(|| "*".to_owned());
        let object = format!("{}/{id}", draw.resource_type);
        (draw.actor_id.to_string(), domain, object, draw.action.to_owned())
    });
    let requests: Vec<Asked> = requests.collect();
    let call = move |(actor, domain, object, action): &Asked| {
        let request = (actor.as_str(), domain.as_str(), object.as_str(), action.as_str());
        enforcer.enforce(request).expect("requests of ours")
    };
    Contender::new("Casbin", load, requests, call, |permits| permits)
}

fn domains(seed: &Seed) -> std::collections::HashMap<(String, String), String> {
    let of = |index| seed.microdao(index).id.clone();
    let key = |name: &str, id: &str| (name.to_owned(), id.to_owned());
    let microdaos = seed
        .microdaos
        .iter()
        .flat_map(|one| ["microdao", "usage"].map(|name| (key(name, &one.id), one.id.clone())));
    let channels = seed.channels.iter().map(|one| (key("channel", &one.id), of(one.microdao)));
    let agents = seed.agents.iter().map(|one| (key("agent", &one.id), of(one.microdao)));
    microdaos.chain(channels).chain(agents).collect()
}

type Rows = Vec<Vec<String>>;

/// Policies and memberships.
pub fn rows(seed: &Seed) -> (Rows, Rows) {
    let mut policies = Vec::new();
    let mut row = |sub: &str, dom: &str, object: &str, act: &str, eft: &str| {
        policies.push([sub, dom, object, act, eft].map(str::to_owned).to_vec());
    };
    row(SYSTEM_ADMIN, "*", "*", "*", "allow");
    for microdao in &seed.microdaos {
        let (id, object) = (&microdao.id, format!("microdao/{}", microdao.id));
        for role in ["owner", "admin", "member"] {
            row(role, id, &object, "read", "allow");
        }
        if microdao.open {
            row("user:*", id, &object, "read", "allow");
        }
        for role in ["owner", "admin"] {
            row(role, id, &object, "manage", "allow");
            row(role, id, &object, "invite", "allow");
            row(role, id, &format!("usage/{id}"), "view_usage", "allow");
        }
    }
    for channel in &seed.channels {
        let (microdao, object) =
            (seed.microdao(channel.microdao), format!("channel/{}", channel.id));
        for action in ["read", "send_message"] {
            for subject in subjects(microdao, channel.allowed_roles) {
                row(subject, &microdao.id, &object, action, "allow");
            }
            for actor in &channel.blocked {
                row(id(seed, *actor), &microdao.id, &object, action, "deny");
            }
        }
        for role in ["owner", "admin"] {
            row(role, &microdao.id, &object, "manage", "allow");
        }
    }
    for tool in &seed.tools {
        let object = format!("tool/{}", tool.id);
        for actor in &tool.allowed_agents {
            row(id(seed, *actor), "*", &object, "exec_tool", "allow");
        }
        for role in &tool.allowed_roles {
            row(role, "*", &object, "exec_tool", "allow");
        }
    }
    for agent in &seed.agents {
        let (microdao, object) = (seed.microdao(agent.microdao), format!("agent/{}", agent.id));
        let all = [MicrodaoRole::Owner, MicrodaoRole::Admin, MicrodaoRole::Member];
        for subject in subjects(microdao, &all) {
            row(subject, &microdao.id, &object, "read", "allow");
        }
        for role in ["owner", "admin"] {
            row(role, &microdao.id, &object, "manage", "allow");
        }
    }
    (policies, groupings(seed))
}

fn groupings(seed: &Seed) -> Rows {
    let mut rows = Vec::new();
    for microdao in &seed.microdaos {
        let lists = [
            ("owner", &microdao.owners),
            ("admin", &microdao.admins),
            ("member", &microdao.members),
        ];
        for (role, list) in lists {
            rows.extend(list.iter().map(|actor| {
                vec![id(seed, *actor).to_owned(), role.to_owned(), microdao.id.clone()]
            }));
        }
    }
    for actor in seed.population.actors() {
        let roles = actor.roles.iter();
        rows.extend(roles.map(|role| vec![actor.id.clone(), role.to_string(), "*".to_owned()]));
    }
    rows
}

fn id(seed: &Seed, actor: ActorIndex) -> &str {
    &seed.population.actor(actor).id
}

/// The roles as Casbin names them, and everyone where members may and the microDAO is open.
fn subjects(microdao: &Microdao, roles: &[MicrodaoRole]) -> Vec<&'static str> {
    let mut subjects: Vec<&str> = roles
        .iter()
        .map(|role| match role {
            MicrodaoRole::Owner => "owner",
            MicrodaoRole::Admin => "admin",
            MicrodaoRole::Member => "member",
        })
        .collect();
    if microdao.open && roles.contains(&MicrodaoRole::Member) {
        subjects.push("user:*");
    }
    subjects
}
