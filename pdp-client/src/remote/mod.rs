//! A decision point that is somewhere else.

mod address;
mod answer;
mod breaker;
mod builder;
mod client;
mod connector;
mod error;
#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "http")]
mod http;
mod numbers;
mod stream;
#[cfg(feature = "tls")]
mod tls;

pub use answer::Answer;
pub use breaker::BreakerSettings;
pub use builder::Builder;
pub use client::Client;
pub use error::{ClientError, Refused, SettingError, Status};
#[cfg(feature = "tls")]
pub use tls::Tls;
