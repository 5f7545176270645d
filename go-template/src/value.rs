//! Go's values, as far as templates can make them.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::call::Call;
use crate::error::Fault;
use crate::types::Type;

/// A value. Copies share what they hold: lists never change, maps do, for all who hold them.
///
/// `Debug` prints the type and nothing of the value.
#[derive(Clone)]
pub enum Value {
    /// No value at all (Go: an invalid `reflect.Value`), as a map answers for a key that it lacks. Prints `<no value>`.
    Missing,
    /// A nil in an `interface {}`. Prints `<nil>`.
    Nil,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `int64`
    Int64(i64),
    /// `uint8`
    Uint8(u8),
    /// `uint64`
    Uint64(u64),
    /// `float64`
    Float(f64),
    /// `complex128`: real and imaginary part
    Complex(f64, f64),
    /// `string`
    Str(Str),
    /// A slice.
    List(List),
    /// A map with strings as keys.
    Map(Map),
    /// A value of a type that only the host's functions know.
    Object(Rc<dyn Object>),
}

/// A Go string: any bytes, mostly UTF-8. Wiped when the last copy goes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Str(Rc<Bytes>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Zeroize, ZeroizeOnDrop)]
struct Bytes(Vec<u8>);

/// A slice whose elements never change. Two kinds of emptiness, as in Go: nil, and of length 0.
#[derive(Clone)]
pub struct List {
    /// The type of the elements.
    pub element: &'static Type,
    items: Option<Rc<Vec<Value>>>,
    height: usize,
}

/// A map from strings. Copies are the same map.
#[derive(Clone)]
pub struct Map {
    /// The type of the elements.
    pub element: &'static Type,
    entries: Option<Entries>,
}

pub(crate) type Entries = Rc<RefCell<BTreeMap<Str, Value>>>;

/// A value of a type that the host's functions bring: a time, a version, a certificate.
pub trait Object: Any {
    /// What `%T` prints: `time.Time`.
    fn type_name(&self) -> &'static str;

    /// A field, or the result of a method; `None` if there is neither of that name. Fields and most methods take no
    /// arguments: [`Fault::ARGUMENTS`].
    fn member(&self, name: &str, arguments: &[Value], call: &mut Call<'_>) -> Option<Result<Value, Fault>>;

    /// What `String()` gives, or the fields as `%v` prints them.
    fn display(&self) -> Str;

    /// The value as `encoding/json` sees it.
    fn json(&self) -> Value;

    /// The plain number that it is, if its type is a number with methods, such as `time.Month`.
    fn number(&self) -> Option<Value> {
        None
    }

    /// Whether `==` holds, which Go asks of two values of one type.
    fn equals(&self, other: &dyn Object) -> bool;

    /// Whether `reflect.DeepEqual` holds, which looks behind pointers.
    fn deep_equals(&self, other: &dyn Object) -> bool {
        self.equals(other)
    }
}

impl dyn Object {
    /// The host's own type, if it is this one.
    pub fn downcast<T: Object>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }
}

impl Value {
    /// A `string`.
    pub fn text(text: impl Into<Str>) -> Self {
        Self::Str(text.into())
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(&Type::Any, items))
    }

    /// A `[]string`.
    pub fn strings<T: Into<Str>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(List::new(&Type::Str, items.into_iter().map(Self::text).collect()))
    }

    /// The type; `None` for [`Value::Missing`] and [`Value::Nil`], which have none.
    pub fn type_of(&self) -> Option<Type> {
        Some(match self {
            Self::Missing | Self::Nil => return None,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Int64(_) => Type::Int64,
            Self::Uint8(_) => Type::Uint8,
            Self::Uint64(_) => Type::Uint64,
            Self::Float(_) => Type::Float,
            Self::Complex(..) => Type::Complex,
            Self::Str(_) => Type::Str,
            Self::List(list) => Type::List(list.element),
            Self::Map(map) => Type::Map(map.element),
            Self::Object(object) => Type::Object(object.type_name()),
        })
    }

    /// Whether `if` takes it for true: not false, zero, nil or empty.
    pub fn truth(&self) -> bool {
        match self {
            Self::Missing | Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Uint8(value) => *value != 0,
            Self::Uint64(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(object) => object.number().is_none_or(|number| number.truth()),
        }
    }

    /// How many bytes or elements it holds itself; what work on it costs at least.
    pub fn weight(&self) -> usize {
        match self {
            Self::Str(text) => text.len(),
            Self::List(list) => list.len(),
            Self::Map(map) => map.len(),
            _ => 1,
        }
    }

    /// How many lists are inside each other. Freeing them takes as much stack; maps are freed one by one.
    pub(crate) fn height(&self) -> usize {
        match self {
            Self::List(list) => list.height,
            _ => 0,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.type_of() {
            Some(type_) => write!(f, "<{type_}>"),
            None => f.write_str("<nil>"),
        }
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<string>")
    }
}

impl Str {
    /// The text, if it is UTF-8.
    pub fn utf8(&self) -> Option<&str> {
        std::str::from_utf8(self).ok()
    }
}

impl Deref for Str {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0.0
    }
}

impl std::borrow::Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Rc::new(Bytes(bytes)))
    }
}
impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}
impl From<&str> for Str {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}
impl From<String> for Str {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl List {
    /// A slice with these elements, each of type `element`.
    pub fn new(element: &'static Type, items: Vec<Value>) -> Self {
        let height = 1 + items.iter().map(Value::height).max().unwrap_or(0);
        Self { element, items: Some(Rc::new(items)), height }
    }

    /// The nil slice.
    pub fn nil(element: &'static Type) -> Self {
        Self { element, items: None, height: 1 }
    }

    /// Whether it is nil, not merely empty.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// Whether both are one slice in memory.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.items, &other.items) {
            (Some(left), Some(right)) => Rc::ptr_eq(left, right),
            (left, right) => left.is_none() && right.is_none(),
        }
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.items.as_ref().map_or(&[], |items| items.as_slice())
    }
}

impl Map {
    /// The nil map: reads as empty.
    pub fn nil(element: &'static Type) -> Self {
        Self { element, entries: None }
    }

    /// A map of the data that a template is given. Functions make theirs with [`Call::map`], which sees to it
    /// that a map within itself does not outlive the rendering.
    pub fn new(element: &'static Type, entries: BTreeMap<Str, Value>) -> Self {
        Self { element, entries: Some(Rc::new(RefCell::new(entries))) }
    }

    pub(crate) fn entries(&self) -> Option<&Entries> {
        self.entries.as_ref()
    }

    /// Whether it is nil, not merely empty.
    pub fn is_nil(&self) -> bool {
        self.entries.is_none()
    }

    /// Whether both are one map in memory.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.entries, &other.entries) {
            (Some(left), Some(right)) => Rc::ptr_eq(left, right),
            (left, right) => left.is_none() && right.is_none(),
        }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.as_ref().map_or(0, |entries| entries.borrow().len())
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element under a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.as_ref()?.borrow().get(key).cloned()
    }

    /// All entries, in the order of their keys' bytes, as they are now.
    pub fn snapshot(&self) -> Vec<(Str, Value)> {
        let Some(entries) = &self.entries else { return Vec::new() };
        entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Sets an entry, for all who hold the map. Go panics for the nil map; here it is a fault.
    pub fn insert(&self, key: Str, value: Value) -> Result<(), Fault> {
        let entries = self.entries.as_ref().ok_or(Fault::new("assignment to entry in nil map"))?;
        entries.borrow_mut().insert(key, value);
        Ok(())
    }

    /// Removes an entry, for all who hold the map.
    pub fn remove(&self, key: &[u8]) {
        if let Some(entries) = &self.entries {
            entries.borrow_mut().remove(key);
        }
    }
}
