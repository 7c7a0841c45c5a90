use std::fs;
use std::process::Command;

use super::server::{Server, command};
use crate::support::{Outcome, folder};

fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().expect("pdp runs");
    Outcome {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).expect("UTF-8"),
        errors: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The line of `--print-config` for a key.
fn line<'o>(outcome: &'o Outcome, key: &str) -> &'o str {
    let line = outcome.output.lines().find(|line| line.starts_with(&format!("{key} = ")));
    line.unwrap_or_else(|| panic!("no {key} in {outcome:?}"))
}

#[test]
fn flags_count_more_than_the_environment_and_that_more_than_the_file() {
    let folder = folder(&[(
        "pdp.toml",
        "policies = [\"a\", \"b\"]\n[limits]\nbody_bytes = 1\nbatch_requests = 1\nstreams = 1\n[log]\nformat = \"json\"\n",
    )]);
    let mut command = command(
        folder.path(),
        &["--config", "pdp.toml", "--print-config", "--limits-streams", "3"],
    );
    command.env("PDP_LIMITS_BATCH_REQUESTS", "2").env("PDP_LIMITS_STREAMS", "2");
    let shown = outcome(&mut command);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for (key, wanted) in [
        ("policies", "policies = [\"a\", \"b\"] # pdp.toml"),
        ("body_bytes", "body_bytes = 1 # pdp.toml"),
        ("batch_requests", "batch_requests = 2 # PDP_LIMITS_BATCH_REQUESTS"),
        ("streams", "streams = 3 # --limits-streams"),
        ("requests", "requests = 1000 # default"),
        ("format", "format = \"json\" # pdp.toml"),
    ] {
        assert_eq!(line(&shown, key), wanted);
    }
    // What is printed is a file that says the same.
    fs::write(folder.path().join("again.toml"), &shown.output).expect("a file");
    let again = outcome(&mut super::server::command(
        folder.path(),
        &["--config", "again.toml", "--print-config"],
    ));
    let values = |outcome: &Outcome| {
        let lines = outcome.output.lines().map(|line| line.split(" # ").next().map(str::to_owned));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(values(&again), values(&shown));
}

#[test]
fn settings_that_cannot_be_are_told_with_their_origin() {
    let cases = [
        ("port = 7\n", "pdp.toml: there is no setting `port`"),
        (
            "[http]\nlisten = \"127.0.0.1:1\"\n",
            "pdp.toml: `http.listen` takes a list of texts, not \"127.0.0.1:1\"",
        ),
        (
            "[limits]\nstreams = 0\n",
            "pdp.toml: `limits.streams` takes a whole number from 1 to 100000, not 0",
        ),
        (
            "[limits]\nstreams = \"many\"\n",
            "pdp.toml: `limits.streams` takes a whole number from 1 to 100000, not \"many\"",
        ),
        (
            "[audit]\nmode = \"lax\"\n",
            "pdp.toml: `audit.mode` takes one of `strict`, `best_effort`, `off`, not \"lax\"",
        ),
        ("[reload]\nwatch = 1\n", "pdp.toml: `reload.watch` takes true or false, not 1"),
        ("[http\n", "pdp.toml: TOML parse error at line 1"),
    ];
    for (text, message) in cases {
        let folder = folder(&[("pdp.toml", text)]);
        let outcome = outcome(&mut command(folder.path(), &["--config", "pdp.toml"]));
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.errors.contains(message), "{message}: {outcome:?}");
    }
    let folder = folder(&[]);
    let mut in_environment = command(folder.path(), &["--print-config"]);
    in_environment.env("PDP_LIMITS_STREAMS", "many");
    let said = outcome(&mut in_environment).errors;
    assert!(said.contains("PDP_LIMITS_STREAMS: `limits.streams` takes a whole number"), "{said}");
    let said = outcome(&mut command(folder.path(), &["--limits-streams", "0"])).errors;
    assert!(said.contains("--limits-streams: `limits.streams` takes a whole number"), "{said}");
}

#[test]
fn a_door_to_other_machines_needs_callers_with_credentials() {
    let local = "[[caller]]\nname = \"a\"\nlocal = true\nrights = [\"admin\"]\n";
    let keyed = local.replace("local = true", &format!("keys = [\"sha256:{}\"]", "0".repeat(64)));
    let folder = folder(&[("local.toml", local), ("keyed.toml", &keyed)]);
    for arguments in [
        &["--http-listen", "0.0.0.0:0"][..],
        &["--http-listen", "[::]:0", "--callers", "local.toml"],
        &["--grpc-listen", "0.0.0.0:0"],
    ] {
        let outcome = outcome(&mut command(folder.path(), arguments));
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.errors.contains("can be reached from other machines"), "{outcome:?}");
    }
    // Keys do not travel in the clear, unless somebody says that they do not.
    let keyed = ["--http-listen", "127.0.0.1:0,0.0.0.0:0", "--callers", "keyed.toml"];
    let outcome = outcome(&mut command(folder.path(), &keyed));
    assert!(outcome.errors.contains("0.0.0.0:0 can be reached"), "{outcome:?}");
    assert!(outcome.errors.contains("`tls.elsewhere`"), "{outcome:?}");
    let server = Server::start(folder.path(), &[&keyed[..], &["--tls-elsewhere", "true"]].concat());
    server.wait_for("address=0.0.0.0:");
}

#[test]
fn one_line_warns_of_what_is_open() {
    let warnings = |server: &Server| {
        server.begin.iter().filter(|line| line.contains(" WARN ")).cloned().collect::<Vec<_>>()
    };
    let folder = folder(&[("callers.toml", "")]);
    let open = warnings(&Server::start(folder.path(), &[]));
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].contains("whoever is on this machine may ask"), "{open:?}");
    let told = warnings(&Server::start(folder.path(), &["--callers", "callers.toml"]));
    assert!(told.is_empty(), "{told:?}");
    let none = outcome(&mut command(folder.path(), &["--http-listen", "", "--grpc-listen", ""]));
    assert!(none.errors.contains("no door listens anywhere"), "{none:?}");
}
