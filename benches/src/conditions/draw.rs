use pdp_core::{Map, Value};

use super::{DEPARTMENTS, EPOCH};
use crate::random::Random;

/// How many contexts there are.
const DRAWS: usize = 4_096;

/// The values of one request.
#[derive(Clone, Debug)]
pub struct Draw {
    pub(super) department: &'static str,
    pub(super) path: String,
    pub(super) user_agent: String,
    pub(super) risk: i64,
    pub(super) tags: Vec<String>,
    pub(super) address: [u8; 4],
    pub(super) time: i64,
    context: Map<'static>,
}

impl Draw {
    /// `dept`
    pub fn department(&self) -> &'static str {
        self.department
    }

    /// `path`
    pub fn path(&self) -> &str {
        &self.path
    }

    /// `ua`
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// `risk`
    pub fn risk(&self) -> i64 {
        self.risk
    }

    /// `tags`
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// `ip`, as text.
    pub fn address(&self) -> String {
        let [a, b, c, d] = self.address;
        format!("{a}.{b}.{c}.{d}")
    }

    /// `ts`, in seconds since 1970.
    pub fn time(&self) -> i64 {
        self.time
    }

    /// The context of the request.
    pub fn context(&self) -> &Map<'static> {
        &self.context
    }
}

/// The requests, always the same.
pub fn draws() -> Vec<Draw> {
    let mut random = Random::new(0x0063_6f6e);
    (0..DRAWS).map(|_| draw(&mut random)).collect()
}

fn draw(random: &mut Random) -> Draw {
    let path = format!(
        "/docs/p{}/{}/public/file{}.txt",
        random.below(3),
        random.below(1_000),
        random.below(1_000)
    );
    let user_agent = format!(
        "Mozilla/{}.{} (c{}; x64) agent/{}",
        random.below(9),
        random.below(9),
        random.below(3),
        random.below(100)
    );
    let mut tags: Vec<String> = (0..6).map(|tag| format!("t{tag}")).collect();
    random.shuffle(&mut tags);
    tags.truncate(3);
    let byte = |random: &mut Random, bound| u8::try_from(random.below(bound)).expect("a byte");
    let address = [10, byte(random, 3), byte(random, 256), byte(random, 256)];
    let mut draw = Draw {
        department: DEPARTMENTS[random.index(DEPARTMENTS.len())],
        path,
        user_agent,
        risk: i64::try_from(random.below(100)).expect("below a hundred"),
        tags,
        address,
        time: EPOCH + i64::try_from(random.below(86_400)).expect("within a day"),
        context: Map::new(),
    };
    draw.context = context(&draw);
    draw
}

fn context(draw: &Draw) -> Map<'static> {
    let text = |text: &str| Value::String(text.to_owned().into());
    let mut context = Map::new();
    context.insert("dept", text(draw.department));
    context.insert("path", text(&draw.path));
    context.insert("ua", text(&draw.user_agent));
    context.insert("risk", draw.risk);
    context.insert("tags", Value::List(draw.tags.iter().map(|tag| text(tag)).collect()));
    context.insert("ip", text(&draw.address()));
    context.insert("ts", draw.time);
    context
}
