//! PEM as Go reads and writes it: what stands around a block, headers and the length of lines do not matter.

use zeroize::Zeroizing;

use super::{base64_decode, base64_encode, without};

/// A block: what it is said to be, and its bytes.
pub(super) struct Block<'t> {
    pub label: &'t [u8],
    pub bytes: Zeroizing<Vec<u8>>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The first whole block in the text. One that is cut off or malformed is passed over.
pub(super) fn decode(text: &[u8]) -> Option<Block<'_>> {
    let mut open: Option<(&[u8], Vec<&[u8]>)> = None;
    for line in text.split(|&byte| byte == b'\n').map(without_end) {
        if let Some(rest) = line.strip_prefix(BEGIN) {
            open = rest.strip_suffix(DASHES).map(|label| (label, Vec::new()));
        } else if let Some(rest) = line.strip_prefix(END) {
            let Some((label, body)) = open.take() else { continue };
            if rest.strip_suffix(DASHES) != Some(label) {
                continue;
            }
            if let Some(bytes) = decode_body(&body) {
                return Some(Block { label, bytes });
            }
        } else if let Some((_, body)) = &mut open {
            body.push(line);
        }
    }
    None
}

fn without_end(line: &[u8]) -> &[u8] {
    let mut line = line.strip_suffix(b"\r").unwrap_or(line);
    while let [rest @ .., b' ' | b'\t'] = line {
        line = rest;
    }
    line
}

fn decode_body(lines: &[&[u8]]) -> Option<Zeroizing<Vec<u8>>> {
    let headers = lines.iter().take_while(|line| line.contains(&b':')).count();
    let body = Zeroizing::new(lines[headers..].concat());
    base64_decode(&without(&body, b" \t")).map(Zeroizing::new)
}

/// The block as text, with lines of 64 characters.
pub(super) fn encode(label: &str, bytes: &[u8]) -> Zeroizing<String> {
    let body = base64_encode(bytes);
    let mut text = Zeroizing::new(String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().copied().map(char::from));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn blocks_are_found_as_go_finds_them() {
        for (text, found) in [
            ("-----BEGIN A-----\nAAEC\n-----END A-----\n", Some("A")),
            ("-----BEGIN A-----\r\nAAEC\r\n-----END A-----", Some("A")),
            ("text before\n-----BEGIN A-----  \n AA EC\t\n-----END A----- \ntext after", Some("A")),
            ("-----BEGIN A-----\nProc-Type: 4,X\nB: c\n\nAAEC\n-----END A-----\n", Some("A")),
            ("-----BEGIN A-----\n-----BEGIN B-----\nAAEC\n-----END B-----\n", Some("B")),
            ("-----BEGIN A-----\nAAEC\n-----END B-----\n-----BEGIN C-----\nAAEC\n-----END C-----", Some("C")),
            ("-----BEGIN A-----\n???\n-----END A-----\n-----BEGIN B-----\nAAEC\n-----END B-----", Some("B")),
            (" -----BEGIN A-----\nAAEC\n-----END A-----\n", None),
            ("-----BEGIN A-----\nAAEC\n-----END A----- x\n", None),
            ("-----BEGIN A----\nAAEC\n-----END A-----\n", None),
            ("-----BEGIN A-----\nAAEC\n", None),
            ("-----BEGIN A-----\n", None),
            ("", None),
        ] {
            let block = decode(text.as_bytes());
            assert_eq!(block.as_ref().map(|block| block.label), found.map(str::as_bytes), "{text:?}");
            assert!(block.is_none_or(|block| **block.bytes == [0, 1, 2]), "{text:?}");
        }
        assert_eq!(decode(b"-----BEGIN A-----\n-----END A-----").unwrap().bytes.len(), 0);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0, 1, 47, 48, 49, 96, 200] {
            let bytes = vec![7; length];
            let text = encode("SOME KEY", &bytes);
            assert!(text.lines().all(|line| line.len() <= 64));
            assert_eq!(**decode(text.as_bytes()).unwrap().bytes, bytes);
        }
    }
}
