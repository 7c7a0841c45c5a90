//! What a user of the crate can see.

#![expect(clippy::unwrap_used, reason = "what the tests set up must succeed")]

mod changes; // revisions that replace each other while a set is read
mod encoding; // UTF-8 and what is not
mod faults; // what is missing, unreadable or empty; how errors are shown
mod folders; // which files, in which order, under which names
mod images; // in the place of texts, and among them
mod keeping; // what runs, beside a set that changes or is faulty; the last good copy
mod limits; // one above, one below
mod links; // out of the set, inside it, to folders
mod loading; // compiled sets and their mistakes
mod locks; // `policies.lock`: what it holds, all its faults
mod special; // pipes, sockets, devices, folders named like files
mod support; // shared by the tests
mod test_files; // `*_test.yaml`
mod watching; // changes are found, whole and in the end all of them
