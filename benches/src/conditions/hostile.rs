//! Policy sets of a mebibyte that are made to be dear to load: each form fills its text with what
//! costs the compiler most.

/// Bytes of each text, about.
const BYTES: usize = 1024 * 1024;

/// A policy set that is made to be dear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hostile {
    /// What it is full of.
    pub name: &'static str,
    /// The policy file.
    pub text: String,
}

/// One for each form.
pub fn hostile() -> Vec<Hostile> {
    let digits = "[0,1,2,3,4,5,6,7,8,9]";
    let of = |name, condition: &dyn Fn(usize) -> String| Hostile { name, text: rules(condition) };
    vec![
        of("constants", &|rule| {
            let inner = format!("{digits}.all(d, a + b * c + d * {rule} < 0)");
            format!("{digits}.all(a, {digits}.all(b, {digits}.all(c, {inner})))")
        }),
        of("expressions that fit no table", &|rule| {
            format!("context.s.matches('(a|b)*a(a|b){{30}}{rule}')")
        }),
        of("expressions that fill the tables", &|rule| {
            format!("context.s.matches('(a|b)*a(a|b){{7}}{rule}')")
        }),
        of("brackets", &|rule| {
            let (open, close) = ("!(".repeat(60), ")".repeat(60));
            format!("{open}context.n == {rule}{close}")
        }),
        of("long lists", &|rule| {
            let items: Vec<String> =
                (0..2_000).map(|item| (item * 1_000 + rule).to_string()).collect();
            format!("context.n in [{}]", items.join(","))
        }),
        of("long chains", &|rule| {
            let parts: Vec<String> =
                (0..1_000).map(|part| format!("context.n == {}", part * 1_000 + rule)).collect();
            parts.join(" || ")
        }),
        of("loops", &|rule| {
            let body: Vec<String> = (0..500).map(|part| format!("x5 == 'a{part}'")).collect();
            let body = format!("x0 == 'b{rule}' || {}", body.join(" || "));
            (0..6).rev().fold(body, |body, loops| format!("context.l.all(x{loops}, {body})"))
        }),
        of("presence", &|rule| {
            let parts: Vec<String> = (0..500)
                .map(|part| format!("has(context.o) && context.o > {part}{rule}"))
                .collect();
            parts.join(" || ")
        }),
        Hostile { name: "names within names", text: names() },
        Hostile { name: "mistakes", text: rules(&|rule| format!("context.nn{rule} == 'x' + 1")) },
    ]
}

/// As many rules as fill the text.
fn rules(condition: &dyn Fn(usize) -> String) -> String {
    let mut text = beginning();
    text.push_str("rules:\n");
    for rule in 0.. {
        if text.len() >= BYTES {
            break;
        }
        text.push_str(&format!(
            "  - {{id: r{rule}, effect: permit, when: \"{}\"}}\n",
            condition(rule)
        ));
    }
    text
}

/// Each name stands for twice the one before it, as deep as is allowed, again and again.
fn names() -> String {
    let mut text = beginning();
    text.push_str("let:\n");
    let mut chain = 0;
    while text.len() < BYTES / 2 {
        text.push_str(&format!("  n{chain}x0: context.n > {chain}\n"));
        for depth in 1..40 {
            let before = format!("n{chain}x{}", depth - 1);
            text.push_str(&format!("  n{chain}x{depth}: ({before} != {before}) || {before}\n"));
        }
        chain += 1;
    }
    text.push_str("rules:\n");
    for rule in 0..chain {
        for depth in [10, 39] {
            let name = format!("n{rule}x{depth}");
            text.push_str(&format!("  - {{id: r{name}, effect: permit, when: {name}}}\n"));
        }
    }
    text
}

fn beginning() -> String {
    String::from(
        "version: 1
types: {door: {actions: [open]}}
context: {s: string, n: int, o: int?, l: {type: list(string), max: 2}}
",
    )
}
