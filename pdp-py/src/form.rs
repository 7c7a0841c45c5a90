//! Dicts with known fields, strictly read.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use smallvec::SmallVec;

use pdp_core::Text;
use pdp_core::wire::{check_word, printable};

use crate::error::Fault;
use crate::path::Path;
use crate::value::text_of;

/// Items of a list or a tuple, held as long as a request borrows from them.
pub(crate) type Items<'py> = SmallVec<[Bound<'py, PyAny>; 4]>;

/// What a request borrows of items.
pub(crate) type Texts<'t> = SmallVec<[Text<'t>; 4]>;

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
        // Most dicts have their fields in the order in which they are listed.
        let mut next = 0;
        for (name, value) in dict {
            let index = match interned.get(next) {
                Some(expected) if name.is(*expected) => next,
                _ => match interned.iter().position(|known| name.is(*known)) {
                    Some(known) => known,
                    None => position(&name, next, names, path)?,
                },
            };
            next = index + 1;
            if values[index].replace(value).is_some() {
                return Err(Fault::shape(path.name(names[index]), "stands there twice"));
            }
        }
        Ok(Form { values, names })
    }

    /// What stands under the name at `INDEX`.
    pub(crate) fn optional<const INDEX: usize>(&self) -> Option<&Bound<'py, PyAny>> {
        self.values[INDEX].as_ref()
    }

    pub(crate) fn required<const INDEX: usize>(
        &self,
        path: Path<'_>,
    ) -> Result<&Bound<'py, PyAny>, Fault> {
        let missing = || Fault::shape(path.name(self.names[INDEX]), "missing");
        self.optional::<INDEX>().ok_or_else(missing)
    }
}

/// Which of the names it is; most likely the one at `likely`.
fn position(
    name: &Bound<'_, PyAny>,
    likely: usize,
    names: &[&'static str],
    path: Path<'_>,
) -> Result<usize, Fault> {
    let Ok(name) = name.cast::<PyString>() else {
        return Err(Fault::shape(path, "a name that is no str"));
    };
    let name = text_of(name, path)?;
    if names.get(likely) == Some(&name) {
        return Ok(likely);
    }
    let known = names.iter().position(|known| *known == name);
    known.ok_or_else(|| Fault::shape(path.name(&printable(name)), "unknown field"))
}

/// An id, role, action or type.
pub(crate) fn word<'t>(object: &'t Bound<'_, PyAny>, path: Path<'_>) -> Result<&'t str, Fault> {
    let Ok(text) = object.cast::<PyString>() else {
        return Err(Fault::mistyped("a str", object, path));
    };
    let text = text_of(text, path)?;
    check_word(text, || path.to_string())?;
    Ok(text)
}

/// Several words.
pub(crate) fn words<'t>(items: &'t [Bound<'_, PyAny>], path: Path<'_>) -> Result<Texts<'t>, Fault> {
    let mut words = Texts::new();
    for (index, item) in items.iter().enumerate() {
        words.push(Text::Borrowed(word(item, path.item(index))?));
    }
    Ok(words)
}

/// The items of a list or a tuple; none where there is nothing.
pub(crate) fn items<'py>(
    object: Option<&Bound<'py, PyAny>>,
    path: Path<'_>,
) -> Result<Items<'py>, Fault> {
    let Some(object) = object.filter(|object| !object.is_none()) else {
        return Ok(Items::new());
    };
    if let Ok(list) = object.cast::<PyList>() {
        return Ok(list.iter().collect());
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        return Ok(tuple.iter().collect());
    }
    Err(Fault::mistyped("a list or a tuple", object, path))
}
