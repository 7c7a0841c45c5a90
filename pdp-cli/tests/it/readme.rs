use crate::support::{folder, pdp, root};

/// The first block of this language in the README.
fn block(language: &str) -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a README");
    let rest = readme.split_once(&format!("```{language}\n")).expect("a block").1;
    rest.split("```").next().expect("an end").to_owned()
}

#[test]
fn the_first_policy_answers_as_the_readme_says() {
    let folder = folder(&[("board.yaml", &block("yaml")), ("request.json", &block("json"))]);
    let arguments = ["eval", "--policies", "board.yaml", "--request", "request.json"];
    let outcome = pdp(folder.path(), &arguments, "");
    assert_eq!((outcome.code, outcome.output), (Some(0), block("text")));
    let slip = block("yaml").replacen("relation: banned", "relation: bannd", 1);
    std::fs::write(folder.path().join("board.yaml"), slip).expect("a file");
    let outcome = pdp(folder.path(), &["check", "board.yaml"], "");
    assert!(
        outcome.errors.contains("board.yaml:7:")
            && outcome.errors.contains("did you mean `banned`?"),
        "{outcome:?}"
    );
}

#[test]
fn the_first_command_prints_the_seeds_decisions() {
    let arguments =
        ["eval", "--policies", "policies/daarion", "--request", "examples/requests/seeds.jsonl"];
    let outcome = pdp(&root(), &arguments, "");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let words: Vec<String> = outcome
        .output
        .lines()
        .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        words,
        [
            "permit channel_member",
            "permit microdao_owner",
            "deny not_microdao_member",
            "permit allowed_agent",
            "permit system_admin",
            "permit member",
            "deny not_authorized",
            "deny not_channel_member",
            "deny blocked",
            "deny tool_not_allowed",
            "deny no_matching_policy",
        ]
    );
}
