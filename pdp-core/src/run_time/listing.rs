//! Facts by number become statements again.

use super::key::{FactKey, State};
use super::words::Word;
use crate::compile::bits;
use crate::compiled::{Detail, DetailKey, Record, ResourceIndex, Until, of_pair};
use crate::{ActorForm, ActorType, Change, ChangedActor, Operation, Policies, Statement, Value};

/// Which facts are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// What the files say, whatever run time says of it.
    Files,
    /// What holds: run time's last word, else what the files say.
    Present,
}

impl Policies {
    /// The facts of a layer, each by itself, in no particular order. Those whose `until` is over
    /// are among them.
    pub fn facts(&self, layer: Layer) -> impl Iterator<Item = Statement> + '_ {
        let spoken_of =
            move |key: &FactKey| layer == Layer::Files && self.words.word(key).is_some();
        let present = self.present().filter(move |(key, _)| !spoken_of(key));
        let words = (layer == Layer::Files).then(|| self.words.in_order());
        let of_files =
            words.into_iter().flatten().map(|word| (word.key.clone(), word.of_files.clone()));
        let of_files = of_files.filter(|(_, state)| *state != State::Absent);
        present.chain(of_files).map(|(key, state)| self.statement(&key, &state))
    }

    /// The last word of run time on every fact of which it has one, as changes that would say the
    /// same again, in the order in which they were said.
    pub fn words(&self) -> impl Iterator<Item = Change> + '_ {
        self.words.in_order().into_iter().map(|word| self.as_change(word))
    }

    /// Those words of run time that make a difference to what the files say.
    pub fn difference(&self) -> impl Iterator<Item = Change> + '_ {
        let different = self.words.in_order().into_iter().filter(|word| word.says != word.of_files);
        different.map(|word| self.as_change(word))
    }

    fn as_change(&self, word: &Word) -> Change {
        let operation = if word.says == State::Absent { Operation::Remove } else { Operation::Add };
        Change { operation, statement: self.statement(&word.key, &word.says) }
    }

    /// Everything that holds.
    fn present(&self) -> impl Iterator<Item = (FactKey, State)> + '_ {
        let tables = &self.facts;
        let forever = State::Holds(Until::FOREVER);
        let existence =
            tables.resources.iter().zip(0..).filter(|(record, _)| record.has(Record::DECLARED));
        let existence = existence.map(|(_, resource)| FactKey::Existence { resource });
        let pairs = tables.pairs.iter().flat_map(|(pair, relations)| {
            bits(relations).map(move |relation| FactKey::Exact { pair, relation })
        });
        let ending = tables.ending.iter().map(|(pair, relation, until)| {
            (FactKey::Exact { pair, relation }, State::Holds(until))
        });
        let details = tables.resources.iter().zip(0..).flat_map(|(_, resource)| {
            tables.resources.details(resource).iter().map(move |detail| {
                (FactKey::Detail { resource, key: detail.key() }, State::of_detail(detail))
            })
        });
        let attributes = tables.actor_attributes.iter().map(|(actor, (attribute, value))| {
            let key = FactKey::ActorAttribute { actor, attribute: *attribute };
            (key, State::Value(value.clone()))
        });
        existence
            .chain(pairs)
            .map(move |key| (key, forever.clone()))
            .chain(ending)
            .chain(details)
            .chain(attributes)
    }

    pub(super) fn statement(&self, key: &FactKey, state: &State) -> Statement {
        let value = match state {
            State::Value(value) => Some(value.value().into_owned()),
            State::Absent | State::Holds(_) => None,
        };
        match key {
            FactKey::Exact { pair, relation } => {
                let (actor, resource) = of_pair(*pair);
                let form = ActorForm::Exact(self.facts.actors.text(actor).to_owned());
                self.relation(resource, *relation, form, state)
            }
            FactKey::Detail { resource, key } => self.detail(*resource, *key, state, value),
            FactKey::ActorAttribute { actor, attribute } => {
                let declared = &self.code.vocabulary.actor_attributes[usize::from(*attribute)];
                let actor = self.facts.actors.text(*actor).to_owned();
                Statement::ActorAttribute { actor, attribute: declared.name.to_string(), value }
            }
            FactKey::Existence { resource } => {
                Statement::Existence { resource: self.reference(*resource) }
            }
        }
    }

    fn detail(
        &self,
        resource: ResourceIndex,
        (kind, first, second, third): DetailKey,
        state: &State,
        value: Option<Value<'static>>,
    ) -> Statement {
        let facts = &self.facts;
        match kind {
            Detail::ATTRIBUTE => {
                let of = &self.code.vocabulary.types[self.type_of(resource)].attributes;
                let attribute = of[first as usize].name.to_string();
                Statement::ResourceAttribute {
                    resource: self.reference(resource),
                    attribute,
                    value,
                }
            }
            Detail::PREFIX => {
                let form = ActorForm::Prefix(facts.prefixes.text(first).to_owned());
                self.relation(resource, second, form, state)
            }
            Detail::ROLE => {
                let actor_type = ActorType::ALL
                    .into_iter()
                    .find(|one| u32::from(crate::compile::mask(*one)) == second);
                let form = ActorForm::Role { role: facts.roles.text(first).to_owned(), actor_type };
                self.relation(resource, third, form, state)
            }
            Detail::LINK => Statement::Link {
                resource: self.reference(resource),
                link: self.relation_name(resource, first),
                targets: vec![self.reference(second)],
            },
            _ => {
                let goal = self.relation_name(second, third);
                let form = ActorForm::Set(format!("{}#{goal}", self.reference(second)));
                self.relation(resource, first, form, state)
            }
        }
    }

    fn relation(
        &self,
        resource: ResourceIndex,
        relation: impl Into<u32>,
        form: ActorForm,
        state: &State,
    ) -> Statement {
        let until = match state {
            State::Holds(until) => until.time(),
            State::Absent | State::Value(_) => None,
        };
        Statement::Relation {
            resource: self.reference(resource),
            relation: self.relation_name(resource, relation.into()),
            actors: vec![ChangedActor { form, until }],
        }
    }

    fn type_of(&self, resource: ResourceIndex) -> usize {
        usize::from(self.facts.resources.record(resource).resource_type)
    }

    fn relation_name(&self, resource: ResourceIndex, relation: u32) -> String {
        let names = &self.code.vocabulary.types[self.type_of(resource)].relation_names;
        names[relation as usize].to_string()
    }

    fn reference(&self, resource: ResourceIndex) -> String {
        let info = &self.code.vocabulary.types[self.type_of(resource)];
        let id = self.facts.resources.id(resource);
        if info.prefixed { id.to_owned() } else { format!("{}:{id}", info.name) }
    }
}
