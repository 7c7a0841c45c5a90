use core::net::IpAddr;

/// A value of an expression (section 1).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number without sign.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// Code points.
    String(String),
    /// Octets.
    Bytes(Vec<u8>),
    /// A point in time, in nanoseconds since 1970, UTC.
    Timestamp(i128),
    /// A span of time in nanoseconds.
    Duration(i128),
    /// Values in order.
    List(Vec<Value>),
    /// Values by keys, in the order in which they were written.
    Map(Vec<(Value, Value)>),
    /// A type, by its name.
    Type(String),
    /// An address.
    Ip(IpAddr),
    /// A range of addresses.
    Cidr {
        /// The address as written.
        address: IpAddr,
        /// How many of its bits all addresses share.
        prefix: u8,
    },
    /// A value, or none.
    Optional(Option<Box<Value>>),
}

/// The names of all types.
pub(super) const TYPES: [&str; 15] = [
    "null_type",
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "list",
    "map",
    "type",
    "net.IP",
    "net.CIDR",
    "optional_type",
];

impl Value {
    /// What `type(x)` is of it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null_type",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "google.protobuf.Timestamp",
            Value::Duration(_) => "google.protobuf.Duration",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Type(_) => "type",
            Value::Ip(_) => "net.IP",
            Value::Cidr { .. } => "net.CIDR",
            Value::Optional(_) => "optional_type",
        }
    }

    /// Whether it is an int, a uint or a double.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Value::Int(_) | Value::Uint(_) | Value::Double(_))
    }

    /// An optional that has a value.
    pub(super) fn some(value: Value) -> Self {
        Value::Optional(Some(Box::new(value)))
    }

    /// A number of things.
    pub(super) fn count(number: usize) -> Self {
        Value::Int(i64::try_from(number).expect("nothing is that large"))
    }

    /// Roughly what it costs to copy it.
    pub(super) fn weight(&self) -> usize {
        match self {
            Value::String(text) => 1 + text.len() / 16,
            Value::Bytes(octets) => 1 + octets.len() / 16,
            Value::List(items) => 1 + items.iter().map(Value::weight).sum::<usize>(),
            Value::Map(entries) => {
                let weight = |(key, value): &(Value, Value)| key.weight() + value.weight();
                1 + entries.iter().map(weight).sum::<usize>()
            }
            Value::Optional(Some(value)) => 1 + value.weight(),
            _ => 1,
        }
    }
}
