#![doc = include_str!("../README.md")]

#[cfg(feature = "tower")]
mod guard;
mod in_process;
#[cfg(any(feature = "http", feature = "grpc"))]
mod remote;

#[cfg(feature = "tower")]
pub use guard::{Guard, GuardLayer, Permitted, Question, Questions};
pub use in_process::InProcess;
#[cfg(all(feature = "tls", any(feature = "http", feature = "grpc")))]
pub use remote::Tls;
#[cfg(any(feature = "http", feature = "grpc"))]
pub use remote::{
    Answer, BreakerSettings, Builder, Client, ClientError, Refused, SettingError, Status,
};
