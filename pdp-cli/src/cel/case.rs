//! One case of `pdp cel --json`.

use std::collections::BTreeMap;

use pdp_cel::{Map, ParseOptions, Stored, Text, Value};
use pdp_testing::typed;
use serde_json::{Value as Json, json};

use super::value_of;

/// An expression and what its names stand for.
pub(super) struct Case {
    expression: String,
    bindings: BTreeMap<String, Stored>,
    container: String,
    macros: bool,
}

impl Case {
    /// Reads `{"expr": …, "bindings": {name: {"value": …}}, "container": …, "disableMacros": …}`;
    /// other keys are passed over, so that files of tests can be used as they are.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        let case: Json = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let text = |key: &str| case.get(key).map(|value| value.as_str().map(str::to_owned));
        let expression = text("expr").flatten().ok_or("`expr` is missing, or no text")?;
        let container = match text("container") {
            Some(container) => container.ok_or("`container` is no text")?,
            None => String::new(),
        };
        let macros = match case.get("disableMacros") {
            Some(disabled) => {
                !disabled.as_bool().ok_or("`disableMacros` is neither true nor false")?
            }
            None => true,
        };
        let mut bindings = BTreeMap::new();
        if let Some(given) = case.get("bindings") {
            for (name, binding) in given.as_object().ok_or("`bindings` is no object")? {
                let value =
                    binding.get("value").ok_or_else(|| format!("`{name}` has no `value`"))?;
                bindings.insert(name.clone(), typed::read(value)?);
            }
        }
        Ok(Case { expression, bindings, container, macros })
    }

    /// `{"value": …}`, or `{"error": …}`
    pub(super) fn answer(&self, options: ParseOptions) -> Json {
        let options = ParseOptions { macros: self.macros, ..options };
        let value =
            value_of(&self.expression, &self.bindings, &self.container, options, typed::write);
        match value {
            Ok(value) => json!({ "value": value }),
            Err(mistake) => json!({ "error": mistake.message }),
        }
    }
}

/// A value as plain JSON gives it.
pub(super) fn plain(value: &Json) -> Stored {
    Stored::new(&borrowed(value))
}

fn borrowed(value: &Json) -> Value<'_> {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => Value::Int(value),
            (None, Some(value)) => Value::Uint(value),
            (None, None) => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(borrowed).collect()),
        Json::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| (Text::Borrowed(name.as_str()), borrowed(value)));
            Value::Map(Map::from_entries(entries.collect()).unwrap_or_default())
        }
    }
}
