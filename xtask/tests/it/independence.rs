use xtask::independence::faults;

use crate::{assert_none, faults_under};

const ORACLE: &str = "pdp-testing/src/oracle/";

#[test]
fn the_oracle_takes_nothing_from_the_engine_but_what_was_parsed() {
    assert_none(&faults_under(ORACLE, faults));
}

#[test]
fn what_would_make_it_an_echo_is_found() {
    for source in [
        "use pdp_core::Policies;",
        "use pdp_core::{Request, Scratch};",
        "use pdp_core::{model::Model, wire};",
        "use pdp_core::*;",
        "use pdp_core::model::*;",
        "use pdp_core as core;",
        "use pdp_core;",
        "let engine = pdp_core::Engine::new(policies);",
        "use pdp_cel::{Expression, equal};",
        "use pdp_cel::*;",
        "let value = pdp_cel::evaluate(program);",
        "let value = declared.value_type.admit(value);",
        "let value = Type::admit(declared, value);",
    ] {
        assert_eq!(faults("a.rs", source).len(), 1, "{source}");
    }
    for source in [
        "use pdp_core::model::{Model, Rule};",
        "use pdp_core::{Effect, Request, Value, model::Rule};",
        "use pdp_cel::{Expression, Loop, LoopKind};",
        "// use pdp_core::Policies;",
        "let time = pdp_core::Timestamp::parse(text);",
    ] {
        assert_eq!(faults("a.rs", source), [] as [String; 0], "{source}");
    }
}
