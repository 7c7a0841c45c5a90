use std::fmt;

/// The type of a value while it is evaluated, as `type()` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `null_type`
    Null,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `uint`
    Uint,
    /// `double`
    Double,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// `list`
    List,
    /// `map`
    Map,
    /// `type`
    Type,
    /// `google.protobuf.Timestamp`
    Timestamp,
    /// `google.protobuf.Duration`
    Duration,
    /// `net.IP`
    Ip,
    /// `net.CIDR`
    Cidr,
    /// `optional_type`
    Optional,
}

const KINDS: [(Kind, &str); 15] = [
    (Kind::Null, "null_type"),
    (Kind::Bool, "bool"),
    (Kind::Int, "int"),
    (Kind::Uint, "uint"),
    (Kind::Double, "double"),
    (Kind::String, "string"),
    (Kind::Bytes, "bytes"),
    (Kind::List, "list"),
    (Kind::Map, "map"),
    (Kind::Type, "type"),
    (Kind::Timestamp, "google.protobuf.Timestamp"),
    (Kind::Duration, "google.protobuf.Duration"),
    (Kind::Ip, "net.IP"),
    (Kind::Cidr, "net.CIDR"),
    (Kind::Optional, "optional_type"),
];

impl Kind {
    /// Its name in expressions.
    pub fn as_str(self) -> &'static str {
        let found = KINDS.iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, name)| name)
    }

    /// The type of this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
