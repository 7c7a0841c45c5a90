use pdp_benches::{
    asked::Asked,
    hierarchies::{self, App, Hierarchies},
    hospital::Hospital,
    rbac::Rbac,
    rules::RuleSet,
    seed::{Draw, Draws, Seed},
    varied,
    yaml::{self, PolicyText},
};

#[test]
fn two_runs_draw_the_same() {
    let (first, second) = (Seed::new(1_000), Seed::new(1_000));
    assert_eq!(yaml::texts(&first), yaml::texts(&second));
    assert_eq!(Draws::new(&first).hot(), Draws::new(&second).hot());
}

/// A changed number means a changed workload: figures from before and after it cannot be compared.
#[test]
fn the_workload_has_not_changed() {
    let seed = Seed::new(100);
    // The rules are left out: they may be worded otherwise and mean the same.
    let documents = yaml::texts(&seed).into_iter().skip(1).map(|file| file.text);
    assert_eq!(checksum(documents), 0x386f_b430_c08e_0c57);
    let draws = Draws::new(&seed);
    assert_eq!(checksum(draws.hot().iter().map(line)), 0xf96c_a1bd_bfe8_1e13);
    assert_eq!(checksum(draws.distinct().iter().take(4_096).map(line)), 0x0e72_52d4_82b0_256a);
    assert_eq!(checksum(draws.uniform().iter().take(4_096).map(line)), 0x938a_b859_69b7_6e78);
}

#[test]
fn the_other_workloads_have_not_changed() {
    let (rules, rbac, hospital) = (RuleSet::new(1_000), Rbac::new(), Hospital::new());
    assert_eq!(of_texts(rules.texts()), 0x1dad_3ae7_0632_c083);
    assert_eq!(of_requests(&rules.hot()), 0xeb66_020e_29da_a86c);
    assert_eq!(of_requests(&rules.distinct()[..4_096]), 0xad71_be56_2225_b756);
    assert_eq!(of_texts(rbac.texts()), 0x53f4_0749_0ad0_5c39);
    assert_eq!(of_requests(&rbac.hot()), 0xbc57_2360_39eb_be3b);
    assert_eq!(of_texts(hospital.texts()), 0x28d6_35f2_b832_8f1e);
    assert_eq!(of_requests(&hospital.hot()), 0x07a8_9047_9005_2186);
    assert_eq!(of_texts(varied::texts(&Seed::new(100))), 0xccaa_3377_ed2d_52a1);
}

fn of_texts(texts: Vec<PolicyText>) -> u64 {
    checksum(texts.into_iter().map(|file| file.text))
}

fn of_requests(requests: &[Asked]) -> u64 {
    checksum(requests.iter().map(|asked| {
        let Asked { actor_id, actor_type, roles, tenants, action, resource_type, resource_id, context } =
            asked;
        let context: Vec<String> =
            context.iter().map(|(name, value)| format!("{name} {value:?}")).collect();
        format!(
            "{actor_id} {actor_type:?} {roles:?} {tenants:?} {action} {resource_type} {resource_id} {context:?}"
        )
    }))
}

/// As above; the rules are left out here, too.
#[test]
fn the_hierarchies_have_not_changed() {
    for (app, data, draws) in [
        (App::Gdrive, 0xf5ed_2f02_cc97_bb46, 0xe924_b64b_0072_724d),
        (App::Github, 0x6f33_964e_b186_4d6d, 0x0abc_1d05_54f2_98ca),
        (App::Tinytodo, 0x7bc2_55a6_d907_0215, 0x2caa_c223_d52b_1b52),
    ] {
        let drawn = Hierarchies::new(app, 20);
        let texts = drawn.hierarchies.iter().filter_map(|one| hierarchies::texts(one).pop());
        assert_eq!(checksum(texts.map(|file| file.text)), data, "{app:?}");
        let lines = drawn.draws.iter().map(|draw| {
            let hierarchies::Draw { hierarchy, actor_name, action, resource_name, .. } = draw;
            format!("{hierarchy} {actor_name} {action} {resource_name}")
        });
        assert_eq!(checksum(lines), draws, "{app:?}");
    }
}

fn line(draw: &Draw<'_>) -> String {
    let Draw { actor_id, actor_kind, roles, tenants, action, resource_type, resource_id } = draw;
    format!(
        "{actor_id} {actor_kind:?} {roles:?} {tenants:?} {action} {resource_type} {resource_id}"
    )
}

/// FNV-1a, 64 bits.
fn checksum(texts: impl Iterator<Item = String>) -> u64 {
    texts.flat_map(String::into_bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
