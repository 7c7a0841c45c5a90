//! What a user of the crate can see.

mod panic; // a service that panics costs one connection
