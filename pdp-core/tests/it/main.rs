//! What a user of the engine can see.

mod at_once; // relations that need no walk
mod audit; // what a record holds, what it leaves out
mod closures; // what sets and links lead to, found beforehand
mod conditions; // types, absence, comparison
mod daarion; // sections lowered to facts
mod deciders; // engine, wrapper, remote: one trait
mod decisions; // the four steps, errors, otherwise, bypass
mod declared; // what policies declare and ask, facts about some resources
mod derived_roles; // named once, had on resources
mod documents; // examples in the documentation
mod expressions; // the wider language: faults, sizes, names, functions of the host
mod gaps; // corners that changed programs got round the others with
mod hostile; // prefixes, random bytes, bombs
mod image; // written, read, damaged, made up
mod limits; // as much as is allowed, and one more
mod many_rules; // found by what a request has
mod mistakes; // every mistake with its place
mod patterns; // globs and regular expressions
mod relations;
mod resolved; // by number, and in batches
mod run_time; // change sets, layers, revisions // sets, links, cycles, size
mod selectors; // keys, lists, nesting
mod support; // shared by the tests
mod tenants; // files that only take away
mod until; // facts that end
mod values; // one question about one value
mod warnings; // what is allowed and may surprise
mod wire; // requests and decisions as JSON
