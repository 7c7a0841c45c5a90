//! Writes the rules.

use pdp_core::ActorType;

use super::{
    ActorKey, Aim, Condition, FOLDERS, Numbered, Pattern, Place, ResourceKey, Rule, RuleEffect,
    RuleSet, TYPES, Type, Who, World,
    world::{AUDITOR, SYSTEM_ADMIN, resource_id, role_name, team_name},
};
use crate::random::Random;

const REGEXES_MAX: usize = 100;
const BYPASS_RULES_MAX: usize = 12;

pub(super) struct Author {
    random: Random,
    world: World,
    rules: Vec<Rule>,
    aims: Vec<Aim>,
    regexes: usize,
    bypass_rules: usize,
}

impl Author {
    pub(super) fn new(count: usize) -> Self {
        let mut random = Random::new(0x0072_756c_6573);
        let world = World::draw(&mut random, count);
        Self { random, world, rules: Vec::new(), aims: Vec::new(), regexes: 0, bypass_rules: 0 }
    }

    pub(super) fn write(mut self, count: usize) -> RuleSet {
        for (rule, aim) in general() {
            self.rules.push(rule);
            self.aims.push(aim);
        }
        while self.rules.len() < count {
            self.write_specific();
        }
        RuleSet { world: self.world, rules: self.rules, aims: self.aims }
    }

    fn write_specific(&mut self) {
        let id = format!("rule-{}", self.rules.len());
        let mut rule = Rule { id, ..rule(RuleEffect::Permit) };
        self.draw_target(&mut rule);
        let aim = match self.random.below(100) {
            0..25 => Aim { who: self.holder(), place: Place::Anywhere },
            25..40 => Aim { who: self.member(), place: Place::Anywhere },
            40..62 => self.draw_below_team(),
            62..70 => self.draw_below_folder(),
            70..80 => self.draw_one_resource(&mut rule),
            80..90 => Aim { who: self.user(), place: Place::Anywhere },
            90..94 => Aim { who: self.fleet(), place: Place::Anywhere },
            94..97 => self.draw_crowd(&mut rule),
            _ => self.draw_expression(&mut rule),
        };
        if rule.actors.is_empty() {
            rule.actors.extend(actor_key(&self.world, aim.who));
        }
        if rule.resource.is_empty() {
            rule.resource.extend(resource_key(&aim.place));
        }
        self.draw_more(&mut rule);
        self.rules.push(rule);
        self.aims.push(aim);
    }

    /// Types, actions and effect.
    fn draw_target(&mut self, rule: &mut Rule) {
        let random = &mut self.random;
        let Type { name, actions } = *random.pick(&TYPES);
        rule.types = vec![name];
        if random.happens(10) {
            let second = random.pick(&TYPES).name;
            if second != name {
                rule.types.push(second);
            }
        }
        if !random.happens(15) {
            let first = random.index(actions.len());
            rule.actions = vec![actions[first]];
            if random.happens(40) {
                rule.actions.push(actions[(first + 1) % actions.len()]);
            }
        }
        rule.effect = match random.below(1_000) {
            0..300 => RuleEffect::Deny,
            300..320 if self.bypass_rules < BYPASS_RULES_MAX && !rule.actions.is_empty() => {
                self.bypass_rules += 1;
                RuleEffect::Bypass
            }
            _ => RuleEffect::Permit,
        };
    }

    fn holder(&mut self) -> Who {
        Who::Holder(self.random.index(self.world.roles))
    }

    fn team(&mut self) -> usize {
        self.random.index(self.world.teams)
    }

    fn member(&mut self) -> Who {
        Who::Member(self.team())
    }

    fn user(&mut self) -> Who {
        Who::Actor(self.random.index(self.world.users()))
    }

    fn fleet(&mut self) -> Who {
        Who::Fleet(self.random.index(self.world.fleets))
    }

    fn draw_below_team(&mut self) -> Aim {
        let team = self.team();
        Aim { who: self.who_in(team), place: Place::Team(team) }
    }

    fn draw_below_folder(&mut self) -> Aim {
        let team = self.team();
        let place = if self.random.happens(80) {
            Place::Folder(team, self.random.index(FOLDERS.len()))
        } else {
            Place::Fours(team)
        };
        Aim { who: self.who_in(team), place }
    }

    fn who_in(&mut self, team: usize) -> Who {
        match self.random.below(100) {
            0..45 => Who::Member(team),
            45..70 => self.holder(),
            70..80 => Who::Related("viewer"),
            80..90 => Who::Related("team.member"),
            _ => Who::Derived("steward"),
        }
    }

    fn draw_one_resource(&mut self, rule: &mut Rule) -> Aim {
        let place = |random: &mut Random| {
            if random.happens(30) {
                return random.pick(&self.world.known).id.clone();
            }
            let team = random.index(self.world.teams);
            resource_id(team, random.index(FOLDERS.len()), random.index(NUMBERS))
        };
        let id = place(&mut self.random);
        if self.random.happens(30) {
            let exactly = |id| ResourceKey::Id(Pattern::Exact(id));
            let second = place(&mut self.random);
            rule.resource = vec![ResourceKey::Any(vec![exactly(id.clone()), exactly(second)])];
        }
        let (user, holder) = (self.user(), self.holder());
        let who = match self.random.below(100) {
            0..50 => user,
            50..80 => holder,
            _ => {
                let keys = [user, holder].into_iter().filter_map(|who| actor_key(&self.world, who));
                rule.actors = vec![ActorKey::Any(keys.collect())];
                user
            }
        };
        Aim { who, place: Place::Exactly(id) }
    }

    fn draw_crowd(&mut self, rule: &mut Rule) -> Aim {
        let crowd = [self.holder(), self.holder(), self.member()];
        let keys = crowd.into_iter().filter_map(|who| actor_key(&self.world, who));
        rule.actors = vec![ActorKey::Any(keys.collect())];
        Aim { who: *self.random.pick(&crowd), place: Place::Anywhere }
    }

    fn draw_expression(&mut self, rule: &mut Rule) -> Aim {
        if self.regexes == REGEXES_MAX {
            return self.draw_below_folder();
        }
        self.regexes += 1;
        if self.random.happens(30) {
            let fleet = self.random.index(self.world.fleets);
            let start = format!("service:fleet-{fleet}-");
            let numbered = Numbered { start, words: Vec::new() };
            rule.actors = vec![ActorKey::Id(Pattern::Numbered(numbered))];
            return Aim { who: Who::Fleet(fleet), place: Place::Anywhere };
        }
        let team = self.team();
        let folder = self.random.index(FOLDERS.len());
        let words = vec![FOLDERS[folder], FOLDERS[(folder + 1) % FOLDERS.len()]];
        let numbered = Numbered { start: format!("team-{team}/"), words };
        rule.resource = vec![ResourceKey::Id(Pattern::Numbered(numbered))];
        Aim { who: self.who_in(team), place: Place::Folder(team, folder) }
    }

    /// One more key, a condition, an obligation: seldom.
    fn draw_more(&mut self, rule: &mut Rule) {
        if self.random.happens(20) {
            self.draw_key(rule);
        }
        if self.random.happens(3) {
            let conditions = [
                Condition::OfficeHours,
                Condition::FromOffice,
                Condition::NotArchived,
                Condition::SmallAmount,
            ];
            rule.when = Some(*self.random.pick(&conditions));
        }
        if self.random.happens(10) {
            rule.obligation = Some(*self.random.pick(&["log", "notify", "watermark"]));
        }
    }

    fn draw_key(&mut self, rule: &mut Rule) {
        let not_role = ActorKey::Role(role_name(self.random.index(self.world.roles)));
        match self.random.below(100) {
            0..30 => rule.actors.push(ActorKey::Type(ActorType::Human)),
            30..60 => rule.actors.push(not(not_role)),
            60..70 => {
                let keys = vec![not(ActorKey::Relation("blocked")), not(not_role)];
                rule.actors.push(ActorKey::All(keys));
            }
            70..85 => {
                let archive = ResourceKey::Id(Pattern::Glob("*/archive/*".to_owned()));
                rule.resource.push(ResourceKey::Not(Box::new(archive)));
            }
            _ => rule.resource.push(ResourceKey::Known(self.random.happens(20))),
        }
    }
}

/// The numbers at the end of ids are below this.
pub(super) const NUMBERS: usize = 64;

fn actor_key(world: &World, who: Who) -> Option<ActorKey> {
    match who {
        Who::Anyone => None,
        Who::Claiming(role) => Some(ActorKey::Role(role.to_owned())),
        Who::Holder(role) => Some(ActorKey::Role(role_name(role))),
        Who::Member(team) => Some(ActorKey::Tenant(team_name(team))),
        Who::Actor(actor) => Some(ActorKey::Id(Pattern::Exact(world.actors[actor].id.clone()))),
        Who::Fleet(fleet) => Some(ActorKey::Id(Pattern::Glob(format!("service:fleet-{fleet}-*")))),
        Who::Related(relation) => Some(ActorKey::Relation(relation)),
        Who::Derived(role) => Some(ActorKey::DerivedRole(role)),
    }
}

fn resource_key(place: &Place) -> Option<ResourceKey> {
    let pattern = match place {
        Place::Anywhere => return None,
        Place::Team(team) => Pattern::Glob(format!("team-{team}/*")),
        Place::Folder(team, folder) => Pattern::Glob(format!("team-{team}/{}/*", FOLDERS[*folder])),
        Place::Fours(team) => Pattern::Glob(format!("team-{team}/*/4*")),
        Place::Exactly(id) => Pattern::Exact(id.clone()),
    };
    Some(ResourceKey::Id(pattern))
}

fn rule(effect: RuleEffect) -> Rule {
    Rule {
        id: String::new(),
        effect,
        types: Vec::new(),
        actions: Vec::new(),
        resource: Vec::new(),
        actors: Vec::new(),
        when: None,
        obligation: None,
    }
}

fn not(key: ActorKey) -> ActorKey {
    ActorKey::Not(Box::new(key))
}

/// The rules that there are at every size.
fn general() -> Vec<(Rule, Aim)> {
    let named = |id: &str, effect, actors| Rule { id: id.to_owned(), actors, ..rule(effect) };
    let permit = |id: &str, actors| named(id, RuleEffect::Permit, vec![actors]);
    let human = ActorKey::Type(ActorType::Human);
    let aim = |who| Aim { who, place: Place::Anywhere };
    let anyone = aim(Who::Anyone);
    let admins = vec![ActorKey::Role(SYSTEM_ADMIN.to_owned())];
    let admins = named("system-admin", RuleEffect::Bypass, admins);
    let blocked = vec![ActorKey::Relation("blocked")];
    let blocked = Rule {
        types: TYPES.iter().map(|resource_type| resource_type.name).collect(),
        ..named("blocked", RuleEffect::Deny, blocked)
    };
    let machines = Rule {
        types: vec!["secret"],
        actions: vec!["rotate", "delete"],
        ..named("secrets-humans", RuleEffect::Deny, vec![not(human.clone())])
    };
    let orders = Rule {
        types: vec!["order"],
        actions: vec!["cancel"],
        resource: vec![ResourceKey::Known(false)],
        ..named("unknown-order", RuleEffect::Deny, Vec::new())
    };
    let owners =
        Rule { types: vec!["doc", "folder"], ..permit("owner", ActorKey::Relation("owner")) };
    let viewers = Rule {
        types: vec!["doc", "folder", "report", "ticket"],
        actions: vec!["read"],
        ..permit("viewer", ActorKey::Relation("viewer"))
    };
    let stewards = Rule {
        types: vec!["invoice", "order", "machine"],
        obligation: Some("log"),
        ..permit("steward", ActorKey::DerivedRole("steward"))
    };
    let auditors = Rule {
        actions: vec!["read"],
        when: Some(Condition::FromOffice),
        actors: vec![ActorKey::Role(AUDITOR.to_owned()), human],
        ..named("auditor", RuleEffect::Permit, Vec::new())
    };
    vec![
        (admins, aim(Who::Claiming(SYSTEM_ADMIN))),
        (blocked, anyone.clone()),
        (machines, anyone.clone()),
        (orders, anyone),
        (owners, aim(Who::Related("owner"))),
        (viewers, aim(Who::Related("viewer"))),
        (stewards, aim(Who::Derived("steward"))),
        (auditors, aim(Who::Claiming(AUDITOR))),
    ]
}
