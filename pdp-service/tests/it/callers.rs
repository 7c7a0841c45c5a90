use std::sync::Arc;

use pdp_service::{Callers, Credential, RefusalKind, Right};

use crate::support::{CALLERS, KEY, Shelf, service};

#[test]
fn each_credential_finds_its_caller_and_no_other() {
    let callers = Callers::parse(CALLERS).expect("callers");
    let found = |credential: Credential<'_>| {
        callers.find(credential).map(|caller| caller.name.clone()).map_err(|refusal| refusal.kind)
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(found(Credential::Key(KEY)), Ok("gate".to_owned()));
    assert_eq!(found(Credential::Local), Ok("keeper".to_owned()));
    for certificate in [names(&["search.internal"]), names(&["other", "spiffe://example/search"])] {
        assert_eq!(found(Credential::Certificate(&certificate)), Ok("search".to_owned()));
    }
    let nobody = Err(RefusalKind::Unauthenticated);
    let digest = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
    for key in ["", "Key", "key ", digest] {
        assert_eq!(found(Credential::Key(key)), nobody, "{key}");
    }
    for certificate in [names(&[]), names(&["search"]), names(&["SEARCH.internal"])] {
        assert_eq!(found(Credential::Certificate(&certificate)), nobody);
    }
    assert_eq!(found(Credential::Nothing), nobody);
}

#[test]
fn a_certificate_of_two_callers_is_nobodys() {
    let another = "[[caller]]\nname = \"b\"\ncertificates = [\"b\"]\nrights = [\"admin\"]\n";
    let callers = Callers::parse(&format!("{CALLERS}{another}")).expect("callers");
    let both = ["b".to_owned(), "search.internal".to_owned()];
    let refusal = callers.find(Credential::Certificate(&both)).expect_err("two");
    assert_eq!(refusal.message, "the certificate belongs to more than one caller");
    // Two names of one caller are no contradiction.
    let one = ["search.internal".to_owned(), "spiffe://example/search".to_owned()];
    assert!(callers.find(Credential::Certificate(&one)).is_ok());
}

#[test]
fn a_right_that_is_not_given_is_refused() {
    let service = service(&Arc::new(Shelf::default()));
    let admit = |credential, right| {
        let admitted = service.admit(credential, right);
        admitted.map(|caller| caller.name.clone()).map_err(|refusal| refusal.to_string())
    };
    assert_eq!(admit(Credential::Key(KEY), Right::Evaluate), Ok("gate".to_owned()));
    assert_eq!(
        admit(Credential::Key(KEY), Right::Admin),
        Err("caller `gate` lacks the right `admin`".to_owned())
    );
    assert_eq!(
        admit(Credential::Local, Right::Evaluate),
        Err("caller `keeper` lacks the right `evaluate`".to_owned())
    );
    assert_eq!(admit(Credential::Local, Right::Admin), Ok("keeper".to_owned()));
    service.set_callers(Callers::only_local(&[Right::Evaluate]));
    assert_eq!(admit(Credential::Local, Right::Evaluate), Ok("local".to_owned()));
    assert_eq!(admit(Credential::Key(KEY), Right::Evaluate), Err("unknown key".to_owned()));
}

#[test]
fn entries_that_cannot_be_meant_are_refused() {
    let digest = format!("sha256:{}", "0".repeat(64));
    let entry = |lines: &str| format!("[[caller]]\nname = \"a\"\n{lines}\n");
    let keyed = |lines: &str| entry(&format!("keys = [\"{digest}\"]\n{lines}"));
    let admin = keyed("rights = [\"admin\"]");
    let local = entry("local = true\nrights = [\"admin\"]");
    let another = |entry: &str| entry.replace("\"a\"", "\"b\"");
    let asserting = "rights = [\"evaluate\", \"assert_identity\"]";
    let actors = "actors = [{id = \"x\", type = \"human\"}]";
    let no_digest = "a key is stated as `sha256:` and 64 hexadecimal digits, never as itself";
    let cases = [
        (keyed("rights = []"), "a", "it has no rights"),
        (
            entry("rights = [\"admin\"]"),
            "a",
            "nobody can be it: give `keys`, `certificates` or `local`",
        ),
        (
            keyed("rights = [\"evaluate\"]"),
            "a",
            "it may ask about nobody: give `actors` or the right `assert_identity`",
        ),
        (
            keyed("rights = [\"assert_identity\"]"),
            "a",
            "`assert_identity` is of no use without `evaluate`",
        ),
        (
            keyed(&format!("{asserting}\n{actors}")),
            "a",
            "with `assert_identity` it may name any actor: leave out `actors`",
        ),
        (entry("keys = [\"secret\"]\nrights = [\"admin\"]"), "a", no_digest),
        (entry("keys = [\"sha256:12\"]\nrights = [\"admin\"]"), "a", no_digest),
        (format!("{admin}{}", another(&admin)), "b", "a key stands twice"),
        (format!("{local}{}", another(&local)), "b", "another entry is local, too"),
        (format!("{local}{local}"), "a", "the name stands twice"),
        (admin.replace("\"a\"", "\"\""), "", "a name is text without control characters"),
    ];
    for (text, name, message) in cases {
        let error = Callers::parse(&text).expect_err(&text);
        assert_eq!(error.to_string(), format!("caller `{name}`: {message}"), "{text}");
    }
}

#[test]
fn what_is_no_callers_file_is_told_with_its_line() {
    for (text, line) in [
        ("[[caller]]\nname = \"a\"\nrights = [\"admim\"]\n", "line 3"),
        ("[[caller]]\nname = \"a\"\nright = [\"admin\"]\n", "line 3"),
        ("[[callers]]\n", "line 1"),
        ("caller = 1\n", "line 1"),
        ("[[caller]\n", "line 1"),
    ] {
        let error = Callers::parse(text).expect_err(text).to_string();
        assert!(error.contains(line), "{text}: {error}");
    }
}

#[test]
fn nobody_may_ask_where_nobody_is_listed() {
    let callers = Callers::parse("").expect("callers");
    assert!(!callers.has_remote());
    assert!(callers.find(Credential::Local).is_err());
    assert!(!Callers::only_local(&[Right::Evaluate]).has_remote());
    assert!(Callers::parse(CALLERS).expect("callers").has_remote());
}
