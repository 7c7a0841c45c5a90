//! Ids in selectors that no resource of the type beside them can have.

use super::Compiler;
use crate::error::{PolicyErrorKind, printable};
use crate::model::{IdPattern, ResourceType, Selector};

impl<'m> Compiler<'m> {
    /// A deny rule about an id that does not exist would deny nothing, and nobody would notice.
    pub(super) fn refuse_misfits(&mut self) {
        let model = self.model;
        let rules = model.rules.iter().filter_map(|rule| rule.resource.as_ref());
        let roles = model.derived_roles.iter().filter_map(|role| role.resource.as_ref());
        rules.chain(roles).for_each(|selector| self.refuse_misfit(selector, &[]));
        for resource_type in &model.types {
            let lines = resource_type.otherwise.iter().filter_map(|line| line.resource.as_ref());
            lines.for_each(|selector| self.refuse_misfit(selector, &[resource_type]));
        }
    }

    /// `types` are those that the selector is about; nothing where it does not say.
    fn refuse_misfit(&mut self, selector: &Selector, types: &[&'m ResourceType]) {
        match selector {
            Selector::All(parts) => {
                let named = parts.iter().find_map(|part| self.types_of(part));
                let types = named.as_deref().unwrap_or(types);
                parts.iter().for_each(|part| self.refuse_misfit(part, types));
            }
            Selector::Any(parts) => {
                parts.iter().for_each(|part| self.refuse_misfit(part, types));
            }
            Selector::Not(part) => self.refuse_misfit(part, types),
            Selector::ResourceId(pattern) => {
                let [first, ..] = types else { return };
                if !types.iter().any(|of| can_be_like(of, pattern)) {
                    let (IdPattern::Exact(word) | IdPattern::Glob(word) | IdPattern::Regex(word)) =
                        pattern;
                    let id = printable(&word.text);
                    let name = &first.name.text;
                    let message =
                        format!("no id of `{name}` is like `{id}`: they begin with `{name}:`");
                    self.mistake(word.place, PolicyErrorKind::Name, message);
                }
            }
            _ => {}
        }
    }

    /// The types that a selector of types lists.
    fn types_of(&self, selector: &Selector) -> Option<Vec<&'m ResourceType>> {
        let model = self.model;
        match selector {
            Selector::ResourceType(name) => {
                let index = self.types.get(name.text.as_str())?;
                Some(vec![&model.types[usize::from(*index)]])
            }
            Selector::Any(parts) => {
                let types: Option<Vec<_>> = parts.iter().map(|part| self.types_of(part)).collect();
                Some(types?.into_iter().flatten().collect())
            }
            _ => None,
        }
    }
}

/// Whether a resource of the type can have an id like that.
fn can_be_like(resource_type: &ResourceType, pattern: &IdPattern) -> bool {
    let prefix = format!("{}:", resource_type.name.text);
    !resource_type.prefixed
        || match pattern {
            IdPattern::Exact(id) => id.text.starts_with(&prefix),
            IdPattern::Glob(glob) => {
                let begin = glob.text.split('*').next().unwrap_or_default();
                begin.starts_with(&prefix) || prefix.starts_with(begin)
            }
            // Not looked into: what it fits is not told from its text.
            IdPattern::Regex(_) => true,
        }
}
