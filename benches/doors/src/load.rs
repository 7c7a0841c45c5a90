//! The load: many requests at once, as fast as they are answered, by `h2load`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::pinned::{LOAD_CORE, pinned};

/// Connections at once.
const CONNECTIONS: &str = "8";
/// Requests at once on each of them, where the protocol knows that.
const STREAMS: &str = "16";

/// What is sent again and again.
#[derive(Clone, Debug)]
pub struct Load {
    /// Where to.
    pub url: String,
    /// Whether over HTTP/1.1, one request after the other on a connection; else over HTTP/2.
    pub one_by_one: bool,
    /// Headers, `name: value`.
    pub headers: &'static [&'static str],
    /// The file with the body.
    pub body: PathBuf,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Loaded {
    /// Answers a second.
    pub rate: f64,
    /// The mean time until an answer.
    pub mean: Duration,
}

impl Load {
    /// Loads for as long.
    pub fn run(&self, time: Duration) -> Result<Loaded> {
        let mut command = pinned(LOAD_CORE, "h2load");
        command.args(["-c", CONNECTIONS, "-D", &time.as_secs().to_string(), "--warm-up-time", "1"]);
        if self.one_by_one {
            command.arg("--h1");
        } else {
            command.args(["-m", STREAMS]);
        }
        self.headers.iter().for_each(|header| {
            command.args(["-H", header]);
        });
        command.arg("-d").arg(&self.body).arg(&self.url);
        let output = command.output().context("h2load, of Debian's package nghttp2-client")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        read(&text).with_context(|| format!("not what h2load prints:\n{text}"))
    }
}

/// Reads the summary that h2load prints.
fn read(text: &str) -> Result<Loaded> {
    let line = |begin: &str| text.lines().find_map(|line| line.strip_prefix(begin));
    let rate = line("finished in ").context("no rate")?;
    let rate = rate.split(", ").find_map(|part| part.strip_suffix(" req/s")).context("no rate")?;
    let counts = line("requests: ").context("no counts")?;
    let count = |name: &str| -> Result<u64> {
        let part = counts.split(", ").find_map(|part| part.strip_suffix(name));
        Ok(part.context("no count")?.trim().parse()?)
    };
    let codes = line("status codes: ").context("no codes")?;
    if !codes.ends_with(" 0 3xx, 0 4xx, 0 5xx") || count("failed")? + count("errored")? > 0 {
        bail!("not all was answered");
    }
    let times = line("time for request:").context("no times")?;
    let mean = times.split_whitespace().nth(2).context("no mean")?;
    Ok(Loaded { rate: rate.parse()?, mean: duration(mean)? })
}

/// `812us`, `1.20ms`, `2.31s`.
fn duration(text: &str) -> Result<Duration> {
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let number: f64 = text[..text.len() - unit.len()].parse()?;
    let seconds = match unit {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        _ => bail!("no unit: {text}"),
    };
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
finished in 5.00s, 38123.40 req/s, 5.10MB/s
requests: 190617 total, 190745 started, 190617 done, 190617 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 190617 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 25.50MB (26738000) total, 5.81MB (6096000) headers (space savings 72.00%), 11.30MB (11844000) data
                     min         max         mean         sd        +/- sd
time for request:      312us     20.11ms      3.21ms       910us    78.10%
";

    #[test]
    fn what_it_prints_is_read() {
        let loaded = read(PRINTED).expect("a summary");
        assert_eq!(loaded.mean, Duration::from_micros(3_210));
        assert!((loaded.rate - 38_123.4).abs() < 0.01);
    }

    #[test]
    fn what_was_not_answered_is_an_error() {
        for (from, to) in [("0 failed", "1 failed"), ("0 5xx", "7 5xx")] {
            assert!(read(&PRINTED.replace(from, to)).is_err(), "{to}");
        }
    }
}
