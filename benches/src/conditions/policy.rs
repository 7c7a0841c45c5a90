use super::{DEPARTMENTS, EPOCH, Kind, RULES, forbids, kinds};

const BEGINNING: &str = "version: 1
types: {door: {actions: [open]}}
context: {dept: string, path: string, ua: string, risk: int, tags: list(string), ip: ip, ts: int}
rules:
";

/// The policy set as text.
pub fn text() -> String {
    let mut text = BEGINNING.to_owned();
    for rule in 0..RULES {
        let effect = if forbids(rule) { "deny" } else { "permit" };
        let parts: Vec<String> = kinds(rule).map(|kind| condition(rule, kind)).collect();
        text.push_str(&format!(
            "  - id: rule-{rule}\n    effect: {effect}\n    when: >-\n      {}\n",
            parts.join(" && ")
        ));
    }
    text
}

/// A set with one rule: it permits where the condition of that kind holds that `rule` would have.
pub fn of_kind(rule: usize, kind: Kind) -> String {
    let condition = condition(rule, kind);
    format!("{BEGINNING}  - id: one\n    effect: permit\n    when: >-\n      {condition}\n")
}

fn condition(rule: usize, kind: Kind) -> String {
    let third = rule % 3;
    match kind {
        Kind::Text => format!("context.dept == '{}'", DEPARTMENTS[third]),
        Kind::Glob => format!("context.path.matches('^/docs/p{third}/[^/]*/public/[^/]*$')"),
        Kind::Regex => format!(r"context.ua.matches(r'^Mozilla/[0-9]+\.[0-9]+ \(c{third}; ')"),
        Kind::Number => format!("context.risk < {}", 20 + 3 * rule),
        Kind::Set => format!("'t{}' in context.tags", rule % 6),
        Kind::Network => format!("cidr('10.{third}.0.0/16').containsIP(context.ip)"),
        Kind::Time => {
            let from = EPOCH + 1_000 * i64::try_from(rule).expect("few rules");
            format!("context.ts >= {from} && context.ts < {}", from + 50_000)
        }
    }
}

/// A set of so many rules, each with a condition that no other has: for the time of compiling.
pub fn many(count: usize) -> String {
    let mut text = String::from(
        "version: 1
types: {door: {actions: [open]}}
context: {dept: string, risk: int, tags: list(string), ip: ip, ts: timestamp?}
rules:
",
    );
    for rule in 0..count {
        text.push_str(&format!(
            "  - id: rule-{rule}
    effect: permit
    when: >-
      context.risk * 2 < {rule} && context.tags.exists(tag, tag.startsWith('t{rule}'))
      && cidr('10.{}.{}.0/24').containsIP(context.ip) && (!has(context.ts) || now - context.ts < duration('{rule}s'))
",
            rule / 256 % 256,
            rule % 256
        ));
    }
    text
}
