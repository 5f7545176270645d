//! URLs, as `net/url` takes them apart and puts them together.

mod escape;
mod host;
mod parse;

use std::collections::BTreeMap;

use go_template::{Arguments, Call, Fault, Function, Map, Type, Value};

use parse::Url;

pub(crate) const ALL: &[Function] = &[
    Function { name: "urlParse", params: &[Type::Str], rest: None, body: url_parse },
    Function { name: "urlJoin", params: &[Type::DICT], rest: None, body: url_join },
];

fn url_parse(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let text = args.str(0);
    // Escaping makes three bytes of one, and the host is there twice.
    call.take(6 * text.len() + 512)?;
    let url = Url::parse(text)?;
    let userinfo = url.user.as_ref().map(parse::User::escaped).unwrap_or_default();
    let hostname = host::name(&url.host).to_vec();
    let parts = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", userinfo),
    ];
    let entries: BTreeMap<_, _> =
        parts.into_iter().map(|(name, part)| (name.into(), Value::text(part))).collect();
    call.dict(entries)
}

fn url_join(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let parts = args.map(0);
    let mut url = Url {
        scheme: part(call, parts, "scheme")?,
        opaque: part(call, parts, "opaque")?,
        host: part(call, parts, "host")?,
        path: part(call, parts, "path")?,
        query: part(call, parts, "query")?,
        fragment: part(call, parts, "fragment")?,
        user: None,
    };
    let userinfo = part(call, parts, "userinfo")?;
    if !userinfo.is_empty() {
        let around = [b"proto://", userinfo.as_slice(), b"@host"].concat();
        url.user = Url::parse(&around)?.user;
    }
    call.text(url.join())
}

/// A part of the URL, or nothing; the steps and the memory for escaping it are spent.
fn part(call: &mut Call<'_>, parts: &Map, name: &str) -> Result<Vec<u8>, Fault> {
    match parts.get(name.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => {
            call.take(4 * text.len())?;
            Ok(text.to_vec())
        }
        Some(_) => Err(Fault::new("each part of the URL has to be a string")),
    }
}

#[cfg(test)]
mod tests;
