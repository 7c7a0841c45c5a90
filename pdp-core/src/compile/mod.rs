//! The model becomes compiled policies. Every mistake of meaning is collected.

mod builder;
mod conditions;
mod derived_roles;
mod facts;
mod gathered;
mod ids;
mod keys;
mod lists;
mod marks;
mod questions;
mod relations;
mod rules;
mod selectors;
mod tenants;
mod warnings;

pub(crate) use conditions::BUILTIN_ITEMS_MAX;
pub(crate) use facts::types_mask;
pub(crate) use relations::bits;
pub(crate) use selectors::mask;

use std::collections::BTreeSet;
use std::sync::Arc;

use builder::Builder;
use conditions::{Definition, Scope};

use crate::compiled::{Code, FaultId, Map, NodeId, Set, TextTable, TypeIndex, Vocabulary};
use crate::error::{Mistakes, PolicyErrorKind};
use crate::model::{Model, Place, ResourceName};
use crate::run_time::Words;
use crate::{Fault, HostFunction, Policies, PolicyErrors, PolicyVersion};

/// The revision of the facts as the texts state them.
const FIRST_REVISION: u64 = 1;

/// Compiles a model, in reading which `mistakes` were found.
pub(crate) fn policies(
    model: &Model<'_>,
    functions: &[HostFunction],
    mistakes: Mistakes,
) -> Result<Policies, PolicyErrors> {
    compiled(model, functions, mistakes, None)
}

/// Compiles a model from which the facts were taken out, with the numbers that roles have in them.
/// What depends on facts is not warned of.
pub(crate) fn without_facts(
    model: &Model<'_>,
    functions: &[HostFunction],
    mistakes: Mistakes,
    roles: TextTable,
) -> Result<Policies, PolicyErrors> {
    compiled(model, functions, mistakes, Some(roles))
}

/// Compiles a model; `roles` are the numbers that roles have already where its facts were taken out.
fn compiled(
    model: &Model<'_>,
    functions: &[HostFunction],
    mut mistakes: Mistakes,
    roles: Option<TextTable>,
) -> Result<Policies, PolicyErrors> {
    if let Some(too_large) = crate::read::too_large(model) {
        mistakes.add(too_large);
        return Err(mistakes.into_errors());
    }
    let has_facts = roles.is_none();
    let mut compiler = Compiler::new(model, functions, mistakes, roles.unwrap_or_default());
    let walk_limit_fault = compiler.walk_limit_fault();
    let now_missing_fault = compiler.now_missing_fault();
    let mut types = compiler.types();
    compiler.definitions();
    compiler.derived_roles();
    let (rules, gathered) = compiler.rules();
    compiler.refuse_misfits();
    let mut facts = compiler.facts(&types);
    let mut warnings = compiler.obligation_warnings(&gathered);
    warnings.extend(compiler.open_type_warnings());
    if has_facts {
        warnings.extend(compiler.unknown_tenant_warnings(&facts));
        warnings.extend(compiler.set_like_actor_warnings());
    }
    warnings.sort_by(|left, right| (&left.file, left.span).cmp(&(&right.file, right.span)));
    let tenants = compiler.intern_tenants(&mut facts);
    let dispatch = compiler.dispatch(gathered, &mut types);
    let Compiler { builder, mistakes, .. } = compiler;
    mistakes.into_result()?;
    let (program, leaves, roles, aliases) = builder.finish(&dispatch, &types);
    facts.roles = roles;
    let vocabulary = Vocabulary {
        type_indexes: type_indexes(model),
        types,
        actor_attributes: relations::attribute_infos(&model.actor_attributes),
        aliases,
    };
    let code = Code {
        files: model.files.iter().map(|file| file.as_str().into()).collect(),
        vocabulary,
        rules,
        dispatch,
        program,
        leaves,
        walk_limit: model.settings.walk_limit,
        walk_limit_fault,
        now_missing_fault,
        tenants,
        non_ascii_ids: model.settings.non_ascii_ids,
        warnings,
        masks: crate::audit::Masks::new(model),
    };
    let version = PolicyVersion { digest: model.digest, revision: FIRST_REVISION };
    let mut policies = Policies { version, code: Arc::new(code), facts, words: Words::default() };
    policies.close();
    Ok(policies)
}

/// Compiles one model; collects what is wrong with it.
struct Compiler<'m> {
    model: &'m Model<'m>,
    mistakes: Mistakes,
    builder: Builder,
    types: Map<&'m str, TypeIndex>,
    /// Named expressions, by name; those of a tenant file with the file.
    named: Map<(Option<u32>, &'m str), usize>,
    /// What is known of them, by scope.
    defined: Map<(usize, Scope), Definition>,
    /// Named expressions that are being checked, the outermost first.
    open: Vec<usize>,
    /// Functions of the host that conditions may call.
    functions: Arc<[HostFunction]>,
    /// Parts of conditions whose outcome is open because the type of something is.
    open_types: BTreeSet<(Place, String)>,
    /// Derived roles, by name.
    roles_named: Map<&'m str, usize>,
    /// Those that were compiled already, by scope; `None` where one has a mistake.
    roles_compiled: Map<(usize, Scope), Option<NodeId>>,
    /// Derived roles that are being compiled, the outermost first.
    roles_open: Vec<usize>,
    /// For each tenant file the number of its tenant, and the tenant.
    tenants: Map<u32, (u32, &'m ResourceName<'m>)>,
    /// For each type of tenants the types that lead there.
    leading: Map<TypeIndex, Set<TypeIndex>>,
}

impl<'m> Compiler<'m> {
    fn new(
        model: &'m Model<'m>,
        functions: &[HostFunction],
        mistakes: Mistakes,
        roles: TextTable,
    ) -> Self {
        let mut compiler = Compiler {
            model,
            mistakes,
            builder: Builder::new(functions.to_vec(), roles),
            types: Map::default(),
            named: Map::default(),
            defined: Map::default(),
            open: Vec::new(),
            functions: Arc::from(functions),
            open_types: BTreeSet::new(),
            roles_named: Map::default(),
            roles_compiled: Map::default(),
            roles_open: Vec::new(),
            tenants: tenants::tenants(model),
            leading: Map::default(),
        };
        for (resource_type, index) in model.types.iter().zip(0..) {
            compiler.types.insert(&resource_type.name.text, index);
        }
        for (index, definition) in model.definitions.iter().enumerate() {
            let file = definition.name.place.file;
            let file = compiler.tenants.contains_key(&file).then_some(file);
            compiler.named.insert((file, &definition.name.text), index);
        }
        for (index, role) in model.derived_roles.iter().enumerate() {
            compiler.roles_named.insert(&role.name.text, index);
        }
        compiler.role_aliases();
        compiler
    }

    fn walk_limit_fault(&mut self) -> FaultId {
        let limit = self.model.settings.walk_limit;
        let message = format!("a relation needs more than {limit} sets, the walk limit");
        self.builder.fault(Fault::WalkLimit, message)
    }

    fn now_missing_fault(&mut self) -> FaultId {
        self.builder.fault(Fault::NowMissing, "the request has no `now`".to_owned())
    }

    fn role_aliases(&mut self) {
        let aliases = &self.model.role_aliases;
        let names: Set<&str> = aliases.iter().map(|(alias, _)| alias.text.as_str()).collect();
        for (alias, role) in aliases {
            if names.contains(role.text.as_str()) {
                let message = format!("`{}` is an alias itself", role.text);
                self.mistake(role.place, PolicyErrorKind::Refused, message);
            }
            self.builder.alias(&alias.text, &role.text);
        }
    }

    /// The type of this name; a mistake where there is none.
    fn type_index(&mut self, name: &str, place: Place) -> Option<TypeIndex> {
        let found = self.types.get(name).copied();
        if found.is_none() {
            let names =
                self.model.types.iter().map(|resource_type| resource_type.name.text.as_str());
            let hint = self.mistakes.suggestion(name, names);
            self.mistake_with_hint(
                place,
                PolicyErrorKind::UnknownName,
                format!("unknown type `{name}`"),
                hint,
            );
        }
        found
    }

    fn mistake(&mut self, place: Place, kind: PolicyErrorKind, message: impl Into<String>) {
        self.mistake_with_hint(place, kind, message, None);
    }

    fn mistake_with_hint(
        &mut self,
        place: Place,
        kind: PolicyErrorKind,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let mut error = crate::read::at(self.model, place, kind, message);
        error.hint = hint;
        self.mistakes.add(error);
    }
}

fn type_indexes(model: &Model<'_>) -> Map<Box<str>, TypeIndex> {
    let names = model.types.iter().map(|resource_type| resource_type.name.text.as_str());
    names.zip(0..).map(|(name, index)| (name.into(), index)).collect()
}
