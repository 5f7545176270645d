//! Certificates with their keys.

use std::collections::BTreeMap;
use std::rc::Rc;

use go_template::{Arguments, Call, Fault, Function, List, Map, Object, Str, Type, Value};
use zeroize::Zeroizing;

use super::private_key::PrivateKey;
use super::x509::{self, Contents, Issuer};
use super::{base64_decode, cost, pem};

const CERTIFICATE: Type = Type::Object(TYPE_NAME);
const TYPE_NAME: &str = "sprig.certificate";

pub(crate) const ALL: &[Function] = &[
    Function { name: "buildCustomCert", params: &[Type::Str, Type::Str], rest: None, body: build_custom },
    Function { name: "genCA", params: &[Type::Str, Type::Int], rest: None, body: authority },
    Function {
        name: "genCAWithKey",
        params: &[Type::Str, Type::Int, Type::Str],
        rest: None,
        body: authority,
    },
    Function {
        name: "genSelfSignedCert",
        params: &[Type::Str, Type::LIST, Type::LIST, Type::Int],
        rest: None,
        body: self_signed,
    },
    Function {
        name: "genSelfSignedCertWithKey",
        params: &[Type::Str, Type::LIST, Type::LIST, Type::Int, Type::Str],
        rest: None,
        body: self_signed,
    },
    Function {
        name: "genSignedCert",
        params: &[Type::Str, Type::LIST, Type::LIST, Type::Int, CERTIFICATE],
        rest: None,
        body: signed,
    },
    Function {
        name: "genSignedCertWithKey",
        params: &[Type::Str, Type::LIST, Type::LIST, Type::Int, CERTIFICATE, Type::Str],
        rest: None,
        body: signed,
    },
];

/// A certificate and its private key, both PEM.
struct Certificate {
    cert: Str,
    key: Str,
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        TYPE_NAME
    }

    fn member(&self, name: &str, arguments: &[Value], _: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        let field = match name {
            "Cert" => &self.cert,
            "Key" => &self.key,
            _ => return None,
        };
        Some(if arguments.is_empty() { Ok(Value::Str(field.clone())) } else { Err(Fault::ARGUMENTS) })
    }

    fn display(&self) -> Str {
        [b"{".as_slice(), &self.cert, b" ", &self.key, b"}"].concat().into()
    }

    fn json(&self) -> Value {
        let fields = [("Cert", &self.cert), ("Key", &self.key)];
        let fields: BTreeMap<Str, Value> =
            fields.into_iter().map(|(name, text)| (name.into(), Value::Str(text.clone()))).collect();
        Value::Map(Map::new(&Type::Str, fields))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast::<Self>().is_some_and(|other| self.cert == other.cert && self.key == other.key)
    }
}

/// Both are checked for their form, not for fitting each other.
fn build_custom(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.take(args.str(0).len().saturating_add(args.str(1).len()).saturating_mul(4))?;
    let cert = base64_decode(args.str(0)).ok_or(Fault::new("the certificate is not base64"))?;
    let key =
        base64_decode(args.str(1)).map(Zeroizing::new).ok_or(Fault::new("the private key is not base64"))?;
    parse_issuer(&cert)?;
    PrivateKey::parse(call, &key)?;
    Ok(Value::Object(Rc::new(Certificate { cert: cert.into(), key: key.as_slice().into() })))
}

fn authority(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let key = key(call, args.get(2))?;
    issue(call, args.str(0), Vec::new(), args.int(1), true, &key, None)
}

fn self_signed(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let names = names(call, args.list(1), args.list(2))?;
    let key = key(call, args.get(4))?;
    issue(call, args.str(0), names, args.int(3), false, &key, None)
}

fn signed(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let Value::Object(authority) = &args[4] else { return Err(NO_AUTHORITY) };
    let authority = authority.downcast::<Certificate>().ok_or(NO_AUTHORITY)?;
    call.take(authority.cert.len().saturating_mul(4))?;
    let issuer = parse_issuer(&authority.cert)?;
    let issuer_key = PrivateKey::parse(call, &authority.key)?;
    let names = names(call, args.list(1), args.list(2))?;
    let key = key(call, args.get(5))?;
    issue(call, args.str(0), names, args.int(3), false, &key, Some((&issuer, &issuer_key)))
}

const NO_AUTHORITY: Fault = Fault::new("the authority must be a certificate with its key");

fn parse_issuer(text: &[u8]) -> Result<Issuer, Fault> {
    let block = pem::decode(text).ok_or(Fault::new("the certificate is not PEM"))?;
    Issuer::parse(&block.bytes)
}

/// The key that is given, or else a new one.
fn key(call: &mut Call<'_>, given: Option<&Value>) -> Result<PrivateKey, Fault> {
    match given {
        Some(Value::Str(text)) => PrivateKey::parse(call, text),
        _ => PrivateKey::generate_rsa(call, 2048, cost::RSA_2048),
    }
}

/// Go writes the DNS names first.
fn names(call: &mut Call<'_>, ips: &List, dns: &List) -> Result<Vec<x509::Name>, Fault> {
    let mut names = Vec::new();
    let mut add = |list: &List, parse: fn(&[u8]) -> Result<x509::Name, Fault>| {
        for item in list.iter() {
            let Value::Str(text) = item else {
                return Err(Fault::new("IP addresses and DNS names must be strings"));
            };
            // Parsed, in the certificate's DER and in its PEM.
            call.take(text.len().saturating_mul(8).saturating_add(64))?;
            names.push(parse(text)?);
        }
        Ok(())
    };
    add(dns, x509::dns_name)?;
    add(ips, x509::ip_address)?;
    Ok(names)
}

fn issue(
    call: &mut Call<'_>,
    common_name: &[u8],
    names: Vec<x509::Name>,
    days: i64,
    is_ca: bool,
    key: &PrivateKey,
    issuer: Option<(&Issuer, &PrivateKey)>,
) -> Result<Value, Fault> {
    call.take(common_name.len().saturating_mul(16))?;
    let mut serial = [0; 16];
    call.host.random(&mut serial);
    let (not_before, _) = call.host.now();
    // Go counts nanoseconds in 64 bits, and would end the certificate in another century if there are more
    // days.
    const MAX_DAYS: u64 = i64::MAX as u64 / (86_400 * 1_000_000_000);
    if days.unsigned_abs() > MAX_DAYS {
        return Err(Fault::new("a certificate cannot be valid for more than 106751 days"));
    }
    let not_after = not_before.saturating_add(days * 86_400);
    let contents = Contents { serial, common_name, names, not_before, not_after, is_ca };
    let der = x509::create(call, &contents, key, issuer)?;
    let cert = pem::encode("CERTIFICATE", &der);
    let key = key.to_pem()?;
    call.take(cert.len() + key.len())?;
    let [cert, key] = [cert, key].map(|text| Str::from(text.as_bytes()));
    Ok(Value::Object(Rc::new(Certificate { cert, key })))
}

#[cfg(test)]
mod tests;
