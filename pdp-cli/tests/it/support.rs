use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// What a run of `pdp` came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Runs `pdp` in `folder`.
pub fn pdp(folder: &Path, arguments: &[&str], input: &str) -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pdp"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pdp runs");
    let mut stdin = child.stdin.take().expect("an input");
    // Beside the reading: a command may print much before it has read all.
    let output = thread::scope(|scope| {
        // A command that does not read its input may have ended already.
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().expect("pdp ends")
    });
    Outcome {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).expect("UTF-8"),
        errors: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// Runs the first commands on a page, in a folder from which the packs and the examples can be
/// reached, and holds what they print against the block below them.
pub fn assert_commands_print(page: &str) {
    let page = std::fs::read_to_string(root().join(page)).expect("the page");
    let command = page.split_once("```sh\n").expect("a block").1;
    let (command, rest) = command.split_once("```").expect("the end of the block");
    let shown = rest.split_once("```text\n").expect("a block").1;
    let shown = shown.split("```").next().expect("the end of the block");
    let folder = folder(&[]);
    for name in ["policies", "examples"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).expect("a link");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_pdp")).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a PATH");
    let outcome = Command::new("sh")
        .args(["-euc", command])
        .current_dir(folder.path())
        .env("PATH", format!("{}:{path}", program.display()))
        .output()
        .expect("a shell");
    let printed = String::from_utf8(outcome.stdout).expect("text");
    assert_eq!(printed, shown, "{}", String::from_utf8_lossy(&outcome.stderr));
}

pub const POLICY: &str = "version: 1
types: {door: {actions: [open], relations: {holder: direct}}}
context: {pin: {type: string?, masked: true}}
rules:
  - {id: holders, effect: permit, resource: door, actors: {relation: holder}, obligations: [{type: log}]}
facts: {'door:front': {holder: user:1}}
";

pub fn request(actor: &str) -> String {
    format!(
        r#"{{"actor": {{"actor_id": "{actor}", "actor_type": "human"}}, "action": "open", "resource": {{"type": "door", "id": "front"}}, "context": {{"pin": "pin-of-mine"}}}}"#
    )
}
