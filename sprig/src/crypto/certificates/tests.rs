//! Against certificates that Go made: `testdata/generate.go`.

use base64::Engine;
use go_template::{Call, Fault, Host, Limit, List, Type, Value};
use x509_cert::der::Decode;

use super::super::testing::{LIMITS, Seeded, call_named, seeded, text};
use super::super::{STANDARD_BASE64, pem};

const KINDS: [(&str, &str); 5] = [
    ("rsa", include_str!("../testdata/rsa.pem")),
    ("p256", include_str!("../testdata/p256.pem")),
    ("p384", include_str!("../testdata/p384.pem")),
    ("p521", include_str!("../testdata/p521.pem")),
    ("ed25519", include_str!("../testdata/ed25519.pem")),
];

/// Gives Go's serial number where 16 bytes are wanted.
struct Numbered(Seeded);

impl Host for Numbered {
    fn now(&mut self) -> (i64, u32) {
        self.0.now()
    }
    fn random(&mut self, buffer: &mut [u8]) {
        self.0.random(buffer);
        if buffer.len() == 16 {
            (0..).zip(buffer).for_each(|(index, byte)| *byte = index);
        }
    }
}

fn run(name: &str, args: &[Value]) -> Result<Value, Fault> {
    call_named(&mut Numbered(seeded(1)), name, args)
}

fn field(certificate: &Value, name: &str) -> String {
    let Value::Object(object) = certificate else { panic!("a certificate") };
    let mut host = seeded(1);
    text(&object.member(name, &[], &mut Call::new(&mut host, LIMITS)).unwrap().unwrap())
}

fn list(items: &[&str]) -> Value {
    Value::list(items.iter().map(|&item| Value::text(item)).collect())
}

fn nil() -> Value {
    Value::List(List::nil(&Type::Any))
}

fn base64(text: &str) -> Value {
    Value::text(STANDARD_BASE64.encode(text))
}

fn blocks(file: &str) -> Vec<String> {
    file.split_inclusive("-----\n").collect::<Vec<_>>().chunks(2).map(<[_]>::concat).collect()
}

#[test]
fn certificates_are_gos_to_the_byte() {
    for (kind, file) in KINDS {
        let blocks = blocks(file);
        let [key, pkcs8, authority, own, leaf, namesake] = blocks.as_slice() else { panic!("{kind}") };
        for given in [key, pkcs8] {
            let given = Value::text(given.as_str());
            let check = |made: &Value, expected: &String, what: &str| {
                assert_eq!(field(made, "Cert"), *expected, "{kind} {what}");
                assert_eq!(field(made, "Key"), *key, "{kind} {what}");
            };
            let root = Value::text("Root *&");
            let made = run("genCAWithKey", &[root.clone(), Value::Int(365), given.clone()]).unwrap();
            check(&made, authority, "authority");

            let ips = list(&["127.0.0.1", "::ffff:1.2.3.4", "fe80::1"]);
            let dns = list(&["a.example", "", "*.b.example"]);
            let args = [Value::text(""), ips, dns, Value::Int(36525), given.clone()];
            check(&run("genSelfSignedCertWithKey", &args).unwrap(), own, "self-signed");

            let args = [
                Value::text("Größe"),
                list(&["127.0.0.1"]),
                nil(),
                Value::Int(-1),
                made.clone(),
                given.clone(),
            ];
            check(&run("genSignedCertWithKey", &args).unwrap(), leaf, "leaf");

            let built = run("buildCustomCert", &[base64(authority), base64(pkcs8)]).unwrap();
            let args = [root, nil(), nil(), Value::Int(0), built, given];
            check(&run("genSignedCertWithKey", &args).unwrap(), namesake, "namesake");
        }
    }
}

#[test]
fn new_keys_come_with_their_certificate() {
    let authority = run("genCA", &[Value::text("Root"), Value::Int(10)]).unwrap();
    let leaf = [Value::text("a"), list(&["10.0.0.1"]), list(&["a.example"]), Value::Int(10)];
    let own = run("genSelfSignedCert", &leaf).unwrap();
    let signed = run("genSignedCert", &[leaf.as_slice(), std::slice::from_ref(&authority)].concat()).unwrap();
    for made in [&authority, &own, &signed] {
        let (cert, key) = (field(made, "Cert"), field(made, "Key"));
        let block = pem::decode(cert.as_bytes()).unwrap();
        let cert = x509_cert::Certificate::from_der(&block.bytes).unwrap();
        let mut host = seeded(1);
        let key = super::PrivateKey::parse(&mut Call::new(&mut host, LIMITS), key.as_bytes()).unwrap();
        let holder = cert.tbs_certificate().subject_public_key_info();
        assert_eq!(x509_cert::der::Encode::to_der(holder).unwrap(), key.public().unwrap().info);
    }
}

#[test]
fn a_certificate_is_a_struct_for_go() {
    let blocks = blocks(KINDS[4].1);
    let (key, cert) = (&blocks[0], &blocks[2]);
    let Value::Object(made) = run("buildCustomCert", &[base64(cert), base64(key)]).unwrap() else { panic!() };
    assert_eq!(made.type_name(), "sprig.certificate");
    assert_eq!(*made.display(), *format!("{{{cert} {key}}}").as_bytes());
    let Value::Map(json) = made.json() else { panic!() };
    assert_eq!(text(&json.get(b"Cert").unwrap()), *cert);
    assert_eq!(text(&json.get(b"Key").unwrap()), *key);
    let mut host = seeded(1);
    let mut call = Call::new(&mut host, LIMITS);
    assert!(made.member("cert", &[], &mut call).is_none());
    assert!(matches!(made.member("Cert", &[Value::Nil], &mut call), Some(Err(Fault::ARGUMENTS))));
    assert!(made.equals(&*made));
}

#[test]
fn unfit_arguments_are_refused() {
    let [rsa, ed25519] = [KINDS[0].1, KINDS[4].1].map(blocks);
    let days = Value::Int(1);
    let own = |cn: &[u8], ips, dns| {
        let args = [Value::text(cn), ips, dns, days.clone(), Value::text(ed25519[0].as_str())];
        run("genSelfSignedCertWithKey", &args)
    };
    let with_key = |key: &str| run("genCAWithKey", &[Value::text("a"), days.clone(), Value::text(key)]);
    let for_days =
        |days| run("genCAWithKey", &[Value::text("a"), Value::Int(days), Value::text(ed25519[0].as_str())]);
    let x25519 = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VuBCIEILnOl4LkNUcJoY6P8oFgHAjtaaWcy8wJ9hCzcsVkWeRg\n-----END PRIVATE KEY-----\n";
    let built = |cert: &str, key: &str| run("buildCustomCert", &[base64(cert), base64(key)]);
    // Go asks for the forms alone, so this key with another's certificate is built, and then cannot sign.
    let mismatched = built(&rsa[2], &ed25519[0]).unwrap();
    let args = [Value::text("a"), nil(), nil(), days.clone(), mismatched, Value::text(rsa[0].as_str())];
    for (what, result) in [
        ("name", own(b"a\xff", nil(), nil())),
        ("address", own(b"a", list(&["1.2.3.04"]), nil())),
        ("address", own(b"a", list(&["fe80::1%eth0"]), nil())),
        ("not a string", own(b"a", Value::list(vec![Value::Int(1)]), nil())),
        ("not ASCII", own(b"a", nil(), list(&["ä"]))),
        ("no key", with_key("")),
        ("a certificate", with_key(&ed25519[2])),
        ("another form", with_key(&ed25519[0].replace("PRIVATE", "RSA PRIVATE"))),
        ("a kind without certificates", with_key(x25519)),
        ("before 1970", for_days(-30_000)),
        ("more nanoseconds than Go can count", for_days(106_752)),
        ("no certificate", built("", &ed25519[0])),
        ("no key", built(&ed25519[2], "")),
        ("key of another", run("genSignedCertWithKey", &args)),
    ] {
        assert!(matches!(result, Err(Fault::Refused(_))), "{what}");
    }
    assert!(built(&ed25519[2], x25519).is_ok());
    assert!(for_days(106_751).is_ok());
}

#[test]
fn an_rsa_key_is_not_made_without_the_budget_for_it() {
    let limits = go_template::Limits { fuel: 20_000_000, ..LIMITS };
    let mut host = seeded(1);
    let mut call = Call::new(&mut host, limits);
    let result = super::authority(&mut call, &[Value::text("a"), Value::Int(1)]);
    assert!(matches!(result, Err(Fault::Limit(Limit::Fuel))));
}
