//! Writes the workload *seed* down for those who cannot link it: its policies, its documents as
//! plain lists, and its hot requests, each with what the reference says.
//!
//!     cargo run --release -p pdp-benches --bin workload -- FOLDER [DOCUMENTS]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use pdp_benches::{
    engine,
    reference::Reference,
    seed::{ActorIndex, Draws, MicrodaoRole, Seed},
    yaml,
};
use serde_json::{Map, Value, json};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    let documents = arguments.next().map_or(1_000, |text| text.parse().expect("a number"));
    let seed = Seed::new(documents);
    let policies = folder.join("policies");
    fs::create_dir_all(&policies)?;
    for file in yaml::texts(&seed) {
        fs::write(policies.join(&file.path), &file.text)?;
    }
    fs::write(folder.join("documents.json"), documents_of(&seed).to_string())?;
    write_requests(&seed, &folder.join("requests.jsonl"))
}

/// By type and id, what the documents say.
fn documents_of(seed: &Seed) -> Value {
    let ids = |actors: &[ActorIndex]| -> Vec<&str> {
        actors.iter().map(|&actor| &*seed.population.actor(actor).id).collect()
    };
    let microdaos = seed.microdaos.iter().map(|one| {
        let mut members = ids(&one.members);
        members.extend(one.open.then_some("user:*"));
        let lists =
            json!({"owners": ids(&one.owners), "admins": ids(&one.admins), "members": members});
        (one.id.clone(), lists)
    });
    let channels = seed.channels.iter().map(|one| {
        let roles = one.allowed_roles.iter().map(|role| match role {
            MicrodaoRole::Owner => "owners",
            MicrodaoRole::Admin => "admins",
            MicrodaoRole::Member => "members",
        });
        let (of, roles): (_, Vec<&str>) = (&seed.microdao(one.microdao).id, roles.collect());
        (one.id.clone(), json!({"microdao": of, "allowed": roles, "blocked": ids(&one.blocked)}))
    });
    let tools = seed.tools.iter().map(|one| {
        (one.id.clone(), json!({"agents": ids(&one.allowed_agents), "roles": one.allowed_roles}))
    });
    let agents = seed
        .agents
        .iter()
        .map(|one| (one.id.clone(), json!({"microdao": seed.microdao(one.microdao).id})));
    json!({
        "microdao": microdaos.collect::<Map<_, _>>(),
        "channel": channels.collect::<Map<_, _>>(),
        "tool": tools.collect::<Map<_, _>>(),
        "agent": agents.collect::<Map<_, _>>(),
    })
}

/// A line for each: the request as it travels, and whether it is permitted.
fn write_requests(seed: &Seed, path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let (draws, reference) = (Draws::new(seed).hot(), Reference::new(seed));
    for draw in &draws {
        let line = json!({"request": engine::request(draw), "permits": reference.permits(draw)});
        writeln!(file, "{line}")?;
    }
    file.flush()
}
