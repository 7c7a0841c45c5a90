use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use pdp_core::document::{self, Node, SyntaxError};

use crate::reader::{Fields, mistake};
use crate::{ActorFixture, Case, Matrix, ResourceFixture, Stated};

/// A file of test cases, its matrices taken apart.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// The cases, in the order of the file; those of a matrix actor by actor.
    pub cases: Vec<Case>,
    /// The matrices, in the order of the file.
    pub matrices: Vec<Matrix>,
    /// What requests state by name, each place once.
    pub stated: Vec<Stated>,
}

/// All mistakes of a test file. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFileErrors(pub Vec<SyntaxError>);

impl fmt::Display for TestFileErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(formatter, "{line_break}{}:{}: {error}", error.span.line, error.span.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for TestFileErrors {}

/// Named actors and resources, and whether they were used.
#[derive(Default)]
pub(crate) struct Fixtures {
    pub(crate) actors: Named<ActorFixture>,
    pub(crate) resources: Named<ResourceFixture>,
}

pub(crate) struct Named<T> {
    what: &'static str,
    fixtures: BTreeMap<String, Fixture<T>>,
}

struct Fixture<T> {
    value: Rc<T>,
    span: document::Span,
    used: bool,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named { what: "fixture", fixtures: BTreeMap::new() }
    }
}

impl<T> Named<T> {
    /// The fixture with the name that `node` holds.
    pub(crate) fn named(&mut self, node: &Node<'_>) -> Result<Rc<T>, SyntaxError> {
        let name = node.string().unwrap_or_default();
        match self.fixtures.get_mut(name) {
            Some(fixture) => {
                fixture.used = true;
                Ok(Rc::clone(&fixture.value))
            }
            None => Err(mistake(node, format!("unknown {} `{}`", self.what, name.escape_debug()))),
        }
    }

    fn read(
        what: &'static str,
        section: Option<&Node<'_>>,
        read: fn(&Node<'_>) -> Result<T, SyntaxError>,
        errors: &mut Vec<SyntaxError>,
    ) -> Self {
        let mut fixtures = BTreeMap::new();
        let entries = section.map(|section| crate::reader::entries(section, what));
        match entries.transpose() {
            Err(error) => errors.push(error),
            Ok(entries) => {
                for (key, node) in entries.unwrap_or_default() {
                    match read(node) {
                        Err(error) => errors.push(error),
                        Ok(value) => {
                            let name = key.string().unwrap_or_default().to_owned();
                            let fixture =
                                Fixture { value: Rc::new(value), span: key.span, used: false };
                            fixtures.insert(name, fixture);
                        }
                    }
                }
            }
        }
        Named { what, fixtures }
    }

    fn refuse_unused(&self, errors: &mut Vec<SyntaxError>) {
        for (name, fixture) in self.fixtures.iter().filter(|(_, fixture)| !fixture.used) {
            let message = format!("no case uses the {} `{}`", self.what, name.escape_debug());
            errors.push(SyntaxError { message, span: fixture.span });
        }
    }
}

impl TestFile {
    /// Reads a test file.
    ///
    /// # Errors
    ///
    /// [`TestFileErrors`] with the mistakes of all fixtures, cases and matrices; a file without a
    /// case is one.
    pub fn parse(text: &str) -> Result<Self, TestFileErrors> {
        let root = document::parse(text).map_err(|error| TestFileErrors(vec![error]))?;
        let mut errors = Vec::new();
        let file = read(&root, &mut errors);
        let file = file.map_err(|error| errors.push(error));
        errors.sort_by_key(|error| error.span);
        match file {
            Ok(file) if errors.is_empty() => Ok(file),
            _ => Err(TestFileErrors(errors)),
        }
    }
}

fn read(root: &Node<'_>, errors: &mut Vec<SyntaxError>) -> Result<TestFile, SyntaxError> {
    let fields =
        Fields::new(root, "a test file", &["version", "actors", "resources", "cases", "matrix"])?;
    fields.version()?;
    let mut fixtures = Fixtures {
        actors: Named::read("actor", fields.value("actors"), ActorFixture::read, errors),
        resources: Named::read(
            "resource",
            fields.value("resources"),
            ResourceFixture::read,
            errors,
        ),
    };
    let (mut cases, mut spans) = (Vec::new(), Vec::new());
    for node in fields.items("cases")? {
        match Case::read(node, &mut fixtures) {
            Ok(case) => {
                spans.push(node.value("name").map_or(node.span, |name| name.span));
                cases.push(case);
            }
            Err(error) => errors.push(error),
        }
    }
    let (mut matrices, mut names) = (Vec::new(), BTreeSet::new());
    for node in fields.items("matrix")? {
        match crate::matrix::read(node, &mut fixtures) {
            Ok((matrix, cells)) => {
                matrices.push(matrix);
                let name = node.value("name").and_then(Node::string).unwrap_or_default();
                if !names.insert(name) {
                    errors.push(mistake(
                        node,
                        format!("a matrix is named `{}` already", name.escape_debug()),
                    ));
                }
                cases.extend(cells);
                spans.resize(cases.len(), node.span);
            }
            Err(error) => errors.push(error),
        }
    }
    refuse_same_names(&cases, &spans, errors);
    if errors.is_empty() {
        fixtures.actors.refuse_unused(errors);
        fixtures.resources.refuse_unused(errors);
        if cases.is_empty() {
            errors.push(mistake(root, "the file holds no case"));
        }
    }
    Ok(TestFile { cases, matrices, stated: crate::stated::stated(root) })
}

/// The names of cases stand at `spans`, those of cells at their matrix.
fn refuse_same_names(cases: &[Case], spans: &[document::Span], errors: &mut Vec<SyntaxError>) {
    let mut seen = BTreeMap::new();
    for (case, span) in cases.iter().zip(spans) {
        if let Some(first) = seen.insert(case.name.as_str(), *span) {
            let message = format!(
                "the case of line {} is named `{}` too",
                case.line,
                case.name.escape_debug()
            );
            errors.push(SyntaxError { message, span: first });
        }
    }
}
