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

/// The fields of a dict that has these names and no others.
pub(crate) struct Form<'py, const N: usize> {
    values: [Option<Bound<'py, PyAny>>; N],
    names: &'static [&'static str; N],
}

/// The [`Form`] of a dict at a path, with the names that it may have.
macro_rules! form {
    ($dict:expr, $path:expr, $($name:literal),+) => {{
        let py = $dict.py();
        $crate::form::Form::read($dict, $path, &[$($name),+], [$(pyo3::intern!(py, $name)),+])
    }};
}
pub(crate) use form;

impl<'py, const N: usize> Form<'py, N> {
    /// The names come twice: as texts, and as the objects that they are in most dicts. None of the
    /// dict's own code is run, so that it stays as it is meanwhile.
    pub(crate) fn read(
        dict: &Bound<'py, PyDict>,
        path: Path<'_>,
        names: &'static [&'static str; N],
        interned: [&Bound<'py, PyString>; N],
    ) -> Result<Self, Fault> {
        let mut values = [const { None }; N];
        for (name, value) in dict {
            let known = interned.iter().position(|known| name.is(*known));
            let index = known.map_or_else(|| position(&name, names, path), Ok)?;
            if values[index].replace(value).is_some() {
                return Err(Fault::shape(path.name(names[index]), "stands there twice"));
            }
        }
        Ok(Form { values, names })
    }

    /// What stands under the name at `INDEX`, once.
    pub(crate) fn optional<const INDEX: usize>(&mut self) -> Option<Bound<'py, PyAny>> {
        self.values[INDEX].take()
    }

    pub(crate) fn required<const INDEX: usize>(
        &mut self,
        path: Path<'_>,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let missing = || Fault::shape(path.name(self.names[INDEX]), "missing");
        self.values[INDEX].take().ok_or_else(missing)
    }
}

/// Which of the names it is.
fn position(
    name: &Bound<'_, PyAny>,
    names: &[&'static str],
    path: Path<'_>,
) -> Result<usize, Fault> {
    let Ok(name) = name.cast::<PyString>() else {
        return Err(Fault::shape(path, "a name that is no str"));
    };
    let name = text_of(name, path)?;
    let known = names.iter().position(|known| *known == name);
    known.ok_or_else(|| Fault::shape(path.name(&printable(name)), "unknown field"))
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
