//! What travels, as JSON: requests and change sets in, decisions and audit records out.
//!
//! The shapes are described in `docs/wire.md`. Names follow the seed API of the DAARION services:
//! a tenant is a `microdao` here and nowhere else.

mod answer;
mod change_set;
mod decision;
mod fields;
mod json;
mod quick;
mod record;
mod request;
mod written;

pub use crate::error::printable;
pub use answer::{ANSWER_BYTES_MAX, Answer, AnswerDocument, AnswerError};
pub use change_set::{
    CHANGE_SET_BYTES_MAX, CHANGED_FACTS_MAX, CHANGES_MAX, change, change_set, parse_change_set,
};
pub use fields::check_word;
pub use json::DOUBLE_MAX;
pub use request::{
    ActorDocument, ActorParts, ID_BYTES_MAX, REQUEST_BYTES_MAX, REQUEST_DEPTH_MAX, RequestDocument,
    RequestError, RequestErrorKind, RequestParts, ResourceParts, check_count,
};
