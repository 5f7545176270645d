//! Ciphertexts that were cut, changed or written in another alphabet.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use sealwright_e2e::harness::Test;
use sealwright_e2e::sealing::{Sealing, annotation};
use sealwright_e2e::secret;
use sealwright_e2e::world::World;
use sealwright_interop::vectors::Scope;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("a_damaged_value_does_not_open", a_damaged_value_does_not_open),
    ("base64_is_read_as_upstream_reads_it", base64_is_read_as_upstream_reads_it),
];

const PLAINTEXT: &[u8] = b"do not open";

/// A cluster-wide object, so that one value fits under every name.
fn object(namespace: &str, name: &str, value: &str) -> Value {
    let wide = annotation(Scope::ClusterWide).unwrap();
    json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": { "name": name, "namespace": namespace, "annotations": { wide: "true" } },
        "spec": { "encryptedData": { "password": value } },
    })
}

/// What is damaged, and how it is then: a sample of all positions. Every single one is tried where values are opened.
fn damages(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let rsa_end = 2 + 512;
    let end = whole.len();
    let mut damages = Vec::new();
    for length in
        [0, 1, 2, 3, 257, 513, rsa_end, rsa_end + 1, rsa_end + 15, rsa_end + 16, end - 17, end - 16, end - 1]
    {
        damages.push((format!("cut-{length}"), whole[..length].to_vec()));
    }
    for at in [0, 1, 2, 3, 66, 256, 400, rsa_end - 1, rsa_end, rsa_end + 1, end - 17, end - 16, end - 1] {
        for bit in [0x01, 0x80] {
            let mut flipped = whole.to_vec();
            flipped[at] ^= bit;
            damages.push((format!("flip-{at}-{bit:02x}"), flipped));
        }
    }
    for length in [0u16, 1, 511, 513, u16::MAX] {
        let mut other = whole.to_vec();
        other[..2].copy_from_slice(&length.to_be_bytes());
        damages.push((format!("length-{length}"), other));
    }
    damages.push(("longer".to_owned(), [whole, b"x"].concat()));
    damages.push(("twice".to_owned(), [whole, whole].concat()));
    // As large as the modulus can't be, zero and one: what RSA itself treats apart.
    for (name, byte) in [("greatest", 0xff), ("zero", 0x00)] {
        let mut other = whole.to_vec();
        other[2..rsa_end].fill(byte);
        damages.push((name.to_owned(), other));
    }
    damages
}

fn a_damaged_value_does_not_open(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("damaged");
    let whole = sealing.value(Scope::ClusterWide, "", "", PLAINTEXT);
    let damages = damages(&whole);
    let mut objects: Vec<Value> =
        damages.iter().map(|(name, bytes)| object("damaged", name, &STANDARD.encode(bytes))).collect();
    objects.insert(objects.len() / 2, object("damaged", "whole", &STANDARD.encode(&whole)));
    world.create(&objects);
    let verdicts = world.verdicts();
    for (name, _) in &damages {
        let verdict = &verdicts[&("damaged".to_owned(), name.clone())];
        assert!(!verdict.synced, "{name}: {}", verdict.message);
        assert!(verdict.message.contains("(password)"), "{name}: {}", verdict.message);
    }
    let secrets = world.list("secrets", "damaged");
    assert_eq!(secrets.len(), 1, "only the whole one is opened");
    assert_eq!(secret::data(&secrets[0])["password"], PLAINTEXT);
    crate::still_works(world, &mut sealing, "damaged");
}

fn base64_is_read_as_upstream_reads_it(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("alphabets");
    // A length that leaves two padding characters, and bits that only a strict reader looks at.
    let mut whole = sealing.value(Scope::ClusterWide, "", "", PLAINTEXT);
    let mut plaintext = PLAINTEXT.to_vec();
    while whole.len() % 3 != 1 {
        plaintext.push(b'!');
        whole = sealing.value(Scope::ClusterWide, "", "", &plaintext);
    }
    let text = STANDARD.encode(&whole);
    let (head, tail) = text.split_at(100);
    let unpadded = text.trim_end_matches('=');
    let last = unpadded.chars().last().unwrap();
    // The last character before the padding carries two bits that count and four that don't.
    let other = if last == 'A' { 'B' } else { char::from(last as u8 + 1) };
    let loose = format!("{}{other}==", &unpadded[..unpadded.len() - 1]);
    let key = String::from_utf8(secret::data(&world.key_secrets()[0])["tls.key"].clone()).unwrap();
    let rows = [
        ("plain", text.clone()),
        ("line-feeds", format!("{head}\n{tail}\n")),
        ("carriage-returns", format!("{head}\r\n{tail}\r\n")),
        ("space", format!("{head} {tail}")),
        ("tab", format!("{head}\t{tail}")),
        ("leading-space", format!(" {text}")),
        ("no-padding", unpadded.to_owned()),
        ("more-padding", format!("{text}=")),
        ("padding-within", format!("{head}={tail}")),
        ("after-the-padding", format!("{text}QUJD")),
        ("loose-bits", loose),
        ("url-safe", URL_SAFE.encode(&whole)),
        ("beyond-ascii", format!("{head}ключ{tail}")),
        ("a-null", format!("{head}\u{0}{tail}")),
        ("empty", String::new()),
        ("words", "no base64 at all".to_owned()),
    ];
    let mut expected = Vec::new();
    for (name, text) in rows {
        let object = object("alphabets", name, &text);
        expected.push((name, sealing.unseals(&object, &[&key])));
        world.create(&[object]);
    }
    assert!(expected[0].1 && !expected[15].1);
    let verdicts = world.verdicts();
    let ours: Vec<_> = expected
        .iter()
        .map(|(name, _)| (*name, verdicts[&("alphabets".to_owned(), (*name).to_owned())].synced))
        .collect();
    assert_eq!(ours, expected, "upstream's on the right");
    crate::still_works(world, &mut sealing, "alphabets");
}
