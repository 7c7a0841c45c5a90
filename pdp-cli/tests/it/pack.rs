use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pdp_core::Policies;
use pdp_core::document::{self, Content, Node};
use pdp_source::SourceSet;
use pdp_testing::TestFile;

use crate::support::{pdp, root};

/// The packs that are shipped, by folder.
fn packs() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("policies")).expect("the packs");
    let entries = entries.map(|entry| entry.expect("an entry"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The texts of a pack: file name, text.
fn pack(name: &str) -> Vec<(String, String)> {
    let folder = root().join("policies").join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the pack")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("a text"))).collect()
}

/// How many cases fail, or `None` where the policies do not load.
fn failures(policies: &[(String, String)], tests: &[(String, String)]) -> Option<usize> {
    let sources: Vec<_> =
        policies.iter().map(|(path, text)| pdp_core::SourceText { path, text }).collect();
    let policies = Policies::from_sources(&sources).ok()?;
    let cases =
        tests.iter().flat_map(|(_, text)| TestFile::parse(text).expect("a test file").cases);
    let failed = cases.filter(|case| {
        let Ok(differences) = pollster::block_on(case.run(&policies));
        !differences.is_empty()
    });
    Some(failed.count())
}

fn is_test(name: &str) -> bool {
    name.ends_with("_test.yaml")
}

#[test]
fn each_rule_deleted_turns_a_test_red() {
    let packs = packs();
    assert!(packs.len() >= 6, "{packs:?}");
    for name in packs {
        let rules = rules_that_tests_notice(&name);
        assert!(rules >= 4, "{name}: {rules}");
    }
}

/// How many rules a pack has; each is noticed when it is gone.
fn rules_that_tests_notice(pack_name: &str) -> usize {
    let (tests, policies): (Vec<_>, Vec<_>) =
        pack(pack_name).into_iter().partition(|(name, _)| is_test(name));
    assert_eq!(failures(&policies, &tests), Some(0), "{pack_name}");
    let mut rules = 0;
    for (index, (name, text)) in policies.iter().enumerate() {
        let root = document::parse(text).expect("YAML");
        let Some(Content::Sequence(nodes)) = root.value("rules").map(|node| &node.content) else {
            continue;
        };
        for node in nodes {
            // From the dash before the rule to the dash before the next, or to the end of the section.
            let start = text[..node.span.start as usize].rfind('-').expect("a dash");
            let mut without = policies.clone();
            without[index].1 = format!("{}{}", &text[..start], &text[node.span.end as usize..]);
            let id = node.value("id").and_then(Node::string).expect("an id");
            let failed = failures(&without, &tests);
            assert!(
                failed.is_some_and(|failed| failed > 0),
                "no test notices that {pack_name}/{name} is without `{id}`: {failed:?}"
            );
            rules += 1;
        }
    }
    rules
}

/// Words that the lowering writes or reads: they keep their meaning.
const FIXED: &[&str] = &[
    "microdao",
    "channel",
    "tool",
    "agent",
    "owners",
    "admins",
    "members",
    "microdao_id",
    "channel_id",
    "tool_id",
    "agent_id",
    "service_id",
    "allowed_roles",
    "blocked_users",
    "allowed_agents",
    "enabled",
    "public",
    "allowed_user_roles",
    "microdao_ids",
    "owner_id",
    "resource_types",
];

/// Every word of the pack that has no meaning of its own: role, derived relation, reason, id,
/// action, name.
fn words(node: &Node<'_>, words: &mut BTreeSet<String>) {
    match &node.content {
        Content::Scalar(scalar) => {
            let word = |word: &&str| {
                word.len() > 2
                    && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
            };
            words.extend(
                scalar
                    .string()
                    .into_iter()
                    .flat_map(|text| text.split([':', '.', ' ', '#', '*', '(', ')']))
                    .filter(word)
                    .map(str::to_owned),
            );
        }
        Content::Sequence(items) => items.iter().for_each(|item| self::words(item, words)),
        Content::Mapping(entries) => entries.iter().for_each(|(key, value)| {
            self::words(key, words);
            self::words(value, words);
        }),
    }
}

/// Words of the language itself, of the sections and of test files.
const LANGUAGE: &[&str] = &[
    "version",
    "types",
    "ids",
    "prefixed",
    "plain",
    "actions",
    "relations",
    "direct",
    "attributes",
    "otherwise",
    "when",
    "actor",
    "actors",
    "action",
    "resource",
    "resources",
    "context",
    "let",
    "rules",
    "effect",
    "permit",
    "deny",
    "bypass",
    "reason",
    "obligations",
    "type",
    "id",
    "role",
    "roles",
    "relation",
    "tenant",
    "tenants",
    "memberships",
    "known",
    "all",
    "any",
    "not",
    "true",
    "false",
    "null",
    "bool",
    "int",
    "double",
    "string",
    "timestamp",
    "list",
    "from",
    "request",
    "facts",
    "masked",
    "action_groups",
    "role_aliases",
    "has",
    "related",
    "startsWith",
    "now",
    "human",
    "agent",
    "service",
    "microdao_policies",
    "channel_policies",
    "tool_policies",
    "agent_policies",
    "service_policies",
    "defaults",
    "deny_by_default",
    "log_all_decisions",
    "name",
    "cases",
    "matrix",
    "expect",
    "rule",
    "errors",
    "user",
    "no_matching_policy",
    "set",
    "prefix",
];

#[test]
fn words_of_the_pack_have_no_meaning_of_their_own() {
    let files = pack("daarion");
    let mut found = BTreeSet::new();
    for (name, text) in &files {
        let root = document::parse(text).expect("YAML");
        if !is_test(name) {
            words(&root, &mut found);
        }
    }
    found.retain(|word| !FIXED.contains(&word.as_str()) && !LANGUAGE.contains(&word.as_str()));
    for word in [
        "owner",
        "admin",
        "member",
        "system_admin",
        "channel_member",
        "daarion",
        "usage",
        "read",
        "rate_limited",
        "participant",
    ] {
        assert!(found.contains(word), "`{word}` is to be renamed: {found:?}");
    }
    let renamed: Vec<(String, String)> =
        files.iter().map(|(name, text)| (name.clone(), rename(text, &found))).collect();
    let (tests, policies): (Vec<_>, Vec<_>) =
        renamed.into_iter().partition(|(name, _)| is_test(name));
    assert_eq!(failures(&policies, &tests), Some(0));
}

/// `text` with a letter before each of the words.
fn rename(text: &str, words: &BTreeSet<String>) -> String {
    let mut renamed = String::new();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let mut rest = text;
    while let Some(start) = rest.find(is_letter) {
        let end = rest[start..]
            .find(|letter| !is_letter(letter))
            .map_or(rest.len(), |length| start + length);
        renamed.push_str(&rest[..start]);
        if words.contains(&rest[start..end]) {
            renamed.push('x');
        }
        renamed.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    renamed + rest
}

#[test]
fn the_shipped_policies_load_and_pass() {
    assert!(
        SourceSet::read([root().join("policies/daarion")]).expect("the pack").compile().is_ok()
    );
    let outcome = pdp(&root(), &["test", "policies"], "");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
}
