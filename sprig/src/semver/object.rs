//! A version as templates see it.

use std::cmp::Ordering;
use std::rc::Rc;

use go_template::{Call, Fault, Object, Str, Type, Value};

use super::version::Version;

const POINTER: &str = "*semver.Version";

/// A `*semver.Version`, or the `semver.Version` that its `Inc` and `Set` methods return.
///
/// The methods that compare are those of the pointer: Go finds none of them on the plain version.
pub(super) struct VersionObject {
    version: Version,
    pointer: bool,
}

impl VersionObject {
    pub(super) fn pointer(version: Version) -> Self {
        Self { version, pointer: true }
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(match name {
            "Original" if self.pointer => self.version.original.clone(),
            "Prerelease" => self.version.prerelease.clone(),
            "Metadata" => self.version.metadata.clone(),
            "String" => self.version.to_string(),
            _ => return None,
        })
    }

    fn number(&self, name: &str) -> Option<u64> {
        Some(match name {
            "Major" => self.version.major,
            "Minor" => self.version.minor,
            "Patch" => self.version.patch,
            _ => return None,
        })
    }

    fn next(&self, name: &str) -> Option<Version> {
        let own = &self.version;
        Some(match name {
            "IncMajor" => own.released(own.major.wrapping_add(1), 0, 0),
            "IncMinor" => own.released(own.major, own.minor.wrapping_add(1), 0),
            "IncPatch" if own.prerelease.is_empty() => {
                own.released(own.major, own.minor, own.patch.wrapping_add(1))
            }
            "IncPatch" => own.released(own.major, own.minor, own.patch),
            _ => return None,
        })
    }

    /// The same version with another part.
    fn with(&self, name: &str, args: &[Value], call: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        let change = match name {
            "SetPrerelease" => Version::with_prerelease,
            "SetMetadata" => Version::with_metadata,
            _ => return None,
        };
        Some(match args {
            [Value::Str(part)] => call
                .take(2 * (part.len() + self.version.original.len()))
                .and_then(|()| change(&self.version, part))
                .map(Self::plain),
            [other] => Err(Fault::Type { expected: Type::Str, got: other.type_of() }),
            _ => Err(Fault::Count { wants: 1, more: false, got: args.len() }),
        })
    }

    fn plain(version: Version) -> Value {
        Value::Object(Rc::new(Self { version, pointer: false }))
    }

    fn comparison(&self, name: &str) -> Option<fn(Ordering) -> Value> {
        if !self.pointer {
            return None;
        }
        Some(match name {
            "Compare" => |order| Value::Int(order as i64),
            "Equal" => |order| Value::Bool(order.is_eq()),
            "LessThan" => |order| Value::Bool(order.is_lt()),
            "LessThanEqual" => |order| Value::Bool(order.is_le()),
            "GreaterThan" => |order| Value::Bool(order.is_gt()),
            "GreaterThanEqual" => |order| Value::Bool(order.is_ge()),
            _ => return None,
        })
    }
}

impl Object for VersionObject {
    fn type_name(&self) -> &'static str {
        if self.pointer { POINTER } else { "semver.Version" }
    }

    fn member(&self, name: &str, args: &[Value], call: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        if let Some(answer) = self.comparison(name) {
            return Some(other(args).map(|other| answer(self.version.compare(&other.version))));
        }
        if let Some(changed) = self.with(name, args, call) {
            return Some(changed);
        }
        let plain = if let Some(text) = self.text(name) {
            call.text(text)
        } else if let Some(number) = self.number(name) {
            Ok(Value::Uint64(number))
        } else {
            Ok(Self::plain(self.next(name)?))
        };
        Some(if args.is_empty() { plain } else { Err(Fault::ARGUMENTS) })
    }

    fn display(&self) -> Str {
        self.version.to_string().into()
    }

    fn json(&self) -> Value {
        Value::text(self.version.to_string())
    }

    /// Pointers are equal if they are one; plain versions, if all parts are.
    fn equals(&self, other: &dyn Object) -> bool {
        let Some(other) = other.downcast::<Self>() else { return false };
        if self.pointer || other.pointer { std::ptr::eq(self, other) } else { self.deep_equals(other) }
    }

    fn deep_equals(&self, other: &dyn Object) -> bool {
        let Some(other) = other.downcast::<Self>() else { return false };
        let parts = |it: &Self| (it.version.to_string(), it.version.original.clone());
        parts(self) == parts(other)
    }
}

/// The one argument, which has to be a version too.
fn other(args: &[Value]) -> Result<&VersionObject, Fault> {
    let [argument] = args else {
        return Err(Fault::Count { wants: 1, more: false, got: args.len() });
    };
    let version = match argument {
        Value::Object(object) => object.downcast::<VersionObject>().filter(|version| version.pointer),
        _ => None,
    };
    version.ok_or(Fault::Type { expected: Type::Object(POINTER), got: argument.type_of() })
}
