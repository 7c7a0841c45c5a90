//! Dicts with known fields, strictly read.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use smallvec::SmallVec;

use pdp_core::wire::{check_word, printable};

use crate::error::Fault;
use crate::path::Path;
use crate::value::text_of;

/// Texts that are held as long as a request borrows them.
pub(crate) type Words<'py> = SmallVec<[Bound<'py, PyString>; 4]>;

/// The fields of a dict, each of which is asked for by its name.
pub(crate) struct Form<'d, 'py> {
    dict: &'d Bound<'py, PyDict>,
    path: Path<'d>,
    found: usize,
}

impl<'d, 'py> Form<'d, 'py> {
    pub(crate) fn new(dict: &'d Bound<'py, PyDict>, path: Path<'d>) -> Self {
        Form { dict, path, found: 0 }
    }

    /// What stands under `name`, which is interned.
    pub(crate) fn optional(
        &mut self,
        name: &Bound<'py, PyString>,
    ) -> Result<Option<Bound<'py, PyAny>>, Fault> {
        let found = self.dict.get_item(name)?;
        self.found += usize::from(found.is_some());
        Ok(found)
    }

    pub(crate) fn required(
        &mut self,
        name: &Bound<'py, PyString>,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let found = self.optional(name)?;
        match found {
            Some(found) => Ok(found),
            None => Err(Fault::shape(self.path.name(text_of(name, self.path)?), "missing")),
        }
    }

    /// Nothing else may stand in the dict.
    pub(crate) fn end(&self, known: &[&str]) -> Result<(), Fault> {
        if self.found == self.dict.len() {
            return Ok(());
        }
        for name in self.dict.keys() {
            let Ok(name) = name.cast_into::<PyString>() else { continue };
            let name = text_of(&name, self.path)?;
            if !known.contains(&name) {
                return Err(Fault::shape(self.path.name(&printable(name)), "unknown field"));
            }
        }
        Err(Fault::shape(self.path, "a name that is no str"))
    }
}

/// An id, role, action or type.
pub(crate) fn word<'py>(
    object: Bound<'py, PyAny>,
    path: Path<'_>,
) -> Result<Bound<'py, PyString>, Fault> {
    let text = match object.cast_into::<PyString>() {
        Ok(text) => text,
        Err(other) => return Err(Fault::mistyped("a str", other.into_inner().as_any(), path)),
    };
    check_word(text_of(&text, path)?, || path.to_string())?;
    Ok(text)
}

/// Several words: a list or a tuple, or nothing.
pub(crate) fn words<'py>(
    object: Option<Bound<'py, PyAny>>,
    path: Path<'_>,
) -> Result<Words<'py>, Fault> {
    each(object, path, |item, path| word(item.clone(), path))
}

/// What `read` makes of each item of a list or a tuple; nothing where there is none.
pub(crate) fn each<'py, T, const N: usize>(
    object: Option<Bound<'py, PyAny>>,
    path: Path<'_>,
    mut read: impl FnMut(&Bound<'py, PyAny>, Path<'_>) -> Result<T, Fault>,
) -> Result<SmallVec<[T; N]>, Fault>
where
    [T; N]: smallvec::Array<Item = T>,
{
    let Some(object) = object.filter(|object| !object.is_none()) else {
        return Ok(SmallVec::new());
    };
    let mut read = |(index, item)| read(&item, path.item(index));
    if let Ok(list) = object.cast::<PyList>() {
        return list.iter().enumerate().map(&mut read).collect();
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        return tuple.iter().enumerate().map(&mut read).collect();
    }
    Err(Fault::mistyped("a list or a tuple", &object, path))
}
