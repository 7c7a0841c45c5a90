//! The Rust crate `cel`.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use cel::objects::Key;
use cel::{Context, Env, ExecutionError, Value, extensions};
use pdp_cel::{Duration, Stored, Timestamp};

use crate::answer::Answer;

pub(crate) struct CrateCel {
    env: Arc<Env>,
}

/// Functions of our language that the crate does not have.
const NOT_OFFERED: [&str; 11] = [
    "sets.",
    "optional.ofNonZeroValue(",
    "optional.unwrap(",
    ".unwrapOpt()",
    ".first()",
    ".last()",
    ".existsOne(",
    ".transformList(",
    ".transformMap(",
    ".transformMapEntry(",
    "cel.bind(",
];

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// A panic of the crate is an answer, which need not be printed.
pub(crate) fn silence_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !QUIET.get() {
            usual(info);
        }
    }));
}

impl CrateCel {
    /// The language with all extensions that the crate has.
    pub(crate) fn new() -> Self {
        let mut env = Env::stdlib();
        let added = env
            .add_extension(extensions::strings)
            .and_then(|()| env.add_extension(extensions::math))
            .and_then(|()| env.add_extension(extensions::lists))
            .and_then(|()| env.add_extension(extensions::encoders));
        added.expect("each extension is added once");
        CrateCel { env: Arc::new(env) }
    }

    pub(crate) fn answer(&self, text: &str, bindings: &BTreeMap<String, Stored>) -> Answer {
        QUIET.set(true);
        let answer = panic::catch_unwind(AssertUnwindSafe(|| self.evaluated(text, bindings)));
        QUIET.set(false);
        answer.unwrap_or_else(|_| Answer::Error("panic".to_owned()))
    }

    fn evaluated(&self, text: &str, bindings: &BTreeMap<String, Stored>) -> Answer {
        let program = match self.env.compile(text) {
            Ok(program) => program,
            Err(error) => return Answer::NotOffered(format!("parse: {error}")),
        };
        let mut context = Context::with_env(Arc::clone(&self.env));
        for (name, value) in bindings {
            context.add_variable_from_value(name.as_str(), self.written(value));
        }
        match program.execute(&context) {
            Ok(value) => read(&value),
            Err(ExecutionError::UndeclaredReference(name)) => Answer::NotOffered(name.to_string()),
            // Where two parts fail, the error need not be that of the unknown function.
            Err(_) if let Some(name) = not_offered(text) => Answer::NotOffered(name.to_owned()),
            Err(error) => Answer::Error(error.to_string()),
        }
    }

    fn written(&self, value: &Stored) -> Value {
        match value {
            Stored::Bool(value) => Value::Bool(*value),
            Stored::Int(value) => Value::Int(*value),
            Stored::Uint(value) => Value::UInt(*value),
            Stored::Double(bits) => Value::Float(f64::from_bits(*bits)),
            Stored::String(text) => Value::from(text.as_ref()),
            Stored::Bytes(bytes) => Value::Bytes(Arc::new(bytes.to_vec())),
            Stored::List(items) => {
                Value::List(Arc::new(items.iter().map(|item| self.written(item)).collect()))
            }
            Stored::Map(entries) => {
                let entry = |(key, value): &(Stored, Stored)| (key_of(key), self.written(value));
                Value::from(entries.iter().map(entry).collect::<HashMap<Key, Value>>())
            }
            Stored::Timestamp(time) => self.constant(&format!("timestamp('{time}')")),
            Stored::Duration(length) => self.constant(&format!("duration('{length}')")),
            _ => Value::Null,
        }
    }

    /// Values whose Rust types belong to another crate are made by the crate itself.
    fn constant(&self, text: &str) -> Value {
        let context = Context::with_env(Arc::clone(&self.env));
        let program = self.env.compile(text).ok();
        program.and_then(|program| program.execute(&context).ok()).unwrap_or(Value::Null)
    }
}

fn not_offered(text: &str) -> Option<&'static str> {
    let named = NOT_OFFERED.iter().copied().find(|name| text.contains(name));
    named.or(has_two_names(text).then_some("macros of two names"))
}

/// Whether a macro of two names is used: they are made as `x0, x1, ` by the generator.
fn has_two_names(text: &str) -> bool {
    let is_name = |part: &str| {
        part.strip_prefix('x').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.split('(').any(|part| {
        let mut words = part.split(", ");
        words.next().is_some_and(is_name) && words.next().is_some_and(is_name)
    })
}

fn key_of(key: &Stored) -> Key {
    match key {
        Stored::Bool(value) => Key::Bool(*value),
        Stored::Int(value) => Key::Int(*value),
        Stored::Uint(value) => Key::Uint(*value),
        other => Key::String(Arc::new(other.to_string())),
    }
}

fn read(value: &Value) -> Answer {
    match stored(value) {
        Ok(value) => Answer::Value(value),
        Err(answer) => answer,
    }
}

/// The value in our form, or what else is to be said of it.
fn stored(value: &Value) -> Result<Stored, Answer> {
    let no_value = || Answer::Error(format!("a value that CEL does not have: {value:?}"));
    Ok(match value {
        Value::Null => Stored::Null,
        Value::Bool(value) => Stored::Bool(*value),
        Value::Int(value) => Stored::Int(*value),
        Value::UInt(value) => Stored::Uint(*value),
        Value::Float(value) => Stored::Double(value.to_bits()),
        Value::String(text) => Stored::String(text.as_str().into()),
        Value::Bytes(bytes) => Stored::Bytes(bytes.as_slice().into()),
        Value::Timestamp(time) => {
            let time = Timestamp::from_unix(time.timestamp(), time.timestamp_subsec_nanos());
            Stored::Timestamp(time.map_err(|_| no_value())?)
        }
        Value::Duration(length) => {
            let text = format!("{}s{}ns", length.num_seconds().abs(), length.subsec_nanos().abs());
            let length_ = Duration::parse(&text).map_err(|_| no_value())?;
            let is_negative = length.num_seconds() < 0 || length.subsec_nanos() < 0;
            Stored::Duration(if is_negative { length_.negated() } else { length_ })
        }
        Value::List(items) => Stored::List(items.iter().map(stored).collect::<Result<_, _>>()?),
        Value::Map(map) => {
            let entry = |(key, value): (&Key, &Value)| Ok((stored(&key.into())?, stored(value)?));
            let entries = map.map.iter().map(entry).collect::<Result<Vec<_>, Answer>>()?;
            Stored::map(entries).ok_or_else(no_value)?
        }
        Value::Opaque(opaque) if opaque.runtime_type_name() == "optional_type" => {
            return Err(Answer::Optional);
        }
        _ => return Err(no_value()),
    })
}
