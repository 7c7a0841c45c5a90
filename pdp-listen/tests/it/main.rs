//! What a user of the crate can see.

mod floods; // frames that ask nothing
mod panic; // a service that panics costs one connection
mod server;
mod unread; // who takes no answers, and who asks nothing more
