//! Tenant files: what they may hold, and whose they are.

use super::{Document, Reader, Vocabulary};
use crate::document::Node;
use crate::error::PolicyErrorKind;
use crate::model::{RelationDefinition, TenantFile};

/// The key that makes a file a tenant's.
pub(super) const TENANT: &str = "tenant";

/// All that such a file may hold.
const SECTIONS: [&str; 4] = ["version", TENANT, "let", "rules"];

/// The files that are tenants'.
pub(super) fn files(documents: &[Document<'_>]) -> impl Iterator<Item = u32> {
    documents.iter().filter(|(_, _, root)| root.value(TENANT).is_some()).map(|(file, _, _)| *file)
}

impl<'t> Reader<'_, 't> {
    /// A tenant file holds nothing that could add a permit.
    pub(super) fn tenant_sections(&mut self, root: &Node<'t>) {
        if root.value(TENANT).is_none() {
            return;
        }
        for (key, _) in self.entries(root, "a policy file").unwrap_or_default() {
            let name = key.string().unwrap_or_default();
            if !SECTIONS.contains(&name) && super::SECTIONS.contains(&name) {
                let message = format!("a tenant file cannot hold `{name}`");
                let hint = format!("it holds {}", super::listed(&SECTIONS));
                self.mistake_with_hint(PolicyErrorKind::Refused, key.span, message, Some(hint));
            }
        }
    }

    /// Whose file it is, if it is a tenant's.
    pub(super) fn tenant_file(
        &mut self,
        root: &Node<'t>,
        types: &Vocabulary<'_>,
    ) -> Option<TenantFile<'t>> {
        let node = root.value(TENANT)?;
        let resource = self.reference(node, types)?;
        if !is_tenant(&resource.resource_type, types) {
            let message =
                format!("no link to `{}` is marked as a tenant's", resource.resource_type);
            let hint = format!("mark one: `{{to: {}, tenant: true}}`", resource.resource_type);
            self.mistake_with_hint(PolicyErrorKind::Type, node.span, message, Some(hint));
        }
        Some(TenantFile { file: self.file, resource, place: self.place(node) })
    }
}

fn is_tenant(resource_type: &str, types: &Vocabulary<'_>) -> bool {
    let relations = types.types.values().flat_map(|declared| &declared.relations);
    relations.map(|relation| &relation.definition).any(|definition| {
        matches!(definition, RelationDefinition::Link { to, tenant: true, .. } if to.text == resource_type)
    })
}
