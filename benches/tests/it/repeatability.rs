use pdp_benches::{
    hierarchies::{self, App, Hierarchies},
    seed::{Draw, Draws, Seed},
    yaml,
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
