//! Tenant files: to what their rules apply.

use std::collections::BTreeMap;

use super::Compiler;
use super::gathered::Applicable;
use crate::Effect;
use crate::compiled::{FactTables, Leaf, Map, NodeId, ResourceIndex, Set, TypeIndex};
use crate::error::PolicyErrorKind;
use crate::model::{self, Model, RelationDefinition, ResourceName};

/// For each tenant file the number of its tenant, and the tenant. Several files may have one.
pub(super) fn tenants<'m>(model: &'m Model<'m>) -> Map<u32, (u32, &'m ResourceName<'m>)> {
    let mut numbers: Map<&ResourceName<'_>, u32> = Map::default();
    let mut tenants = Map::default();
    for (tenant, number) in model.tenant_files.iter().zip(0..) {
        let number = *numbers.entry(&tenant.resource).or_insert(number);
        tenants.insert(tenant.file, (number, &tenant.resource));
    }
    tenants
}

impl Compiler<'_> {
    /// The numbers of the tenants of tenant files.
    pub(super) fn intern_tenants(&self, facts: &mut FactTables) -> Map<ResourceIndex, u32> {
        let mut tenants = Map::default();
        for tenant in &self.model.tenant_files {
            let resource = &tenant.resource;
            if let Some(index) = self.types.get(resource.resource_type.as_ref()) {
                let resource = facts.resources.intern(*index, &resource.id);
                tenants.insert(resource, self.tenants[&tenant.file].0);
            }
        }
        tenants
    }

    /// A tenant's file can only take away. Its text is held to that as it is read; a model need not
    /// come from a text.
    pub(super) fn refuse_permit_of_tenant(&mut self, rule: &model::Rule) {
        if rule.effect == Effect::Permit && self.tenants.contains_key(&rule.id.place.file) {
            let message = "a rule in a tenant file denies";
            self.mistake(rule.id.place, PolicyErrorKind::Refused, message);
        }
    }

    /// Deny rules of no tenant, and those of each by its number.
    pub(super) fn by_tenants(
        &self,
        deny: &[Applicable],
    ) -> (Vec<Applicable>, BTreeMap<u32, Vec<Applicable>>) {
        let (mut of_none, mut of_tenants) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for applicable in deny {
            let file = self.model.rules[applicable.rule as usize].id.place.file;
            let list = match self.tenants.get(&file) {
                Some((number, _)) => of_tenants.entry(*number).or_default(),
                None => &mut of_none,
            };
            list.push(*applicable);
        }
        (of_none, of_tenants)
    }

    /// Whether a resource of a type belongs to the tenant in whose file a rule stands: `None` for
    /// a rule of no tenant, "no" for types from which no marked link leads there.
    pub(super) fn belonging(&mut self, rule: &model::Rule, index: TypeIndex) -> Option<NodeId> {
        let (number, tenant) = *self.tenants.get(&rule.id.place.file)?;
        let wanted = self.types.get(tenant.resource_type.as_ref()).copied();
        let leads = wanted.is_some_and(|wanted| self.leading_to(wanted).contains(&index));
        Some(if leads {
            self.builder.leaf(Leaf::BelongsTo(number))
        } else {
            self.builder.bool(false)
        })
    }

    /// The types from which marked links lead to a type, and that type itself.
    fn leading_to(&mut self, to: TypeIndex) -> &Set<TypeIndex> {
        if !self.leading.contains_key(&to) {
            let mut sources: Map<TypeIndex, Vec<TypeIndex>> = Map::default();
            for (_, index) in self.model.types.iter().zip(0..) {
                for target in self.tenants_of(index) {
                    sources.entry(target).or_default().push(index);
                }
            }
            let mut reached = Set::default();
            let mut open = vec![to];
            while let Some(index) = open.pop() {
                if reached.insert(index) {
                    open.extend(sources.get(&index).into_iter().flatten());
                }
            }
            self.leading.insert(to, reached);
        }
        &self.leading[&to]
    }

    fn tenants_of(&self, index: TypeIndex) -> Vec<TypeIndex> {
        let relations = &self.model.types[usize::from(index)].relations;
        let targets = relations.iter().filter_map(|relation| match &relation.definition {
            RelationDefinition::Link { to, tenant: true, .. } => {
                self.types.get(to.text.as_str()).copied()
            }
            _ => None,
        });
        targets.collect()
    }
}
