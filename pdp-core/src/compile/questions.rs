//! What rules ask most takes a form that is answered without an expression.

use super::builder::Builder;
use crate::compiled::{
    Leaf, Map, NodeId, RelationIndex, RelationInfo, RelationTest, Test, Tests, TypeIndex, TypeInfo,
};

/// Where tests are made: the type of the resource, if it is declared.
pub(super) type Scope = Option<TypeIndex>;

/// Makes tests.
pub(super) struct Questions<'c> {
    builder: &'c Builder,
    types: &'c [TypeInfo],
    /// Equal conditions have the same tests.
    known: Map<(Box<[NodeId]>, Scope), Tests>,
    tests: Vec<Test>,
    texts: Vec<Box<str>>,
    text_ids: Map<Box<str>, u32>,
}

impl<'c> Questions<'c> {
    pub(super) fn new(builder: &'c Builder, types: &'c [TypeInfo]) -> Self {
        Questions {
            builder,
            types,
            known: Map::default(),
            tests: Vec::new(),
            texts: Vec::new(),
            text_ids: Map::default(),
        }
    }

    /// All tests that were made, and the texts that they name.
    pub(super) fn finish(self) -> (Vec<Test>, Vec<Box<str>>) {
        (self.tests, self.texts)
    }

    /// Tests that were made.
    pub(super) fn of(&self, tests: Tests) -> &[Test] {
        &self.tests[tests.first as usize..][..tests.count as usize]
    }

    /// The tests of the parts of a condition.
    pub(super) fn tests(&mut self, parts: &[NodeId], scope: Scope) -> Tests {
        let parts = parts.iter().filter(|part| self.builder.as_bool(**part) != Some(true));
        let parts: Box<[NodeId]> = parts.copied().collect();
        let key = (parts, scope);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let tests = Tests { first: number(self.tests.len()), count: number(key.0.len()) };
        let made: Vec<Test> = key.0.iter().map(|part| self.test(*part, scope)).collect();
        self.tests.extend(made);
        self.known.insert(key, tests);
        tests
    }

    fn test(&mut self, node: NodeId, scope: Scope) -> Test {
        let builder = self.builder;
        match builder.as_leaf(node) {
            Some(Leaf::Role(role)) => return Test::Role(*role),
            Some(Leaf::Tenant(tenant)) => return Test::Tenant(self.text(tenant)),
            Some(Leaf::ActorTypes(types)) => return Test::ActorTypes(*types),
            Some(Leaf::Known) => return Test::Known(true),
            _ => {}
        }
        let negated = builder.negated(node).and_then(|part| builder.as_leaf(part));
        if negated == Some(&Leaf::Known) {
            return Test::Known(false);
        }
        if let Some(test) = self.id_test(node) {
            return test;
        }
        match scope.and_then(|index| self.related(node, index)) {
            Some(test) => Test::Related(test),
            None => Test::Expression(node),
        }
    }

    /// The test of a node that asks how an id reads, or how it begins.
    fn id_test(&mut self, node: NodeId) -> Option<Test> {
        let builder = self.builder;
        let (of, text, whole) = match builder.expressions.as_equal_to_text(node) {
            Some((of, text)) => (of, text, true),
            None => match builder.expressions.as_beginning_with(node)? {
                (of, text, true) => (of, text, false),
                _ => return None,
            },
        };
        Some(Test::Id { of: builder.as_id(of)?, text: self.text(text), whole })
    }

    fn text(&mut self, text: &str) -> u32 {
        let Questions { texts, text_ids, .. } = self;
        *text_ids.entry(text.into()).or_insert_with_key(|text| {
            texts.push(text.clone());
            number(texts.len() - 1)
        })
    }

    /// The test of a node that asks relations of one resource, and nothing else.
    fn related(&self, node: NodeId, index: TypeIndex) -> Option<RelationTest> {
        let builder = self.builder;
        let mut goals = 0_u64;
        let mut through: Option<Option<RelationIndex>> = None;
        for part in builder.alternatives(node) {
            let (link, relation) = match builder.as_leaf(part)? {
                Leaf::Related(relation) => (None, *relation),
                Leaf::RelatedThrough { link, relation } => (Some(*link), *relation),
                _ => return None,
            };
            if through.is_some_and(|through| through != link) {
                return None;
            }
            through = Some(link);
            goals |= 1 << relation;
        }
        let link = through?;
        let own = self.types.get(usize::from(index))?;
        let info = match link {
            None => own,
            Some(link) => match own.relations.get(usize::from(link))? {
                RelationInfo::Link { target, .. } => self.types.get(usize::from(*target))?,
                RelationInfo::Union(_) => return None,
            },
        };
        let plain = goals & (info.leading | info.conditional) == 0;
        Some(RelationTest { goals, direct: info.direct_of(goals), link, plain, node })
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a policy set is below 2^32 bytes")
}
