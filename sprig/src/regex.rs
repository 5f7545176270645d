//! Regular expressions in Go's syntax, found and replaced as Go does.

mod class;
mod classes;
mod pattern;
mod template;
mod translate;

use go_template::{Arguments, Call, Fault, Function, List, Str, Type, Value};

use pattern::{Haystack, Pattern};
use template::Template;

const TWO: &[Type] = &[Type::Str, Type::Str];
const WITH_LIMIT: &[Type] = &[Type::Str, Type::Str, Type::Int];
const WITH_TEXT: &[Type] = &[Type::Str, Type::Str, Type::Str];

pub(crate) const ALL: &[Function] = &[
    Function { name: "regexMatch", params: TWO, rest: None, body: is_match },
    Function { name: "mustRegexMatch", params: TWO, rest: None, body: must_match },
    Function { name: "regexFindAll", params: WITH_LIMIT, rest: None, body: find_all },
    Function { name: "mustRegexFindAll", params: WITH_LIMIT, rest: None, body: find_all },
    Function { name: "regexFind", params: TWO, rest: None, body: find },
    Function { name: "mustRegexFind", params: TWO, rest: None, body: find },
    Function { name: "regexReplaceAll", params: WITH_TEXT, rest: None, body: replace_all },
    Function { name: "mustRegexReplaceAll", params: WITH_TEXT, rest: None, body: replace_all },
    Function { name: "regexReplaceAllLiteral", params: WITH_TEXT, rest: None, body: replace_all_literal },
    Function { name: "mustRegexReplaceAllLiteral", params: WITH_TEXT, rest: None, body: replace_all_literal },
    Function { name: "regexSplit", params: WITH_LIMIT, rest: None, body: split },
    Function { name: "mustRegexSplit", params: WITH_LIMIT, rest: None, body: split },
    Function { name: "regexQuoteMeta", params: &[Type::Str], rest: None, body: quote_meta },
];

/// Sprig takes a pattern that Go refuses for one that does not match; no other function does.
fn is_match(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    match must_match(call, args) {
        Err(fault) if fault == translate::SYNTAX => Ok(Value::Bool(false)),
        other => other,
    }
}

fn must_match(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let pattern = Pattern::compile(call, args.str(0))?;
    let haystack = Haystack::new(call, args.str(1))?;
    pattern.is_match(call, &haystack).map(Value::Bool)
}

fn find(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut found: &[u8] = b"";
    let text = args.str(1);
    let pattern = Pattern::compile(call, args.str(0))?;
    let haystack = Haystack::new(call, text)?;
    pattern.each(call, &haystack, 1, |_, at| {
        found = &text[at.original];
        Ok(())
    })?;
    call.text(found)
}

fn find_all(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let text = args.str(1);
    let mut found = Vec::new();
    let pattern = Pattern::compile(call, args.str(0))?;
    let haystack = Haystack::new(call, text)?;
    pattern
        .each(call, &haystack, limit(args.int(2)), |call, at| keep(call, &mut found, &text[at.original]))?;
    // Go's slice is made for the first match.
    Ok(Value::List(if found.is_empty() { List::nil(&Type::Str) } else { List::new(&Type::Str, found) }))
}

fn split(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let (text, most) = (args.str(1), args.int(2));
    let pattern = Pattern::compile(call, args.str(0))?;
    if most == 0 {
        return Ok(Value::List(List::nil(&Type::Str)));
    }
    if text.is_empty() && !args.str(0).is_empty() {
        return call.strings([""]);
    }
    let mut pieces = Vec::new();
    let (mut start, mut end) = (0, 0);
    let mut open = true;
    let haystack = Haystack::new(call, text)?;
    pattern.each(call, &haystack, limit(most), |call, at| {
        open &= most < 0 || pieces.len() + 1 < limit(most);
        if !open {
            return Ok(());
        }
        end = at.original.start;
        // An empty match at the very start separates nothing.
        if at.original.end > 0 {
            keep(call, &mut pieces, &text[start..end])?;
        }
        start = at.original.end;
        Ok(())
    })?;
    if end != text.len() {
        keep(call, &mut pieces, &text[start..])?;
    }
    Ok(Value::List(List::new(&Type::Str, pieces)))
}

fn replace_all(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let pattern = Pattern::compile(call, args.str(0))?;
    let template = Template::parse(args.str(2), pattern.names());
    replace(call, &pattern, args.str(1), &template)
}

fn replace_all_literal(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let pattern = Pattern::compile(call, args.str(0))?;
    replace(call, &pattern, args.str(1), &Template::literal(args.str(2)))
}

fn replace(
    call: &mut Call<'_>,
    pattern: &Pattern,
    text: &Str,
    template: &Template<'_>,
) -> Result<Value, Fault> {
    let mut out = Vec::new();
    let mut end = 0;
    let haystack = Haystack::new(call, text)?;
    pattern.each(call, &haystack, usize::MAX, |call, at| {
        append(call, &mut out, &text[end..at.original.start])?;
        end = at.original.end;
        let groups = template.has_groups().then(|| pattern.groups(call, &haystack, &at)).transpose()?;
        template.expand(call, &mut out, |index| {
            let group = groups.as_ref()?.get(index)?.clone()?;
            Some(&text[group])
        })
    })?;
    append(call, &mut out, &text[end..])?;
    Ok(Value::Str(out.into()))
}

fn quote_meta(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let text = args.str(0);
    call.take(2 * text.len())?;
    let mut out = Vec::with_capacity(2 * text.len());
    for byte in text.iter() {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    Ok(Value::Str(out.into()))
}

/// Go's number of matches, where a negative one is no limit.
fn limit(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn keep(call: &mut Call<'_>, list: &mut Vec<Value>, piece: &[u8]) -> Result<(), Fault> {
    call.take(piece.len() + size_of::<Value>())?;
    list.push(Value::text(piece));
    Ok(())
}

fn append(call: &mut Call<'_>, out: &mut Vec<u8>, piece: &[u8]) -> Result<(), Fault> {
    call.take(piece.len())?;
    out.extend_from_slice(piece);
    Ok(())
}

#[cfg(test)]
mod tests;
