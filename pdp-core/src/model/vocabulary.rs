use std::fmt;

use super::{Condition, OtherwiseLine, Word};
use crate::{Timestamp, Value};

/// A type of resources.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceType {
    /// Its name.
    pub name: Word,
    /// Whether ids carry the type: a reference is then the id itself.
    pub prefixed: bool,
    /// The actions it declares.
    pub actions: Vec<Word>,
    /// Its relations and links.
    pub relations: Vec<Relation>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Lines that choose the reason of the default deny.
    pub otherwise: Vec<OtherwiseLine>,
}

/// A relation or link of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its name.
    pub name: Word,
    /// What it is.
    pub definition: RelationDefinition,
}

/// What a relation is.
#[derive(Clone, Debug, PartialEq)]
pub enum RelationDefinition {
    /// A relation of actors: the union of its parts.
    Union(Vec<RelationPart>),
    /// A link to resources of another type.
    Link {
        /// The type of its targets.
        to: Word,
        /// Whether it points, without facts, to the resource with the same id.
        same_id: bool,
        /// Whether the resource belongs to its targets, as to tenants.
        tenant: bool,
    },
}

impl RelationDefinition {
    /// Whether facts may state the relation for actors.
    pub fn is_direct(&self) -> bool {
        match self {
            RelationDefinition::Union(parts) => parts.contains(&RelationPart::Direct),
            RelationDefinition::Link { .. } => false,
        }
    }
}

/// A part of a relation.
#[derive(Clone, Debug, PartialEq)]
pub enum RelationPart {
    /// Stated by facts.
    Direct,
    /// Another relation of the same resource.
    Relation(Word),
    /// A relation of the resources that a link points to.
    Through {
        /// The link.
        link: Word,
        /// The relation on its targets.
        relation: Word,
    },
    /// Computed from the request.
    When(Condition),
}

/// An attribute of resources or actors, or a value of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: Word,
    /// The type of its values.
    pub value_type: Type,
    /// Whether it may be absent.
    pub optional: bool,
    /// Who states it.
    pub source: AttributeSource,
    /// Whether audit records leave the value out.
    pub masked: bool,
}

/// Who states an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeSource {
    /// Facts; a request cannot.
    Facts,
    /// The request; facts cannot.
    Request,
}

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// One value.
    Scalar(ScalarType),
    /// Values of one type in order.
    List(ScalarType),
}

/// The types of single values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// `true` or `false`.
    Bool,
    /// A whole number of 64 signed bits.
    Int,
    /// An IEEE 754 number of 64 bits.
    Double,
    /// UTF-8 text.
    String,
    /// A point in time.
    Timestamp,
}

impl ScalarType {
    const ALL: [ScalarType; 5] = [
        ScalarType::Bool,
        ScalarType::Int,
        ScalarType::Double,
        ScalarType::String,
        ScalarType::Timestamp,
    ];

    /// The word for the type in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            ScalarType::Bool => "bool",
            ScalarType::Int => "int",
            ScalarType::Double => "double",
            ScalarType::String => "string",
            ScalarType::Timestamp => "timestamp",
        }
    }

    /// The type with this word, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        ScalarType::ALL.into_iter().find(|scalar| scalar.as_str() == word)
    }
}

impl Type {
    /// The type written `word`, such as `int` or `list(string)`, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.strip_prefix("list(").and_then(|rest| rest.strip_suffix(')')) {
            Some(element) => ScalarType::from_word(element).map(Type::List),
            None => ScalarType::from_word(word).map(Type::Scalar),
        }
    }
}

/// Integers beyond this magnitude are not all doubles.
const EXACT_MAX: u64 = 1 << 53;

impl Type {
    /// `value` as a value of this type, if it is one: an integer is a double where that is exact,
    /// and text in RFC 3339 form is a timestamp.
    pub fn admit(self, value: Value<'_>) -> Option<Value<'_>> {
        match (self, value) {
            (Type::Scalar(scalar), value) => scalar.admit(value),
            (Type::List(element), Value::List(items)) => {
                let items: Option<_> = items.into_iter().map(|item| element.admit(item)).collect();
                items.map(Value::List)
            }
            (Type::List(_), _) => None,
        }
    }
}

impl ScalarType {
    fn admit(self, value: Value<'_>) -> Option<Value<'_>> {
        match (self, value) {
            (ScalarType::Bool, value @ Value::Bool(_))
            | (ScalarType::Int, value @ Value::Int(_))
            | (ScalarType::Double, value @ Value::Double(_))
            | (ScalarType::String, value @ Value::String(_))
            | (ScalarType::Timestamp, value @ Value::Timestamp(_)) => Some(value),
            (ScalarType::Double, Value::Int(int)) => exact_double(int).map(Value::Double),
            (ScalarType::Timestamp, Value::String(text)) => {
                Timestamp::parse(&text).ok().map(Value::Timestamp)
            }
            _ => None,
        }
    }
}

/// The double that equals `int`, if there is one.
pub(crate) fn exact_double(int: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "exact within the bound")]
    (int.unsigned_abs() <= EXACT_MAX).then_some(int as f64)
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(scalar) => formatter.write_str(scalar.as_str()),
            Type::List(element) => write!(formatter, "list({})", element.as_str()),
        }
    }
}

/// The settings of a policy set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which requests bypass rules may decide.
    pub bypass: Bypass,
    /// How many sets answering one relation may visit.
    pub walk_limit: u32,
    /// Whether ids in policy files may hold characters outside ASCII.
    pub non_ascii_ids: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { bypass: Bypass::All, walk_limit: 131_072, non_ascii_ids: false }
    }
}

/// Which requests bypass rules may decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bypass {
    /// Every request.
    All,
    /// None.
    Off,
    /// Those with one of these actions.
    Actions(Vec<Word>),
}
