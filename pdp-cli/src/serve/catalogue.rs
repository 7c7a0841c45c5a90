//! All settings of `pdp serve`: the one list that the file, the environment, the flags,
//! `--print-config` and `docs/configuration.md` come from.

use std::fmt;

use toml::Value;

/// A setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its place in the file, such as `http.listen`: the flag is `--http-listen`, the variable
    /// `PDP_HTTP_LISTEN`.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    /// What it does, in a sentence or two.
    pub(crate) about: &'static str,
}

/// What a setting takes, and what it is if nothing is said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text(&'static str),
    Texts(&'static [&'static str]),
    Flag(bool),
    /// A whole number in a range.
    Number {
        default: i64,
        min: i64,
        max: i64,
    },
    /// One of some words, the first if nothing is said.
    Word(&'static [&'static str]),
}

const fn setting(path: &'static str, kind: Kind, about: &'static str) -> Setting {
    Setting { path, kind, about }
}

const fn number(default: i64, min: i64, max: i64) -> Kind {
    Kind::Number { default, min, max }
}

const DAY_SECONDS: i64 = 86_400;
const MEBIBYTE: i64 = 1_048_576;

pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "policies",
        Kind::Texts(&[]),
        "Folders and files that make up the policy set, or one compiled image. Without any, the policies of DAARION that are part of the program decide.",
    ),
    setting(
        "callers",
        Kind::Text(""),
        "The callers' file. Without one, whoever is on this machine may have requests decided and state any identity.",
    ),
    setting(
        "state",
        Kind::Text(""),
        "The folder for what outlives the process: records, and the last good copy of the policies. Empty for `$STATE_DIRECTORY`, or else `$XDG_STATE_HOME/pdp`, or else `~/.local/state/pdp`. It is made if it is not there.",
    ),
    setting(
        "http.listen",
        Kind::Texts(&["127.0.0.1:7012"]),
        "Where the HTTP door listens: IP addresses with ports, or `unix:PATH`. Empty for no such door.",
    ),
    setting(
        "http.hosts",
        Kind::Texts(&[]),
        "The names by which callers without a credential may call the HTTP door over TCP, without ports. Empty for those of this machine: localhost, 127.0.0.1 and [::1].",
    ),
    setting(
        "grpc.listen",
        Kind::Texts(&["127.0.0.1:7022"]),
        "Where the gRPC door listens: IP addresses with ports, or `unix:PATH`. Empty for no such door.",
    ),
    setting(
        "grpc.hosts",
        Kind::Texts(&[]),
        "The names by which callers without a credential may call the gRPC door over TCP, as for `http.hosts`.",
    ),
    setting(
        "tls.certificate",
        Kind::Text(""),
        "The certificate of all doors over TCP, and after it those that lead from it to an authority, in a PEM file. Empty for no TLS.",
    ),
    setting("tls.key", Kind::Text(""), "The private key of the certificate, in a PEM file."),
    setting(
        "tls.client_authority",
        Kind::Text(""),
        "The certificates of those who vouch for callers, in a PEM file: callers are asked for a certificate that leads to one of these. Empty to ask for none.",
    ),
    setting(
        "tls.client_certificate",
        Kind::Word(&["required", "optional"]),
        "What becomes of a connection without a certificate where one is asked for: it ends with the handshake, or its callers show who they are in another way.",
    ),
    setting(
        "tls.elsewhere",
        Kind::Flag(false),
        "Whether something in front of the doors does TLS, such as a mesh or a proxy. Without it a door in the clear that other machines reach is refused at the start: keys and questions could be read on their way.",
    ),
    setting(
        "limits.body_bytes",
        number(MEBIBYTE, 1, 1024 * MEBIBYTE),
        "How many bytes a body or a message may have, that of a change set apart. One request alone has at most 1048576.",
    ),
    setting(
        "limits.bodies_bytes",
        number(256 * MEBIBYTE, 1, 1_048_576 * MEBIBYTE),
        "How many bytes all bodies may have that come to a door and have not come whole. A body may grow as long as it is no larger than what is left of these, so that one alone has at most half of them; else it is refused.",
    ),
    setting(
        "limits.body_seconds",
        number(10, 1, DAY_SECONDS),
        "How long a body or a message may take to come.",
    ),
    setting(
        "limits.batch_requests",
        number(1_000, 1, 1_000_000),
        "How many requests there may be in a batch.",
    ),
    setting(
        "limits.requests",
        number(1_000, 1, 1_000_000),
        "How many questions each door works on at once; further ones are refused.",
    ),
    setting(
        "limits.connections",
        number(5_000, 1, 1_000_000),
        "How many connections each address takes at once; further ones are closed. The process takes as many open files as the system lets it have, and the log warns at the start where these are fewer.",
    ),
    setting(
        "limits.head_seconds",
        number(10, 1, DAY_SECONDS),
        "How long a connection may take until the head of its first request is there, and the head of each other one.",
    ),
    setting(
        "limits.head_bytes",
        number(32 * 1024, 8 * 1024, MEBIBYTE),
        "How many bytes the head of a request may have.",
    ),
    setting(
        "limits.streams",
        number(200, 1, 100_000),
        "How many requests one HTTP/2 connection may have open at once.",
    ),
    setting(
        "limits.answer_seconds",
        number(10, 1, DAY_SECONDS),
        "How long the other end may take to take an answer; then its connection is cut.",
    ),
    setting(
        "limits.idle_seconds",
        number(300, 1, DAY_SECONDS),
        "How long a connection may go on without a request after its last one; over HTTP/1.1 not longer than `limits.head_seconds`, either.",
    ),
    setting(
        "limits.drain_seconds",
        number(8, 0, DAY_SECONDS),
        "How long requests that are open may take when the process is told to end.",
    ),
    setting(
        "audit.mode",
        Kind::Word(&["strict", "best_effort", "off"]),
        "When an answer is given: when its record is on the disk; at once, and a record that finds no room in memory is counted as lost; or without any record. A permit by bypass waits for its record unless this is `off`.",
    ),
    setting(
        "audit.file",
        Kind::Text(""),
        "The file for the records, one JSON object a line. Empty for `audit.jsonl` in the state folder.",
    ),
    setting(
        "audit.rotate_bytes",
        number(256 * MEBIBYTE, 0, 1_048_576 * MEBIBYTE),
        "How many bytes the file may have before the next one is begun; 0 for no end.",
    ),
    setting(
        "audit.keep_files",
        number(0, 0, 1_000_000),
        "How many full files are kept; older ones are removed. 0 for all.",
    ),
    setting(
        "audit.queue_bytes",
        number(64 * MEBIBYTE, MEBIBYTE, 1_048_576 * MEBIBYTE),
        "How many bytes of records may wait for the disk.",
    ),
    setting(
        "audit.deadline_milliseconds",
        number(250, 1, 60_000),
        "How long an answer may wait for its record. A permit that waited in vain becomes a deny, `audit_unavailable`.",
    ),
    setting(
        "reload.watch",
        Kind::Flag(true),
        "Whether policies are loaded anew when they change. Without it only SIGHUP and `POST /admin/reload` do that.",
    ),
    setting(
        "reload.settle_milliseconds",
        number(250, 1, 60_000),
        "How long the policies must stay as they are before they are loaded: half-written ones never are.",
    ),
    setting(
        "reload.poll_seconds",
        number(5, 1, DAY_SECONDS),
        "How often the policies are looked at although the system told of no change.",
    ),
    setting(
        "reload.patience_seconds",
        number(5, 1, DAY_SECONDS),
        "How long to wait for policies that go on changing, before each file is judged by itself; and how long a start or a reload that was asked for reads them again where they change meanwhile.",
    ),
    setting(
        "otel.endpoint",
        Kind::Text(""),
        "The collector of OpenTelemetry to which spans of requests are sent over gRPC, such as `http://127.0.0.1:4317`; with `https`, to whom this machine trusts. Empty for `$OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or else `$OTEL_EXPORTER_OTLP_ENDPOINT`, or else none. It takes a program that was built with `--features otel`.",
    ),
    setting(
        "otel.sample_per_thousand",
        number(10, 0, 1_000),
        "Of how many in a thousand requests without a trace there are spans. Where the caller states a trace, it says whether there are.",
    ),
    setting(
        "log.format",
        Kind::Word(&["text", "json"]),
        "How lines of the log are written: for people or for machines.",
    ),
    setting(
        "log.level",
        Kind::Word(&["info", "error", "warn", "debug", "trace"]),
        "The least important lines that are written.",
    ),
];

/// The setting with this path.
pub(crate) fn find(path: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.path == path)
}

/// Whether settings lie below this path.
pub(crate) fn is_section(path: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.section() == path)
}

impl Setting {
    /// The section of the file in which it stands; empty for its beginning.
    pub(crate) fn section(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// Its name in the section.
    pub(crate) fn key(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, key)| key)
    }

    /// Its flag, without the dashes.
    pub(crate) fn flag(&self) -> String {
        self.path.replace(['.', '_'], "-")
    }

    /// Its variable in the environment.
    pub(crate) fn variable(&self) -> String {
        format!("PDP_{}", self.path.replace('.', "_").to_uppercase())
    }
}

impl Kind {
    /// What it is if nothing is said.
    pub(crate) fn default(self) -> Value {
        match self {
            Kind::Text(text) | Kind::Word(&[text, ..]) => Value::String(text.to_owned()),
            Kind::Word(_) => Value::String(String::new()),
            Kind::Flag(flag) => Value::Boolean(flag),
            Kind::Number { default, .. } => Value::Integer(default),
            Kind::Texts(texts) => {
                Value::Array(texts.iter().map(|text| Value::String((*text).to_owned())).collect())
            }
        }
    }

    /// The value that a text of the environment or of a flag stands for.
    pub(crate) fn read(self, text: &str) -> Value {
        let string = |text: &str| Value::String(text.to_owned());
        match self {
            Kind::Text(_) | Kind::Word(_) => string(text),
            Kind::Flag(_) => text.parse().map_or_else(|_| string(text), Value::Boolean),
            Kind::Number { .. } => text.parse().map_or_else(|_| string(text), Value::Integer),
            Kind::Texts(_) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Value::Array(parts.map(string).collect())
            }
        }
    }

    /// Whether it takes a value.
    pub(crate) fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (Kind::Text(_), Value::String(_)) | (Kind::Flag(_), Value::Boolean(_)) => true,
            (Kind::Word(words), Value::String(word)) => words.contains(&word.as_str()),
            (Kind::Number { min, max, .. }, Value::Integer(number)) => (min..=max).contains(number),
            (Kind::Texts(_), Value::Array(items)) => items.iter().all(Value::is_str),
            _ => false,
        }
    }
}

/// What it takes, for people.
impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Text(_) => formatter.write_str("a text"),
            Kind::Texts(_) => formatter.write_str("a list of texts"),
            Kind::Flag(_) => formatter.write_str("true or false"),
            Kind::Number { min, max, .. } => {
                write!(formatter, "a whole number from {min} to {max}")
            }
            Kind::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                write!(formatter, "one of {}", words.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    const BEGIN: &str = "<!-- settings: written by the tests of pdp-cli -->\n";
    const END: &str = "<!-- end of settings -->";

    /// The table of all settings, as the page shows it.
    fn table() -> String {
        let mut table = "\n| setting | default | takes | |\n|---|---|---|---|\n".to_owned();
        for setting in SETTINGS {
            let Setting { path, kind, about } = setting;
            table += &format!("| `{path}` | `{}` | {kind} | {about} |\n", kind.default());
        }
        table + "\n"
    }

    /// With `WRITE_DOCS=1` the page is brought up to date.
    #[test]
    fn the_page_lists_all_settings() {
        let page = std::fs::read_to_string(PAGE).expect("the page");
        let (before, rest) = page.split_once(BEGIN).expect("the beginning of the table");
        let (shown, after) = rest.split_once(END).expect("the end of the table");
        if std::env::var_os("WRITE_DOCS").is_some() {
            let page = format!("{before}{BEGIN}{}{END}{after}", table());
            std::fs::write(PAGE, page).expect("the page is written");
            return;
        }
        assert_eq!(shown, table(), "run this test with WRITE_DOCS=1");
    }

    #[test]
    fn every_default_is_taken_by_its_setting() {
        for setting in SETTINGS {
            assert!(setting.kind.takes(&setting.kind.default()), "{}", setting.path);
        }
    }
}
