use pdp_benches::{
    reference::Reference,
    seed::{Channel, Draw, Draws, Microdao, MicrodaoRole, Seed},
    yaml,
};

/// Number of documents; Cedar policies and Casbin rows that an equivalent generator makes of them;
/// by how many in a thousand a draw may differ, for few documents leave more to chance.
const KNOWN: [(usize, usize, usize, usize); 5] = [
    (10, 24, 298, 100),
    (100, 231, 1_232, 100),
    (1_000, 2_276, 12_676, 20),
    (10_000, 22_862, 128_253, 10),
    (100_000, 228_391, 1_280_555, 5),
];

#[test]
fn the_documents_come_to_as_many_policies_as_those_of_an_equivalent_generator() {
    for (documents, policies, rows, tolerance_permille) in KNOWN {
        let seed = Seed::new(documents);
        assert_near(cedar_policies(&seed), policies, tolerance_permille);
        assert_near(casbin_rows(&seed), rows, tolerance_permille);
    }
}

#[test]
fn documents_are_divided_into_kinds_as_described() {
    let kinds = |documents| {
        let seed = Seed::new(documents);
        [seed.microdaos.len(), seed.channels.len(), seed.tools.len(), seed.agents.len()]
    };
    assert_eq!(kinds(1), [1, 0, 0, 0]);
    assert_eq!(kinds(10), [3, 4, 1, 2]);
    assert_eq!(kinds(1_000), [300, 450, 150, 100]);
}

#[test]
fn about_two_requests_in_five_are_permitted() {
    for documents in [10, 1_000, 10_000] {
        let seed = Seed::new(documents);
        let reference = Reference::new(&seed);
        let draws = Draws::new(&seed);
        for set in [draws.hot(), draws.distinct()] {
            let permille = permitted_permille(&reference, &set);
            assert!((300..500).contains(&permille), "{documents} documents: {permille} permille");
        }
    }
}

#[test]
fn few_uniform_requests_are_permitted() {
    let seed = Seed::new(10_000);
    let permille = permitted_permille(&Reference::new(&seed), &Draws::new(&seed).uniform());
    assert!((35..55).contains(&permille), "{permille} permille");
}

#[test]
fn files_stay_below_the_limit_of_the_language() {
    let texts = yaml::texts(&Seed::new(200_000));
    assert!(texts.len() > 2, "rules, and documents in more than one file");
    assert!(texts.iter().all(|file| file.text.len() < 32 << 20));
}

/// One policy per rule: three per microDAO, two per channel and one more where it blocks, one per
/// tool, two per agent, one for system admins.
fn cedar_policies(seed: &Seed) -> usize {
    let blocking = seed.channels.iter().filter(|channel| !channel.blocked.is_empty()).count();
    3 * seed.microdaos.len()
        + 2 * seed.channels.len()
        + blocking
        + seed.tools.len()
        + 2 * seed.agents.len()
        + 1
}

/// One row for each (role or actor, object, action) that is permitted or denied, one for each role
/// that an actor has.
fn casbin_rows(seed: &Seed) -> usize {
    let microdaos: usize = seed.microdaos.iter().map(microdao_rows).sum();
    let channels: usize = seed.channels.iter().map(|channel| channel_rows(seed, channel)).sum();
    let tools = seed.tools.iter().map(|tool| tool.allowed_agents.len() + tool.allowed_roles.len());
    let agents =
        seed.agents.iter().map(|agent| 5 + usize::from(seed.microdao(agent.microdao).open));
    let claimed = seed.population.actors().iter().map(|actor| actor.roles.len());
    microdaos + channels + tools.sum::<usize>() + agents.sum::<usize>() + claimed.sum::<usize>() + 1
}

fn microdao_rows(microdao: &Microdao) -> usize {
    9 + usize::from(microdao.open) + microdao.listed().count()
}

fn channel_rows(seed: &Seed, channel: &Channel) -> usize {
    let open = seed.microdao(channel.microdao).open
        && channel.allowed_roles.contains(&MicrodaoRole::Member);
    2 + 2 * (channel.allowed_roles.len() + usize::from(open) + channel.blocked.len())
}

fn permitted_permille(reference: &Reference<'_>, draws: &[Draw<'_>]) -> usize {
    draws.iter().filter(|draw| reference.permits(draw)).count() * 1_000 / draws.len()
}

fn assert_near(count: usize, wanted: usize, tolerance_permille: usize) {
    let distance = count.abs_diff(wanted) * 1_000;
    assert!(distance <= wanted * tolerance_permille, "{count} is too far from {wanted}");
}
