//! Slash-separated paths. The operating system's are the same ones: those of Unix.

use go_template::{Arguments as _, Call, Fault, Function, Type, Value};

type Body = fn(&mut Call<'_>, &[Value]) -> Result<Value, Fault>;

const BASE: Body = |call, args| call.text(base(args.str(0)));
const DIRECTORY: Body = |call, args| call.text(directory(args.str(0)));
const CLEAN: Body = |call, args| call.text(clean(args.str(0)));
const EXTENSION: Body = |call, args| call.text(extension(args.str(0)));
const IS_ABSOLUTE: Body = |_, args| Ok(Value::Bool(is_absolute(args.str(0))));

pub(crate) const ALL: &[Function] = &[
    path("base", BASE),
    path("dir", DIRECTORY),
    path("clean", CLEAN),
    path("ext", EXTENSION),
    path("isAbs", IS_ABSOLUTE),
    path("osBase", BASE),
    path("osDir", DIRECTORY),
    path("osClean", CLEAN),
    path("osExt", EXTENSION),
    path("osIsAbs", IS_ABSOLUTE),
];

const fn path(name: &'static str, body: Body) -> Function {
    Function { name, params: &[Type::Str], rest: None, body }
}

fn is_slash(byte: &u8) -> bool {
    *byte == b'/'
}

fn is_absolute(path: &[u8]) -> bool {
    path.starts_with(b"/")
}

/// The last element.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|byte| !is_slash(byte)).map_or(0, |last| last + 1);
    match path[..end].rsplit(is_slash).next() {
        None | Some(b"") => b"/",
        Some(name) => name,
    }
}

/// All but what is after the last slash, cleaned.
fn directory(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(is_slash).map_or(0, |slash| slash + 1);
    clean(&path[..end])
}

/// From the last dot of the last element on.
fn extension(path: &[u8]) -> &[u8] {
    let name = path.rsplit(is_slash).next().unwrap_or_default();
    name.iter().rposition(|&byte| byte == b'.').map_or(b"", |dot| &name[dot..])
}

/// The shortest path that means the same, without asking a file system.
fn clean(path: &[u8]) -> Vec<u8> {
    let absolute = is_absolute(path);
    let mut names: Vec<&[u8]> = Vec::new();
    for name in path.split(is_slash) {
        match name {
            b"" | b"." => {}
            b".." if names.last().is_some_and(|&last| last != b"..") => drop(names.pop()),
            b".." if absolute => {}
            _ => names.push(name),
        }
    }
    let joined = names.join(&b'/');
    match (absolute, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Path, base, directory, clean path and extension, from Go.
    const PATHS: &[[&str; 5]] = &[
        ["", ".", ".", ".", ""],
        ["/", "/", "/", "/", ""],
        ["//", "/", "/", "/", ""],
        [".", ".", ".", ".", "."],
        ["..", "..", ".", "..", "."],
        ["../", "..", "..", "..", ""],
        ["../..", "..", "..", "../..", "."],
        ["a", "a", ".", "a", ""],
        ["a/", "a", "a", "a", ""],
        ["a/b", "b", "a", "a/b", ""],
        ["/a/b/", "b", "/a/b", "/a/b", ""],
        ["a//b///", "b", "a/b", "a/b", ""],
        ["./a", "a", ".", "a", ""],
        ["a/.", ".", "a", "a", "."],
        ["a/..", "..", "a", ".", "."],
        ["a/../..", "..", ".", "..", "."],
        ["/..", "..", "/", "/", "."],
        ["/../a", "a", "/", "/a", ""],
        ["a/b/../../..", "..", ".", "..", "."],
        ["../a/../..", "..", "..", "../..", "."],
        ["/a/./b/../c", "c", "/a", "/a/c", ""],
        ["a.tar.gz", "a.tar.gz", ".", "a.tar.gz", ".gz"],
        ["a.d/b", "b", "a.d", "a.d/b", ""],
        ["a.d/b.", "b.", "a.d", "a.d/b.", "."],
        [".hidden", ".hidden", ".", ".hidden", ".hidden"],
        ["/a/b.c/", "b.c", "/a/b.c", "/a/b.c", ""],
        ["...", "...", ".", "...", "."],
        ["a/...", "...", "a", "a/...", "."],
        ["./..", "..", ".", "..", "."],
        ["x/..//../y.z", "y.z", "..", "../y.z", ".z"],
    ];

    #[test]
    fn paths_are_taken_apart_as_by_go() {
        for &[path, name, parent, cleaned, suffix] in PATHS {
            let found = [base(path.as_bytes()), &directory(path.as_bytes()), &clean(path.as_bytes())]
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(found, [name, parent, cleaned], "{path:?}");
            assert_eq!(extension(path.as_bytes()), suffix.as_bytes(), "{path:?}");
        }
    }

    #[test]
    fn a_slash_at_the_start_makes_a_path_absolute() {
        assert!(is_absolute(b"/a") && !is_absolute(b"a/b") && !is_absolute(b""));
    }
}
