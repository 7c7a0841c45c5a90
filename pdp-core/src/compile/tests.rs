//! What rules ask most takes a form that is answered without an expression.

use super::Compiler;
use crate::compiled::{
    Candidate, Cell, Dispatch, Leaf, Map, NodeId, RelationIndex, RelationInfo, RelationTest, Test,
    Tests, TypeIndex, TypeInfo,
};

/// Where tests are made: the type of the resource, if it is declared.
type Scope = Option<TypeIndex>;

impl Compiler<'_> {
    /// Gives each candidate and each line of `otherwise` its tests.
    pub(super) fn tests(&self, dispatch: &mut Dispatch, types: &[TypeInfo]) {
        let mut maker = Maker { compiler: self, types, known: Map::default(), tests: Vec::new() };
        maker.all(&mut dispatch.undeclared, None);
        for (of_type, index) in dispatch.types.iter_mut().zip(0..) {
            let scope = Some(index);
            maker.all(&mut of_type.undeclared, scope);
            for line in &mut of_type.otherwise {
                line.tests = maker.tests(line.condition, scope);
            }
            for cell in &mut of_type.cells {
                let Cell { bypass, deny, permit, deny_of_none, deny_of_tenants } = cell;
                let of_tenants = deny_of_tenants.values_mut();
                for list in [bypass, deny, permit, deny_of_none].into_iter().chain(of_tenants) {
                    maker.all(list, scope);
                }
            }
        }
        dispatch.tests = maker.tests;
    }
}

struct Maker<'c, 'm> {
    compiler: &'c Compiler<'m>,
    types: &'c [TypeInfo],
    /// Equal conditions have the same tests.
    known: Map<(NodeId, Scope), Tests>,
    tests: Vec<Test>,
}

impl Maker<'_, '_> {
    fn all(&mut self, candidates: &mut [Candidate], scope: Scope) {
        for candidate in candidates {
            candidate.tests = self.tests(candidate.condition, scope);
        }
    }

    fn tests(&mut self, condition: NodeId, scope: Scope) -> Tests {
        if let Some(known) = self.known.get(&(condition, scope)) {
            return *known;
        }
        let builder = &self.compiler.builder;
        let mut parts = builder.parts(condition);
        parts.retain(|part| builder.as_bool(*part) != Some(true));
        let tests = Tests { first: number(self.tests.len()), count: number(parts.len()) };
        let parts: Vec<Test> = parts.iter().map(|part| self.test(*part, scope)).collect();
        self.tests.extend(parts);
        self.known.insert((condition, scope), tests);
        tests
    }

    fn test(&self, node: NodeId, scope: Scope) -> Test {
        let builder = &self.compiler.builder;
        match builder.as_leaf(node) {
            Some(Leaf::Role(role)) => return Test::Role(*role),
            Some(Leaf::ActorTypes(types)) => return Test::ActorTypes(*types),
            Some(Leaf::Known) => return Test::Known(true),
            _ => {}
        }
        let negated = builder.negated(node).and_then(|part| builder.as_leaf(part));
        if negated == Some(&Leaf::Known) {
            return Test::Known(false);
        }
        match scope.and_then(|index| self.related(node, index)) {
            Some(test) => Test::Related(test),
            None => Test::Expression(node),
        }
    }

    /// The test of a node that asks relations of one resource, and nothing else.
    fn related(&self, node: NodeId, index: TypeIndex) -> Option<RelationTest> {
        let builder = &self.compiler.builder;
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
        Some(RelationTest { direct: info.direct_of(goals), link, plain, node })
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a policy set is below 2^32 bytes")
}
