//! Integration tests of `pdp-testing`.

/// The oracle says what `docs/policy-language.md` says; expectations are written by hand from it.
mod oracle;
