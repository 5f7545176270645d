//! The Go types that templates can meet, by which arguments are checked and which `%T` prints.

use std::fmt;

/// A Go type. Parameters of functions have one, and so have the elements of lists and maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: any value, also nil.
    Any,
    /// `reflect.Value`, as a parameter only: any value, also none at all.
    Reflect,
    /// `bool`
    Bool,
    /// `int`, 64 bits wide
    Int,
    /// `int64`
    Int64,
    /// `uint8`, a byte of a string
    Uint8,
    /// `uint64`
    Uint64,
    /// `float64`
    Float,
    /// `complex128`
    Complex,
    /// `string`: bytes, mostly UTF-8
    Str,
    /// A slice of elements of a type.
    List(&'static Type),
    /// A map from strings to elements of a type.
    Map(&'static Type),
    /// A type of the host's, by its name.
    Object(&'static str),
}

impl Type {
    /// `[]interface {}`
    pub const LIST: Self = Self::List(&Self::Any);
    /// `[]string`
    pub const STRINGS: Self = Self::List(&Self::Str);
    /// `map[string]interface {}`
    pub const DICT: Self = Self::Map(&Self::Any);

    /// Whether nil is a value of this type.
    pub fn can_be_nil(self) -> bool {
        matches!(self, Self::Any | Self::Reflect | Self::List(_) | Self::Map(_))
    }

    /// What `reflect.Kind` calls it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Any => "interface",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint64 => "uint64",
            Self::Float => "float64",
            Self::Complex => "complex128",
            Self::Str => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Object(name) if name.starts_with('*') => "ptr",
            Self::Reflect | Self::Object(_) => "struct",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("interface {}"),
            Self::Reflect => f.write_str("reflect.Value"),
            Self::List(element) => write!(f, "[]{element}"),
            Self::Map(element) => write!(f, "map[string]{element}"),
            Self::Object(name) => f.write_str(name),
            plain => f.write_str(plain.kind()),
        }
    }
}
