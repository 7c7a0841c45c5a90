//! Compiled policies: what every door asks.

use std::sync::Arc;

use crate::compiled::{Code, FactTables};
use crate::error::Mistakes;
use crate::model::Model;
use crate::read::SectionSubject;
use crate::run_time::Words;
use crate::{HostFunction, PolicyErrors, PolicyVersion, PolicyWarning, SourceText};

/// Policies and facts, compiled. Immutable; share it between threads behind an `Arc`. Copies share
/// their tables.
///
/// ```
/// use pdp_core::{Actor, ActorType, Policies, Request, Resource, Scratch, SourceText};
///
/// let text = "
/// version: 1
/// types:
///   document: {actions: [read], relations: {viewer: direct}}
/// rules:
///   - {id: viewers-read, effect: permit, resource: document, actions: read, actors: {relation: viewer}}
/// facts:
///   document:handbook: {viewer: 'user:*'}
/// ";
/// let policies = Policies::from_sources(&[SourceText { path: "policy.yaml", text }])?;
/// let actor = Actor::new(ActorType::Human, "user:7");
/// let request = Request::new(actor, "read", Resource::new("document", "handbook"));
/// let decision = policies.evaluate(&request, &mut Scratch::new());
/// assert_eq!(decision.reason, "viewers-read");
/// # Ok::<(), pdp_core::PolicyErrors>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policies {
    pub(crate) version: PolicyVersion,
    /// What the files say, facts apart.
    pub(crate) code: Arc<Code>,
    /// What holds at present.
    pub(crate) facts: FactTables,
    /// What run time says, and what the files say of the same facts.
    pub(crate) words: Words,
}

impl Policies {
    /// Compiles the texts of a policy set; their order has no effect.
    ///
    /// # Errors
    ///
    /// [`PolicyErrors`] with every mistake in every file, each with its place.
    pub fn from_sources(sources: &[SourceText<'_>]) -> Result<Self, PolicyErrors> {
        Policies::with_functions(sources, &[])
    }

    /// Compiles the texts of a policy set whose conditions may call functions of the host.
    ///
    /// ```
    /// use pdp_core::{HostFunction, Policies, SourceText, Type, Value};
    ///
    /// let is_even = HostFunction::new("is_even", vec![Type::Int], Type::Bool, |arguments| {
    ///     match arguments {
    ///         [Value::Int(number)] => Some(Value::Bool(number % 2 == 0)),
    ///         _ => None,
    ///     }
    /// });
    /// let text = "
    /// version: 1
    /// types: {door: {actions: [open]}}
    /// context: {floor: int}
    /// rules: [{id: even-floors, effect: permit, when: is_even(context.floor)}]
    /// ";
    /// let source = SourceText { path: "policy.yaml", text };
    /// assert!(Policies::from_sources(&[source]).is_err());
    /// assert!(Policies::with_functions(&[source], &[is_even]).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Policies::from_sources`].
    pub fn with_functions(
        sources: &[SourceText<'_>],
        functions: &[HostFunction],
    ) -> Result<Self, PolicyErrors> {
        let mut mistakes = Mistakes::default();
        match crate::read::model(sources, &mut mistakes) {
            // What was read can be judged although something else could not be read.
            Some(model) => crate::compile::policies(&model, functions, mistakes),
            None => Err(mistakes.into_errors()),
        }
    }

    /// Compiles a model.
    ///
    /// # Errors
    ///
    /// [`PolicyErrors`] with every mistake of meaning: unknown names, types that do not fit,
    /// attributes stated differently, limits exceeded.
    pub fn compile(model: &Model<'_>) -> Result<Self, PolicyErrors> {
        crate::compile::policies(model, &[], Mistakes::default())
    }

    /// The digest of the texts and the revision of the facts.
    pub fn version(&self) -> PolicyVersion {
        self.version
    }

    /// Whether the policies declare the type, and the type the action. Requests about anything else
    /// are ordinary requests; tests about it are often a slip of the pen.
    pub fn declares(&self, resource_type: &str, action: &str) -> bool {
        self.code.dispatch.targets.find(resource_type, action).is_some()
    }

    /// Whether the policies declare the type.
    pub fn declares_type(&self, resource_type: &str) -> bool {
        self.code.vocabulary.type_indexes.contains_key(resource_type)
    }

    /// How much is known of what each DAARION section is about: resources of its type, or actors
    /// with its attribute, wherever that is said. Looks at every resource.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, usize)> {
        crate::read::sections().map(|(section, about)| {
            let count = match about {
                SectionSubject::Resources(of_type) => self.known_resources(of_type),
                SectionSubject::Actors { attribute } => self.actors_with(attribute),
            };
            (section, count)
        })
    }

    fn known_resources(&self, of_type: &str) -> usize {
        let index = self.code.vocabulary.type_indexes.get(of_type);
        let records = self.facts.resources.iter();
        records.filter(|record| Some(&record.resource_type) == index && record.is_known()).count()
    }

    fn actors_with(&self, attribute: &str) -> usize {
        let mut attributes = self.code.vocabulary.actor_attributes.iter();
        let Some(position) = attributes.position(|known| *known.name == *attribute) else {
            return 0;
        };
        let values = self.facts.actor_attributes.iter();
        values.filter(|(_, (of, _))| usize::from(*of) == position).count()
    }

    /// What in the texts is allowed and may surprise, by file and place.
    pub fn warnings(&self) -> &[PolicyWarning] {
        &self.code.warnings
    }

    /// How much the set holds.
    pub fn summary(&self) -> Summary {
        Summary {
            files: self.code.files.len(),
            types: self.code.vocabulary.types.len(),
            rules: self.code.rules.len(),
            resources: self.facts.resources.len(),
            facts: self.facts.count,
        }
    }
}

/// How much a policy set holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Files.
    pub files: usize,
    /// Resource types.
    pub types: usize,
    /// Rules.
    pub rules: usize,
    /// Resources that facts name anywhere.
    pub resources: usize,
    /// Facts: each actor of a relation, each target of a link, each attribute of one resource or
    /// actor, each once.
    pub facts: usize,
}
