//! New private keys.

use go_template::{Arguments, Call, Fault, Function, Type, Value};

use super::private_key::PrivateKey;
use super::{Random, cost, dsa, pem};

pub(crate) const ALL: &[Function] =
    &[Function { name: "genPrivateKey", params: &[Type::Str], rest: None, body: generate }];

fn generate(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let kind = args.str(0);
    let text = match &**kind {
        b"" | b"rsa" => PrivateKey::generate_rsa(call, 4096, cost::RSA_4096)?.to_pem()?,
        b"ecdsa" => PrivateKey::generate_ecdsa(call)?.to_pem()?,
        b"ed25519" => PrivateKey::generate_ed25519(call)?.to_pem()?,
        b"dsa" => {
            call.spend(cost::DSA)?;
            let der = dsa::generate(&mut Random(call.host)).ok_or(Fault::new("no DSA key could be made"))?;
            pem::encode("DSA PRIVATE KEY", &der)
        }
        _ => return call.text([b"Unknown type ".as_slice(), kind].concat()),
    };
    call.text(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use der::Decode;
    use go_template::{Call, Value};
    use rsa::traits::PublicKeyParts;

    use super::super::dsa::DsaPrivateKey;
    use super::super::private_key::PrivateKey;
    use super::super::testing::{LIMITS, call_named, seeded, text};
    use super::super::{cost, pem};

    fn generate(seed: u64, kind: &str) -> String {
        text(&call_named(&mut seeded(seed), "genPrivateKey", &[Value::text(kind)]).unwrap())
    }

    #[test]
    fn keys_are_read_and_written_again_as_they_were() {
        for (kind, label) in
            [("ecdsa", "EC PRIVATE KEY"), ("ed25519", "PRIVATE KEY"), ("", "RSA PRIVATE KEY")]
        {
            let key = generate(1, kind);
            assert_eq!(pem::decode(key.as_bytes()).unwrap().label, label.as_bytes());
            let mut host = seeded(1);
            let parsed = PrivateKey::parse(&mut Call::new(&mut host, LIMITS), key.as_bytes()).unwrap();
            assert_eq!(*parsed.to_pem().unwrap(), key);
            if let PrivateKey::Rsa(key) = parsed {
                assert_eq!(key.size() * 8, 4096);
            }
        }
    }

    #[test]
    fn dsa_keys_have_sound_parameters() {
        let key = generate(1, "dsa");
        let block = pem::decode(key.as_bytes()).unwrap();
        assert_eq!(block.label, b"DSA PRIVATE KEY");
        DsaPrivateKey::from_der(&block.bytes).unwrap().check();
    }

    #[test]
    fn the_same_bytes_give_the_same_key() {
        for kind in ["ecdsa", "ed25519", "dsa"] {
            assert_eq!(generate(2, kind), generate(2, kind));
            assert_ne!(generate(2, kind), generate(3, kind));
        }
        let rsa = |seed| {
            let mut host = seeded(seed);
            let mut call = Call::new(&mut host, LIMITS);
            PrivateKey::generate_rsa(&mut call, 2048, cost::RSA_2048).unwrap().to_pem().unwrap()
        };
        assert_eq!(rsa(2), rsa(2));
        assert_ne!(rsa(2), rsa(3));
    }

    #[test]
    fn other_kinds_are_told_in_place_of_a_key() {
        assert_eq!(generate(1, "RSA"), "Unknown type RSA");
    }
}
