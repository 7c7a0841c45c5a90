//! How much an evaluation takes, and what is remembered while one request is decided.

use pdp_cel::{
    BYTES_MAX, Builder, Failure, Fault, Host, Leaf, LowerOptions, Memory, Meter, NodeId, Operand,
    Program, STEPS_MAX, Truth, evaluate, holds, lower, parse,
};

use crate::support::{Declared, shown};

#[test]
fn a_meter_gives_what_it_has_and_no_more() {
    let mut meter = Meter::default();
    assert_eq!((meter.steps_taken(), meter.bytes_taken()), (0, 0));
    let all = usize::try_from(STEPS_MAX).expect("a small number");
    assert_eq!(meter.step(all - 3), Ok(()));
    assert_eq!(meter.step(4), Err(Fault::Limit));
    assert_eq!(meter.steps_taken(), STEPS_MAX - 3);
    assert_eq!(meter.step(3), Ok(()));
    assert_eq!(meter.step(0), Ok(()));
    assert_eq!(meter.step(1), Err(Fault::Limit));
    let mut meter = Meter::default();
    let all = usize::try_from(BYTES_MAX).expect("a small number");
    assert_eq!(meter.allocate(all - 5), Ok(()));
    assert_eq!(meter.allocate(6), Err(Fault::Limit));
    assert_eq!(meter.bytes_taken(), BYTES_MAX - 5);
    assert_eq!(meter.allocate(5), Ok(()));
    assert_eq!(meter.bytes_taken(), BYTES_MAX);
}

/// They are promised to those who write policies.
#[test]
fn an_evaluation_may_take_so_much() {
    assert_eq!((STEPS_MAX, BYTES_MAX), (1_000_000, 8_388_608));
}

#[test]
fn bytes_cost_steps() {
    let taken = |take: &dyn Fn(&mut Meter) -> Result<(), Fault>| {
        let mut meter = Meter::default();
        take(&mut meter).expect("it has enough");
        meter.steps_taken()
    };
    for (bytes, scanned, compared, allocated) in [
        (0, 0, 0, 4),
        (15, 0, 0, 4),
        (16, 1, 0, 5),
        (63, 3, 0, 7),
        (64, 4, 1, 8),
        (1000, 62, 15, 66),
    ] {
        assert_eq!(taken(&|meter| meter.scan(bytes)), scanned, "{bytes}");
        assert_eq!(taken(&|meter| meter.compare(bytes)), compared, "{bytes}");
        assert_eq!(taken(&|meter| meter.allocate(bytes)), allocated, "{bytes}");
    }
    for (text, part, searched) in [(0, 0, 0), (3, 0, 0), (2, 2, 1), (40, 3, 10), (40, 4, 11)] {
        assert_eq!(taken(&|meter| meter.search(text, part)), searched, "{text} {part}");
    }
}

#[test]
fn faults_have_words() {
    for (fault, words) in [
        (Fault::UnknownName, "unknown name"),
        (Fault::UnknownFunction, "unknown function"),
        (Fault::NoSuchOverload, "no such overload: an operation on values of other types"),
        (Fault::Overflow, "a result beyond the range of its type"),
        (Fault::DivisionByZero, "division by zero"),
        (Fault::NoSuchKey, "no such key"),
        (Fault::IndexOutOfRange, "index out of range"),
        (Fault::DuplicateKey, "a key that stands twice"),
        (Fault::KeyType, "a key of a type that maps do not have"),
        (Fault::InvalidArgument, "an argument that the function cannot take"),
        (Fault::EmptyOptional, "the value of an empty optional"),
        (Fault::Limit, "more steps or memory than an evaluation may take"),
        (Fault::Message, "protobuf messages are not offered"),
        (Fault::Host(3), "a fault of the host"),
    ] {
        assert_eq!((fault.message(), fault.to_string().as_str()), (words, words));
    }
}

/// A program, made with the variables of the host.
fn program(host: &mut Declared, text: &str) -> (Program, NodeId) {
    let mut builder = Builder::default();
    let expression = parse(text).expect(text);
    let node = lower(&expression, text, &mut builder, host, LowerOptions::default()).expect(text);
    (builder.finish([node]), node)
}

/// What a program comes to, and the steps that it takes.
fn asked(program: &Program, node: NodeId, host: &mut Declared) -> (String, u64) {
    host.meter = Meter::default();
    let made = match evaluate(program, node, host) {
        Ok(value) => shown(&value),
        Err(failure) => format!("{:?}", failure.fault),
    };
    (made, host.meter.steps_taken())
}

#[test]
fn what_depends_on_values_of_the_host() {
    for (text, made) in [
        ("i in [i + 1, u]", "true"),
        ("i in [u, i + 1]", "true"),
        ("i in [i + 1, u, i + 2]", "true"),
        ("i in [i + 1, i + 2]", "false"),
        ("i in [i, i / 0]", "DivisionByZero at i / 0"),
        ("(absent ?? ctx.level) ?? 3", "3"),
        ("(absent ?? i) ?? 3", "7"),
        ("(counts.z ?? absent) ?? none ?? 4", "4"),
        // One truth value in a list is none.
        ("many.map(x, yes) ? 1 : 2", "NoSuchOverload at many.map(x, yes)"),
        ("many.filter(x, yes) || no", "NoSuchOverload at many.filter(x, yes)"),
        ("!many.transformMap(k, v, yes)", "NoSuchOverload at many.transformMap(k, v, yes)"),
    ] {
        assert_eq!(Declared::new().evaluated(text).value, made, "{text}");
    }
}

/// What asks nobody takes no steps, at whatever place it stands.
#[test]
fn what_is_found_out_beforehand_is_so_in_macros_too() {
    for (text, plain) in [
        ("few.map(x, cel.bind(y, 2, y + y))", "few.map(x, 4)"),
        ("few.map(x, optional.of(2).optMap(y, y + y).value())", "few.map(x, 4)"),
        ("few.map(x, [1, 2].map(y, y + y))", "few.map(x, [2, 4])"),
        ("few.map(x, [1, 2].map(y, y > 1, y + y))", "few.map(x, [4])"),
        ("few.map(x, [3].transformList(k, v, k + v))", "few.map(x, [3])"),
        ("few.all(x, few.all(y, [1].all(z, z > 0)))", "few.all(x, few.all(y, true))"),
    ] {
        let steps = |text: &str| {
            let evaluated = Declared::new().evaluated(text);
            (evaluated.value, evaluated.steps)
        };
        assert_eq!(steps(text), steps(plain), "{text}");
    }
}

#[test]
fn what_is_asked_twice_is_found_out_once() {
    for (text, made, steps, remembered) in [
        // A list of two takes 9 steps, and a sum of a variable and a number two.
        ("[i + 1, i + 1]", "[8, 8]", 9 + 2 * 2, 9 + 2),
        ("[u + u, u + u]", "[14u, 14u]", 9 + 2 * 3, 9 + 3),
        ("[d * d, d * d]", "[6.25, 6.25]", 9 + 2 * 3, 9 + 3),
        ("[time + span, time + span]", LATER, 9 + 2 * 3, 9 + 3),
        ("[span + span, span + span]", "[10800s, 10800s]", 9 + 2 * 3, 9 + 3),
        ("[net4.ip(), net4.ip()]", "[10.0.0.0, 10.0.0.0]", 9 + 2 * 2, 9 + 2),
        ("[net4.masked(), net4.masked()]", "[10.0.0.0/8, 10.0.0.0/8]", 9 + 2 * 2, 9 + 2),
        ("[i == u, i == u]", "[true, true]", 9 + 2 * 4, 9 + 4),
        // Two in turn.
        ("[i + 1, i + 2, i + 1, i + 2]", "[8, 9, 8, 9]", 13 + 4 * 2, 13 + 2 * 2),
        ("i / 0 == 1 || i / 0 == 2", "DivisionByZero", 1 + 2 * 3, 1 + 3 + 1),
        // What is owned is not kept.
        ("[w + w, w + w]", "[\"bb\", \"bb\"]", 9 + 2 * 7, 9 + 2 * 7),
        ("[type(i), type(i)]", "[int, int]", 9 + 2 * 2, 9 + 2 * 2),
        // A number is no truth value, remembered or not.
        ("i + 1 == 8 && (i + 1 ? yes : no)", "NoSuchOverload", 1 + 4 + 3, 1 + 4 + 1),
    ] {
        let mut host = Declared::new();
        let (program, node) = program(&mut host, text);
        assert_eq!(asked(&program, node, &mut host), (made.to_owned(), steps), "{text}");
        host.memory = Some(begun());
        assert_eq!(asked(&program, node, &mut host), (made.to_owned(), remembered), "{text}");
    }
}

const LATER: &str = "[2026-11-27T11:00:15.25Z, 2026-11-27T11:00:15.25Z]";

/// A memory in which nothing is remembered yet.
fn begun() -> Memory {
    let mut memory = Memory::default();
    memory.begin();
    memory
}

#[test]
fn what_one_request_came_to_is_forgotten_with_it() {
    let mut host = Declared::new();
    let (program, node) =
        program(&mut host, "(s.contains('zz') || no) && (s.contains('zz') || yes)");
    let (made, steps) = asked(&program, node, &mut host);
    host.memory = Some(begun());
    let first = asked(&program, node, &mut host);
    assert_eq!(first, (made.clone(), steps));
    let second = asked(&program, node, &mut host);
    assert_eq!(second.0, made);
    assert!(second.1 < first.1, "{} {}", second.1, first.1);
    if let Some(memory) = &mut host.memory {
        memory.begin();
    }
    assert_eq!(asked(&program, node, &mut host), first);
}

/// Nodes share places in the memory; what stands there of another node is not taken for one's own.
#[test]
fn many_nodes_are_told_apart() {
    let mut host = Declared::new();
    let sums = |from: i64| (from..from + 150).map(|n| format!("i + {n}")).collect::<Vec<_>>();
    let text = format!("[{}]", [sums(1), sums(1)].concat().join(", "));
    let (program, node) = program(&mut host, &text);
    let (plain, _) = asked(&program, node, &mut host);
    host.memory = Some(begun());
    assert_eq!(asked(&program, node, &mut host).0, plain);
    assert_eq!(asked(&program, node, &mut host).0, plain);
}

#[test]
fn what_ran_into_a_limit_is_tried_again() {
    let mut host = Declared::new();
    let (program, node) = program(&mut host, "(i + 1 == 8) == (i + 1 == 8)");
    host.memory = Some(begun());
    host.meter = crate::support::meter(3, BYTES_MAX);
    let failure = evaluate(&program, node, &mut host).expect_err("it takes more");
    assert_eq!(failure.fault, Fault::Limit);
    assert_eq!(asked(&program, node, &mut host).0, "true");
}

/// What names of macros stand for is another thing each time.
#[test]
fn what_depends_on_a_macro_is_not_remembered() {
    let mut host = Declared::new();
    let (program, node) = program(&mut host, "few.map(n, (n + i) * (n + i))");
    host.memory = Some(begun());
    assert_eq!(asked(&program, node, &mut host).0, "[64, 81]");
}

#[test]
fn a_root_that_is_asked_twice_is_found_out_once() {
    let steps = |roots: usize| {
        let mut host = Declared::new();
        let mut builder = Builder::default();
        let text = "i + 1 == 8";
        let expression = parse(text).expect(text);
        let options = LowerOptions::default();
        let node = lower(&expression, text, &mut builder, &mut host, options).expect(text);
        let program = builder.finish(vec![node; roots]);
        host.memory = Some(begun());
        let first = asked(&program, node, &mut host);
        assert_eq!(first, ("true".to_owned(), 4));
        asked(&program, node, &mut host).1
    };
    assert_eq!((steps(1), steps(2)), (4, 0));
}

/// A host that remembers nothing.
struct Forgetful(Meter);

impl<'e> Host<'e> for Forgetful {
    fn value(&mut self, leaf: Leaf) -> Result<Option<Operand<'e>>, Fault> {
        match leaf {
            0 => Ok(Some(Operand::Bool(true))),
            1 => Ok(Some(Operand::Int(1))),
            2 => Ok(None),
            _ => Err(Fault::Host(99)),
        }
    }

    fn missing(&self, leaf: Leaf) -> Fault {
        Fault::Host(leaf)
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.0
    }
}

#[test]
fn a_host_need_not_remember() {
    let mut builder = Builder::default();
    let dear = builder.leaf(0, 5);
    let equal = builder.equal(dear, dear);
    let program = builder.finish([equal, dear]);
    let mut host = Forgetful(Meter::default());
    assert!(matches!(evaluate(&program, dear, &mut host), Ok(Operand::Bool(true))));
    assert_eq!(holds(&program, dear, &mut host), Truth::Yes);
}

#[test]
fn what_a_leaf_says_is_true_or_not_or_a_fault() {
    let mut builder = Builder::default();
    let leaves: Vec<NodeId> = (0..4).map(|leaf| builder.leaf(leaf, 1)).collect();
    let all = builder.all(leaves[..2].to_vec());
    let any = builder.any(leaves.clone());
    let not = builder.not(leaves[0]);
    let program = builder.finish([all, any, not]);
    let mut host = Forgetful(Meter::default());
    let fault = |node, fault| Truth::Fault(Failure { node, fault });
    let mut truth = |node| holds(&program, node, &mut host);
    assert_eq!(truth(leaves[0]), Truth::Yes);
    assert_eq!(truth(leaves[1]), fault(leaves[1], Fault::NoSuchOverload));
    assert_eq!(truth(leaves[2]), fault(leaves[2], Fault::Host(2)));
    assert_eq!(truth(leaves[3]), fault(leaves[3], Fault::Host(99)));
    assert_eq!(truth(all), fault(leaves[1], Fault::NoSuchOverload));
    assert_eq!((truth(any), truth(not)), (Truth::Yes, Truth::No));
    assert_eq!(Host::present(&mut host, 2), Ok(false));
    assert_eq!(Host::present(&mut host, 1), Ok(true));
    assert_eq!(Host::present(&mut host, 3), Err(Fault::Host(99)));
}

/// A host that knows whether its leaves hold, and has no values for them.
struct Judge(Meter);

impl<'e> Host<'e> for Judge {
    fn value(&mut self, _: Leaf) -> Result<Option<Operand<'e>>, Fault> {
        Err(Fault::Host(99))
    }

    fn missing(&self, leaf: Leaf) -> Fault {
        Fault::Host(leaf)
    }

    fn truth(&mut self, leaf: Leaf) -> Result<Truth, Fault> {
        match leaf {
            0 => Ok(Truth::Yes),
            1 => Ok(Truth::No),
            _ => Err(Fault::Host(leaf)),
        }
    }

    fn meter(&mut self) -> &mut Meter {
        &mut self.0
    }
}

#[test]
fn a_host_may_say_that_a_condition_holds_without_a_value() {
    let mut builder = Builder::default();
    let [yes, no, fault] = [0, 1, 2].map(|leaf| builder.leaf(leaf, 1));
    let nodes = [
        (yes, Truth::Yes),
        (no, Truth::No),
        (fault, Truth::Fault(Failure { node: fault, fault: Fault::Host(2) })),
        (builder.all([yes, no]), Truth::No),
        (builder.any([no, fault, yes]), Truth::Yes),
        (builder.not(no), Truth::Yes),
    ];
    // Compared with something it is a value.
    let equal = builder.equal(yes, no);
    let program = builder.finish(nodes.map(|(node, _)| node));
    let mut host = Judge(Meter::default());
    for (node, truth) in nodes {
        assert_eq!(holds(&program, node, &mut host), truth, "{node}");
    }
    let failure = Failure { node: yes, fault: Fault::Host(99) };
    assert_eq!(holds(&program, equal, &mut host), Truth::Fault(failure));
}
