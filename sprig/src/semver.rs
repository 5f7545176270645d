//! Semantic versions, as Masterminds/semver 3.4.0 reads and compares them.

mod constraint;
mod object;
mod version;

use std::rc::Rc;

use go_template::{Arguments, Call, Fault, Function, Type, Value};

use constraint::Constraints;
use object::VersionObject;
use version::Version;

pub(crate) const ALL: &[Function] = &[
    Function { name: "semver", params: &[Type::Str], rest: None, body: semver },
    Function { name: "semverCompare", params: &[Type::Str, Type::Str], rest: None, body: semver_compare },
];

fn semver(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let text = args.str(0);
    call.take(2 * text.len() + size_of::<VersionObject>())?;
    Ok(Value::Object(Rc::new(VersionObject::pointer(Version::parse(text)?))))
}

fn semver_compare(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let constraints = Constraints::parse(call, args.str(0))?;
    let version = Version::parse(args.str(1))?;
    call.spend(constraints.count().saturating_mul(args.str(1).len()))?;
    Ok(Value::Bool(constraints.hold(&version)))
}

#[cfg(test)]
mod tests;
