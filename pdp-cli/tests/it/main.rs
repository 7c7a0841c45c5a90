//! What a person at a terminal or a CI job can see.

mod cel; // expressions, and the conformance tests of CEL
mod check; // diagnostics and exit codes
mod compile; // images: written whole, read in the place of policies
mod eval;
mod facts; // lines in, lines out, records
mod graph; // pictures of types and of facts
mod lock; // `policies.lock`: written, checked, held to
mod pack; // the DAARION pack: every rule is tested, words have no meaning of their own
mod readme; // the README's first policy and command
#[cfg(feature = "serve")]
mod serve; // `pdp serve`: doors, callers, reload, records
mod support; // running the command
mod test; // test files, good and bad
