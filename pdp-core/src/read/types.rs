//! The vocabulary: types with their relations, action groups, role aliases.

use super::Reader;
use super::names::Name;
use super::selectors::Question;
use crate::compiled::Set;
use crate::document::{Content, Node};
use crate::error::PolicyErrorKind;
use crate::model::{
    ActionGroup, ActionPattern, DerivedRole, Model, OtherwiseLine, Relation, RelationDefinition,
    RelationPart, ResourceType, Word,
};

/// A part of a relation that facts state.
const DIRECT: &str = "direct";

impl<'t> Reader<'_, 't> {
    pub(super) fn vocabulary(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        self.tenant_sections(root);
        self.types(root, model);
        self.actor(root, model);
        self.context(root, model);
        self.definitions(root, model);
        self.action_groups(root, model);
        self.role_aliases(root, model);
        self.derived_roles(root, model);
    }

    fn types(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("types") else { return };
        for (key, value) in self.entries(section, "`types`").unwrap_or_default() {
            let Some(name) = self.word(key, "a type", Name::Type) else { continue };
            model.types.extend(self.resource_type(name, value));
        }
    }

    fn resource_type(&mut self, name: Word, node: &Node<'t>) -> Option<ResourceType> {
        let keys = ["ids", "actions", "relations", "attributes", "otherwise"];
        let fields = self.fields(node, &format!("type `{}`", name.text), &keys)?;
        let prefixed = fields.value("ids").is_some_and(|node| self.ids(node));
        let actions: Vec<Word> = match fields.value("actions") {
            // Types that only hold people, such as groups, need none.
            Some(node) => {
                let items = self.items(node, "an action", true).iter();
                items.filter_map(|item| self.word(item, "an action", Name::Action)).collect()
            }
            None => Vec::new(),
        };
        self.refuse_repeated("action", &actions);
        let relations =
            fields.value("relations").map(|node| self.relations(node)).unwrap_or_default();
        let attributes = fields.value("attributes");
        let attributes = attributes.map(|node| self.resource_attributes(node)).unwrap_or_default();
        let names = relations.iter().map(|relation| &relation.name);
        let names = names.chain(attributes.iter().map(|attribute| &attribute.name)).cloned();
        self.refuse_repeated("the name of a relation or attribute", &names.collect::<Vec<_>>());
        let otherwise =
            fields.value("otherwise").map(|node| self.otherwise(node)).unwrap_or_default();
        Some(ResourceType { name, prefixed, actions, relations, attributes, otherwise })
    }

    fn ids(&mut self, node: &Node<'t>) -> bool {
        match node.string() {
            Some("prefixed") => true,
            Some("plain") => false,
            _ => {
                self.wrong_shape(node, "`ids` is `prefixed` or `plain`");
                false
            }
        }
    }

    fn relations(&mut self, node: &Node<'t>) -> Vec<Relation> {
        let entries = self.entries(node, "`relations`").unwrap_or_default();
        let mut relations = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(name) = self.word(key, "a relation", Name::Relation) else { continue };
            if name.text == DIRECT {
                self.mistake(PolicyErrorKind::Name, key.span, "`direct` is no name for a relation");
            }
            if let Some(definition) = self.relation(value) {
                relations.push(Relation { name, definition });
            }
        }
        relations
    }

    fn relation(&mut self, node: &Node<'t>) -> Option<RelationDefinition> {
        if node.value("to").is_some() {
            return self.link(node);
        }
        let items = self.items(node, "a relation", true);
        if items.is_empty() && matches!(node.content, Content::Sequence(_)) {
            self.mistake(PolicyErrorKind::Shape, node.span, "a relation without parts");
        }
        let parts = items.iter().filter_map(|item| self.relation_part(item)).collect();
        Some(RelationDefinition::Union(parts))
    }

    fn link(&mut self, node: &Node<'t>) -> Option<RelationDefinition> {
        let fields = self.fields(node, "a link", &["to", "id", "tenant"])?;
        let to = self.required(&fields, "to")?;
        let to = self.word(to, "the target of a link", Name::Type)?;
        let same_id = match fields.value("id") {
            None => false,
            Some(id) if id.string() == Some("resource.id") => true,
            Some(id) => {
                self.wrong_shape(id, "the `id` of a link is `resource.id`");
                return None;
            }
        };
        let tenant = match fields.value("tenant") {
            None => false,
            Some(node) => self.boolean(node, "`tenant`")?,
        };
        Some(RelationDefinition::Link { to, same_id, tenant })
    }

    fn relation_part(&mut self, node: &Node<'t>) -> Option<RelationPart> {
        if matches!(node.content, Content::Mapping(_)) {
            let fields = self.fields(node, "a part of a relation", &["when"])?;
            let when = self.required(&fields, "when")?;
            return self.condition(when, "`when`").map(RelationPart::When);
        }
        let text = self.text(node, "a part of a relation")?;
        if text == DIRECT {
            return Some(RelationPart::Direct);
        }
        let place = self.place(node);
        match text.split_once('.') {
            Some((link, relation)) => {
                let [link, relation] =
                    [link, relation].map(|text| Word { text: text.to_owned(), place });
                Some(RelationPart::Through { link, relation })
            }
            None => self.word(node, "a relation", Name::Relation).map(RelationPart::Relation),
        }
    }

    fn otherwise(&mut self, node: &Node<'t>) -> Vec<OtherwiseLine> {
        let items = self.some_items(node, "`otherwise`");
        items.iter().filter_map(|item| self.otherwise_line(item)).collect()
    }

    fn otherwise_line(&mut self, node: &Node<'t>) -> Option<OtherwiseLine> {
        if !matches!(node.content, Content::Mapping(_)) {
            let reason = self.word(node, "a reason", Name::Word)?.text;
            return Some(OtherwiseLine { resource: None, actors: None, when: None, reason });
        }
        let fields =
            self.fields(node, "a line of `otherwise`", &["resource", "actors", "when", "reason"])?;
        let question = self.question(&fields);
        if ["resource", "actors", "when"].iter().all(|key| fields.value(key).is_none()) {
            let message = "a line of `otherwise` has `resource`, `actors` or `when`; without them it is a word";
            self.mistake(PolicyErrorKind::MissingKey, node.span, message);
        }
        let reason = self.required(&fields, "reason")?;
        let reason = self.word(reason, "a reason", Name::Word)?.text;
        let Question { resource, actors, when } = question?;
        Some(OtherwiseLine { resource, actors, when, reason })
    }

    fn action_groups(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("action_groups") else { return };
        for (key, value) in self.entries(section, "`action_groups`").unwrap_or_default() {
            let Some(name) = self.word(key, "an action group", Name::Identifier) else { continue };
            let items = self.some_items(value, "an action group");
            let actions: Vec<_> =
                items.iter().filter_map(|item| self.action_pattern(item)).collect();
            let words: Vec<Word> =
                actions.iter().filter_map(ActionPattern::word).cloned().collect();
            self.refuse_repeated("action", &words);
            model.action_groups.push(ActionGroup { name, actions });
        }
    }

    fn role_aliases(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("role_aliases") else { return };
        for (key, value) in self.entries(section, "`role_aliases`").unwrap_or_default() {
            let alias = self.word(key, "a role alias", Name::Word);
            let role = self.word(value, "a role", Name::Word);
            model.role_aliases.extend(alias.zip(role));
        }
    }

    fn derived_roles(&mut self, root: &Node<'t>, model: &mut Model<'t>) {
        let Some(section) = root.value("derived_roles") else { return };
        for (key, value) in self.entries(section, "`derived_roles`").unwrap_or_default() {
            let name = self.word(key, "a derived role", Name::Identifier);
            let role = name.and_then(|name| self.derived_role(name, value));
            model.derived_roles.extend(role);
        }
    }

    fn derived_role(&mut self, name: Word, node: &Node<'t>) -> Option<DerivedRole> {
        let fields = self.fields(node, "a derived role", &["resource", "actors", "when"])?;
        let question = self.question(&fields);
        if ["actors", "when"].iter().all(|key| fields.value(key).is_none()) {
            let message = "a derived role has `actors`, `when` or both";
            self.mistake(PolicyErrorKind::MissingKey, node.span, message);
        }
        let Question { resource, actors, when } = question?;
        Some(DerivedRole { name, resource, actors, when })
    }

    /// Reports words that stand twice in one list.
    pub(super) fn refuse_repeated(&mut self, what: &str, words: &[Word]) {
        let mut seen = Set::default();
        for word in words.iter().filter(|word| !seen.insert(word.text.as_str())) {
            let message = format!("{what} `{}` stands twice", word.text);
            self.mistake(PolicyErrorKind::Duplicate, word.place.span, message);
        }
    }
}
