//! The workload *hospital*: 300 departments with the same 33 rules each, and five general ones;
//! 9 905 rules.
//!
//! A department is a tenant. Its rules say what each role may do with one kind of papers of the
//! department, which the beginning of the id tells:
//!
//! ```yaml
//! - id: d17-nurse-record-write
//!   effect: permit
//!   resource: {type: record, id: 'record:d17/*'}
//!   actions: write
//!   actors: {role: nurse, tenant: d17}
//! ```
//!
//! | general rule | |
//! |---|---|
//! | bypass | role `system_admin`, everything |
//! | deny | role `suspended`, everything |
//! | deny | agents, `sign` and `approve` |
//! | permit | role `auditor`, `read` |
//! | permit | role `emergency`, `read` of records, prescriptions and results, with an obligation |
//!
//! There are no facts. Twenty people work in each department: doctors 30 %, nurses 40 %, clerks
//! 20 %, pharmacists 7 %, heads 3 %; one in ten works in a second department, too. Of all, 1 % are
//! system admins, 3 % suspended, 2 % auditors, 2 % in the emergency team, beside their role; 5 % are
//! agents. A request names any of them, any kind and action, and one of 1 000 papers, in four of
//! five cases of an own department, else of any.

use std::borrow::Cow;

use pdp_core::{ActorType, Map};

use crate::{asked::Asked, random::Random, yaml::PolicyText};

/// How many departments there are.
pub const DEPARTMENTS: usize = 300;

/// The kinds of papers, and what can be done with each.
pub const KINDS: [(&str, &[&str]); 5] = [
    ("record", &["read", "write", "sign", "export"]),
    ("prescription", &["read", "write", "sign"]),
    ("result", &["read", "write", "order"]),
    ("appointment", &["read", "write", "cancel"]),
    ("bill", &["read", "write", "approve"]),
];

/// What each role may do in its department: 33 rules.
pub(crate) const GRANTS: [(&str, &str, &[&str]); 16] = [
    ("doctor", "record", &["read", "write", "sign"]),
    ("doctor", "prescription", &["read", "write", "sign"]),
    ("doctor", "result", &["read", "order"]),
    ("doctor", "appointment", &["read", "write", "cancel"]),
    ("doctor", "bill", &["read"]),
    ("nurse", "record", &["read", "write"]),
    ("nurse", "prescription", &["read"]),
    ("nurse", "result", &["read", "write", "order"]),
    ("nurse", "appointment", &["read", "write", "cancel"]),
    ("clerk", "appointment", &["read", "write", "cancel"]),
    ("clerk", "bill", &["read", "write"]),
    ("clerk", "record", &["read", "export"]),
    ("pharmacist", "prescription", &["read", "write"]),
    ("pharmacist", "record", &["read"]),
    ("head", "record", &["export"]),
    ("head", "bill", &["approve"]),
];

const GENERAL: &str = "
  - {id: system-admin, effect: permit, bypass: true, actors: {role: system_admin}}
  - {id: suspended, effect: deny, actors: {role: suspended}}
  - {id: agents, effect: deny, actions: [sign, approve], actors: {type: agent}}
  - {id: auditor, effect: permit, actions: read, actors: {role: auditor}}
  - id: emergency
    effect: permit
    resource: [record, prescription, result]
    actions: read
    actors: {role: emergency}
    obligations: [{type: log, properties: {level: warning}}]
";

const PEOPLE: usize = 20 * DEPARTMENTS;

/// The people of the hospital.
#[derive(Debug)]
pub struct Hospital {
    people: Vec<Person>,
}

#[derive(Debug)]
struct Person {
    actor_type: ActorType,
    roles: Vec<&'static str>,
    departments: Vec<usize>,
}

impl Hospital {
    /// Draws it, always the same.
    pub fn new() -> Self {
        let mut random = Random::new(0x686f_7370);
        Self { people: (0..PEOPLE).map(|index| Person::draw(&mut random, index)).collect() }
    }

    /// The policy set.
    pub fn texts(&self) -> Vec<PolicyText> {
        let mut text = String::from("version: 1\ntypes:\n");
        for (kind, actions) in KINDS {
            let actions = actions.join(", ");
            text.push_str(&format!("  {kind}: {{ids: prefixed, actions: [{actions}]}}\n"));
        }
        text.push_str("rules:");
        text.push_str(GENERAL);
        for department in (0..DEPARTMENTS).map(name) {
            for (role, kind, actions) in GRANTS {
                for action in actions {
                    text.push_str(&format!(
                        "  - id: {department}-{role}-{kind}-{action}
    effect: permit
    resource: {{type: {kind}, id: '{kind}:{department}/*'}}
    actions: {action}
    actors: {{role: {role}, tenant: {department}}}
"
                    ));
                }
            }
        }
        vec![PolicyText { path: "hospital.yaml".to_owned(), text }]
    }

    /// 4 096 requests to be asked over and over.
    pub fn hot(&self) -> Vec<Asked> {
        self.draws(4_096, 31)
    }

    /// 65 536 other requests of the same kind.
    pub fn distinct(&self) -> Vec<Asked> {
        self.draws(65_536, 32)
    }

    fn draws(&self, count: usize, seed: u64) -> Vec<Asked> {
        let mut random = Random::new(seed);
        (0..count).map(|_| self.draw(&mut random)).collect()
    }

    fn draw(&self, random: &mut Random) -> Asked {
        let index = random.index(PEOPLE);
        let person = &self.people[index];
        let own = *random.pick(&person.departments);
        let department = if random.happens(80) { own } else { random.index(DEPARTMENTS) };
        let (kind, actions) = *random.pick(&KINDS);
        let text = |text: &str| Cow::Owned(text.to_owned());
        Asked {
            actor_id: format!("staff:{index}").into(),
            actor_type: person.actor_type,
            roles: person.roles.iter().map(|role| text(role)).collect(),
            tenants: person.departments.iter().map(|&own| text(&name(own))).collect(),
            action: actions[random.index(actions.len())],
            resource_type: kind,
            resource_id: format!("{kind}:{}/{}", name(department), random.below(1_000)).into(),
            context: Map::new(),
        }
    }
}

impl Default for Hospital {
    fn default() -> Self {
        Self::new()
    }
}

/// The slow, obvious answer, from what the rules are meant to say.
pub fn permits(asked: &Asked) -> bool {
    let (kind, action) = (asked.resource_type, asked.action);
    let is_agent = asked.actor_type == ActorType::Agent;
    if asked.claims("system_admin") {
        return true;
    }
    if asked.claims("suspended") || is_agent && (action == "sign" || action == "approve") {
        return false;
    }
    let reads_all = asked.claims("auditor")
        || asked.claims("emergency") && matches!(kind, "record" | "prescription" | "result");
    let department = asked.resource_id.split([':', '/']).nth(1).unwrap_or_default();
    let granted = GRANTS.iter().any(|(role, granted_kind, actions)| {
        *granted_kind == kind && actions.contains(&action) && asked.claims(role)
    });
    action == "read" && reads_all || granted && asked.belongs_to(department)
}

impl Person {
    fn draw(random: &mut Random, index: usize) -> Self {
        let role = match random.below(100) {
            0..30 => "doctor",
            30..70 => "nurse",
            70..90 => "clerk",
            90..97 => "pharmacist",
            _ => "head",
        };
        let mut roles = vec![role];
        for (more, percent) in
            [("system_admin", 1), ("suspended", 3), ("auditor", 2), ("emergency", 2)]
        {
            if random.happens(percent) {
                roles.push(more);
            }
        }
        let mut departments = vec![index % DEPARTMENTS];
        let second = random.index(DEPARTMENTS);
        if random.happens(10) && second != departments[0] {
            departments.push(second);
        }
        let actor_type = if random.happens(5) { ActorType::Agent } else { ActorType::Human };
        Self { actor_type, roles, departments }
    }
}

fn name(department: usize) -> String {
    format!("d{department}")
}
