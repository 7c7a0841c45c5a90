//! Selectors of actors and resources.

use super::Reader;
use super::fields::Fields;
use super::names::Name;
use crate::ActorType;
use crate::document::{Content, Node};
use crate::error::PolicyErrorKind;
use crate::model::{Condition, IdPattern, RelationPath, Selector, Word};

/// The longest regular expression, in bytes.
const REGEX_BYTES_MAX: usize = 1_024;

/// The keys of a selector of actors, beside those that nest.
const ACTOR_KEYS: [&str; 6] = ["type", "id", "role", "derived_role", "relation", "tenant"];

/// What a key of a selector reads: one selector of one value.
type ReadOne<'r, 't> = fn(&mut Reader<'r, 't>, &Node<'t>) -> Option<Selector>;

/// What a rule, a derived role or a line of `otherwise` asks; `None` where it does not ask.
pub(super) struct Question {
    pub(super) resource: Option<Selector>,
    pub(super) actors: Option<Selector>,
    pub(super) when: Option<Condition>,
}

impl<'r, 't> Reader<'r, 't> {
    /// What these fields ask. `None` if a part does not read, which is a mistake already: what asks
    /// it is left out.
    pub(super) fn question(&mut self, fields: &Fields<'_, 't>) -> Option<Question> {
        let resource = fields.value("resource").map(|node| self.resource_selector(node));
        let actors = fields.value("actors").map(|node| self.actor_selector(node));
        let when = fields.value("when").map(|node| self.condition(node, "`when`"));
        // All are read before one that does not read ends it.
        Some(Question {
            resource: resource.map_or(Some(None), |part| part.map(Some))?,
            actors: actors.map_or(Some(None), |part| part.map(Some))?,
            when: when.map_or(Some(None), |part| part.map(Some))?,
        })
    }

    pub(super) fn actor_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.selector(node, "a selector of actors", &ACTOR_KEYS)
    }

    /// A type, a list of types, or a selector.
    pub(super) fn resource_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        match node.content {
            Content::Mapping(_) => {
                self.selector(node, "a selector of resources", &["type", "id", "known"])
            }
            _ => self.one_of(node, "`resource`", Reader::resource_type_selector),
        }
    }

    fn selector(&mut self, node: &Node<'t>, what: &str, keys: &[&str]) -> Option<Selector> {
        let is_of_actors = keys.contains(&"role");
        let all_keys: Vec<&str> = keys.iter().copied().chain(["all", "any", "not"]).collect();
        let fields = self.fields(node, what, &all_keys)?;
        if fields.is_empty() {
            self.mistake(PolicyErrorKind::Shape, node.span, format!("{what} is empty"));
            return None;
        }
        let mut parts = Vec::new();
        // In the order in which they are written: the first part that fails names the fault.
        for (key, value) in self.entries(node, what)? {
            let key = key.string().unwrap_or_default();
            let nested =
                if is_of_actors { Reader::actor_selector } else { Reader::resource_selector };
            let part = match key {
                "all" => self.nested(value, "`all`", nested).map(Selector::All),
                "any" => self.nested(value, "`any`", nested).map(Selector::Any),
                "not" => nested(self, value).map(|selector| Selector::Not(Box::new(selector))),
                "known" => self.boolean(value, "`known`").map(Selector::Known),
                _ => self.key(key, value, is_of_actors),
            };
            parts.push(part);
        }
        let mut parts: Vec<Selector> = parts.into_iter().collect::<Option<_>>()?;
        if parts.len() == 1 { parts.pop() } else { Some(Selector::All(parts)) }
    }

    fn key(&mut self, key: &str, value: &Node<'t>, is_of_actors: bool) -> Option<Selector> {
        let (what, one): (&str, ReadOne<'r, 't>) = match (key, is_of_actors) {
            ("type", true) => ("`type`", Reader::actor_type_selector),
            ("type", false) => ("`type`", Reader::resource_type_selector),
            ("id", true) => ("`id`", Reader::actor_id_selector),
            ("id", false) => ("`id`", Reader::resource_id_selector),
            ("role", _) => ("`role`", Reader::role_selector),
            ("derived_role", _) => ("`derived_role`", Reader::derived_role_selector),
            ("relation", _) => ("`relation`", Reader::relation_selector),
            ("tenant", _) => ("`tenant`", Reader::tenant_selector),
            // An unknown key is a mistake already.
            _ => return None,
        };
        self.one_of(value, what, one)
    }

    /// One value, or a list of which one must hold.
    fn one_of(&mut self, node: &Node<'t>, what: &str, one: ReadOne<'r, 't>) -> Option<Selector> {
        if !matches!(node.content, Content::Sequence(_)) {
            return one(self, node);
        }
        let mut parts = self.nested(node, what, one)?;
        if parts.len() == 1 { parts.pop() } else { Some(Selector::Any(parts)) }
    }

    fn nested(
        &mut self,
        node: &Node<'t>,
        what: &str,
        one: ReadOne<'r, 't>,
    ) -> Option<Vec<Selector>> {
        let Content::Sequence(items) = &node.content else {
            self.wrong_shape(node, &format!("{what} is a list"));
            return None;
        };
        if items.is_empty() {
            self.mistake(PolicyErrorKind::Shape, node.span, format!("{what} is an empty list"));
            return None;
        }
        let parts: Vec<_> = items.iter().map(|item| one(self, item)).collect();
        parts.into_iter().collect()
    }

    fn actor_type_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.actor_type(node).map(Selector::ActorType)
    }

    pub(super) fn actor_type(&mut self, node: &Node<'t>) -> Option<ActorType> {
        let actor_type = node.string().and_then(ActorType::from_word);
        if actor_type.is_none() {
            self.wrong_shape(node, "the type of an actor is `human`, `agent` or `service`");
        }
        actor_type
    }

    fn resource_type_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.word(node, "a type", Name::Type).map(Selector::ResourceType)
    }

    fn actor_id_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.id_pattern(node).map(Selector::ActorId)
    }

    fn resource_id_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.id_pattern(node).map(Selector::ResourceId)
    }

    /// An id, a pattern, `{exact: …}` or `{regex: …}`.
    fn id_pattern(&mut self, node: &Node<'t>) -> Option<IdPattern> {
        if !matches!(node.content, Content::Mapping(_)) {
            let word = self.id_word(node)?;
            let is_glob = word.text.contains('*');
            return Some(if is_glob { IdPattern::Glob(word) } else { IdPattern::Exact(word) });
        }
        let fields = self.fields(node, "an id", &["exact", "regex"])?;
        match (fields.value("exact"), fields.value("regex")) {
            (Some(exact), None) => self.id_word(exact).map(IdPattern::Exact),
            (None, Some(regex)) => self.regex(regex),
            _ => {
                let message = "an id has one of `exact` and `regex`";
                self.mistake(PolicyErrorKind::MissingKey, node.span, message);
                None
            }
        }
    }

    fn id_word(&mut self, node: &Node<'t>) -> Option<Word> {
        let text = self.id(node, "an id")?.to_string();
        Some(Word { text, place: self.place(node) })
    }

    fn regex(&mut self, node: &Node<'t>) -> Option<IdPattern> {
        let text = self.text(node, "a regular expression")?.to_string();
        if text.is_empty() || text.len() > REGEX_BYTES_MAX {
            let message = format!("a regular expression has 1 to {REGEX_BYTES_MAX} bytes");
            self.mistake(PolicyErrorKind::Limit, node.span, message);
            return None;
        }
        Some(IdPattern::Regex(Word { text, place: self.place(node) }))
    }

    fn role_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.word(node, "a role", Name::Word).map(Selector::Role)
    }

    fn derived_role_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        self.word(node, "a derived role", Name::Identifier).map(Selector::DerivedRole)
    }

    fn relation_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        let text = self.text(node, "a relation")?;
        Some(Selector::Relation(RelationPath::from_word(text, self.place(node))))
    }

    fn tenant_selector(&mut self, node: &Node<'t>) -> Option<Selector> {
        let text = self.id(node, "a tenant")?.to_string();
        Some(Selector::Tenant(Word { text, place: self.place(node) }))
    }
}
