//! Values of contexts, attributes and obligations: what JSON has, and times.

use std::cell::Cell;

use pdp_core::wire::{DOUBLE_MAX, REQUEST_BYTES_MAX, REQUEST_DEPTH_MAX};
use pdp_core::{Map, Text, Timestamp, Value};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::error::Fault;
use crate::path::Path;

/// Reads values within bounds: as deep as a request in JSON may be, and about as large.
pub(crate) struct Reader {
    bytes_left: Cell<usize>,
    bytes_max: usize,
}

impl Reader {
    /// A reader of one request.
    pub(crate) fn new() -> Self {
        Reader::within(REQUEST_BYTES_MAX)
    }

    /// A reader of so many bytes: those of texts, and one for each value and name.
    pub(crate) fn within(bytes_max: usize) -> Self {
        Reader { bytes_left: Cell::new(bytes_max), bytes_max }
    }

    /// The map that a dict is; none where there is `None`.
    pub(crate) fn map(
        &self,
        object: Option<&Bound<'_, PyAny>>,
        path: Path<'_>,
    ) -> Result<Map<'static>, Fault> {
        match object.filter(|object| !object.is_none()) {
            None => Ok(Map::new()),
            Some(object) => match object.cast::<PyDict>() {
                Ok(dict) => self.entries(dict, path, 1),
                Err(_) => Err(Fault::mistyped("a dict", object, path)),
            },
        }
    }

    /// Any value.
    pub(crate) fn value(
        &self,
        object: &Bound<'_, PyAny>,
        path: Path<'_>,
        depth: usize,
    ) -> Result<Value<'static>, Fault> {
        self.take(1, path)?;
        if let Ok(text) = object.cast::<PyString>() {
            return self.text(text, path).map(Value::String);
        }
        if object.is_none() {
            return Ok(Value::Null);
        }
        // A bool is an int, too.
        if let Ok(value) = object.cast::<PyBool>() {
            return Ok(Value::Bool(value.is_true()));
        }
        if let Ok(number) = object.cast::<PyInt>() {
            return integer(number, path);
        }
        if let Ok(number) = object.cast::<PyFloat>() {
            return double(number.value(), path);
        }
        if let Ok(dict) = object.cast::<PyDict>() {
            return self.entries(dict, path, depth + 1).map(Value::Map);
        }
        if let Ok(list) = object.cast::<PyList>() {
            return self.items(list.iter(), path, depth + 1);
        }
        if let Ok(tuple) = object.cast::<PyTuple>() {
            return self.items(tuple.iter(), path, depth + 1);
        }
        let wanted = "None, a bool, a number, a str, a list or a dict";
        Err(Fault::mistyped(wanted, object, path))
    }

    fn items<'py>(
        &self,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        path: Path<'_>,
        depth: usize,
    ) -> Result<Value<'static>, Fault> {
        check_depth(depth, path)?;
        let values = items.enumerate();
        let values = values.map(|(index, item)| self.value(&item, path.item(index), depth));
        values.collect::<Result<_, _>>().map(Value::List)
    }

    fn entries(
        &self,
        dict: &Bound<'_, PyDict>,
        path: Path<'_>,
        depth: usize,
    ) -> Result<Map<'static>, Fault> {
        check_depth(depth, path)?;
        if dict.is_empty() {
            return Ok(Map::new());
        }
        let mut entries = Vec::with_capacity(dict.len());
        // The items are taken at once: what runs while values are read may change the dict.
        for pair in dict.items() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
            let Ok(name) = name.cast::<PyString>() else {
                return Err(Fault::mistyped("a str as each name", &name, path));
            };
            let name = self.text(name, path)?;
            let value = self.value(&value, path.name(&name), depth)?;
            entries.push((name, value));
        }
        Map::from_entries(entries).map_err(|name| {
            Fault::shape(path, format!("`{}` stands there twice", pdp_core::wire::printable(&name)))
        })
    }

    fn text(&self, text: &Bound<'_, PyString>, path: Path<'_>) -> Result<Text<'static>, Fault> {
        let text = text_of(text, path)?;
        self.take(text.len(), path)?;
        Ok(Text::Owned(text.to_owned()))
    }

    fn take(&self, bytes: usize, path: Path<'_>) -> Result<(), Fault> {
        match self.bytes_left.get().checked_sub(bytes) {
            Some(left) => {
                self.bytes_left.set(left);
                Ok(())
            }
            None => Err(Fault::size(path, format!("more than {} bytes in all", self.bytes_max))),
        }
    }
}

/// The text of a `str`, whatever its class makes of it.
pub(crate) fn text_of<'t>(text: &'t Bound<'_, PyString>, path: Path<'_>) -> Result<&'t str, Fault> {
    text.to_str().map_err(|_| Fault::shape(path, "half of a surrogate pair is no text"))
}

/// A time: a `datetime` that knows its zone, or RFC 3339.
pub(crate) fn time(object: &Bound<'_, PyAny>, path: Path<'_>) -> Result<Timestamp, Fault> {
    let written = match object.cast::<PyString>() {
        Ok(text) => text.clone(),
        Err(_) => {
            let wanted = || Fault::mistyped("a datetime or a str", object, path);
            let written = object.getattr("isoformat").map_err(|_| wanted())?.call0()?;
            written.cast_into::<PyString>().map_err(|_| wanted())?
        }
    };
    let text = text_of(&written, path)?;
    Timestamp::parse(text).map_err(|fault| Fault::shape(path, fault.to_string()))
}

/// A value as Python has it.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(value) => value.into_bound_py_any(py),
        Value::Int(value) => value.into_bound_py_any(py),
        Value::Uint(value) => value.into_bound_py_any(py),
        Value::Double(value) => value.into_bound_py_any(py),
        Value::String(text) => text.as_ref().into_bound_py_any(py),
        Value::Bytes(bytes) => bytes.as_ref().into_bound_py_any(py),
        Value::Timestamp(time) => time.to_string().into_bound_py_any(py),
        Value::Duration(duration) => duration.to_string().into_bound_py_any(py),
        Value::Ip(address) => address.to_string().into_bound_py_any(py),
        Value::Cidr(range) => range.to_string().into_bound_py_any(py),
        Value::List(items) => {
            let items = items.iter().map(|item| to_python(py, item));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_bound_py_any(py)
        }
        Value::Map(map) => map_to_python(py, map)?.into_bound_py_any(py),
    }
}

/// A map as a dict.
pub(crate) fn map_to_python<'py>(py: Python<'py>, map: &Map<'_>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in map.iter() {
        dict.set_item(name, to_python(py, value)?)?;
    }
    Ok(dict)
}

fn integer(number: &Bound<'_, PyInt>, path: Path<'_>) -> Result<Value<'static>, Fault> {
    if let Ok(number) = number.extract::<i64>() {
        return Ok(Value::Int(number));
    }
    let number = number.extract::<u64>();
    number.map(Value::Uint).map_err(|_| Fault::shape(path, "an integer beyond 64 bits"))
}

/// What JSON could not say, and what it would round, is refused as it is there.
fn double(number: f64, path: Path<'_>) -> Result<Value<'static>, Fault> {
    if number.is_nan() || number.abs() >= DOUBLE_MAX {
        return Err(Fault::shape(path, "a number that 64 bits do not hold exactly"));
    }
    Ok(Value::Double(number))
}

fn check_depth(depth: usize, path: Path<'_>) -> Result<(), Fault> {
    if depth < REQUEST_DEPTH_MAX {
        return Ok(());
    }
    Err(Fault::size(path, format!("nested more than {REQUEST_DEPTH_MAX} deep")))
}
