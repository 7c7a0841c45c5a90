use std::path::Path;
use std::process::Command;

use crate::support::{folder, pdp, root};

/// The first block of this language in the README.
fn block(language: &str) -> String {
    block_of(&root().join("README.md"), language).expect("a block")
}

fn block_of(readme: &Path, language: &str) -> Option<String> {
    let readme = std::fs::read_to_string(readme).expect("a README");
    let rest = readme.split_once(&format!("```{language}\n"))?.1;
    rest.split("```").next().map(str::to_owned)
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

#[test]
fn the_commands_of_the_packs_print_what_their_readmes_show() {
    let folders = std::fs::read_dir(root().join("policies")).expect("the packs");
    let readmes = folders.map(|pack| pack.expect("a pack").path().join("README.md"));
    let readmes = readmes.filter(|readme| readme.is_file());
    let mut tried = 0;
    for readme in readmes {
        let (Some(command), Some(shown)) = (block_of(&readme, "sh"), block_of(&readme, "text"))
        else {
            continue;
        };
        let program = Path::new(env!("CARGO_BIN_EXE_pdp")).parent().expect("a folder");
        let path = std::env::var("PATH").expect("a PATH");
        let outcome = Command::new("sh")
            .args(["-euc", &command])
            .current_dir(root())
            .env("PATH", format!("{}:{path}", program.display()))
            .output()
            .expect("a shell");
        let printed = String::from_utf8(outcome.stdout).expect("text");
        assert_eq!(printed, shown, "{}", readme.display());
        tried += 1;
    }
    assert!(tried >= 5, "{tried}");
}
