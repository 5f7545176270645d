//! Base64, base32 and hashes.

use adler2::adler32_slice;
use data_encoding::{BASE32, BASE64, HEXLOWER};
use go_template::{Arguments as _, Call, Fault, Function, Type, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

type Body = fn(&mut Call<'_>, &[Value]) -> Result<Value, Fault>;

pub(crate) const ALL: &[Function] = &[
    of_text("b64enc", |call, args| call.text(BASE64.encode(args.str(0)))),
    of_text("b64dec", |call, args| call.text(decoded("base64", base64(args.str(0))))),
    of_text("b32enc", |call, args| call.text(BASE32.encode(args.str(0)))),
    of_text("b32dec", |call, args| call.text(decoded("base32", base32(args.str(0))))),
    of_text("sha1sum", |call, args| call.text(hash::<Sha1>(args.str(0)))),
    of_text("sha256sum", |call, args| call.text(hash::<Sha256>(args.str(0)))),
    of_text("sha512sum", |call, args| call.text(hash::<Sha512>(args.str(0)))),
    of_text("adler32sum", |call, args| call.text(adler32_slice(args.str(0)).to_string())),
];

const fn of_text(name: &'static str, body: Body) -> Function {
    Function { name, params: &[Type::Str], rest: None, body }
}

fn hash<H: Digest>(text: &[u8]) -> String {
    HEXLOWER.encode(&H::digest(text))
}

/// Sprig gives the decoder's complaint in place of what was to be decoded: Go's words, and a position.
fn decoded(name: &str, result: Result<Vec<u8>, usize>) -> Vec<u8> {
    result.unwrap_or_else(|at| format!("illegal {name} data at input byte {at}").into_bytes())
}

fn is_line_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

fn base64_digit(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(digit.into())
}

/// Decodes base64, or says where Go would stop. Line breaks may be anywhere; padding must be there; the bits
/// that it makes superfluous may be set. No crate has Go's positions.
fn base64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut digits) = (0, 0);
    for (at, &byte) in text.iter().enumerate() {
        if let Some(digit) = base64_digit(byte) {
            bits = bits << 6 | digit;
            digits += 1;
            if digits == 4 {
                out.extend_from_slice(&bits.to_be_bytes()[1..]);
                (bits, digits) = (0, 0);
            }
        } else if byte == b'=' && digits >= 2 {
            base64_padding(text, at, digits)?;
            let last = bits << (6 * (4 - digits));
            out.extend_from_slice(&last.to_be_bytes()[1..digits]);
            return Ok(out);
        } else if !is_line_break(byte) {
            return Err(at);
        }
    }
    if digits == 0 { Ok(out) } else { Err(text.len() - digits) }
}

/// Checks the padding, whose first sign is at a position after so many digits, and that nothing follows it.
fn base64_padding(text: &[u8], at: usize, digits: usize) -> Result<(), usize> {
    let next = |from: usize| (from..text.len()).find(|&at| !is_line_break(text[at]));
    let mut end = at + 1;
    if digits == 2 {
        let second = next(end).ok_or(text.len())?;
        if text[second] != b'=' {
            return Err(second - 1);
        }
        end = second + 1;
    }
    next(end).map_or(Ok(()), Err)
}

fn base32_digit(byte: u8) -> Option<u64> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'2'..=b'7' => byte - b'2' + 26,
        _ => return None,
    };
    Some(digit.into())
}

/// Decodes base32, or says where Go would stop, not counting line breaks. Padding must be there; but after it
/// Go lets a few bytes of anything pass.
fn base32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|&byte| !is_line_break(byte)).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5 + 5);
    let (mut bits, mut digits) = (0_u64, 0);
    for (at, &byte) in text.iter().enumerate() {
        let left = text.len() - at - 1;
        if byte == b'=' && digits >= 2 && left < 8 {
            base32_padding(&text, at, digits)?;
            let last = bits << (5 * (8 - digits));
            out.extend_from_slice(&last.to_be_bytes()[3..3 + digits * 5 / 8]);
            return Ok(out);
        }
        bits = bits << 5 | base32_digit(byte).ok_or(at)?;
        digits += 1;
        if digits == 8 {
            out.extend_from_slice(&bits.to_be_bytes()[3..]);
            (bits, digits) = (0, 0);
        }
    }
    if digits == 0 { Ok(out) } else { Err(text.len() - digits) }
}

/// Checks the padding, whose first sign is at a position after so many digits.
fn base32_padding(text: &[u8], at: usize, digits: usize) -> Result<(), usize> {
    let signs = text.get(at..at + 8 - digits).ok_or(text.len())?;
    if let Some(wrong) = signs.iter().position(|&byte| byte != b'=') {
        return Err(at + wrong - 1);
    }
    if matches!(digits, 3 | 6) { Err(at) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Input and what Go's `b64dec` gives.
    const BASE64_TEXTS: &[(&str, &[u8])] = &[
        ("", b""),
        ("\n", b""),
        ("aGVsbG8=", b"hello"),
        ("aGVs\r\nbG8=\n", b"hello"),
        ("aGVsbG8", b"illegal base64 data at input byte 4"),
        ("aGVsbG9=", b"hello"),
        ("aGVsbG8==", b"illegal base64 data at input byte 8"),
        ("aGVsbA==", b"hell"),
        ("aGVsbB==", b"hell"),
        ("aGVsbA=", b"illegal base64 data at input byte 7"),
        ("aGVsbA=\n", b"illegal base64 data at input byte 8"),
        ("aGVsbA=x", b"illegal base64 data at input byte 6"),
        ("aGVsbA=\nx", b"illegal base64 data at input byte 7"),
        ("aGVsbA=\r\n=\n", b"hell"),
        ("aGVsbA==x", b"illegal base64 data at input byte 8"),
        ("aGVsbA==\nx", b"illegal base64 data at input byte 9"),
        ("aGVsbA==aGVs", b"illegal base64 data at input byte 8"),
        ("=", b"illegal base64 data at input byte 0"),
        ("a", b"illegal base64 data at input byte 0"),
        ("a=", b"illegal base64 data at input byte 1"),
        ("ab", b"illegal base64 data at input byte 0"),
        ("abc", b"illegal base64 data at input byte 0"),
        ("abc=", b"i\xb7"),
        ("a b=", b"illegal base64 data at input byte 1"),
        ("a-_=", b"illegal base64 data at input byte 1"),
        ("aGVs bG8=", b"illegal base64 data at input byte 4"),
        ("\naGV", b"illegal base64 data at input byte 1"),
        ("aGVsbG8=\n\n", b"hello"),
        ("é", b"illegal base64 data at input byte 0"),
    ];

    /// Input and what Go's `b32dec` gives.
    const BASE32_TEXTS: &[(&str, &[u8])] = &[
        ("", b""),
        ("\r\n", b""),
        ("NBSWY3DP", b"hello"),
        ("NBSW\nY3DP\n", b"hello"),
        ("NBSWY3D", b"illegal base32 data at input byte 0"),
        ("nbswy3dp", b"illegal base32 data at input byte 0"),
        ("NBSWY3DPNBUQ====", b"hellohi"),
        ("NBUQ====", b"hi"),
        ("NBUR====", b"hi"),
        ("NBUQ===", b"illegal base32 data at input byte 7"),
        ("NBUQ====A", b"hi"),
        ("NBUQ====AAA", b"hi"),
        ("NBUQ====AAAA", b"hi"),
        ("NBUQ=X==", b"illegal base32 data at input byte 4"),
        ("NB\nUQ==X=", b"illegal base32 data at input byte 5"),
        ("NBU=====", b"illegal base32 data at input byte 3"),
        ("NBUQAA==", b"illegal base32 data at input byte 6"),
        ("NBUQA===", b"hi\x00"),
        ("NBUQAAA=", b"hi\x00\x00"),
        ("N=======", b"illegal base32 data at input byte 1"),
        ("========", b"illegal base32 data at input byte 0"),
        ("NB======", b"h"),
        ("NB======X", b"h"),
        ("NB======XX", b"h"),
        ("NB======XXX", b"illegal base32 data at input byte 2"),
        ("NB=====", b"illegal base32 data at input byte 7"),
        ("NB=", b"illegal base32 data at input byte 3"),
        ("NB=NBSWY3DP", b"illegal base32 data at input byte 2"),
        ("NB 1", b"illegal base32 data at input byte 2"),
        ("A", b"illegal base32 data at input byte 0"),
        ("AB", b"illegal base32 data at input byte 0"),
        ("ABCDEFG1", b"illegal base32 data at input byte 7"),
        ("é", b"illegal base32 data at input byte 0"),
    ];

    #[test]
    fn base64_decodes_and_complains_like_go() {
        for &(text, expected) in BASE64_TEXTS {
            assert_eq!(decoded("base64", base64(text.as_bytes())), expected, "{text:?}");
        }
    }

    #[test]
    fn base32_decodes_and_complains_like_go() {
        for &(text, expected) in BASE32_TEXTS {
            assert_eq!(decoded("base32", base32(text.as_bytes())), expected, "{text:?}");
        }
    }

    #[test]
    fn every_byte_survives_encoding() {
        let all: Vec<u8> = (0..=255).collect();
        for length in 0..all.len() {
            let text = &all[all.len() - length..];
            assert_eq!(base64(BASE64.encode(text).as_bytes()).as_deref(), Ok(text));
            assert_eq!(base32(BASE32.encode(text).as_bytes()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn hashes_are_lower_case_hexadecimal() {
        assert_eq!(hash::<Sha1>(b"hello"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert_eq!(hash::<Sha256>(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(
            hash::<Sha512>(b"hello"),
            "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7\
             2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043"
        );
        assert_eq!(adler32_slice(b"hello").to_string(), "103547413");
    }
}
