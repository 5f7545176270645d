//! Makes the wasm smaller under compression and leaves what it does as it is: functions that are alike stand side by side, and
//! imports are told apart by numbers in place of hashes.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use wasm_encoder::{NameMap, NameSection, Section};
use wasmparser::{BinaryReaderError, Parser, Payload, TypeRef};

/// Functions are compared by their pieces of this many bytes.
const PIECE: usize = 6;
/// A piece that stands in more functions than this says nothing of any of them.
const COMMON: usize = 300;
/// How many hexadecimal digits wasm-bindgen puts behind the name of an import.
const HASH: usize = 16;

/// The module with a name for every function, by which `wasm-opt --reorder-functions-by-name` puts it into its place: a function
/// comes after the one that it is most like.
pub fn with_places(wasm: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(&wasm[body.range()]),
            _ => {}
        }
    }
    let mut places = vec![0; bodies.len()];
    for (place, function) in order(&bodies).into_iter().enumerate() {
        places[function] = place;
    }
    let mut names = NameMap::new();
    for (index, place) in (imported..).zip(places) {
        names.append(index, &format!("{place:06}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut named = wasm.to_vec();
    section.append_to(&mut named);
    Ok(named)
}

/// The largest first, and after each the one of the others that shares most of its pieces with it.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<BTreeSet<&[u8]>> = bodies.iter().map(|body| body.windows(PIECE).collect()).collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            holders.entry(piece).or_default().push(function);
        }
    }
    holders.retain(|_, holders| (2..=COMMON).contains(&holders.len()));

    let largest = |left: &BTreeSet<usize>| {
        left.iter().copied().max_by_key(|function| (bodies[*function].len(), Reverse(*function)))
    };
    let mut left: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    let mut next = largest(&left);
    while let Some(function) = next {
        left.remove(&function);
        order.push(function);
        let mut shared = vec![0; bodies.len()];
        for holder in pieces[function].iter().filter_map(|piece| holders.get(piece)).flatten() {
            shared[*holder] += 1;
        }
        // What both have of what either has, in millionths.
        let alike = |other: &usize| {
            let either = pieces[function].len() + pieces[*other].len() - shared[*other];
            (shared[*other] * 1_000_000 / either.max(1), Reverse(*other))
        };
        let nearest = left.iter().copied().filter(|other| shared[*other] > 0).max_by_key(alike);
        next = nearest.or_else(|| largest(&left));
    }
    order
}

/// wasm-bindgen's names of imports with numbers of the same length in place of their hashes, in the glue and in the wasm. The
/// hashes tell apart what several crates may import under one name; numbers do that as well, and repeat.
pub fn number_imports(glue: &str, wasm: &[u8]) -> (String, Vec<u8>) {
    let mut hashes: Vec<&str> = Vec::new();
    for (at, _) in glue.match_indices("__wbg_") {
        let name =
            glue[at..].split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        let hash = name.rsplit('_').next().unwrap_or_default();
        let is_hash = hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash && !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    let (mut glue, mut wasm) = (glue.to_owned(), wasm.to_vec());
    for (number, hash) in hashes.iter().map(|hash| (*hash).to_owned()).enumerate() {
        let number = format!("{number:0HASH$}");
        glue = glue.replace(&format!("_{hash}"), &format!("_{number}"));
        replace_in(&mut wasm, hash.as_bytes(), number.as_bytes());
    }
    (glue, wasm)
}

/// Replaces a text by another of the same length, so that nothing moves.
fn replace_in(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        at += found;
        bytes[at..at + to.len()].copy_from_slice(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_are_alike_come_one_after_the_other() {
        let bodies: [&[u8]; 4] =
            [b"aaaaaaaabbbbbbbbcccc", b"zzzzzzzzyyyyyyyy", b"aaaaaaaabbbbbbbb", b"zzzzzzzzyyyyyyyyx"];
        assert_eq!(order(&bodies), [0, 2, 3, 1]);
    }

    #[test]
    fn imports_get_numbers_in_both_and_no_byte_moves() {
        let glue = "__wbg_get_0123456789abcdef: get, __wbg_get_fedcba9876543210: other, __wbg_init";
        let wasm = b"\x1a__wbg_get_fedcba9876543210\x1a__wbg_get_0123456789abcdef";
        let (glue, wasm) = number_imports(glue, wasm);
        assert_eq!(glue, "__wbg_get_0000000000000000: get, __wbg_get_0000000000000001: other, __wbg_init");
        assert_eq!(wasm, b"\x1a__wbg_get_0000000000000001\x1a__wbg_get_0000000000000000");
    }
}
