//! Nodes become the model. Every mistake of shape is collected, none stops the reading.
//!
//! Settings are read first, since they say which ids are allowed; then types, since a reference
//! can only be read when its type is known; then everything else.

mod attributes;
mod conditions;
mod daarion;
mod facts;
mod fields;
mod names;
mod rules;
mod selectors;
mod settings;
mod tenants;
mod types;
mod values;

pub(crate) use daarion::{SectionSubject, sections};
pub(crate) use facts::too_large as too_large_value;
pub(crate) use fields::listed;

use sha2::{Digest as _, Sha256};

use crate::compiled::{Map, Set};
use crate::document::{self, Node, Span};
use crate::error::{Mistakes, PolicyError, PolicyErrorKind};
use crate::model::{Attribute, Facts, Model, Place, ResourceType, Settings, Word};
use crate::{Digest, SourceText};

/// Texts above this are refused unread.
const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How many attributes a type, actors or the context may have.
const ATTRIBUTES_MAX: usize = 1_024;

/// Every key that a policy file may have at its top.
const SECTIONS: [&str; 22] = [
    "version",
    "types",
    "actor",
    "context",
    "let",
    "action_groups",
    "role_aliases",
    "derived_roles",
    "tenant",
    "bypass",
    "walk_limit",
    "non_ascii_ids",
    "rules",
    "resources",
    "facts",
    "attributes",
    "microdao_policies",
    "channel_policies",
    "tool_policies",
    "agent_policies",
    "service_policies",
    "defaults",
];

/// Whether a key at the top of a file is that of a section that states facts and nothing else. It
/// may be empty.
pub(crate) fn is_fact_section(key: &str) -> bool {
    ["resources", "facts", "attributes"].contains(&key) || daarion::is_section(key)
}

/// A file that was read: its number, its text, its tree.
type Document<'t> = (u32, SourceText<'t>, Node<'t>);

/// Reads the texts of a policy set; mistakes go to `mistakes`. The model is `None` where the
/// vocabulary has mistakes, so that what uses it cannot be judged.
pub(crate) fn model<'t>(sources: &[SourceText<'t>], mistakes: &mut Mistakes) -> Option<Model<'t>> {
    let mut sources = sources.to_vec();
    sources.sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
    let mut model = Model {
        digest: digest(&sources),
        files: sources.iter().map(|source| source.path.to_owned()).collect(),
        types: Vec::new(),
        actor_attributes: Vec::new(),
        context: Vec::new(),
        open_context_files: Vec::new(),
        definitions: Vec::new(),
        action_groups: Vec::new(),
        role_aliases: Vec::new(),
        derived_roles: Vec::new(),
        tenant_files: Vec::new(),
        settings: Settings::default(),
        rules: Vec::new(),
        facts: Facts::default(),
    };
    refuse_same_paths(&sources, mistakes);
    let documents: Vec<_> = sources
        .iter()
        .enumerate()
        .filter_map(|(index, source)| document(index, source, mistakes))
        .collect();
    // No id is read before the setting that says which are allowed.
    each(&documents, false, mistakes, |reader, root| reader.settings(root, &mut model));
    let non_ascii_ids = model.settings.non_ascii_ids;
    each(&documents, non_ascii_ids, mistakes, |reader, root| reader.vocabulary(root, &mut model));
    refuse_duplicates(&model, mistakes);
    refuse_repeated_definitions(&documents, &model, mistakes);
    too_large(&model).into_iter().for_each(|error| mistakes.add(error));
    let sound = mistakes.is_empty();
    each(&documents, non_ascii_ids, mistakes, |reader, root| reader.rules(root, &mut model));
    refuse_repeated_rules(&model, mistakes);
    refuse_second_settings(&documents, mistakes);
    if !sound {
        return None;
    }
    read_facts(&documents, &mut model, mistakes);
    daarion::refuse_dangling(&model, mistakes);
    Some(model)
}

fn read_facts<'t>(documents: &[Document<'t>], model: &mut Model<'t>, mistakes: &mut Mistakes) {
    let Model { types, actor_attributes, facts, settings, tenant_files, .. } = model;
    let vocabulary = Vocabulary::new(types, actor_attributes);
    let non_ascii_ids = settings.non_ascii_ids;
    each(documents, non_ascii_ids, mistakes, |reader, root| {
        tenant_files.extend(reader.tenant_file(root, &vocabulary));
    });
    each(documents, non_ascii_ids, mistakes, |reader, root| reader.facts(root, &vocabulary, facts));
    each(documents, non_ascii_ids, mistakes, |reader, root| {
        reader.daarion(root, &vocabulary, facts);
    });
}

/// One pass over all files.
fn each<'t>(
    documents: &[Document<'t>],
    non_ascii_ids: bool,
    mistakes: &mut Mistakes,
    mut step: impl FnMut(&mut Reader<'_, 't>, &Node<'t>),
) {
    for (file, source, root) in documents {
        step(&mut Reader { file: *file, source: *source, non_ascii_ids, mistakes }, root);
    }
}

/// What facts are read against.
struct Vocabulary<'v> {
    types: Map<&'v str, &'v ResourceType>,
    actor_attributes: &'v [Attribute],
}

impl<'v> Vocabulary<'v> {
    fn new(types: &'v [ResourceType], actor_attributes: &'v [Attribute]) -> Self {
        let types =
            types.iter().map(|resource_type| (resource_type.name.text.as_str(), resource_type));
        Vocabulary { types: types.collect(), actor_attributes }
    }
}

/// A setting belongs to the whole set and stands in one file.
fn refuse_second_settings(documents: &[Document<'_>], mistakes: &mut Mistakes) {
    for setting in settings::SETTINGS {
        let files =
            documents.iter().filter_map(|(_, source, root)| Some((source, root.value(setting)?)));
        for (source, node) in files.skip(1) {
            let message = format!("the setting `{setting}` stands in another file already");
            let error = whole_file(source.path, PolicyErrorKind::Duplicate, &message);
            mistakes.add(PolicyError { span: node.span, ..error });
        }
    }
}

/// SHA-256 over paths and texts, which are in order, each with its length before it, so that no two
/// sets have one encoding.
pub(crate) fn digest(sources: &[SourceText<'_>]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"pdp policy set 1\n");
    for source in sources {
        for part in [source.path, source.text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    Digest(hash.finalize().into())
}

fn refuse_same_paths(sources: &[SourceText<'_>], mistakes: &mut Mistakes) {
    for pair in sources.windows(2).filter(|pair| pair[0].path == pair[1].path) {
        mistakes.add(whole_file(
            pair[0].path,
            PolicyErrorKind::Duplicate,
            "the file is in the set twice",
        ));
    }
    if sources.is_empty() {
        mistakes.add(whole_file("", PolicyErrorKind::MissingKey, "the policy set holds no file"));
    }
}

fn whole_file(path: &str, kind: PolicyErrorKind, message: &str) -> PolicyError {
    let span = Span { line: 1, column: 1, ..Span::default() };
    PolicyError { kind, file: path.to_owned(), span, message: message.to_owned(), hint: None }
}

/// The tree of one file, if it is a document of the version we read.
fn document<'t>(
    index: usize,
    source: &SourceText<'t>,
    mistakes: &mut Mistakes,
) -> Option<Document<'t>> {
    if source.text.len() > FILE_BYTES_MAX {
        let message = format!("the file has more than {FILE_BYTES_MAX} bytes");
        mistakes.add(whole_file(source.path, PolicyErrorKind::Limit, &message));
        return None;
    }
    let file = u32::try_from(index).ok()?;
    match document::parse(source.text) {
        Ok(root) => {
            let mut reader = Reader { file, source: *source, non_ascii_ids: false, mistakes };
            reader.version(&root).then_some((file, *source, root))
        }
        Err(error) => {
            mistakes.add(PolicyError {
                kind: PolicyErrorKind::Syntax,
                file: source.path.to_owned(),
                span: error.span,
                message: error.message,
                hint: None,
            });
            None
        }
    }
}

/// Reads one file.
struct Reader<'r, 't> {
    file: u32,
    source: SourceText<'t>,
    non_ascii_ids: bool,
    mistakes: &'r mut Mistakes,
}

impl<'t> Reader<'_, 't> {
    fn place(&self, node: &Node<'_>) -> Place {
        Place { file: self.file, span: node.span }
    }

    fn mistake(&mut self, kind: PolicyErrorKind, span: Span, message: impl Into<String>) {
        self.mistake_with_hint(kind, span, message, None);
    }

    fn mistake_with_hint(
        &mut self,
        kind: PolicyErrorKind,
        span: Span,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let file = self.source.path.to_owned();
        self.mistakes.add(PolicyError { kind, file, span, message: message.into(), hint });
    }

    /// Whether the file is a mapping with `version: 1` and nothing but sections.
    fn version(&mut self, root: &Node<'t>) -> bool {
        let Some(fields) = self.fields(root, "a policy file", &SECTIONS) else { return false };
        let Some(version) = self.required(&fields, "version") else { return false };
        let known = matches!(&version.content, document::Content::Scalar(scalar) if scalar.int() == Some(1));
        if !known {
            self.mistake(
                PolicyErrorKind::Shape,
                version.span,
                "the version of the language is `1`",
            );
        }
        known
    }
}

/// Names that stand for one thing in the whole set.
fn refuse_duplicates(model: &Model<'_>, mistakes: &mut Mistakes) {
    let mut check = |what: &str, words: &mut dyn Iterator<Item = &Word>| {
        refuse_repeated(what, words, model, mistakes);
    };
    check("type", &mut model.types.iter().map(|resource_type| &resource_type.name));
    check("attribute", &mut model.actor_attributes.iter().map(|attribute| &attribute.name));
    check("context value", &mut model.context.iter().map(|attribute| &attribute.name));
    check("action group", &mut model.action_groups.iter().map(|group| &group.name));
    check("derived role", &mut model.derived_roles.iter().map(|role| &role.name));
    check("role alias", &mut model.role_aliases.iter().map(|(alias, _)| alias));
}

fn refuse_repeated_rules(model: &Model<'_>, mistakes: &mut Mistakes) {
    refuse_repeated("rule", &mut model.rules.iter().map(|rule| &rule.id), model, mistakes);
}

fn refuse_repeated(
    what: &str,
    words: &mut dyn Iterator<Item = &Word>,
    model: &Model<'_>,
    mistakes: &mut Mistakes,
) {
    let mut seen = Set::default();
    for word in words.filter(|word| !seen.insert(word.text.as_str())) {
        let message = format!("{what} `{}` stands twice", word.text);
        mistakes.add(at(model, word.place, PolicyErrorKind::Duplicate, message));
    }
}

/// A name in `let` stands for one thing wherever it is seen: in the whole set, or in the tenant file
/// in which it stands.
fn refuse_repeated_definitions(
    documents: &[Document<'_>],
    model: &Model<'_>,
    mistakes: &mut Mistakes,
) {
    let tenants: Set<u32> = tenants::files(documents).collect();
    let names = || model.definitions.iter().map(|definition| &definition.name);
    let (of_tenants, of_set): (Vec<_>, Vec<_>) =
        names().partition(|name| tenants.contains(&name.place.file));
    refuse_repeated("name", &mut of_set.iter().copied(), model, mistakes);
    let mut seen: Set<(Option<u32>, &str)> =
        of_set.iter().map(|name| (None, name.text.as_str())).collect();
    for name in of_tenants {
        let repeated = seen.contains(&(None, name.text.as_str()))
            || !seen.insert((Some(name.place.file), &name.text));
        if repeated {
            let message = format!("name `{}` stands twice", name.text);
            mistakes.add(at(model, name.place, PolicyErrorKind::Duplicate, message));
        }
    }
}

/// Types have numbers of 16 bits, and attributes are looked for one by one.
pub(crate) fn too_large(model: &Model<'_>) -> Option<PolicyError> {
    let types = usize::from(u16::MAX);
    if let Some(surplus) = model.types.get(types) {
        let message = format!("more than {types} types");
        return Some(at(model, surplus.name.place, PolicyErrorKind::Limit, message));
    }
    let of_types = model.types.iter().map(|resource_type| &resource_type.attributes);
    let mut attributes = of_types.chain([&model.actor_attributes, &model.context]);
    let surplus = attributes.find_map(|attributes| attributes.get(ATTRIBUTES_MAX))?;
    let message = format!("more than {ATTRIBUTES_MAX} attributes or context values");
    Some(at(model, surplus.name.place, PolicyErrorKind::Limit, message))
}

/// A mistake at a place of the model.
pub(crate) fn at(
    model: &Model<'_>,
    place: Place,
    kind: PolicyErrorKind,
    message: impl Into<String>,
) -> PolicyError {
    let file = model.path(place);
    PolicyError { kind, file, span: place.span, message: message.into(), hint: None }
}
