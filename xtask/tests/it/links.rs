use xtask::links::faults;

use crate::{assert_none, repository, texts};

#[test]
fn links_lead_somewhere() {
    let repository = repository();
    assert_none(&faults(&repository.texts().unwrap(), repository.paths()));
}

/// The faults of `docs/page.md` with this text, in a repository with two more files.
fn faults_of(page: &str) -> Vec<String> {
    let guide =
        "# The guide\n## 2. `rules`, and [more](x)\n## Twice\n## Twice\n```sh\n# code\n```\n";
    let texts = texts(&[("docs/page.md", page), ("guide.md", guide), ("src/lib.rs", "")]);
    // The links of the guide itself are not what these tests are about.
    let found = faults(&texts, &texts.keys().cloned().collect());
    found.into_iter().filter(|fault| fault.starts_with("docs/page.md")).collect()
}

#[test]
fn good_links_are_no_fault() {
    let page = "# Here\n\
        [a](../guide.md) and ![b](<../src/lib.rs> \"title\"), <img src=\"../src/lib.rs\">\n\
        [c](../guide.md#the-guide) [d](../guide.md#2-rules-and-more) [e](../guide.md#twice-1)\n\
        [f](#here) [g](../src/) [h](../src) [i](..) [j](https://example.org/x) `[k](nowhere)`\n\
        [l]: ../guide.md\n\
        [^m]: A note.\n\
        ````text\n[n](nowhere)\n```\n[o](nowhere)\n````\n";
    assert_none(&faults_of(page));
}

#[test]
fn bad_links_are_found() {
    let targets = [
        "guide.md",
        "../guide",
        "../guide.md#nothing",
        "../guide.md#code",
        "../guide.md#twice-2",
        "../src/lib.rs#L1",
        "#there",
        "../../outside.md",
        "/guide.md",
        "crate::Decider",
    ];
    for target in targets {
        let message = format!("docs/page.md:2: `{target}` leads nowhere");
        for link in [format!("`a` [b]({target}) c"), format!("[b]: {target}")] {
            assert_eq!(faults_of(&format!("# Here\n{link}\n")), [message.as_str()]);
        }
    }
}
