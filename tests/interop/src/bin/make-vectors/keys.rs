//! Throw-away keys and certificates, good and odd.

use sealwright_interop::OracleError;
use sealwright_interop::oracle::{Generated, KeySpec};
use sealwright_interop::vectors::{Key, Odd, Verdict};

use crate::{Makers, Result};

const DAY: i64 = 24 * 60 * 60;

const GOOD: KeySpec<'_> = KeySpec {
    kind: "rsa",
    bits: 2048,
    common_name: "",
    not_before: "2026-01-01T00:00:00Z",
    valid_seconds: 36_525 * DAY,
};

pub(crate) fn sealing(makers: &mut Makers) -> Result<Vec<Key>> {
    [2048, 3072, 4096, 8192].into_iter().map(|bits| one(makers, bits)).collect()
}

fn one(makers: &mut Makers, bits: u32) -> Result<Key> {
    let [pkcs1, pkcs8, certificate] =
        ["pkcs1.pem", "pkcs8.pem", "crt"].map(|ending| format!("keys/{bits}.{ending}"));
    if !makers.folder.has(&certificate) {
        eprintln!("making an RSA key of {bits} bits");
        let made = makers.oracle.keygen(KeySpec { bits, ..GOOD })?;
        makers.folder.add(&pkcs1, made.pkcs1.ok_or("an RSA key without PKCS#1")?.as_bytes())?;
        makers.folder.add(&pkcs8, made.pkcs8.as_bytes())?;
        makers.folder.add(&certificate, made.certificate.as_bytes())?;
    }
    let key = makers.oracle.certificate(&makers.folder.text(&certificate)?)?;
    if key.bits != bits {
        return Err(format!("{certificate} holds a key of {} bits", key.bits).into());
    }
    Ok(Key { bits, pkcs1, pkcs8, certificate, fingerprint: key.fingerprint })
}

pub(crate) fn odd(makers: &mut Makers) -> Result<Vec<Odd>> {
    const EXPIRED: KeySpec<'_> =
        KeySpec { not_before: "2020-01-01T00:00:00Z", valid_seconds: 365 * DAY, ..GOOD };
    const FUTURE: KeySpec<'_> = KeySpec { not_before: "2126-01-01T00:00:00Z", ..EXPIRED };
    const SMALL: KeySpec<'_> = KeySpec { bits: 1024, ..GOOD };
    const CURVE: KeySpec<'_> = KeySpec { kind: "ec", ..GOOD };
    fresh(makers, "keys/expired.crt", EXPIRED, |made| made.certificate)?;
    fresh(makers, "keys/not-yet-valid.crt", FUTURE, |made| made.certificate)?;
    fresh(makers, "keys/1024.crt", SMALL, |made| made.certificate)?;
    fresh(makers, "keys/1024.pkcs8.pem", SMALL, |made| made.pkcs8)?;
    fresh(makers, "keys/ec.crt", CURVE, |made| made.certificate)?;
    fresh(makers, "keys/ec.pem", CURVE, |made| made.pkcs8)?;

    let good = makers.folder.text("keys/2048.crt")?;
    let larger = makers.folder.text("keys/4096.crt")?;
    let private = makers.folder.text("keys/2048.pkcs8.pem")?;
    let texts = [
        ("keys/two.crt", format!("{larger}{good}")),
        ("keys/private-first.pem", format!("{private}{good}")),
        ("keys/preamble.crt", format!("Subject: somebody\nIssuer: somebody\n\n{good}")),
        ("keys/windows.crt", good.replace('\n', "\r\n")),
        ("keys/no-newline.crt", good.trim_end().to_owned()),
        ("keys/truncated.crt", good.lines().take(8).map(|line| format!("{line}\n")).collect()),
        ("keys/flipped.crt", good.replacen("MII", "MIJ", 1)),
        ("keys/not-pem.crt", "this is not a certificate\n".to_owned()),
        ("keys/empty.crt", String::new()),
    ];
    for (name, text) in texts {
        if !makers.folder.has(name) {
            makers.folder.add(name, text.as_bytes())?;
        }
    }
    [
        ("keys/expired.crt", "a certificate that ended on 31 December 2020", true),
        ("keys/not-yet-valid.crt", "a certificate that begins in 2126", true),
        ("keys/1024.crt", "a certificate of a key of 1024 bits", true),
        ("keys/1024.pkcs8.pem", "a private key of 1024 bits", false),
        ("keys/ec.crt", "a certificate of an EC key (P-256)", true),
        ("keys/ec.pem", "an EC private key (P-256)", false),
        ("keys/two.crt", "two certificates, 4096.crt and 2048.crt: the first one counts", true),
        ("keys/private-first.pem", "the private key 2048.pkcs8.pem, then its certificate", true),
        ("keys/preamble.crt", "text before the certificate", true),
        ("keys/windows.crt", "lines that end with CR LF", true),
        ("keys/no-newline.crt", "no newline at the end", true),
        ("keys/truncated.crt", "a certificate cut off in the middle", true),
        ("keys/flipped.crt", "a certificate whose outermost length is wrong", true),
        ("keys/not-pem.crt", "not PEM", true),
        ("keys/empty.crt", "nothing", true),
    ]
    .into_iter()
    .map(|(file, about, is_certificate)| {
        let upstream = if is_certificate { Some(judge(makers, file)?) } else { None };
        Ok(Odd { file: file.to_owned(), about: about.to_owned(), upstream })
    })
    .collect()
}

fn fresh(makers: &mut Makers, name: &str, spec: KeySpec<'_>, part: fn(Generated) -> String) -> Result<()> {
    if makers.folder.has(name) {
        return Ok(());
    }
    let made = makers.oracle.keygen(spec)?;
    makers.folder.add(name, part(made).as_bytes())
}

fn judge(makers: &mut Makers, file: &str) -> Result<Verdict> {
    match makers.oracle.certificate(&makers.folder.text(file)?) {
        Ok(key) => Ok(Verdict::Bits(key.bits)),
        Err(OracleError::Refused(error)) => Ok(Verdict::Error(error)),
        Err(error) => Err(error.into()),
    }
}
