use crate::support::{answer, human, mistakes, policies};

const TYPES: &str = "
version: 1
types:
  microdao: {ids: prefixed, actions: [read], relations: {owners: direct, admins: direct, members: direct, chief: owners}}
  channel: {actions: [read], relations: {microdao_id: {to: microdao}, allowed_roles: direct, blocked_users: direct, allowed_agents: direct}}
  tool: {actions: [run], relations: {allowed_agents: direct, allowed_user_roles: direct, microdao_ids: {to: microdao}}, attributes: {enabled: bool, public: bool?}}
  agent: {ids: prefixed, actions: [read], relations: {owner_id: direct, microdao_id: {to: microdao}}}
actor: {attributes: {resource_types: list(string)?}}
rules:
  - {id: r1, effect: permit, resource: microdao, actors: {relation: members}}
  - {id: r2, effect: permit, resource: channel, actors: {relation: allowed_roles}}
  - {id: r3, effect: permit, resource: tool, when: resource.enabled && (resource.public ?? false)}
  - {id: r4, effect: permit, resource: tool, actors: {relation: microdao_ids.owners}}
  - {id: r5, effect: permit, resource: agent, actors: {relation: [owner_id, microdao_id.chief]}}
  - {id: r6, effect: permit, resource: tool, when: 'resource.type in (actor.resource_types ?? [])'}
microdao_policies:
  - {microdao_id: 'microdao:1', owners: [user:1], members: ['user:*']}
";

fn with(section: &str) -> String {
    format!("{TYPES}{section}")
}

#[test]
fn entries_state_what_their_keys_name() {
    let policies = policies(&with(
        "
channel_policies: [{channel_id: c, microdao_id: 'microdao:1', allowed_roles: [chief], blocked_users: [], allowed_agents: [agent:x]}]
tool_policies:
  - {tool_id: open, enabled: true, allowed_agents: ~}
  - {tool_id: off, enabled: false, allowed_agents: ~}
  - {tool_id: own, enabled: true, allowed_agents: [], microdao_ids: ['microdao:1']}
agent_policies: [{agent_id: 'agent:x', owner_id: user:5, microdao_id: 'microdao:1'}]
service_policies: [{service_id: 'service:s', resource_types: [tool]}]
defaults: {deny_by_default: true, log_all_decisions: true}
",
    ));
    let of = |actor: &str, action: &str, resource_type: &str, id: &str| {
        answer(&policies, human(actor), action, resource_type, id)
    };
    assert_eq!(of("user:9", "read", "microdao", "microdao:1"), "permit r1");
    assert_eq!(of("agent:x", "read", "microdao", "microdao:1"), "deny no_matching_policy");
    assert_eq!(of("user:1", "read", "channel", "c"), "permit r2");
    assert_eq!(of("user:2", "read", "channel", "c"), "deny no_matching_policy");
    assert_eq!(of("user:2", "run", "tool", "open"), "permit r3");
    assert_eq!(of("user:2", "run", "tool", "off"), "deny no_matching_policy");
    assert_eq!(of("user:1", "run", "tool", "own"), "permit r4");
    assert_eq!(of("user:5", "read", "agent", "agent:x"), "permit r5");
    assert_eq!(of("user:1", "read", "agent", "agent:x"), "permit r5");
    assert_eq!(of("service:s", "run", "tool", "off"), "permit r6");
}

#[test]
fn what_would_open_or_dangle_is_refused() {
    for (section, message) in [
        ("tool_policies: [{tool_id: t, enabled: true}]", "`allowed_agents` is missing"),
        ("tool_policies: [{tool_id: t, allowed_agents: []}]", "`enabled` is missing"),
        (
            "tool_policies: [{tool_id: t, enabled: 'true', allowed_agents: []}]",
            "`enabled` is `true` or `false`; this is the string `true`",
        ),
        (
            "tool_policies: [{tool_id: t, enabled: true, allowed_agents: [], microdao_ids: []}]",
            "`microdao_ids` is empty",
        ),
        (
            "tool_policies: [{tool_id: t, enabled: true, allowed_agents: [], allowed_user_roles: ~}]",
            "`allowed_user_roles` is a list; this is nothing",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked_users: ~}]",
            "`blocked_users` is a list; this is nothing",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked_users: user:1}]",
            "`blocked_users` is a list; this is the string `user:1`",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:2'}]",
            "unknown microDAO `microdao:2`; did you mean `microdao:1`?",
        ),
        ("channel_policies: [{channel_id: c}]", "`microdao_id` is missing"),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', allowed_roles: [cheif]}]",
            "unknown relation `cheif` on `microdao`; did you mean `chief`?",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked_users: ['*']}]",
            "`*` is no actor of this section",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked_users: ['us*']}]",
            "`us*` is no actor of this section",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked_users: ['microdao:1#chief']}]",
            "is no actor of this section",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked_users: ['role:x']}]",
            "is no actor of this section",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1', blocked: []}]",
            "unknown key `blocked`",
        ),
        (
            "channel_policies: [{channel_id: c, microdao_id: 'microdao:1'}, {channel_id: c, microdao_id: 'microdao:1'}]",
            "`c` is listed in `channel_policies` already",
        ),
        (
            "agent_policies: [{agent_id: sofia, owner_id: user:1, microdao_id: 'microdao:1'}]",
            "ids of `agent` begin with `agent:`",
        ),
        (
            "service_policies: [{service_id: s, resource_types: [tol]}]",
            "unknown type `tol`; did you mean `tool`?",
        ),
        (
            "defaults: {deny_by_default: false}",
            "`deny_by_default` is always true and cannot be turned off",
        ),
        ("defaults: {log_all_decisions: false}", "`log_all_decisions` is always true"),
        ("defaults: {cache_decisions: false}", "unknown key `cache_decisions`"),
    ] {
        let found = mistakes(&with(section));
        assert!(found.contains(message), "{section}\nfound: {found}");
        assert!(found.starts_with("18:"), "{section}\nfound: {found}");
    }
}

#[test]
fn a_key_that_is_declared_as_something_else_is_refused() {
    for (declared, entry) in [
        ("blocked_users: {to: microdao}", "blocked_users: ['user:6']"),
        ("microdao_id: direct", ""),
        ("microdao_id: {to: channel}", ""),
    ] {
        let text = format!(
            "version: 1\ntypes: {{microdao: {{ids: prefixed, actions: [read]}}, channel: {{actions: [read], relations: {{microdao_id: {{to: microdao}}, {declared}}}}}}}\nmicrodao_policies: [{{microdao_id: 'microdao:1'}}]\nchannel_policies: [{{channel_id: c, microdao_id: 'microdao:1', {entry}}}]"
        )
        .replace("microdao_id: {to: microdao}, microdao_id", "microdao_id");
        let found = mistakes(&text);
        assert!(found.contains("declares it as something else"), "{declared}: {found}");
    }
}

#[test]
fn a_set_without_the_words_of_a_section_says_which_are_missing() {
    let found = mistakes(
        "version: 1\ntypes: {channel: {actions: [read]}}\nmicrodao_policies: [{microdao_id: m, owners: []}]",
    );
    assert!(found.contains("unknown type `microdao`"), "{found}");
    let found = mistakes(
        "version: 1\ntypes: {microdao: {actions: [read], relations: {owner: direct}}}\nmicrodao_policies: [{microdao_id: m, owners: []}]",
    );
    assert!(
        found.contains("unknown relation `owners` on `microdao`; did you mean `owner`?"),
        "{found}"
    );
}
