//! What policy texts say, read and not yet compiled.
//!
//! A [`Model`] holds the vocabulary, rules and facts of a policy set as they were written, each
//! with its place: names are words, nothing is closed, no condition is typed. The compiler makes
//! [`crate::Policies`] of it.

mod fact;
mod rule;
mod vocabulary;

pub(crate) use fact::ShortForm;
pub use fact::{
    AttributeFact, FactActor, Facts, LinkFacts, RelationFacts, ResourceName, StatedActor,
};
pub use rule::{
    ActionPattern, DerivedRole, IdPattern, OtherwiseLine, RelationPath, Rule, Selector,
};
pub use vocabulary::{
    Attribute, AttributeSource, Bypass, Relation, RelationDefinition, RelationPart, ResourceType,
    Settings,
};

use pdp_cel::Expression;

use crate::document::Span;
use crate::error::Mistakes;
use crate::{Digest, PolicyErrors, SourceText};

/// A policy set as it was written.
#[derive(Clone, Debug)]
pub struct Model<'t> {
    /// The digest of the texts.
    pub digest: Digest,
    /// The files' paths, in byte order; [`Place::file`] counts them.
    pub files: Vec<String>,
    /// The resource types.
    pub types: Vec<ResourceType>,
    /// Attributes of actors.
    pub actor_attributes: Vec<Attribute>,
    /// Values of the context; their source is always the request.
    pub context: Vec<Attribute>,
    /// Named expressions.
    pub definitions: Vec<Definition>,
    /// Named lists of actions.
    pub action_groups: Vec<ActionGroup>,
    /// Other spellings of roles: alias, role.
    pub role_aliases: Vec<(Word, Word)>,
    /// Files whose conditions may read values of the context that are not declared, as
    /// [`Place::file`] counts.
    pub open_context_files: Vec<u32>,
    /// Named roles that actors have on resources.
    pub derived_roles: Vec<DerivedRole>,
    /// Files that speak for one tenant: their rules apply to what belongs to it, and only they see
    /// the definitions that stand in them.
    pub tenant_files: Vec<TenantFile<'t>>,
    /// The settings.
    pub settings: Settings,
    /// The rules, in (path, position) order.
    pub rules: Vec<Rule>,
    /// The facts.
    pub facts: Facts<'t>,
}

impl<'t> Model<'t> {
    /// Reads the texts of a policy set.
    ///
    /// # Errors
    ///
    /// [`PolicyErrors`] with every mistake of shape in every file; mistakes of meaning, such as a
    /// type error, are found when the model is compiled.
    ///
    /// # Panics
    ///
    /// Never.
    pub fn parse(sources: &[SourceText<'t>]) -> Result<Self, PolicyErrors> {
        let mut mistakes = Mistakes::default();
        let model = crate::read::model(sources, &mut mistakes);
        mistakes.into_result()?;
        Ok(model.expect("a vocabulary without a mistake is sound"))
    }
}

impl Model<'_> {
    /// The path of the file that a place is in.
    pub(crate) fn path(&self, place: Place) -> String {
        self.files.get(place.file as usize).cloned().unwrap_or_default()
    }
}

/// Where something stands in a policy set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the file in [`Model::files`].
    pub file: u32,
    /// Where in the file.
    pub span: Span,
}

/// A name, id or word, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A condition, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The condition.
    pub expression: Expression,
    /// Its text, as YAML gave it.
    pub text: String,
    /// The place of the whole condition.
    pub place: Place,
    /// Whether the text stands in the file as it is, from [`Condition::place`] on, so that parts
    /// of it have places of their own.
    pub verbatim: bool,
}

impl Condition {
    /// The place of the bytes `start` to `end` of the condition's text.
    pub fn part(&self, start: u32, end: u32) -> Place {
        part(&self.text, self.place, self.verbatim, start, end)
    }
}

/// The place of the bytes `start` to `end` of a condition's text; the whole place where the text
/// does not stand in the file as it is.
pub(crate) fn part(text: &str, place: Place, verbatim: bool, start: u32, end: u32) -> Place {
    let Some(before) = text.get(..start as usize).filter(|_| verbatim) else { return place };
    let lines = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX);
    let letters = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let letters = u32::try_from(letters).unwrap_or(u32::MAX);
    let whole = place.span;
    let span = Span {
        start: whole.start.saturating_add(start),
        end: whole.start.saturating_add(end),
        line: whole.line.saturating_add(lines),
        column: if lines == 0 { whole.column.saturating_add(letters) } else { letters + 1 },
    };
    Place { file: place.file, span }
}

/// A `let`: a named expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: Word,
    /// What it stands for.
    pub condition: Condition,
}

/// A named list of actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionGroup {
    /// Its name.
    pub name: Word,
    /// Its actions: names and patterns, never [`ActionPattern::Every`].
    pub actions: Vec<ActionPattern>,
}

/// A file that speaks for one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantFile<'t> {
    /// The file, as [`Place::file`] counts.
    pub file: u32,
    /// The tenant.
    pub resource: ResourceName<'t>,
    /// Where the tenant is named.
    pub place: Place,
}
