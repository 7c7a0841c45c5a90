//! Where settings come from: defaults, a file, the environment, flags, each over the one before.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use toml::{Table, Value};

use super::catalogue::{self, SETTINGS, Setting};
use super::settings::Settings;

/// All settings, each with where it was said.
pub(crate) struct Layers {
    values: Vec<(&'static Setting, Value, Origin)>,
}

/// Where a setting was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(String),
    Variable(String),
    Flag(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Default => formatter.write_str("default"),
            Origin::File(place) => formatter.write_str(place),
            Origin::Variable(name) => formatter.write_str(name),
            Origin::Flag(name) => write!(formatter, "--{name}"),
        }
    }
}

impl Layers {
    /// The defaults.
    pub(crate) fn defaults() -> Self {
        let values =
            SETTINGS.iter().map(|setting| (setting, setting.kind.default(), Origin::Default));
        Layers { values: values.collect() }
    }

    /// What a file says.
    pub(crate) fn file(&mut self, path: &Path) -> Result<()> {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        let table: Table = text.parse().map_err(|error| anyhow!("{shown}: {error}"))?;
        self.table(&table, "", &shown)
    }

    fn table(&mut self, table: &Table, above: &str, file: &str) -> Result<()> {
        for (key, value) in table {
            let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            match (catalogue::find(&path), value) {
                (Some(setting), value) => {
                    self.set(setting, value.clone(), Origin::File(file.to_owned()))?;
                }
                (None, Value::Table(inner)) if catalogue::is_section(&path) => {
                    self.table(inner, &path, file)?;
                }
                (None, _) => bail!("{file}: there is no setting `{path}`"),
            }
        }
        Ok(())
    }

    /// What the environment says.
    pub(crate) fn environment(
        &mut self,
        variable: impl Fn(&str) -> Option<std::ffi::OsString>,
    ) -> Result<()> {
        for setting in SETTINGS {
            let name = setting.variable();
            let Some(text) = variable(&name) else { continue };
            let text = text.into_string().map_err(|_| anyhow!("{name} is not UTF-8"))?;
            self.set(setting, setting.kind.read(&text), Origin::Variable(name))?;
        }
        Ok(())
    }

    /// What a flag says.
    pub(crate) fn flag(&mut self, setting: &'static Setting, text: &str) -> Result<()> {
        self.set(setting, setting.kind.read(text), Origin::Flag(setting.flag()))
    }

    fn set(&mut self, setting: &'static Setting, value: Value, origin: Origin) -> Result<()> {
        let Setting { path, kind, .. } = setting;
        if !kind.takes(&value) {
            bail!("{origin}: `{path}` takes {kind}, not {value}");
        }
        let known = self.values.iter_mut().find(|(known, ..)| known.path == *path);
        *known.expect("all settings have defaults") = (setting, value, origin);
        Ok(())
    }

    /// The settings.
    pub(crate) fn settings(&self) -> Settings {
        let mut root = Table::new();
        for (setting, value, _) in &self.values {
            let table = match setting.section() {
                "" => &mut root,
                section => {
                    let entry = root.entry(section).or_insert_with(|| Value::Table(Table::new()));
                    entry.as_table_mut().expect("a section is a table")
                }
            };
            table.insert(setting.key().to_owned(), value.clone());
        }
        root.try_into().expect("each value was taken by its setting")
    }

    /// A file that says the same, with where each setting was said.
    pub(crate) fn shown(&self) -> String {
        let mut shown = String::new();
        let mut section = "";
        for (setting, value, origin) in &self.values {
            let (of, key) = (setting.section(), setting.key());
            if of != section {
                shown.push_str(&format!("\n[{of}]\n"));
                section = of;
            }
            shown.push_str(&format!("{key} = {value} # {origin}\n"));
        }
        shown
    }
}
