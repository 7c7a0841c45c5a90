//! Slips of the pen in tests: what the policies do not declare is denied or ignored whatever the
//! rules say, so that a test that names it would be green.

use pdp_core::document::{Span, suggestion};
use pdp_core::model::{Attribute, AttributeSource, Model};
use pdp_core::{Effect, Policies};
use pdp_testing::{Stated, StatedOf, TestFile};

/// A slip, and where it stands.
pub(crate) struct Slip {
    pub(crate) message: String,
    /// What may have been meant.
    pub(crate) hint: Option<String>,
    /// The line of the file, from 1.
    pub(crate) line: u32,
    /// The place, where it is a single name.
    pub(crate) span: Option<Span>,
}

/// The slips of a test file.
pub(crate) fn slips(tests: &TestFile, policies: &Policies, model: &Model<'_>) -> Vec<Slip> {
    let stated = tests.stated.iter().filter_map(|stated| stated_slip(stated, model));
    cases(tests, policies).chain(matrices(tests, policies)).chain(stated).collect()
}

/// Cases that deny an action that is not declared. One that means it states the reason.
fn cases(tests: &TestFile, policies: &Policies) -> impl Iterator<Item = Slip> {
    let cases = tests.cases.iter().filter(|case| {
        let meant = case.expect.reason.is_some() || case.expect.effect == Effect::Permit;
        !meant && !case.matrix && !policies.declares(&case.resource.resource_type, &case.action)
    });
    cases.map(|case| {
        let (resource_type, action) = (&case.resource.resource_type, &case.action);
        let message = format!(
            "`{resource_type}` declares no action `{action}`; a case that means it states the reason"
        );
        Slip { message, hint: None, line: case.line, span: None }
    })
}

/// Matrices with actions that none of their resources declares.
fn matrices(tests: &TestFile, policies: &Policies) -> impl Iterator<Item = Slip> {
    tests.matrices.iter().flat_map(|matrix| {
        let undeclared = matrix
            .denied
            .iter()
            .filter(|action| !matrix.resource_types.iter().any(|of| policies.declares(of, action)));
        undeclared.map(|action| {
            let message =
                format!("no resource of the matrix `{}` declares `{action}`", matrix.name);
            Slip { message, hint: None, line: matrix.line, span: None }
        })
    })
}

/// Why what a request states is ignored, if it is. Claims of what facts own are tested on purpose:
/// such a case states the reason.
fn stated_slip(stated: &Stated, model: &Model<'_>) -> Option<Slip> {
    let Stated { of, name, span, reasoned } = stated;
    let (declared, owner) = match of {
        StatedOf::Context => (model.context.as_slice(), "the context".to_owned()),
        StatedOf::Actor => (model.actor_attributes.as_slice(), "actors".to_owned()),
        StatedOf::Resource(of) => {
            let declared = model.types.iter().find(|declared| declared.name.text == *of);
            (declared.map_or(&[][..], |declared| &declared.attributes), format!("`{of}`"))
        }
    };
    let (message, hint) = match declared.iter().find(|attribute| attribute.name.text == *name) {
        Some(Attribute { source: AttributeSource::Request, .. }) => return None,
        Some(_) if *reasoned => return None,
        Some(_) => {
            let message = format!(
                "facts state `{name}` of {owner}, requests cannot; a case that means it states the reason"
            );
            (message, None)
        }
        None => {
            let names = declared.iter().map(|attribute| attribute.name.text.as_str());
            let what = if *of == StatedOf::Context { "value" } else { "attribute" };
            (format!("no {what} `{name}` of {owner} is declared"), suggestion(name, names))
        }
    };
    Some(Slip { message, hint, line: span.line, span: Some(*span) })
}
