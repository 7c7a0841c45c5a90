//! What a picture shows.

mod bounds; // what is left out stands there, with its number
mod hostile; // whatever ids hold is text
mod reach; // there is a path where the relation holds, and no other
mod support; // shared by the tests
mod types; // every type and every relation
