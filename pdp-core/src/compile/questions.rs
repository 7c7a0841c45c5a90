//! What rules ask most takes a form that is answered without an expression.

use std::collections::BTreeMap;

use pdp_cel::{Question, Type};

use super::builder::Builder;
use super::relations::{RELATIONS_MAX, bits};
use crate::compiled::{
    AtOnce, Leaf, Map, NodeId, RelationIndex, RelationInfo, RelationTest, SlotSource, Step, Test,
    Tests, TypeIndex, TypeInfo, ValueTest, number,
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
    value_tests: Vec<ValueTest>,
    /// Their positions, by node.
    value_ids: Map<NodeId, u32>,
    texts: Vec<Box<str>>,
    text_ids: Map<Box<str>, u32>,
    /// For each type the relations of what links point to that are asked.
    through: Vec<Vec<Step>>,
}

/// What was made for all tests.
pub(super) struct Asked {
    pub(super) tests: Vec<Test>,
    pub(super) value_tests: Vec<ValueTest>,
    /// [`crate::compiled::Dispatch::texts`]
    pub(super) texts: Vec<Box<str>>,
    /// For each type its [`TypeInfo::through`].
    pub(super) through: Vec<Vec<Step>>,
}

impl<'c> Questions<'c> {
    pub(super) fn new(builder: &'c Builder, types: &'c [TypeInfo]) -> Self {
        Questions {
            builder,
            types,
            known: Map::default(),
            tests: Vec::new(),
            value_tests: Vec::new(),
            value_ids: Map::default(),
            texts: Vec::new(),
            text_ids: Map::default(),
            through: vec![Vec::new(); types.len()],
        }
    }

    /// All that was made.
    pub(super) fn finish(self) -> Asked {
        let Questions { tests, value_tests, texts, through, .. } = self;
        Asked { tests, value_tests, texts, through }
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
        if let Some(known) = self.known.get(&key).copied() {
            self.share(known);
            return known;
        }
        let made: Vec<Test> = key.0.iter().map(|part| self.test(*part, scope)).collect();
        let tests = Tests { first: number(self.tests.len()), count: number(made.len()) };
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
        if let Some(test) = self.value_test(node) {
            return test;
        }
        let (asked, wanted) = builder.negated(node).map_or((node, true), |part| (part, false));
        match scope.and_then(|index| self.related(asked, index)) {
            Some(test) => Test::Related { test: RelationTest { node, ..test }, wanted },
            None => self.any(node, scope).unwrap_or(Test::Expression(node)),
        }
    }

    /// The test of alternatives, if each of them is a test that takes no expression.
    fn any(&mut self, node: NodeId, scope: Scope) -> Option<Test> {
        let alternatives = self.builder.alternatives(node);
        if let [_] = alternatives[..] {
            return None;
        }
        let tests = self.tests(&alternatives, scope);
        let made = self.of(tests);
        let asks_facts = made.iter().any(Test::asks_facts);
        let is_test = |test: &Test| !matches!(test, Test::Expression(_));
        let are_tests = made.len() == alternatives.len() && made.iter().all(is_test);
        are_tests.then_some(Test::Any { tests, node, asks_facts })
    }

    /// Notes that some tests are asked once more.
    fn share(&mut self, tests: Tests) {
        for index in tests.first..tests.first + tests.count {
            match self.tests[index as usize] {
                Test::Value { number, .. } => {
                    self.value_tests[number as usize].is_shared = true;
                }
                Test::Any { tests, .. } => self.share(tests),
                _ => {}
            }
        }
    }

    /// The test of a node that asks one thing of one value.
    fn value_test(&mut self, node: NodeId) -> Option<Test> {
        let builder = self.builder;
        let (asked, wanted) = builder.negated(node).map_or((node, true), |part| (part, false));
        let expressions = &builder.expressions;
        let (leaf, question, absent) = match expressions.as_question_with_default(asked) {
            Some((leaf, question, answer)) => (leaf, question, Some(answer)),
            None => {
                expressions.as_question(asked).map(|(leaf, question)| (leaf, question, None))?
            }
        };
        let of_facts = is_answered(&question, builder.leaf_of(leaf))?;
        let Questions { value_tests, value_ids, .. } = self;
        let number = *value_ids
            .entry(node)
            .and_modify(|number| value_tests[*number as usize].is_shared = true)
            .or_insert_with(|| {
                value_tests.push(ValueTest { leaf, question, absent, wanted, is_shared: false });
                number(value_tests.len() - 1)
            });
        Some(Test::Value { number, node, of_facts })
    }

    fn text(&mut self, text: &str) -> u32 {
        let Questions { texts, text_ids, .. } = self;
        *text_ids.entry(text.into()).or_insert_with_key(|text| {
            texts.push(text.clone());
            number(texts.len() - 1)
        })
    }

    /// The test of a node that asks relations, and nothing else.
    fn related(&mut self, node: NodeId, index: TypeIndex) -> Option<RelationTest> {
        let builder = self.builder;
        let mut asked: BTreeMap<Option<RelationIndex>, u64> = BTreeMap::new();
        for part in builder.alternatives(node) {
            let (link, relation) = match builder.as_leaf(part)? {
                Leaf::Related(relation) => (None, *relation),
                Leaf::RelatedThrough { link, relation } => (Some(*link), *relation),
                _ => return None,
            };
            *asked.entry(link).or_default() |= 1 << relation;
        }
        let types = self.types;
        let own = types.get(usize::from(index))?;
        let own_goals = asked.get(&None).copied().unwrap_or_default();
        let closed = asked.iter().try_fold(0, |closed, (link, goals)| match link {
            None => Some(closed | goals),
            Some(link) => Some(closed | self.through(index, *link, *goals)?),
        });
        let at_once = match asked.first_key_value() {
            Some((link, goals)) if asked.len() == 1 => {
                let info = match link {
                    None => own,
                    Some(link) => match own.relations.get(usize::from(*link))? {
                        RelationInfo::Link { target, .. } => types.get(usize::from(*target))?,
                        RelationInfo::Union(_) => return None,
                    },
                };
                let plain = goals & (info.leading | info.conditional) == 0;
                Some(AtOnce { link: *link, goals: *goals, direct: info.direct_of(*goals), plain })
            }
            _ => None,
        };
        let (closed, direct) = (closed.unwrap_or_default(), own.direct_of(own_goals));
        Some(RelationTest { closed, direct, at_once, node })
    }

    /// Positions behind the relations of a type that stand for relations of what a link points to;
    /// `None` where a mask has no bits left for them.
    fn through(&mut self, index: TypeIndex, link: RelationIndex, goals: u64) -> Option<u64> {
        let first = self.types[usize::from(index)].relations.len();
        let known = &mut self.through[usize::from(index)];
        let mut mask = 0;
        for relation in bits(goals) {
            let step = Step { link, relation };
            let position = known.iter().position(|other| *other == step);
            let position = first + position.unwrap_or(known.len());
            if position >= RELATIONS_MAX {
                return None;
            }
            if position == first + known.len() {
                known.push(step);
            }
            mask |= 1 << position;
        }
        Some(mask)
    }
}

/// Whether a leaf is of facts, if all of its values can answer a question.
fn is_answered(question: &Question, leaf: &Leaf) -> Option<bool> {
    let slot = match leaf {
        Leaf::ActorId | Leaf::ResourceId => return is_of_text(question).then_some(false),
        Leaf::Slot(slot) => slot,
        _ => return None,
    };
    let fits = match &slot.value_type {
        _ if *question == Question::Present => true,
        Type::Bool => matches!(question, Question::Bool(_)),
        Type::Int => matches!(question, Question::Int(_) | Question::Order(..)),
        Type::String => is_of_text(question),
        Type::Ip => matches!(question, Question::Within(_)),
        Type::List(of) => **of == Type::String && matches!(question, Question::Holds(_)),
        _ => false,
    };
    let of_facts = match slot.source {
        SlotSource::ActorFact(_) | SlotSource::ResourceFact(_) => true,
        SlotSource::Context(_) | SlotSource::ActorRequest(_) | SlotSource::ResourceRequest(_) => {
            false
        }
    };
    fits.then_some(of_facts)
}

fn is_of_text(question: &Question) -> bool {
    matches!(
        question,
        Question::Text(_)
            | Question::OneOf(_)
            | Question::StartsWith(_)
            | Question::EndsWith(_)
            | Question::Contains(_)
            | Question::Fits(_)
    )
}
