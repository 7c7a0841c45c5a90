//! How a question came in.

use std::net::IpAddr;

use pdp_core::Trace;

use crate::Told;

/// What a door knows of one question, beside the question.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The door: `http` or `grpc`.
    pub door: &'static str,
    /// The id under which the caller asks, as it states it.
    pub request_id: Option<&'a str>,
    /// The address from which the question came; `None` for a Unix socket.
    pub address: Option<IpAddr>,
    /// What the caller says it is.
    pub user_agent: Option<&'a str>,
    /// The trace that the question is part of.
    pub trace: Option<Trace<'a>>,
    /// Where to say what becomes of the question, if somebody wants to know.
    pub told: Option<&'a Told>,
}
