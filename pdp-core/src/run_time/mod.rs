//! Facts at run time: change sets become new policies that share what did not change.
//!
//! Every fact has a key; for each key the last word of run time holds, if there is one, else what
//! the files say. The tables hold what holds at present; [`Words`] holds run time's words, and for
//! each what the files say of the same fact, so that a word can be taken back.

mod error;
mod key;
mod listing;
mod resolve;
mod words;

pub use error::{ChangeError, ChangeErrorKind};
pub use listing::Layer;
pub(crate) use words::Words;

use key::{FactKey, State};
use resolve::Resolver;
use words::Word;

use crate::compiled::FactTables;
use crate::{Change, Operation, Policies};

impl Policies {
    /// The same policies with other facts, at the next revision.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] of the first change that cannot be made.
    pub(crate) fn changed(mut self, changes: &[Change]) -> Result<Policies, ChangeError> {
        self.version.revision += 1;
        for (index, change) in changes.iter().enumerate() {
            self.change(change).map_err(|error| error.within(&format!("changes[{index}]")))?;
        }
        Ok(self)
    }

    fn change(&mut self, change: &Change) -> Result<(), ChangeError> {
        let mut resolver = Resolver { code: &self.code, tables: &mut self.facts };
        let said = resolver.resolve(change)?;
        let Policies { facts, words, .. } = self;
        for (key, state) in said {
            match change.operation {
                Operation::Forget => forget(facts, words, &key),
                Operation::Remove => say(facts, words, key, State::Absent),
                // What `replace` does not list is resolved as absent.
                Operation::Add | Operation::Replace => say(facts, words, key, state),
            }
        }
        Ok(())
    }
}

/// Run time's last word on a fact.
fn say(facts: &mut FactTables, words: &mut Words, key: FactKey, says: State) {
    let of_files = match words.word(&key) {
        Some(word) => word.of_files.clone(),
        None => facts.state(&key),
    };
    facts.set(&key, says.clone());
    words.set(Word { key, says, of_files });
}

/// What the files say counts again.
fn forget(facts: &mut FactTables, words: &mut Words, key: &FactKey) {
    if let Some(word) = words.remove(key) {
        facts.set(key, word.of_files.clone());
    }
}
