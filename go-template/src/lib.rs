//! Go's `text/template`: the same bytes as Go, with bounded cost and errors that carry no value.

#![forbid(unsafe_code)]

mod ast;
mod builtins;
mod call;
mod error;
mod eval;
pub mod format;
mod lex;
mod literal;
mod parse;
mod render;
pub mod runes;
pub mod strconv;
mod template;
mod types;
pub mod unicode;
mod value;

pub use call::{Arguments, Call, Function, Functions, Host, Limits};
pub use error::{Error, Fault, Limit};
pub use template::Template;
pub use types::Type;
pub use value::{List, Map, Object, Str, Value};
