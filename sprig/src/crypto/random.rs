//! Random strings and numbers.

use go_template::{Arguments, Call, Fault, Function, Type, Value};
use zeroize::{Zeroize, Zeroizing};

use super::base64_encode;

pub(crate) const ALL: &[Function] = &[
    Function { name: "randAlphaNum", params: &[Type::Int], rest: None, body: alpha_num },
    Function { name: "randAlpha", params: &[Type::Int], rest: None, body: alpha },
    Function { name: "randAscii", params: &[Type::Int], rest: None, body: ascii },
    Function { name: "randNumeric", params: &[Type::Int], rest: None, body: numeric },
    Function { name: "randBytes", params: &[Type::Int], rest: None, body: bytes },
    Function { name: "randInt", params: &[Type::Int, Type::Int], rest: None, body: int },
    Function { name: "shuffle", params: &[Type::Str], rest: None, body: shuffle },
    Function { name: "uuidv4", params: &[], rest: None, body: uuid },
];

const ALPHA_NUM: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn alpha_num(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    string(call, args.int(0), ALPHA_NUM)
}

fn alpha(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    string(call, args.int(0), &ALPHA_NUM[10..])
}

fn ascii(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let printable: Vec<u8> = (b' '..=b'~').collect();
    string(call, args.int(0), &printable)
}

fn numeric(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    string(call, args.int(0), &ALPHA_NUM[..10])
}

/// A negative count gives the empty string: Go's function errors there, and Sprig drops the error.
fn string(call: &mut Call<'_>, count: i64, alphabet: &[u8]) -> Result<Value, Fault> {
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    // Twice: a quarter of the bytes that are drawn may be of no use.
    call.spend(count)?;
    call.take(count)?;
    let mut text = Vec::with_capacity(count);
    // The largest multiple of the alphabet's length within a byte: what lies above it would favour some.
    let fair = 256 - 256 % alphabet.len();
    let mut drawn = Zeroizing::new([0; 256]);
    while text.len() < count {
        let wanted = (count - text.len()).min(drawn.len());
        call.host.random(&mut drawn[..wanted]);
        let kept = drawn[..wanted].iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < fair);
        text.extend(kept.map(|byte| alphabet[byte % alphabet.len()]));
    }
    Ok(Value::text(text))
}

fn bytes(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let count = usize::try_from(args.int(0)).map_err(|_| Fault::new("the count must not be negative"))?;
    call.take(count)?;
    call.take(count.div_ceil(3).saturating_mul(4))?;
    let mut drawn = Zeroizing::new(vec![0; count]);
    call.host.random(&mut drawn);
    Ok(Value::text(base64_encode(&drawn).as_str()))
}

fn int(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let (min, max) = (args.int(0), args.int(1));
    // A range wider than an int wraps around to a negative one in Go, which is refused in the same way.
    let width = u64::try_from(max.wrapping_sub(min)).unwrap_or(0);
    if width == 0 {
        return Err(Fault::new("the maximum must be greater than the minimum"));
    }
    Ok(Value::Int(min.wrapping_add_unsigned(below(call, width))))
}

fn shuffle(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    // A byte that is not UTF-8 becomes U+FFFD, of three bytes. Each rune takes a draw of its own.
    call.take(args.str(0).len().saturating_mul(16))?;
    let mut runes = Zeroizing::new(Vec::with_capacity(args.str(0).len()));
    for chunk in args.str(0).utf8_chunks() {
        runes.extend(chunk.valid().chars());
        runes.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    for last in (1..runes.len()).rev() {
        let other = below(call, last as u64 + 1) as usize;
        runes.swap(last, other);
    }
    let mut text = Vec::with_capacity(runes.len() * 3);
    for rune in runes.iter() {
        text.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(Value::text(text))
}

fn uuid(call: &mut Call<'_>, _: &[Value]) -> Result<Value, Fault> {
    let mut bytes = [0; 16];
    call.host.random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(hex(byte >> 4));
        text.push(hex(byte & 0x0f));
    }
    bytes.zeroize();
    call.text(text)
}

fn hex(nibble: u8) -> char {
    char::from(b"0123456789abcdef"[usize::from(nibble)])
}

/// A number from 0 up to, but not, the limit; all are equally likely.
fn below(call: &mut Call<'_>, limit: u64) -> u64 {
    // How many of the 2^64 draws are too many for all numbers to come up equally often.
    let unfair = limit.wrapping_neg() % limit;
    loop {
        let mut bytes = [0; 8];
        call.host.random(&mut bytes);
        let drawn = u64::from_le_bytes(bytes);
        if drawn >= unfair {
            return drawn % limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call_named, seeded};
    use go_template::{Fault, Value};

    fn text(seed: u64, name: &str, args: &[Value]) -> String {
        let Value::Str(text) = call_named(&mut seeded(seed), name, args).unwrap() else { panic!("a string") };
        text.utf8().unwrap().to_owned()
    }

    #[test]
    fn strings_have_their_length_and_use_their_whole_alphabet_evenly() {
        for (name, alphabet) in [
            ("randAlphaNum", ('0'..='9').chain('A'..='Z').chain('a'..='z').collect::<String>()),
            ("randAlpha", ('A'..='Z').chain('a'..='z').collect()),
            ("randAscii", (' '..='~').collect()),
            ("randNumeric", ('0'..='9').collect()),
        ] {
            let text = text(1, name, &[Value::Int(95_000)]);
            assert_eq!(text.len(), 95_000);
            assert!(text.chars().all(|char| alphabet.contains(char)), "{name}");
            let expected = 95_000 / alphabet.len();
            for char in alphabet.chars() {
                let count = text.chars().filter(|&other| other == char).count();
                assert!(count.abs_diff(expected) * 5 < expected, "{name}: {char} {count} times");
            }
        }
    }

    #[test]
    fn counts_of_zero_and_less_give_nothing() {
        assert_eq!(text(1, "randAlpha", &[Value::Int(0)]), "");
        assert_eq!(text(1, "randAlpha", &[Value::Int(-1)]), "");
        assert_eq!(text(1, "randBytes", &[Value::Int(0)]), "");
    }

    #[test]
    fn counts_beyond_the_budget_end_at_a_limit_at_once() {
        for name in ["randAlpha", "randBytes"] {
            let result = call_named(&mut seeded(1), name, &[Value::Int(i64::MAX)]);
            assert!(matches!(result, Err(Fault::Limit(_))), "{name}");
        }
    }

    #[test]
    fn numbers_cover_their_range_and_nothing_else() {
        let mut seen = [false; 3];
        for seed in 0..64 {
            let drawn = call_named(&mut seeded(seed), "randInt", &[Value::Int(-1), Value::Int(2)]).unwrap();
            let Value::Int(drawn) = drawn else { panic!("an int") };
            seen[usize::try_from(drawn + 1).unwrap()] = true;
        }
        assert_eq!(seen, [true; 3]);
        for (min, max) in [(5, 5), (6, 5), (i64::MIN, i64::MAX)] {
            let result = call_named(&mut seeded(1), "randInt", &[Value::Int(min), Value::Int(max)]);
            assert!(matches!(result, Err(Fault::Refused(_))));
        }
    }

    #[test]
    fn shuffling_moves_runes_and_loses_none() {
        let shuffled = text(7, "shuffle", &[Value::text("Grüße, Welt")]);
        assert_ne!(shuffled, "Grüße, Welt");
        let sorted = |text: &str| {
            let mut runes: Vec<char> = text.chars().collect();
            runes.sort_unstable();
            runes
        };
        assert_eq!(sorted(&shuffled), sorted("Grüße, Welt"));
        assert_eq!(text(7, "shuffle", &[Value::text(b"\xff".to_vec())]), "\u{fffd}");
        assert_eq!(text(7, "shuffle", &[Value::text(b"\xe2\x82".to_vec())]), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn uuids_are_of_version_4() {
        let uuid = text(1, "uuidv4", &[]);
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
    }

    #[test]
    fn the_same_bytes_give_the_same_results() {
        for (name, args) in [
            ("randAlphaNum", vec![Value::Int(20)]),
            ("randBytes", vec![Value::Int(20)]),
            ("shuffle", vec![Value::text("abcdefghij")]),
            ("uuidv4", vec![]),
        ] {
            assert_eq!(text(3, name, &args), text(3, name, &args));
            assert_ne!(text(3, name, &args), text(4, name, &args));
        }
    }
}
