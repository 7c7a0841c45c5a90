//! `pdp serve`: all doors in one process.

mod audit;
mod callers;
mod catalogue;
#[cfg(feature = "otel")]
mod export;
#[cfg(not(feature = "otel"))]
#[path = "no_export.rs"]
mod export;
pub(crate) mod health;
mod layers;
mod log;
mod metrics;
mod notify;
mod open_files;
mod policies;
mod settings;
mod tls;
mod trace;
mod wiring;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use tokio::runtime::{Builder, Runtime};

use catalogue::SETTINGS;
use layers::Layers;

/// How often files with callers, certificates and keys are looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// What `pdp serve` is told on the command line.
#[derive(Debug)]
pub(crate) struct Serve {
    config: Option<PathBuf>,
    print_config: bool,
    /// Paths of settings, and what they are.
    flags: Vec<(&'static catalogue::Setting, String)>,
}

/// Serves until told to end.
pub(crate) fn run(arguments: &Serve) -> Result<bool> {
    let layers = arguments.layers()?;
    if arguments.print_config {
        std::io::stdout().write_all(layers.shown().as_bytes())?;
        return Ok(true);
    }
    let settings = layers.settings();
    log::begin(&settings.log);
    open_files::raise(&settings);
    runtime().context("cannot begin")?.block_on(wiring::run(&settings))?;
    Ok(true)
}

/// With one core to run on, one thread answers all: then answers to one connection leave together,
/// which takes a third less of the core (`docs/benchmarks.md`).
fn runtime() -> std::io::Result<Runtime> {
    let is_alone = std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let mut builder =
        if is_alone { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().build()
}

impl Serve {
    fn layers(&self) -> Result<Layers> {
        let mut layers = Layers::defaults();
        let config = self.config.clone().or_else(|| std::env::var_os("PDP_CONFIG").map(Into::into));
        if let Some(config) = config {
            layers.file(&config)?;
        }
        layers.environment(|name| std::env::var_os(name))?;
        for (setting, text) in &self.flags {
            layers.flag(setting, text)?;
        }
        Ok(layers)
    }
}

/// The flags are made from the list of settings.
impl Args for Serve {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Read settings from this file, which is TOML [env: PDP_CONFIG]");
        let print = Arg::new("print-config")
            .long("print-config")
            .action(ArgAction::SetTrue)
            .help("Print all settings, and where each was said, and end");
        SETTINGS.iter().fold(command.arg(config).arg(print), |command, setting| {
            command.arg(
                Arg::new(setting.path)
                    .long(setting.flag())
                    .value_name("VALUE")
                    .help(setting.about)
                    .help_heading("Settings"),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Serve {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = SETTINGS.iter().filter_map(|setting| {
            let text = matches.get_one::<String>(setting.path)?;
            Some((setting, text.clone()))
        });
        Ok(Serve {
            config: matches.get_one("config").cloned(),
            print_config: matches.get_flag("print-config"),
            flags: flags.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
