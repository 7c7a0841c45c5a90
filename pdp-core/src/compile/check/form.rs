//! The types of expressions.

use crate::model::{ScalarType, Type};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Value(Type),
    /// `[]`, which is a list of anything.
    EmptyList,
}

pub(super) const BOOL: Form = Form::Value(Type::Scalar(ScalarType::Bool));
pub(super) const STRING: Form = Form::Value(Type::Scalar(ScalarType::String));
pub(super) const STRINGS: Form = Form::Value(Type::List(ScalarType::String));
pub(super) const TIMESTAMP: Form = Form::Value(Type::Scalar(ScalarType::Timestamp));

impl Form {
    pub(super) fn description(self) -> String {
        match self {
            Form::Value(value_type) => value_type.to_string(),
            Form::EmptyList => "list".to_owned(),
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Form::Value(Type::Scalar(ScalarType::Int | ScalarType::Double)))
    }

    /// Whether values of the two forms can be equal.
    pub(super) fn compares_with(self, other: Form) -> bool {
        let list = |form| matches!(form, Form::EmptyList | Form::Value(Type::List(_)));
        let with_empty = self == Form::EmptyList || other == Form::EmptyList;
        self == other
            || (self.is_number() && other.is_number())
            || (with_empty && list(self) && list(other))
    }

    pub(super) fn element(self) -> Option<Form> {
        match self {
            Form::Value(Type::List(element)) => Some(Form::Value(Type::Scalar(element))),
            _ => None,
        }
    }
}
