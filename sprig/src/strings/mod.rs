//! Strings: cutting, casing, laying out, splitting, quoting.

mod case;
mod cut;
mod layout;
mod print;
mod split;
#[cfg(test)]
mod tests;
mod words;

use go_template::{Arguments as _, Call, Fault, Function, Type, Value, runes};

type Body = fn(&mut Call<'_>, &[Value]) -> Result<Value, Fault>;

const TEXT: &[Type] = &[Type::Str];
const TWO_TEXTS: &[Type] = &[Type::Str, Type::Str];
const NUMBER_TEXT: &[Type] = &[Type::Int, Type::Str];
const NUMBERS_TEXT: &[Type] = &[Type::Int, Type::Int, Type::Str];

pub(crate) const ALL: &[Function] = &[
    fixed("hello", &[], |call, _| call.text("Hello!")),
    // Parts of a string.
    fixed("abbrev", NUMBER_TEXT, |call, args| call.text(cut::abbreviated(0, args.int(0), args.str(1)))),
    fixed("abbrevboth", NUMBERS_TEXT, |call, args| {
        call.text(cut::abbreviated(args.int(0), args.int(1), args.str(2)))
    }),
    fixed("trunc", NUMBER_TEXT, |call, args| call.text(cut::truncated(args.int(0), args.str(1)))),
    fixed("substr", NUMBERS_TEXT, |call, args| {
        let part = cut::substring(args.int(0), args.int(1), args.str(2))?;
        call.text(part)
    }),
    fixed("trim", TEXT, |call, args| call.text(cut::trimmed(args.str(0), char::is_whitespace))),
    fixed("trimall", TWO_TEXTS, trim_all),
    fixed("trimAll", TWO_TEXTS, trim_all),
    fixed("trimSuffix", TWO_TEXTS, |call, args| call.text(cut::without_suffix(args.str(0), args.str(1)))),
    fixed("trimPrefix", TWO_TEXTS, |call, args| call.text(cut::without_prefix(args.str(0), args.str(1)))),
    fixed("nospace", TEXT, |call, args| call.text(cut::without_space(args.str(0)))),
    fixed("initials", TEXT, |call, args| call.text(cut::initials(args.str(0)))),
    // Case.
    fixed("upper", TEXT, |call, args| call.text(case::upper(args.str(0)))),
    fixed("lower", TEXT, |call, args| call.text(case::lower(args.str(0)))),
    fixed("title", TEXT, |call, args| call.text(case::title(args.str(0)))),
    fixed("untitle", TEXT, |call, args| call.text(case::untitle(args.str(0)))),
    fixed("swapcase", TEXT, |call, args| call.text(case::swapped(args.str(0)))),
    fixed("snakecase", TEXT, |call, args| call.text(words::joined(args.str(0), '_'))),
    fixed("kebabcase", TEXT, |call, args| call.text(words::joined(args.str(0), '-'))),
    fixed("camelcase", TEXT, |call, args| call.text(words::camel(args.str(0)))),
    // Layout.
    fixed("repeat", NUMBER_TEXT, |call, args| layout::repeat(call, args.int(0), args.str(1))),
    fixed("indent", NUMBER_TEXT, |call, args| layout::indent(call, "", args.int(0), args.str(1))),
    fixed("nindent", NUMBER_TEXT, |call, args| layout::indent(call, "\n", args.int(0), args.str(1))),
    fixed("wrap", NUMBER_TEXT, |call, args| {
        layout::wrap(call, args.int(0), b"\n", layout::LongWords::Stay, args.str(1))
    }),
    fixed("wrapWith", &[Type::Int, Type::Str, Type::Str], |call, args| {
        let newline = if args.str(1).is_empty() { b"\n" } else { &args.str(1)[..] };
        layout::wrap(call, args.int(0), newline, layout::LongWords::Break, args.str(2))
    }),
    fixed("plural", &[Type::Str, Type::Str, Type::Int], |_, args| {
        Ok(args[usize::from(args.int(2) != 1)].clone())
    }),
    // Finding, splitting and joining.
    fixed("contains", TWO_TEXTS, |_, args| Ok(Value::Bool(split::contains(args.str(0), args.str(1))))),
    fixed("hasPrefix", TWO_TEXTS, |_, args| Ok(Value::Bool(args.str(1).starts_with(args.str(0))))),
    fixed("hasSuffix", TWO_TEXTS, |_, args| Ok(Value::Bool(args.str(1).ends_with(args.str(0))))),
    fixed("replace", &[Type::Str, Type::Str, Type::Str], |call, args| {
        split::replace(call, args.str(0), args.str(1), args.str(2))
    }),
    fixed("split", TWO_TEXTS, |call, args| split::numbered(call, args.str(0), -1, args.str(1))),
    fixed("splitn", &[Type::Str, Type::Int, Type::Str], |call, args| {
        split::numbered(call, args.str(0), args.int(1), args.str(2))
    }),
    fixed("splitList", TWO_TEXTS, |call, args| {
        let pieces = split::pieces(args.str(0), -1, args.str(1));
        call.strings(pieces)
    }),
    fixed("join", &[Type::Str, Type::Any], |call, args| {
        let texts = print::texts_of(call, &args[1])?;
        split::joined(call, args.str(0), &texts)
    }),
    fixed("sortAlpha", &[Type::Any], |call, args| print::sorted(call, &args[0])),
    // Any value as text.
    fixed("toString", &[Type::Any], |call, args| print::text_of(call, &args[0]).map(Value::Str)),
    fixed("toStrings", &[Type::Any], |call, args| print::strings(call, &args[0])),
    variadic("quote", print::quote),
    variadic("squote", print::squote),
    variadic("cat", print::cat),
];

const fn fixed(name: &'static str, params: &'static [Type], body: Body) -> Function {
    Function { name, params, rest: None, body }
}

const fn variadic(name: &'static str, body: Body) -> Function {
    Function { name, params: &[], rest: Some(Type::Any), body }
}

fn trim_all(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let cutset = runes::set(args.str(0));
    call.text(cut::trimmed(args.str(1), |rune| cutset.contains(&rune)))
}
