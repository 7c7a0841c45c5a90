//! Facts at run time: change sets become new policies that share what did not change.
//!
//! Every fact has a key; for each key the last word of run time holds, if there is one, else what
//! the files say. The tables hold what holds at present; [`Words`] holds run time's words, and for
//! each what the files say of the same fact, so that a word can be taken back.

mod about;
mod draft;
mod error;
mod key;
mod listing;
mod resolve;
mod words;

pub use about::ExactFact;
pub use error::{ChangeError, ChangeErrorKind};
pub(crate) use key::{FactKey, State};
pub use listing::Layer;
pub(crate) use words::Words;

use draft::Draft;
use resolve::Resolver;

use std::sync::Arc;

use crate::compiled::Code;
use crate::{Change, Operation, Policies};

impl Policies {
    /// The same policies with other facts, at the next revision.
    ///
    /// # Errors
    ///
    /// The first change that cannot be made, by its index, and why.
    pub(crate) fn changed(self, changes: &[Change]) -> Result<Policies, (usize, ChangeError)> {
        let Policies { mut version, code, facts, words } = self;
        version.revision += 1;
        let mut draft = Draft::new(facts, words);
        let mut resolver = Resolver { code: &code, draft: &mut draft };
        let replaced = changes.iter().filter_map(|change| resolver.replaced(change)).collect();
        draft.list(replaced);
        for (index, change) in changes.iter().enumerate() {
            make(change, &code, &mut draft).map_err(|error| (index, error))?;
        }
        let (mut facts, words) = draft.finish();
        facts.identity = Arc::default();
        Ok(Policies { version, code, facts, words })
    }
}

fn make(change: &Change, code: &Code, draft: &mut Draft) -> Result<(), ChangeError> {
    let said = Resolver { code, draft }.resolve(change)?;
    for (key, state) in said {
        match change.operation {
            Operation::Forget => draft.forget(&key),
            Operation::Remove => draft.say(key, State::Absent),
            // What `replace` does not list is resolved as absent.
            Operation::Add | Operation::Replace => draft.say(key, state),
        }
    }
    Ok(())
}
