use pdp_core::Text;
use pdp_core::model::{
    Attribute, AttributeSource, Model, RelationDefinition, RelationPart, ResourceName, ResourceType,
};

use super::fact::Key;

/// A resource: its type and its id.
pub(super) type Name = ResourceName<'static>;

/// The name of a resource, owning its words.
pub(super) fn name(resource_type: &str, id: &str) -> Name {
    let owned = |text: &str| Text::Owned(text.to_owned());
    ResourceName { resource_type: owned(resource_type), id: owned(id) }
}

/// The declared type of this name, if there is one.
pub(super) fn resource_type<'m>(model: &'m Model<'_>, name: &str) -> Option<&'m ResourceType> {
    model.types.iter().find(|declared| declared.name.text == name)
}

/// The parts of a relation of a type, if it has that relation.
pub(super) fn parts<'m>(
    model: &'m Model<'_>,
    type_name: &str,
    relation: &str,
) -> Option<&'m [RelationPart]> {
    match definition(model, type_name, relation)? {
        RelationDefinition::Union(parts) => Some(parts),
        RelationDefinition::Link { .. } => None,
    }
}

/// The target type of a link of a type and whether it is a link by id, if the type has that link.
pub(super) fn link<'m>(
    model: &'m Model<'_>,
    type_name: &str,
    link: &str,
) -> Option<(&'m str, bool)> {
    match definition(model, type_name, link)? {
        RelationDefinition::Link { to, same_id, .. } => Some((&to.text, *same_id)),
        RelationDefinition::Union(_) => None,
    }
}

fn definition<'m>(
    model: &'m Model<'_>,
    type_name: &str,
    name: &str,
) -> Option<&'m RelationDefinition> {
    let relations = &resource_type(model, type_name)?.relations;
    let found = relations.iter().find(|relation| relation.name.text == name);
    found.map(|relation| &relation.definition)
}

/// The attribute of this name among those declared.
pub(super) fn attribute<'m>(attributes: &'m [Attribute], name: &str) -> Option<&'m Attribute> {
    attributes.iter().find(|declared| declared.name.text == name)
}

/// The declaration of the attribute that a fact is about, if there is one that facts state.
pub(super) fn stated_attribute<'m>(model: &'m Model<'_>, key: &Key) -> Option<&'m Attribute> {
    let found = match key {
        Key::ResourceAttribute { resource, attribute: name } => {
            attribute(&resource_type(model, &resource.resource_type)?.attributes, name)
        }
        Key::ActorAttribute { attribute: name, .. } => attribute(&model.actor_attributes, name),
        Key::Existence { .. } | Key::Relation { .. } => None,
    };
    found.filter(|declared| declared.source == AttributeSource::Facts)
}

/// The tenant that a file speaks for, if it is a tenant's (section 10).
pub(super) fn tenant<'m>(model: &'m Model<'_>, file: u32) -> Option<&'m ResourceName<'m>> {
    let found = model.tenant_files.iter().find(|tenant| tenant.file == file);
    found.map(|tenant| &tenant.resource)
}

/// The role that a word means: itself, or what it is an alias of ("Roles", section 4).
pub(super) fn role<'m>(model: &'m Model<'_>, word: &'m str) -> &'m str {
    let alias = model.role_aliases.iter().find(|(alias, _)| alias.text == word);
    alias.map_or(word, |(_, role)| &role.text)
}

/// Reads a reference: `type:id`, or the id itself where the type's ids carry it (section 2).
pub(super) fn read_reference(model: &Model<'_>, reference: &str) -> Result<Name, String> {
    let Some((type_name, id)) = reference.split_once(':') else {
        return Err(format!("`{reference}` is no reference"));
    };
    match resource_type(model, type_name) {
        None => Err(format!("no type `{type_name}`")),
        Some(_) if id.is_empty() => Err(format!("`{reference}` has no id")),
        Some(declared) if declared.prefixed => Ok(name(type_name, reference)),
        Some(_) => Ok(name(type_name, id)),
    }
}

/// Writes the reference of a resource.
pub(super) fn write_reference(model: &Model<'_>, resource: &Name) -> String {
    match resource_type(model, &resource.resource_type) {
        Some(declared) if declared.prefixed => resource.id.to_string(),
        _ => format!("{}:{}", resource.resource_type, resource.id),
    }
}
