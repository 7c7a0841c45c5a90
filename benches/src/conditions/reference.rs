use super::{DEPARTMENTS, Draw, EPOCH, Kind, RULES, forbids, kinds};

/// Whether the rules permit a request, by plain code that knows nothing of the engine.
pub fn permits(draw: &Draw) -> bool {
    let holds = |rule: usize| kinds(rule).all(|kind| holds(rule, kind, draw));
    let mut rules = 0..RULES;
    !rules.clone().any(|rule| forbids(rule) && holds(rule))
        && rules.any(|rule| !forbids(rule) && holds(rule))
}

/// Whether the condition of a kind that a rule has, or would have, holds of a request.
///
/// # Panics
///
/// If `rule` is none of the [`RULES`].
pub fn holds(rule: usize, kind: Kind, draw: &Draw) -> bool {
    assert!(rule < RULES, "there are few rules");
    let third = rule % 3;
    match kind {
        Kind::Text => draw.department == DEPARTMENTS[third],
        Kind::Glob => {
            let parts: Vec<&str> = draw.path.split('/').collect();
            let own = format!("p{third}");
            matches!(parts[..], ["", "docs", folder, _, "public", _] if folder == own)
        }
        Kind::Regex => agent_is_of(&draw.user_agent, third),
        Kind::Number => draw.risk < i64::try_from(20 + 3 * rule).expect("few rules"),
        Kind::Set => draw.tags.iter().any(|tag| *tag == format!("t{}", rule % 6)),
        Kind::Network => usize::from(draw.address[1]) == third && draw.address[0] == 10,
        Kind::Time => {
            let from = EPOCH + 1_000 * i64::try_from(rule).expect("few rules");
            (from..from + 50_000).contains(&draw.time)
        }
    }
}

/// `Mozilla/1.2 (c0; …`
fn agent_is_of(user_agent: &str, third: usize) -> bool {
    let Some(version) = user_agent.strip_prefix("Mozilla/") else { return false };
    let Some((version, rest)) = version.split_once(' ') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_version =
        version.split_once('.').is_some_and(|(major, minor)| digits(major) && digits(minor));
    is_version && rest.starts_with(&format!("(c{third}; "))
}
