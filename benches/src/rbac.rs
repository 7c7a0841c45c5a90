//! The workload *rbac*: users with roles, and roles that are granted actions.
//!
//! Twenty types with the same five actions each. Fifty roles: ten departments times five grades. A
//! role is granted something on a type in 30 of 100 cases, and then each of its actions in half of
//! the cases, at least one; each such pair of role and type is a rule, about 300 in all:
//!
//! ```yaml
//! - {id: sales-clerk-order, effect: permit, resource: order, actions: [read, update], actors: {role: sales-clerk}}
//! ```
//!
//! There are no facts. 1 000 users have one to three roles. A request names any user, any of 1 000
//! ids, and in three of four cases any type and action, else one that a role of the user is granted.

use pdp_core::{ActorType, Map};

use crate::{asked::Asked, random::Random, yaml::PolicyText};

/// All types.
pub const TYPES: [&str; 20] = [
    "account",
    "article",
    "asset",
    "budget",
    "campaign",
    "contract",
    "customer",
    "dashboard",
    "device",
    "invoice",
    "job",
    "lead",
    "message",
    "order",
    "payment",
    "product",
    "project",
    "shipment",
    "task",
    "vendor",
];

/// The actions of each type.
pub const ACTIONS: [&str; 5] = ["read", "create", "update", "delete", "approve"];

const DEPARTMENTS: [&str; 10] = [
    "sales",
    "support",
    "finance",
    "legal",
    "people",
    "network",
    "design",
    "research",
    "logistics",
    "marketing",
];

const GRADES: [&str; 5] = ["intern", "clerk", "officer", "manager", "head"];

const USERS: usize = 1_000;

/// Roles, what they are granted, and users.
#[derive(Debug)]
pub struct Rbac {
    grants: Vec<Grant>,
    /// The roles of each user.
    users: Vec<Vec<String>>,
}

/// What a role may do with the resources of one type.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) role: String,
    pub(crate) resource_type: &'static str,
    pub(crate) actions: Vec<&'static str>,
}

impl Rbac {
    /// Draws it, always the same.
    pub fn new() -> Self {
        let mut random = Random::new(0x7262_6163);
        let grades = |department: &'static str| {
            GRADES.iter().map(move |grade| format!("{department}-{grade}"))
        };
        let roles: Vec<String> = DEPARTMENTS.into_iter().flat_map(grades).collect();
        let mut grants = Vec::new();
        for role in &roles {
            for resource_type in TYPES {
                if random.happens(30) {
                    let actions = draw_actions(&mut random);
                    grants.push(Grant { role: role.clone(), resource_type, actions });
                }
            }
        }
        let users = (0..USERS).map(|_| {
            let count = random.between(1, 3);
            let mut own: Vec<String> = (0..count).map(|_| random.pick(&roles).clone()).collect();
            own.sort_unstable();
            own.dedup();
            own
        });
        let users = users.collect();
        Self { grants, users }
    }

    /// How many rules there are.
    pub fn rules(&self) -> usize {
        self.grants.len()
    }

    pub(crate) fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The policy set.
    pub fn texts(&self) -> Vec<PolicyText> {
        let mut text = String::from("version: 1\ntypes:\n");
        for resource_type in TYPES {
            text.push_str(&format!("  {resource_type}: {{actions: [{}]}}\n", ACTIONS.join(", ")));
        }
        text.push_str("rules:\n");
        for Grant { role, resource_type, actions } in &self.grants {
            text.push_str(&format!(
                "  - {{id: {role}-{resource_type}, effect: permit, resource: {resource_type}, actions: [{}], actors: {{role: {role}}}}}\n",
                actions.join(", ")
            ));
        }
        vec![PolicyText { path: "rbac.yaml".to_owned(), text }]
    }

    /// 4 096 requests to be asked over and over.
    pub fn hot(&self) -> Vec<Asked> {
        self.draws(4_096, 21)
    }

    /// 65 536 other requests of the same kind.
    pub fn distinct(&self) -> Vec<Asked> {
        self.draws(65_536, 22)
    }

    /// The slow, obvious answer: whether any role of the actor is granted the action.
    pub fn permits(&self, asked: &Asked) -> bool {
        self.grants.iter().any(|grant| {
            asked.claims(&grant.role)
                && grant.resource_type == asked.resource_type
                && grant.actions.contains(&asked.action)
        })
    }

    fn draws(&self, count: usize, seed: u64) -> Vec<Asked> {
        let mut random = Random::new(seed);
        (0..count).map(|_| self.draw(&mut random)).collect()
    }

    fn draw(&self, random: &mut Random) -> Asked {
        let user = random.index(USERS);
        let roles = &self.users[user];
        let own: Vec<&Grant> =
            self.grants.iter().filter(|grant| roles.contains(&grant.role)).collect();
        let (resource_type, action) = if random.happens(25) && !own.is_empty() {
            let grant = random.pick(&own);
            (grant.resource_type, *random.pick(&grant.actions))
        } else {
            (*random.pick(&TYPES), *random.pick(&ACTIONS))
        };
        Asked {
            actor_id: format!("user:{user}").into(),
            actor_type: ActorType::Human,
            roles: roles.iter().map(|role| role.clone().into()).collect(),
            tenants: Box::default(),
            action,
            resource_type,
            resource_id: format!("{resource_type}-{}", random.below(1_000)).into(),
            context: Map::new(),
        }
    }
}

impl Default for Rbac {
    fn default() -> Self {
        Self::new()
    }
}

fn draw_actions(random: &mut Random) -> Vec<&'static str> {
    let mut actions = ACTIONS.to_vec();
    actions.retain(|_| random.happens(50));
    if actions.is_empty() {
        actions.push(ACTIONS[random.index(ACTIONS.len())]);
    }
    actions
}
