//! Lists.
//!
//! What Go calls a list here is any slice. Most functions give a new `[]interface {}`, some of them the nil
//! one for an empty list.

#[cfg(test)]
pub(crate) mod testing;

use go_template::{Arguments as _, Call, Fault, Function, List, Type, Value};

use crate::defaults::empty;
use crate::equality::contains;
use crate::numeric::cast::to_int64;

const ANY: Option<Type> = Some(Type::Any);
const ONE: &[Type] = &[Type::Any];
const TWO: &[Type] = &[Type::Any, Type::Any];
const SIZED: &[Type] = &[Type::Int, Type::Any];

pub(crate) const ALL: &[Function] = &[
    Function { name: "list", params: &[], rest: ANY, body: list },
    Function { name: "tuple", params: &[], rest: ANY, body: list },
    Function { name: "append", params: TWO, rest: None, body: append },
    Function { name: "mustAppend", params: TWO, rest: None, body: append },
    Function { name: "push", params: TWO, rest: None, body: append },
    Function { name: "mustPush", params: TWO, rest: None, body: append },
    Function { name: "prepend", params: TWO, rest: None, body: prepend },
    Function { name: "mustPrepend", params: TWO, rest: None, body: prepend },
    Function { name: "first", params: ONE, rest: None, body: first },
    Function { name: "mustFirst", params: ONE, rest: None, body: first },
    Function { name: "rest", params: ONE, rest: None, body: rest },
    Function { name: "mustRest", params: ONE, rest: None, body: rest },
    Function { name: "last", params: ONE, rest: None, body: last },
    Function { name: "mustLast", params: ONE, rest: None, body: last },
    Function { name: "initial", params: ONE, rest: None, body: initial },
    Function { name: "mustInitial", params: ONE, rest: None, body: initial },
    Function { name: "reverse", params: ONE, rest: None, body: reverse },
    Function { name: "mustReverse", params: ONE, rest: None, body: reverse },
    Function { name: "compact", params: ONE, rest: None, body: compact },
    Function { name: "mustCompact", params: ONE, rest: None, body: compact },
    Function { name: "uniq", params: ONE, rest: None, body: uniq },
    Function { name: "mustUniq", params: ONE, rest: None, body: uniq },
    Function { name: "without", params: ONE, rest: ANY, body: without },
    Function { name: "mustWithout", params: ONE, rest: ANY, body: without },
    Function { name: "has", params: TWO, rest: None, body: has },
    Function { name: "mustHas", params: TWO, rest: None, body: has },
    Function { name: "slice", params: ONE, rest: ANY, body: slice },
    Function { name: "mustSlice", params: ONE, rest: ANY, body: slice },
    Function { name: "concat", params: &[], rest: ANY, body: concat },
    Function { name: "chunk", params: SIZED, rest: None, body: chunk },
    Function { name: "mustChunk", params: SIZED, rest: None, body: chunk },
];

/// The list that a value has to be.
fn items(value: &Value) -> Result<&List, Fault> {
    match value {
        Value::List(list) => Ok(list),
        _ => Err(Fault::new("the value has to be a list")),
    }
}

fn list(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.list(args.to_vec())
}

fn append(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut longer = items(&args[0])?.to_vec();
    longer.push(args[1].clone());
    call.list(longer)
}

fn prepend(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let list = items(&args[0])?;
    let mut longer = Vec::with_capacity(list.len() + 1);
    longer.push(args[1].clone());
    longer.extend_from_slice(list);
    call.list(longer)
}

fn first(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(items(&args[0])?.first().cloned().unwrap_or(Value::Nil))
}

fn last(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(items(&args[0])?.last().cloned().unwrap_or(Value::Nil))
}

fn rest(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    part(call, items(&args[0])?.split_first().map(|(_, rest)| rest))
}

fn initial(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    part(call, items(&args[0])?.split_last().map(|(_, initial)| initial))
}

/// A part of a list, or the nil list.
fn part(call: &mut Call<'_>, part: Option<&[Value]>) -> Result<Value, Fault> {
    part.map_or(Ok(Value::List(List::nil(&Type::Any))), |part| call.list(part.to_vec()))
}

fn reverse(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let reversed = items(&args[0])?.iter().rev().cloned().collect();
    call.list(reversed)
}

fn compact(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let kept = items(&args[0])?.iter().filter(|item| !empty(item)).cloned().collect();
    call.list(kept)
}

fn uniq(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut kept = Vec::new();
    for item in items(&args[0])?.iter() {
        if !contains(call, &kept, item)? {
            kept.push(item.clone());
        }
    }
    call.list(kept)
}

fn without(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut kept = Vec::new();
    for item in items(&args[0])?.iter() {
        if !contains(call, &args[1..], item)? {
            kept.push(item.clone());
        }
    }
    call.list(kept)
}

fn has(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    if let Value::Nil = args[1] {
        return Ok(Value::Bool(false));
    }
    contains(call, items(&args[1])?, &args[0]).map(Value::Bool)
}

/// `slice list from to`: of the list's own type, and nil, not a list, if it is empty.
fn slice(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let list = items(&args[0])?;
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    let index = |at: usize, otherwise: usize| match args.get(at) {
        Some(index) => usize::try_from(to_int64(index)).ok(),
        None => Some(otherwise),
    };
    let range = index(1, 0).zip(index(2, list.len()));
    let part = range.and_then(|(start, end)| list.get(start..end));
    let part = part.ok_or(Fault::new("the range has to be within the list"))?;
    call.take(size_of_val(part))?;
    Ok(Value::List(List::new(list.element, part.to_vec())))
}

fn concat(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut all = Vec::new();
    for list in args {
        all.extend_from_slice(items(list)?);
    }
    part(call, Some(&*all).filter(|all| !all.is_empty()))
}

/// `chunk size list`: a `[][]interface {}`.
fn chunk(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let (size, list) = (args.int(0), items(&args[1])?);
    let chunks: Vec<&[Value]> = match usize::try_from(size) {
        Ok(size) if size > 0 => list.chunks(size).collect(),
        _ => odd_chunks(size, list)?,
    };
    call.take((chunks.len() + list.len()) * size_of::<Value>())?;
    let chunks = chunks.into_iter().map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(Value::List(List::new(&Type::LIST, chunks)))
}

/// The chunks of a size that is none. Go's arithmetic finds a number of chunks and the length of the last one
/// also for negative sizes: no chunk or one for short lists; otherwise it wants a slice of negative length,
/// and panics.
fn odd_chunks(size: i64, list: &List) -> Result<Vec<&[Value]>, Fault> {
    let (shorter, size) = (list.len() as f64 - 1.0, size as f64);
    match (shorter / size).floor() {
        -1.0 => Ok(Vec::new()),
        0.0 if list.len() == 1 && size < -1.0 => Ok(vec![list]),
        _ => Err(Fault::new("the size of a chunk has to be positive")),
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{dict, int, list, nil_list, s, show};
    use super::*;

    #[test]
    fn ends_of_lists_are_what_go_gives() {
        let three = || list([int(1), int(2), int(3)]);
        for (list, [first, last, rest, initial, reverse]) in [
            (three(), ["1", "3", "[2, 3]", "[1, 2]", "[3, 2, 1]"]),
            (list([int(1)]), ["1", "1", "[]", "[]", "[1]"]),
            (list([]), ["nil", "nil", "[]interface {}(nil)", "[]interface {}(nil)", "[]"]),
            (nil_list(), ["nil", "nil", "[]interface {}(nil)", "[]interface {}(nil)", "[]"]),
            (Value::strings(["a", "b"]), [r#""a""#, r#""b""#, r#"["b"]"#, r#"["a"]"#, r#"["b", "a"]"#]),
        ] {
            let args = [list];
            assert_eq!(show("first", &args), first);
            assert_eq!(show("mustLast", &args), last);
            assert_eq!(show("rest", &args), rest);
            assert_eq!(show("mustInitial", &args), initial);
            assert_eq!(show("reverse", &args), reverse);
        }
    }

    #[test]
    fn lists_grow_into_new_ones() {
        assert_eq!(show("list", &[]), "[]");
        assert_eq!(show("tuple", &[int(1), Value::Nil]), "[1, nil]");
        assert_eq!(show("push", &[nil_list(), int(1)]), "[1]");
        assert_eq!(show("append", &[Value::strings(["a"]), int(1)]), r#"["a", 1]"#);
        assert_eq!(show("prepend", &[Value::strings(["a"]), int(1)]), r#"[1, "a"]"#);
        assert_eq!(show("concat", &[]), "[]interface {}(nil)");
        assert_eq!(show("concat", &[list([]), list([])]), "[]interface {}(nil)");
        assert_eq!(show("concat", &[list([int(1)]), Value::strings(["a"]), list([])]), r#"[1, "a"]"#);
    }

    #[test]
    fn only_lists_are_lists() {
        const REFUSED: &str = "error: the value has to be a list";
        for other in [Value::Nil, s("abc"), dict([]), int(1)] {
            for name in ["first", "rest", "last", "initial", "reverse", "uniq", "compact", "without", "slice"]
            {
                assert_eq!(show(name, std::slice::from_ref(&other)), REFUSED, "{name} {other:?}");
            }
            assert_eq!(show("concat", &[list([]), other.clone()]), REFUSED);
            assert_eq!(show("append", &[other.clone(), int(1)]), REFUSED);
            assert_eq!(show("chunk", &[int(1), other]), REFUSED);
        }
        assert_eq!(show("has", &[s("a"), s("abc")]), REFUSED);
        assert_eq!(show("has", &[s("a"), Value::Nil]), "false");
    }

    #[test]
    fn equal_items_are_found_by_type_and_content() {
        assert_eq!(show("has", &[int(1), list([Value::Int64(1)])]), "false");
        assert_eq!(show("has", &[Value::Nil, list([Value::Nil])]), "true");
        assert_eq!(show("has", &[dict([("a", int(1))]), list([dict([("a", int(1))])])]), "true");
        let twice =
            list([int(1), int(1), Value::Int64(1), list([]), list([]), nil_list(), Value::Nil, Value::Nil]);
        assert_eq!(show("uniq", &[twice]), "[1, 1L, [], []interface {}(nil), nil]");
        let nan = || Value::Float(f64::NAN);
        assert_eq!(show("uniq", &[list([nan(), nan()])]), "[NaN, NaN]");
        let list = list([int(1), int(2), int(3), Value::Nil]);
        assert_eq!(show("without", &[list, int(2), Value::Nil]), "[1, 3]");
    }

    #[test]
    fn empty_items_are_dropped() {
        let items = list([
            int(0),
            s(""),
            Value::Nil,
            int(1),
            s("a"),
            list([]),
            dict([]),
            Value::Bool(false),
            Value::Bool(true),
            Value::Float(0.0),
        ]);
        assert_eq!(show("compact", &[items]), r#"[1, "a", true]"#);
        assert_eq!(show("mustCompact", &[nil_list()]), "[]");
    }

    #[test]
    fn slices_keep_their_type_and_stay_within_the_list() {
        const REFUSED: &str = "error: the range has to be within the list";
        let three = || list([int(1), int(2), int(3)]);
        assert_eq!(show("slice", &[three()]), "[1, 2, 3]");
        assert_eq!(show("slice", &[three(), int(1)]), "[2, 3]");
        assert_eq!(show("slice", &[three(), s("1"), Value::Float(2.9), int(7)]), "[2]");
        assert_eq!(show("slice", &[three(), int(1), int(1)]), "[]");
        assert_eq!(show("slice", &[three(), int(2), int(1)]), REFUSED);
        assert_eq!(show("slice", &[three(), int(0), int(4)]), REFUSED);
        assert_eq!(show("slice", &[three(), int(-1)]), REFUSED);
        assert_eq!(show("slice", &[list([]), int(0), int(1)]), "nil");
        assert_eq!(show("slice", &[Value::strings(["a", "b"]), int(1)]), r#"[]string["b"]"#);
    }

    #[test]
    fn chunks_of_any_size_are_those_of_go() {
        const REFUSED: &str = "error: the size of a chunk has to be positive";
        let of = |length: i64| Value::list((1..=length).map(int).collect());
        for (size, length, expected) in [
            (2, 3, "[][]interface {}[[1, 2], [3]]"),
            (2, 0, "[][]interface {}[]"),
            (i64::MAX, 4, "[][]interface {}[[1, 2, 3, 4]]"),
            (0, 1, REFUSED),
            (0, 0, REFUSED),
            (-1, 0, REFUSED),
            (-1, 1, REFUSED),
            (-1, 2, "[][]interface {}[]"),
            (-1, 3, REFUSED),
            (-2, 0, REFUSED),
            (-2, 1, "[][]interface {}[[1]]"),
            (-2, 4, REFUSED),
            (-4, 5, "[][]interface {}[]"),
        ] {
            assert_eq!(show("chunk", &[int(size), of(length)]), expected, "{size} {length}");
        }
    }
}
