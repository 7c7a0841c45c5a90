#![doc = include_str!("../README.md")]

mod caller;
mod cancels;
mod crowd;
mod drain;
mod figures;
mod frames;
mod good;
mod overload;
mod process;
mod server;
mod slow;

pub use caller::{Answer, Caller};
pub use cancels::{Cancels, cancel};
pub use crowd::Crowd;
pub use drain::{Round, round};
pub use figures::Figures;
pub use frames::{Flood, Frames};
pub use good::GoodCallers;
pub use overload::{Overload, overload};
pub use process::{cpu_time, memory_bytes};
pub use server::Server;
pub use slow::{Part, Slow, crawl};
