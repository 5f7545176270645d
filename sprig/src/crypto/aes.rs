//! AES-256 in CBC mode, as Sprig pads keys and texts.

use aes::Aes256;
use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use go_template::{Arguments, Call, Fault, Function, Type, Value};
use zeroize::Zeroizing;

use super::{base64_decode, base64_encode};

pub(crate) const ALL: &[Function] = &[
    Function { name: "encryptAES", params: &[Type::Str, Type::Str], rest: None, body: encrypt },
    Function { name: "decryptAES", params: &[Type::Str, Type::Str], rest: None, body: decrypt },
];

const BLOCK: usize = 16;

/// The IV stands before the ciphertext. No text gives no ciphertext.
fn encrypt(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let plain = args.str(1);
    if plain.is_empty() {
        return Ok(Value::text(""));
    }
    let padded = (plain.len() / BLOCK + 1) * BLOCK;
    call.take((BLOCK + padded).saturating_mul(3))?;
    let mut iv = [0; BLOCK];
    call.host.random(&mut iv);
    let mut buffer = Zeroizing::new(vec![0; BLOCK + padded]);
    buffer[..BLOCK].copy_from_slice(&iv);
    buffer[BLOCK..BLOCK + plain.len()].copy_from_slice(plain);
    cbc::Encryptor::<Aes256>::new(&(*key(args.str(0))).into(), &iv.into())
        .encrypt_padded::<Pkcs7>(&mut buffer[BLOCK..], plain.len())
        .map_err(|_| UNFIT)?;
    Ok(Value::text(base64_encode(&buffer).as_str()))
}

/// Only the last byte of the padding counts, as for Sprig: a wrong password is mostly not noticed.
fn decrypt(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    if args.str(1).is_empty() {
        return Ok(Value::text(""));
    }
    call.take(args.str(1).len().saturating_mul(3))?;
    let sealed = base64_decode(args.str(1)).ok_or(Fault::new("the text is not base64"))?;
    let (iv, sealed) = sealed.split_first_chunk::<BLOCK>().ok_or(UNFIT)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    cbc::Decryptor::<Aes256>::new(&(*key(args.str(0))).into(), &(*iv).into())
        .decrypt_padded::<NoPadding>(&mut plain)
        .map_err(|_| UNFIT)?;
    let padding = usize::from(*plain.last().ok_or(UNFIT)?);
    let length = plain.len().checked_sub(padding).ok_or(Fault::new("the text does not fit the password"))?;
    Ok(Value::text(&plain[..length]))
}

const UNFIT: Fault = Fault::new("the text is not one that encryptAES makes");

/// The password's first 32 bytes, filled up with zeros.
fn key(password: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let length = password.len().min(key.len());
    key[..length].copy_from_slice(&password[..length]);
    key
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call_named, seeded, text};
    use go_template::Value;

    fn run(name: &str, password: &str, input: &str) -> Option<String> {
        let args = [Value::text(password), Value::text(input)];
        call_named(&mut seeded(1), name, &args).ok().map(|value| text(&value))
    }

    #[test]
    fn gos_texts_are_opened_as_go_opens_them() {
        for (password, sealed, opened) in [
            ("secretkey", "i9xgFWX6+d+C7iYr5C2DWTdlT20eEYjBPVg6WvNWKe4=", Some("plaintext")),
            ("secretkey", "i9xgFWX6+d+C7iYr5C2D\nWTdlT20eEYjBPVg6WvNWKe4=\n", Some("plaintext")),
            ("secretkey", "i9xgFWX6+d+C7iYr5C2DWTdlT20eEYjBPVg6WvNWKe4", None),
            // Paddings of 0, 1, 16, 17, 255 and 3, of which only the last byte is right.
            ("k", "AAECAwQFBgcICQoLDA0OD3kmT6weTGj6IUnYvFqVOAE=", Some("0123456789abcde\0")),
            ("k", "AAECAwQFBgcICQoLDA0OD/1W55cmLYyrpePoQJhbZEM=", Some("0123456789abcde")),
            ("k", "AAECAwQFBgcICQoLDA0OD410kVPlhnAgEwQGkVkxdb4=", Some("")),
            ("k", "AAECAwQFBgcICQoLDA0OD2/a/asDca/pPTsCxv7mERw=", None),
            ("k", "AAECAwQFBgcICQoLDA0OD/7vxFuW9kBhFbiCKEC5t0E=", None),
            ("k", "AAECAwQFBgcICQoLDA0ODwO/2LnqywiwPwGfjZu9lJg=", Some("0123456789abc")),
            ("k", "", Some("")),
            ("k", "A", None),
            ("k", "AAAA", None),
            ("k", "AAAAAAAAAAAAAAAAAAAAAA==", None),
            ("k", "AAAAAAAAAAAAAAAAAAAAAAAA", None),
        ] {
            assert_eq!(run("decryptAES", password, sealed).as_deref(), opened, "{sealed}");
        }
    }

    #[test]
    fn what_is_sealed_is_opened_by_the_first_32_bytes_of_the_password() {
        for length in [1, 15, 16, 17, 1000] {
            let plain = "y".repeat(length);
            let sealed = run("encryptAES", "12345678901234567890123456789012abc", &plain).unwrap();
            assert_eq!(run("decryptAES", "12345678901234567890123456789012", &sealed), Some(plain));
        }
        assert_eq!(run("encryptAES", "k", "").unwrap(), "");
    }
}
