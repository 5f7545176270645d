//! What `sealer-core` seals, `unsealer` opens, whatever the value and the names.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use getrandom::SysRng;
use proptest::prelude::*;
use sealer_core::{Overrides, Plaintext, Scope, SealRequest, SecretManifest, seal};
use unsealer::{Keyring, PrivateKey, unseal};

static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(2048).unwrap());
static RING: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::from_private_keys(vec![PrivateKey::from_pem(&KEY.to_pkcs1_pem()).unwrap()]));

fn manifest(namespace: &str, name: &str, data: &BTreeMap<String, Vec<u8>>) -> SecretManifest {
    let mut manifest = SecretManifest::default();
    name.clone_into(&mut manifest.metadata.name);
    namespace.clone_into(&mut manifest.metadata.namespace);
    manifest.data = data.iter().map(|(key, value)| (key.clone(), Plaintext::new(value.clone()))).collect();
    manifest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sealing_then_unsealing_is_the_identity(
        scope in prop::sample::select(Scope::ALL.to_vec()),
        namespace in "[a-z0-9-]{1,20}",
        name in "[a-zA-Z0-9.-]{1,20}",
        data in prop::collection::btree_map("[-._a-zA-Z0-9]{1,12}", prop::collection::vec(any::<u8>(), 0..300), 1..4),
    ) {
        let overrides = Overrides { scope: Some(scope), ..Overrides::default() };
        let request = SealRequest::new(manifest(&namespace, &name, &data), overrides).unwrap();
        let sealed = seal(&request, KEY.public(), &mut SysRng).unwrap();
        let secret = unseal(&sealed, &RING).unwrap();
        let opened: BTreeMap<_, _> =
            secret.data.iter().map(|(key, value)| (key.clone(), value.expose().to_vec())).collect();
        prop_assert_eq!(opened, data);
        prop_assert_eq!(secret.metadata.namespace, namespace);
        prop_assert_eq!(secret.metadata.name, name);
        prop_assert_eq!(sealed.scope(), scope);
    }
}

#[test]
fn two_sealings_of_one_value_have_nothing_in_common() {
    let data = BTreeMap::from([("a".to_owned(), b"same".to_vec()), ("b".to_owned(), b"same".to_vec())]);
    let request = SealRequest::new(manifest("payments", "db", &data), Overrides::default()).unwrap();
    let first = seal(&request, KEY.public(), &mut SysRng).unwrap();
    let second = seal(&request, KEY.public(), &mut SysRng).unwrap();
    let mut all: Vec<&String> = first.encrypted_data.values().chain(second.encrypted_data.values()).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}
