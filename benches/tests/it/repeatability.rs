use pdp_benches::{
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
