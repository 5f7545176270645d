//! Passwords: hashed, and derived from a master password.

use base64::alphabet::BCRYPT;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::{Engine, GeneralPurpose};
use go_template::{Arguments, Call, Fault, Function, Type, Value};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::cost;

pub(crate) const ALL: &[Function] = &[
    Function { name: "bcrypt", params: &[Type::Str], rest: None, body: bcrypt },
    Function { name: "htpasswd", params: &[Type::Str, Type::Str], rest: None, body: htpasswd },
    Function {
        name: "derivePassword",
        // The first is a uint32 in Go, which a template can only write as a constant.
        params: &[Type::Uint64, Type::Str, Type::Str, Type::Str, Type::Str],
        rest: None,
        body: derive,
    },
];

fn bcrypt(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let hash = hash(call, args.str(0))?;
    call.text(hash)
}

fn htpasswd(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let user = args.str(0);
    if user.contains(&b':') {
        return call.text([b"invalid username: ".as_slice(), user].concat());
    }
    let hash = hash(call, args.str(1))?;
    call.text([user, b":".as_slice(), hash.as_bytes()].concat())
}

/// Sprig gives the reason for a failure in place of the hash.
fn hash(call: &mut Call<'_>, password: &[u8]) -> Result<String, Fault> {
    const COST: u32 = 10;
    const MAX: usize = 72;
    if password.len() > MAX {
        return Ok(
            "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_owned()
        );
    }
    call.spend(cost::BCRYPT)?;
    let mut salt = [0; 16];
    call.host.random(&mut salt);
    // The key ends with a zero, which is beyond what bcrypt looks at if the password has all 72 bytes.
    let mut key = Zeroizing::new([0; MAX + 1]);
    key[..password.len()].copy_from_slice(password);
    let hash = bcrypt::bcrypt(COST, salt, &key[..(password.len() + 1).min(MAX)]);
    let base64 = GeneralPurpose::new(&BCRYPT, NO_PAD);
    // All implementations leave the last byte of the hash out.
    Ok(format!("$2a${COST}${}{}", base64.encode(salt), base64.encode(&hash[..23])))
}

/// The Master Password algorithm, version 0.
fn derive(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let Value::Uint64(counter) = args[0] else { return Err(Fault::new("the counter must be a number")) };
    let (kind, password, user, site) = (args.str(1), args.str(2), args.str(3), args.str(4));
    let Some((_, templates)) = TEMPLATES.iter().find(|(name, _)| name.as_bytes() == &**kind) else {
        return call.text([b"cannot find password template ".as_slice(), kind].concat());
    };
    call.spend(cost::SCRYPT)?;
    let mut key = Zeroizing::new([0; 64]);
    let unfit = Fault::new("failed to derive the password");
    let params = scrypt::Params::new(15, 8, 2).map_err(|_| unfit)?;
    scrypt::scrypt(password, &[SEED, &length(user), user].concat(), &params, &mut *key).map_err(|_| unfit)?;

    let mut mac = Hmac::<Sha256>::new_from_slice(&*key).map_err(|_| unfit)?;
    mac.update(SEED);
    mac.update(&length(site));
    mac.update(site);
    // Go cuts a constant that is too large for a uint32.
    mac.update(&(counter as u32).to_be_bytes());
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());

    let template = templates[usize::from(seed[0]) % templates.len()];
    let pick = |(class, byte): (u8, &u8)| {
        let characters = characters(class);
        characters[usize::from(*byte) % characters.len()]
    };
    let derived: Vec<u8> = template.bytes().zip(&seed[1..]).map(pick).collect();
    call.text(derived)
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

fn length(text: &[u8]) -> [u8; 4] {
    (text.len() as u32).to_be_bytes()
}

/// The templates of each kind of password: a letter for the class of each character.
const TEMPLATES: [(&str, &[&str]); 6] = [
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

/// The characters of a class. No template uses another.
fn characters(class: u8) -> &'static [u8] {
    match class {
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call_named, seeded, text};
    use go_template::Value;

    #[test]
    fn derived_passwords_are_gos() {
        for (counter, kind, password, user, site, expected) in [
            (1, "long", "password", "user", "example.com", "ZedaFaxcZaso9*"),
            (1, "maximum", "password", "user", "example.com", "pf4zS1LjCg&LjhsZ7T2~"),
            (2, "medium", "p", "u", "s", "RozYej1%"),
            (4_294_967_298, "medium", "p", "u", "s", "RozYej1%"),
            (7, "short", "", "", "", "Bef4"),
            (1, "basic", "pä", "u", "s", "zZr4Upo0"),
            (1, "pin", "password", "user", "example.com", "6685"),
            (1, "nope", "password", "user", "example.com", "cannot find password template nope"),
        ] {
            let mut args = vec![Value::Uint64(counter)];
            args.extend([kind, password, user, site].map(Value::text));
            assert_eq!(text(&call_named(&mut seeded(1), "derivePassword", &args).unwrap()), expected);
        }
    }

    #[test]
    fn hashes_are_those_that_gos_bcrypt_accepts() {
        for (password, expected) in [
            ("", "$2a$10$QAmbGjJ4ekG7IKeOj/yQduXTB.PPTChNJQjtSbL75xZR3dyxj2sRC"),
            ("hello", "$2a$10$QAmbGjJ4ekG7IKeOj/yQduwuSqcZko9nIg1znL/O3YuvW9lIxQ662"),
            ("pä\0ss", "$2a$10$QAmbGjJ4ekG7IKeOj/yQduUGT891WFTb7iyvZqurPkwfwgiy85XVm"),
            (&"x".repeat(71), "$2a$10$QAmbGjJ4ekG7IKeOj/yQduJ5gJTq6NMqQ7HetU5PmwBF8.cI0d/PK"),
            (&"x".repeat(72), "$2a$10$QAmbGjJ4ekG7IKeOj/yQduNvAJQ2/iC/9qX.zkchSscd1mGdtLB0i"),
        ] {
            let hash = call_named(&mut seeded(8), "bcrypt", &[Value::text(password)]).unwrap();
            assert_eq!(text(&hash), expected);
            let args = [Value::text("user"), Value::text(password)];
            let line = call_named(&mut seeded(8), "htpasswd", &args).unwrap();
            assert_eq!(text(&line), format!("user:{expected}"));
        }
    }

    #[test]
    fn failures_are_told_in_place_of_the_hash() {
        let long = Value::text("x".repeat(73));
        let failed = "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        assert_eq!(text(&call_named(&mut seeded(1), "bcrypt", std::slice::from_ref(&long)).unwrap()), failed);
        let args = [Value::text("user"), long];
        assert_eq!(text(&call_named(&mut seeded(1), "htpasswd", &args).unwrap()), format!("user:{failed}"));
        let args = [Value::text("a:b"), Value::text("c")];
        assert_eq!(text(&call_named(&mut seeded(1), "htpasswd", &args).unwrap()), "invalid username: a:b");
    }
}
