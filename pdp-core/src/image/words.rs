use super::cursor::Cursor;
use super::facts::Facts;
use super::fits::{IMPOSSIBLE, check_state};
use super::{ImageError, part, value};
use crate::compiled::{AttributeInfo, Detail, Until, pair};
use crate::run_time::{FactKey, State, Words};

impl Facts<'_> {
    /// Reads what run time says of facts: it is what the tables hold of them.
    pub(super) fn words(&self, cursor: &mut Cursor<'_>) -> Result<Words, ImageError> {
        cursor.begin(part::WORDS);
        let mut words = Words::default();
        for _ in 0..cursor.count()? {
            let key = self.key(cursor)?;
            let says = self.state(cursor, &key)?;
            let of_files = self.state(cursor, &key)?;
            cursor.check(words.word(&key).is_none(), "two words on one fact")?;
            let holds = State::in_tables(&self.tables, &key);
            cursor.check(says == holds, "a word that does not hold")?;
            words.say(key, says, of_files);
        }
        Ok(words)
    }

    fn key(&self, cursor: &mut Cursor<'_>) -> Result<FactKey, ImageError> {
        match cursor.u8()? {
            part::KEY_EXACT => {
                let (resource, relation, actor) = (cursor.u32()?, cursor.u8()?, cursor.u32()?);
                self.check_direct(cursor, resource, relation)?;
                self.check_actor(cursor, actor)?;
                Ok(FactKey::Exact { pair: pair(actor, resource), relation })
            }
            part::KEY_DETAIL => {
                let resource = cursor.u32()?;
                let key = (cursor.u8()?, cursor.u32()?, cursor.u32()?, cursor.u32()?);
                self.check_detail(cursor, resource, &key)?;
                Ok(FactKey::Detail { resource, key })
            }
            part::KEY_ACTOR_ATTRIBUTE => {
                let (actor, attribute) = (cursor.u32()?, cursor.u16()?);
                self.check_actor(cursor, actor)?;
                self.attribute_of_actors(cursor, attribute)?;
                Ok(FactKey::ActorAttribute { actor, attribute })
            }
            part::KEY_EXISTENCE => {
                let resource = cursor.u32()?;
                self.type_of(cursor, resource)?;
                Ok(FactKey::Existence { resource })
            }
            _ => Err(cursor.malformed("a word on an unknown kind of fact")),
        }
    }

    fn state(&self, cursor: &mut Cursor<'_>, key: &FactKey) -> Result<State, ImageError> {
        let state = match cursor.u8()? {
            part::STATE_ABSENT => State::Absent,
            part::STATE_FOREVER => State::Holds(Until::FOREVER),
            part::STATE_UNTIL => State::Holds(Until::from(Some(value::time(cursor)?))),
            part::STATE_VALUE => {
                let attribute = self.attribute_of(cursor, key)?;
                State::Value(value::read(cursor, attribute)?)
            }
            _ => return Err(cursor.malformed("an unknown kind of word")),
        };
        match (key, &state) {
            (FactKey::Detail { key, .. }, _) => check_state(cursor, key, &state)?,
            (FactKey::Exact { .. }, State::Value(_))
            | (FactKey::ActorAttribute { .. }, State::Holds(_)) => {
                return Err(cursor.malformed(IMPOSSIBLE));
            }
            (FactKey::Existence { .. }, State::Holds(until)) => {
                cursor.check(*until == Until::FOREVER, IMPOSSIBLE)?;
            }
            _ => {}
        }
        Ok(state)
    }

    /// The attribute of which a value may be said.
    fn attribute_of(
        &self,
        cursor: &Cursor<'_>,
        key: &FactKey,
    ) -> Result<&AttributeInfo, ImageError> {
        match key {
            FactKey::Detail { resource, key: (Detail::ATTRIBUTE, attribute, ..) } => {
                self.attribute(cursor, *resource, *attribute)
            }
            FactKey::ActorAttribute { attribute, .. } => {
                self.attribute_of_actors(cursor, *attribute)
            }
            _ => Err(cursor.malformed(IMPOSSIBLE)),
        }
    }
}
