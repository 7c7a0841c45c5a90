//! The judge's tests: random pairs, small worlds, laws and change sets.

/// What the checker of expressions promises.
mod checked;
/// What fuzzers run, on bytes of proptest.
mod harness;
/// Each law, on choices that proptest makes smaller where it breaks.
mod laws;
/// Engine and oracle on random policy sets, change sets and requests.
mod random;
/// A slice of the small worlds.
mod worlds;
